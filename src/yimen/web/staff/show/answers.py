"""常用答复 beside a step: those of the matter's category first, all of them by words, each to be put into a field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ... import handbook

# The field of a step that a common answer goes into; the first that the step asks for.
INTO: Final = ("reply", "result", "said", "words")
# Steps that say it in a field which elsewhere is no answer.
_BY_VERB: Final = {"guide": "reason"}


@dataclass(frozen=True, slots=True)
class Offered:
    """One common answer. `rest`: of another category, shown when somebody searches."""

    key: str
    question: str
    text: str
    materials: str
    rest: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside the form: the field it fills, what was searched for, the answers."""

    into: str
    find: str
    rows: list[Offered]


def into_of(verb: str, names: Collection[str]) -> str:
    """The field that takes an answer in this step; empty when none does."""
    usual = _BY_VERB.get(verb) or next((name for name in INTO if name in names), "")
    return usual if usual in names else ""


def panel_of(category: str, into: str, find: str = "") -> Panel:
    """With words: every answer that contains all of them. Without: the category's, the others kept back."""
    words = find.lower().split()
    rows = [_offered(row, rest=row.category != category and not words) for row in handbook.answers()]
    if words:
        rows = [row for row in rows if all(word in _all(row) for word in words)]
    return Panel(into, find, sorted(rows, key=lambda row: row.rest))


def text_of(key: str) -> str:
    """The answer of this key with what to bring, as it is put into a field; empty for none or an unknown one."""
    if not key:
        return ""
    found = next((row for row in handbook.answers() if row.key == key), None)
    return found.answer if found else ""


def put_in(given: Mapping[str, Any], into: str, key: str) -> dict[str, Any]:
    """What was typed, with the answer after it in its field."""
    before, text = str(given.get(into, "")).rstrip(), text_of(key)
    return {**given, into: f"{before}\n{text}" if before and text else before or text}


def _offered(row: handbook.Answer, *, rest: bool) -> Offered:
    return Offered(row.key, row.question, row.answer, row.materials, rest)


def _all(row: Offered) -> str:
    return f"{row.question} {row.text} {row.materials}".lower()
