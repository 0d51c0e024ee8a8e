"""What one kind of dated row is to the administrators' pages: its table, its columns, its words, its verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yimen.cases.wording import several
from yimen.foundation.actor import Actor

from ...forms.rows import Column

Add = Callable[[Actor, Any], Any]
Revise = Callable[[Actor, Any, date, Mapping[str, Any]], Any]
End = Callable[[Actor, Any, date], Any]
Says = Callable[[], Callable[[Any], object]]  # makes, once a page, what says a code or key in words


@dataclass(frozen=True, slots=True)
class Thing:
    """One kind of dated row. `shown` are the columns of the list, the first is its name; `fixed` never changes."""

    name: str
    title: object
    lead: object
    model: type[Model]
    noun: str
    columns: tuple[Column, ...]
    shown: tuple[str, ...]
    add: Add | None
    revise: Revise
    end: End | None
    prefix: str = ""
    effect: Callable[[Any], str] | None = None
    says: Mapping[str, Says] = field(default_factory=dict)
    locked: Callable[[Any], bool] = lambda _row: False  # rows that the law words: shown, never changed

    def words(self, rows: Iterable[Any]) -> list[list[tuple[object, object]]]:
        """What the list says of each row: label and value, empty ones left out. Words are read once for all."""
        labels = {column.name: column.label for column in self.columns}
        said = {name: makes() for name, makes in self.says.items()}
        found = [[(labels.get(name, ""), _value(row, name, said)) for name in self.shown[1:]] for row in rows]
        return [[(label, value) for label, value in row if value not in ("", None, [])] for row in found]

    def title_of(self, row: Any) -> object:
        return _said(row, self.shown[0])

    def new_key(self) -> str:
        return f"{self.prefix}-{uuid4().hex[:8]}"


def _value(row: Any, name: str, said: Mapping[str, Callable[[Any], object]]) -> object:
    """As people say it: codes and keys have words of their own."""
    if isinstance(getattr(row, name), list) and name in said:
        return said[name](getattr(row, name))
    value = _said(row, name)
    return said[name](value) if name in said and value else value


def _said(row: Any, name: str) -> object:
    shown = getattr(row, f"get_{name}_display", None)
    value = shown() if shown else getattr(row, name)
    if isinstance(value, bool):
        return gettext("是") if value else ""
    return several(value) if isinstance(value, list) else value


# --- fields and words that several of them have


class Words(forms.CharField):
    """Words that suggest a category: typed with spaces or commas between, kept as a list."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        text = str(super().to_python(value) or "")
        for mark in "，、,|；;\n":
            text = text.replace(mark, " ")
        return list(dict.fromkeys(text.split()))


def words() -> forms.Field:
    return Words(required=False, widget=forms.Textarea(attrs={"rows": 4}))


def several_of(label: object, options: Callable[[], list[tuple[str, object]]]) -> Callable[[], forms.Field]:
    wrong = {"invalid_choice": _("请从所列选项中选择")}
    return lambda: forms.MultipleChoiceField(
        label=label, choices=options, widget=forms.CheckboxSelectMultiple, error_messages=wrong
    )


def named(options: Callable[[], list[tuple[str, object]]]) -> Says:
    def makes() -> Callable[[Any], object]:
        words = dict(options())
        return lambda names: several(str(words.get(name, name)) for name in names)

    return makes
