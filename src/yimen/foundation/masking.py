"""Identity-card numbers in free text are hidden before anything is stored (SECURITY.md 6). Plain Python.

Eighteen digits count when region, birth date and check digit (GB 11643-1999, ISO 7064 MOD 11-2) fit; the old fifteen
digits when region and birth date fit. Spaces or dashes between the digits and full-width digits do not hide a number.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

MASK: Final = "〔身份证号已隐去〕"
_WIDE: Final = str.maketrans("０１２３４５６７８９ＸｘХх", "0123456789XXXX")
_GAP: Final = r"[ \u3000\-]?"
_LONG: Final = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dXx](?![0-9])")
_SHORT: Final = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{14}}(?!{_GAP}\d)(?![Xx])")
_REGIONS: Final = frozenset(
    {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46}
) | frozenset({50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91})
MOBILE: Final = r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}"  # a mobile number in free text, as a pattern
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def mask_id_numbers(text: str) -> tuple[str, int]:
    """(the text with every identity-card number replaced, how many there were)."""
    if len(text) < 15:
        return text, 0
    text, long = _replace(_LONG, text)
    text, short = _replace(_SHORT, text)
    return text, long + short


def _replace(pattern: re.Pattern[str], text: str) -> tuple[str, int]:
    """Replace the matches that are numbers of people; the search runs on a copy of equal length."""
    kept: list[str] = []
    end = found = 0
    for match in pattern.finditer(text.translate(_WIDE)):
        if is_id_number(re.sub(r"[^\dXx]", "", match.group())):
            kept += [text[end : match.start()], MASK]
            end, found = match.end(), found + 1
    return ("".join(kept) + text[end:] if found else text), found


def is_id_number(digits: str) -> bool:
    """Whether 15 or 18 bare characters have the build of an identity-card number."""
    if len(digits) == 15:
        return _person(digits[:2], "19" + digits[6:12])
    if len(digits) != 18 or not _person(digits[:2], digits[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return _CHECKS[total % 11] == digits[17].upper()


def _person(region: str, born: str) -> bool:
    try:
        day = date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    return int(region) in _REGIONS and 1890 <= day.year <= date.today().year
