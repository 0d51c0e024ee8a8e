"""Identity-card numbers do not get in. All numbers here are computed, none is a person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.foundation.masking import MASK, is_id_number, mask_id_numbers

WEIGHTS = [2 ** (17 - i) % 11 for i in range(17)]


def number(body: str = "11010119900307123") -> str:
    """The eighteen characters for seventeen, by the definition of ISO 7064 MOD 11-2."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return body + "0123456789X"[(12 - total) % 11]


LONG = number()
ENDS_IN_X = next(n for i in range(999) if (n := number(f"33010219650101{i:03}")).endswith("X"))


@pytest.mark.parametrize(
    "text",
    [LONG, f"我的身份证{LONG}，电话", ENDS_IN_X, ENDS_IN_X.lower(), f"{LONG[:6]} {LONG[6:14]} {LONG[14:]}",
     f"{LONG[:6]}-{LONG[6:14]}-{LONG[14:]}", LONG.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
     "130503670401001", f"身份证号：{LONG}\n"],
)  # fmt: skip
def test_a_number_is_hidden(text: str) -> None:
    masked, found = mask_id_numbers(text)
    assert found == 1 and MASK in masked
    assert not any(is_id_number(part) for part in masked.split())


@pytest.mark.parametrize(
    "text",
    ["", "12345", "13800138000", LONG[:-1] + ("0" if LONG[-1] != "0" else "1"), number("99010119900307123"),
     number("11010119901307123"), number("11010129900307123"), "20240425123456789", LONG + "9", "7" + LONG,
     "130503671401001", "6222021234567890123", "2019-04-25 09:32:09 15", "合同编号 201904250000001"],
)  # fmt: skip
def test_other_digits_stay(text: str) -> None:
    assert mask_id_numbers(text) == (text, 0)


def test_every_number_of_a_text_goes_and_the_rest_stays() -> None:
    masked, found = mask_id_numbers(f"甲{LONG}、乙{ENDS_IN_X}，电话13800138000")
    assert (masked, found) == (f"甲{MASK}、乙{MASK}，电话13800138000", 2)


@given(st.text(alphabet="0123456789Xx -市身　", max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once, _ = mask_id_numbers(text)
    assert mask_id_numbers(once) == (once, 0)


@given(
    st.integers(0, 999),
    st.dates(min_value=__import__("datetime").date(1900, 1, 1)),
    st.text("前后，。", max_size=5),
)
def test_any_built_number_is_found(tail: int, born: object, around: str) -> None:
    built = number(f"440305{born:%Y%m%d}{tail:03}") if born.year <= 2025 else LONG  # type: ignore[attr-defined]
    assert mask_id_numbers(around + built + around) == (around + MASK + around, 1)
