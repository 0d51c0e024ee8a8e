"""The values of a form as plain words, for templates that the office edits. The field list names them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from . import fields, forms, receipts, text

SHAPES: Final[Mapping[str, type]] = {
    shape.__name__: shape
    for shape in (
        forms.V01, forms.V02, forms.V03, forms.V04, forms.V05, forms.V06,
        receipts.R01, receipts.R02, receipts.R03,
    )
}  # fmt: skip
# What no template may ask for: addresses of codes, and marks that only a layout of ours understands.
_NOT_WORDS: Final = {"url", "lang", "assigned", "dictated", "draft"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def required(form: str) -> tuple[str, ...]:
    """The names that a template of this form must hold: required keys, and the mark of a draft or a confidence."""
    keys = tuple(field.key for field in fields.printed(form) if field.need == "required")
    return (*keys, "mark") if _marked(form) else keys


def _marked(form: str) -> bool:
    return bool({"draft", "confidential"} & {field.name for field in fields_of(SHAPES[form])})


@cache
def names(form: str) -> frozenset[str]:
    """Everything a template of this form may name: the list's keys, the office, the heading, the printing."""
    own = {field.name for field in fields_of(SHAPES[form])} - _NOT_WORDS
    more = {"heading"} | ({"lead"} if form == "V05" else set()) | ({"mark"} if _marked(form) else set())
    return frozenset(own | set(fields.labels(form)) | more)


def words_of(data: Any) -> dict[str, str]:
    """Name → words for a template. Nothing is None; lists are lines; dates are said as on our own papers."""
    form = type(data).__name__
    found = {name: _said(getattr(data, name, ""), _YES_NO.get(name, ("是", "否"))) for name in names(form)}
    found["heading"] = heading(data)
    if _marked(form):
        found["mark"] = mark(data)
    if form == "V05":
        found["lead"] = str(standing()["v05"][data.kind]["lead"])
    if form == "V01":
        found |= {name: _of_each(data.instruction, name) for name in ("instructed_by", "instructed_at")}
    return {name: _safe(value) for name, value in found.items()}


_YES_NO: Final = {"is_repeat": ("重复", "初次")}


def mark(data: Any) -> str:
    """What must stand on top: a letter not yet signed, or a matter to be kept in confidence."""
    if getattr(data, "draft", False):
        return str(standing()["v05"]["draft"])
    return str(standing()["v01"]["mark"]) if getattr(data, "confidential", False) else ""


def heading(data: Any) -> str:
    """The title over a form."""
    form = type(data).__name__
    own = standing()[form.lower()]
    if form == "V05":
        return str(own[data.kind]["title"])
    if form == "V02" and data.assigned:
        return str(own["title_assigned"])
    title = getattr(data, "title", "") if form == "V06" else ""
    return title or (own["title"] if isinstance(own["title"], str) else own["title"][0])


@cache
def standing() -> dict[str, Any]:
    """The standing words of `data/words.toml`."""
    return tomllib.loads((Path(__file__).parent / "data" / "words.toml").read_text(encoding="utf-8"))


def _said(value: Any, yes_no: tuple[str, str] = ("是", "否")) -> str:
    for kind, say in _SAYINGS:
        if isinstance(value, kind):
            return say(value) if kind is not bool else yes_no[not value]
    return ""


def _list(value: list[Any]) -> str:
    plain = all(isinstance(item, str) for item in value)
    return ("、" if plain else "\n").join(_said(item) for item in value)


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _moment(value: datetime) -> str:
    local = timezone.localtime(value)
    return f"{_day(local)} {local:%H:%M}"


def _instruction(one: forms.Instruction) -> str:
    by = f"（{one.recorded_by} 代录）" if one.recorded_by else ""
    struck = f"【已划去：{one.struck_by} {_said(one.struck_at)} {one.struck_reason}】" if one.struck else ""
    return f"{one.instruction}{struck} {one.instructed_by}{by} {_said(one.instructed_at)}".strip()


def _record(one: forms.Record) -> str:
    return " ".join(filter(None, (_said(one.at), one.by, one.text)))


def _material(one: receipts.Material) -> str:
    pages = f"{one.pages}页" if one.pages else ""
    due = f"应还 {_day(one.return_on)}" if one.return_on else ""
    back = f"已还 {one.returned}" if one.returned else ""
    return "　".join(filter(None, (one.name, one.kind, pages, due, back)))


_SAYINGS: Final[tuple[tuple[type, Callable[[Any], str]], ...]] = (
    (str, str), (bool, str), (int, str), (datetime, _moment), (date, _day), (list, _list),
    (forms.Instruction, _instruction), (forms.Record, _record), (receipts.Material, _material),
)  # fmt: skip


def _of_each(rows: list[forms.Instruction], name: str) -> str:
    return "、".join(filter(None, (_said(getattr(row, name)) for row in rows)))


def _safe(words: str) -> str:
    """Without what XML cannot hold, and without the marks by which docxtpl writes braces of its own."""
    return _NOT_XML.sub("", text.clean(words)).replace("{_", "{\u200b_").replace("_}", "_\u200b}").replace(
        "%_", "%\u200b_").replace("_%", "_\u200b%")  # fmt: skip


def sample(form: str, words: str) -> dict[str, str]:
    """The same words in every place, to try a template out."""
    return dict.fromkeys(names(form), words)
