"""Forms for what administrators keep: made from the columns of a row, with the words beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.models import fields_for_model
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yimen.organisations.queries import units

from .shape import Shape

Make = Callable[[], forms.Field]


@dataclass(frozen=True, slots=True)
class Column:
    """One column as people see it. `make` replaces the field that the model would give."""

    name: str
    label: object
    hint: object = ""
    rows: int = 0
    make: Make | None = None


def form_of(
    model: type[Model],
    columns: tuple[Column, ...],
    data: Any = None,
    initial: Mapping[str, Any] | None = None,
    **more: forms.Field,
) -> Shape:
    """A form with these columns of a model, and further fields in front (`more`)."""
    made = fields_for_model(model, fields=[column.name for column in columns])
    fields = dict(more)
    for column in columns:
        fields[column.name] = _field(column, made)
    kind = type("RowForm", (Shape,), fields)
    form: Shape = kind(data, initial=dict(initial or {}))
    return form


def _field(column: Column, made: Mapping[str, forms.Field | None]) -> forms.Field:
    field = column.make() if column.make else made[column.name]
    assert field is not None, column.name
    field.label, field.help_text = column.label, column.hint
    field.error_messages["required"] = gettext("请填写%s") % column.label
    if column.rows:
        field.widget = forms.Textarea(attrs={"rows": column.rows})
    elif isinstance(field.widget, forms.TextInput) and not isinstance(field.widget, forms.DateInput):
        field.widget.attrs["autocomplete"] = "off"
    return field


def day(label: object, hint: object = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填写日期"), "invalid": _("日期应写成 2026-01-01")},
    )


def line(
    label: object, limit: int, hint: object = "", *, required: bool = False, **attrs: Any
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=limit,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": _("请填写")},
    )


def person(label: object, hint: object = "") -> forms.CharField:
    """A sign-in name, with everybody's offered while typing (`people` on the page)."""
    return line(label, 64, hint, required=True, list="people", autocapitalize="none", spellcheck="false")


def unit_choices(blank: object, *, key: str = "key") -> list[tuple[Any, object]]:
    """Units that exist today, by key or by id."""
    return [("", blank), *((getattr(unit, key), unit.name) for unit in units())]


def today() -> date:
    return timezone.localdate()


class LastDay(Shape):
    """Until when something holds."""

    last_day = day(_("最后一天"), _("这一天仍然有效；填昨天，就是从现在起停止"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = today()
