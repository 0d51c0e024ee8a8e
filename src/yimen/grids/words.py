"""Reading a place as people say it: 三社区 第 8 网格 · 永安小区 6-2-301. Plain Python, no database."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_NUMBER = r"(\d{1,3}|[零〇一二两三四五六七八九十百]{1,5})"
_GRID = re.compile(rf"第?{_NUMBER}号?网格")
_COMMUNITY = re.compile(rf"第?{_NUMBER}社区")


def plain(text: str) -> str:
    """Full-width to half-width, no spaces: the form in which places are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def number(word: str) -> int:
    """Arabic or Chinese numeral up to 999 as a number: 8, 八, 十九, 二十八, 一百零五."""
    if word.isdigit():
        return int(word)
    total, digit = 0, 0
    for char in word:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def grid_number(text: str) -> int | None:
    """The grid's number when the text says one (第8网格, 八号网格)."""
    found = _GRID.search(plain(text))
    return number(found.group(1)) if found else None


def community_number(text: str) -> int | None:
    """The community's number when the text says one (三社区, 第3社区)."""
    found = _COMMUNITY.search(plain(text))
    return number(found.group(1)) if found else None
