"""Reading numbers and places as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.grids import words

_CN = "零一二三四五六七八九"


def in_chinese(n: int) -> str:
    """1–99 as people write it."""
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _CN[tens] + "十"
    return head + (_CN[ones] if ones else "")


@given(st.integers(1, 99))
def test_a_chinese_numeral_reads_like_its_arabic_one(n: int) -> None:
    assert words.number(in_chinese(n)) == words.number(str(n)) == n


def test_hundreds_are_read() -> None:
    assert words.number("一百零五") == 105


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三社区 第 8 网格 · 永安小区 6-2-301", 8),
        ("第８网格", 8),
        ("八号网格", 8),
        ("第十九网格旁边", 19),
        ("网格员说的", None),
        ("8 号楼", None),
    ],
)
def test_the_grid_number_is_found_however_it_is_written(text: str, expected: int | None) -> None:
    assert words.grid_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("三社区", 3), ("第 3 社区", 3), ("十三社区居委会", 13), ("社区服务中心", None)],
)
def test_the_community_number_is_found(text: str, expected: int | None) -> None:
    assert words.community_number(text) == expected


def test_spaces_and_full_width_letters_do_not_matter() -> None:
    assert words.plain("永安　小区 Ａ座") == "永安小区A座"
