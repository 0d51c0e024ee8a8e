"""People's words made ready for paper: nothing left out, nothing that could command the typesetter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from . import fonts

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # variation selectors draw nothing themselves
_LONG_RUN = re.compile(r"[^\s\u2e80-\U0003ffff]{18,}")  # an address or serial with no place to break a line
_BREAK = "\u200b"
# The typesetter carries a Latin, Greek, Cyrillic and Hebrew face of its own: below this, nothing is missing.
_OWN_FACES = 0x0590
_MOST_BOXES = 300


def clean(text: str) -> str:
    """The same words on paper: line ends unified, tabs as spaces, control and direction marks dropped."""
    text = _UNSEEN.sub("", _LINE_END.sub("\n", text).replace("\t", "    "))
    return "".join(_seen(char) for char in text)


def _seen(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Cs":
        return "\ufffd"
    return "" if kind in {"Cc", "Cf"} and char != "\n" else char


def breakable(text: str) -> str:
    """Lets a run of 18 or more characters without a space wrap anywhere, so that it cannot leave its box."""
    return _LONG_RUN.sub(lambda run: _BREAK.join(run[0]), text)


def plain(value: Any) -> Any:
    """Mappings, lists, dates and texts as JSON values; moments in the office's own time.

    Raises ValueError for a moment without a time zone."""
    if isinstance(value, str):
        return breakable(clean(value))
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def missing(value: Any) -> list[str]:
    """Characters anywhere in `value` (as `plain` gives it) that no font here can draw, in code point order."""
    return sorted(char for char in set().union(*_strings(value)) if _undrawable(char))


def _undrawable(char: str) -> bool:
    return ord(char) >= _OWN_FACES and char != _BREAK and ord(char) not in fonts.covered()


def written_by_hand(chars: Iterable[str]) -> list[str]:
    """Of the missing characters, those of someone's name or words (not emoji): a person must write them in."""
    return [char for char in chars if unicodedata.category(char) in {"Lo", "Co", "Cn"}]


def squared(value: Any, chars: Iterable[str]) -> Any:
    """`value` with plain squares for `chars` when they are too many to be boxed with their code points.

    The typesetter stops at some 500 boxes in one paragraph ("maximum grouping depth")."""
    squares = str.maketrans(dict.fromkeys(chars, "□"))
    count = sum(ord(char) in squares for text in _strings(value) for char in text) if squares else 0
    return _translated(value, squares) if count > _MOST_BOXES else value


def _translated(value: Any, table: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, dict):
        return {key: _translated(item, table) for key, item in value.items()}
    return [_translated(item, table) for item in value] if isinstance(value, list) else value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in _strings(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in _strings(item))
