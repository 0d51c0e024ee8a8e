"""Codes of places: opaque text with a declared scheme. Only the 12-digit division inside is checked.

Plain Python. Sources: GB/T 2260 (6 digits), GB/T 10114 (+3), statistical division codes (+3), CJ/T 349-2010
(20 digits: object 6 + division 6 + subdistrict 3 + community 3 + sequence 2). Codes are never reused.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a code is written: allowed lengths in digits and where the 12-digit division begins."""

    key: str
    title: str
    lengths: frozenset[int]
    division_at: int


SCHEMES = {
    scheme.key: scheme
    for scheme in (
        Scheme("cjt349", "CJ/T 349-2010 数字社区网格", frozenset({20}), 6),
        Scheme("practice", "12 位区划 + 2–3 位顺序", frozenset({14, 15}), 0),
        Scheme("division", "12 位统计用区划代码", frozenset({12}), 0),
    )
}

_STREET = range(1, 600)  # 001–099 街道, 100–199 镇, 200–399 乡, 400–599 政企合一
_COMMUNITY = range(1, 1000)  # 001–199 居委会 … 500–599 类似村委会, 601– 合并社区 (CJ/T 349)


def division(code: str, scheme: str) -> str:
    """The 12-digit division inside a code. Raises ValueError saying what is wrong with it."""
    rule = SCHEMES.get(scheme)
    if rule is None:
        raise ValueError(f"scheme {scheme!r} is not declared")
    if not (code.isascii() and code.isdigit()):
        raise ValueError("a code of this scheme has digits only")
    if len(code) not in rule.lengths:
        raise ValueError(f"{rule.title} has {sorted(rule.lengths)} digits, not {len(code)}")
    return code[rule.division_at : rule.division_at + 12]


def check(code: str, scheme: str, level: int) -> None:
    """Refuse a code whose division cannot be one. Level 1 is the subdistrict: its community part is 000."""
    part = division(code, scheme)
    if int(part[6:9]) not in _STREET:
        raise ValueError(f"{part[6:9]} is no subdistrict number (GB/T 10114)")
    if level == 1 and part[9:] != "000":
        raise ValueError("the subdistrict's own code ends in 000")
    if level > 1 and int(part[9:]) not in _COMMUNITY:
        raise ValueError(f"{part[9:]} is no community number")


def within(code: str, scheme: str, above: str, above_scheme: str) -> bool:
    """Whether a code lies in what it belongs to: in the same subdistrict, and below a community in that community."""
    part, whole = division(code, scheme), division(above, above_scheme)
    return part[:9] == whole[:9] and whole[9:] in ("000", part[9:])


def cjt349(division_code: str, sequence: int = 0, kind: str = "000000") -> str:
    """Write a CJ/T 349 code: `kind` is the object code of CJ/T 348 (000000: not assigned here)."""
    return f"{kind}{division_code}{sequence:02d}"
