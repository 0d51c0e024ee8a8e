"""From a field list to a form: one builder for every step of a matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from yimen.cases import dossier, queries
from yimen.cases.fields import Field
from yimen.cases.models import Case, Category
from yimen.cases.wording import in_turn
from yimen.foundation.errors import YimenError
from yimen.organisations.models import Unit, UnitKind
from yimen.organisations.queries import units

from ..show.words import category_name
from . import handing, joining, pressing

# Suggestions that the page brings along for a field.
_LISTS = {
    "authority": {"list": "authorities"},
    "body": {"list": "bodies"},
    "main": {"list": "mains"},
    "instruction": {"list": "phrases"},
}
# What the choices of a field are read from: kinds of the dossier, by the kind of the field.
READ_FOR = {
    "category": "categories", "unit": "units", "units": "units", "person": "lead_members",
    "leader": "office_leaders", "leaders": "office_leaders", "colleague": "colleagues",
}  # fmt: skip
MANY = 6  # more choices than this become a drop-down list


class Shape(forms.Form):
    """A form that shows the server's own sentences, never the browser's."""

    use_required_attribute = False
    # Where an action speaks of a thing that this form asks for in several fields: the one to stand beside.
    spoken_of: ClassVar[Mapping[str, str]] = {}

    def refuse(self, error: YimenError) -> None:
        """Put an action's refusal beside its fields; what belongs to none goes on top."""
        said: dict[str, object] = getattr(error, "fields", {})
        fields = {self.spoken_of.get(name, name): sentence for name, sentence in said.items()}
        own = {name: sentence for name, sentence in fields.items() if name in self.fields}
        for name, sentence in own.items():
            self.add_error(name, str(sentence))
        if not own:
            self.add_error(None, in_turn([error, *fields.values()]))


def build(
    asked: Iterable[Field],
    needs: Collection[str],
    case: Case,
    data: Any = None,
    initial: dict[str, Any] | None = None,
    files: Any = None,
) -> Shape:
    """A form for these fields, in order; names in `needs` must be filled."""
    made = {field.name: _make(field, field.name in needs, case) for field in asked}
    kind = type("StepForm", (Shape,), made)
    form: Shape = kind(data, files, initial=initial)
    return form


def _make(field: Field, needed: bool, case: Case) -> forms.Field:
    common: dict[str, Any] = {
        "label": field.zh,
        "help_text": field.hint,
        "required": needed,
        "error_messages": {"required": _("请填写%s") % field.zh},
    }
    return _KINDS[field.kind](field, case, common)


def _text(field: Field, _case: Case, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(
        max_length=field.limit,
        widget=forms.TextInput(attrs={"autocomplete": "off", **_LISTS.get(field.name, {})}),
        **common,
    )


def _longtext(_field: Field, _case: Case, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **common)


def _choice(field: Field, _case: Case, common: dict[str, Any]) -> forms.Field:
    if len(field.choices) <= MANY:
        return forms.ChoiceField(choices=field.choices, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", _("请选择")), *field.choices], **common)


def _category(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    """Today's categories, and the matter's own when that one has ended: a running matter keeps it."""
    choices = category_choices(dossier.of(case).categories)
    if case.category.key not in dict(choices):
        choices.append((case.category.key, category_name(case.category)))
    return forms.ChoiceField(choices=choices, **common)


def category_choices(among: Iterable[Category] | None = None) -> list[tuple[str, str]]:
    """`among`: today's categories, where they were read already."""
    rows = queries.categories() if among is None else among
    return [("", _("请选择")), *((row.key, category_name(row)) for row in rows)]


def _unit(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    choices = grouped_units(dossier.of(case).units)
    return forms.ChoiceField(choices=[("", _("请选择")), *choices], **common)


def _units(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    choices = [choice for _kind, rows in grouped_units(dossier.of(case).units) for choice in rows]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)


def grouped_units(among: Iterable[Unit] | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units a matter can be sent to, by kind. `among`: those that exist today, where they were read already."""
    rows = sorted(
        units() if among is None else among,
        key=lambda unit: (list(UnitKind.values).index(unit.kind), unit.order),
    )
    rows = [unit for unit in rows if unit.kind != UnitKind.CENTRE]
    return [
        (str(UnitKind(kind).label), [(unit.key, unit.name) for unit in group])
        for kind, group in groupby(rows, key=lambda unit: unit.kind)
    ]


def _person(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    rows = dossier.of(case).lead_members if case.lead_unit_id else []
    choices = [(str(row.user_id), f"{row.user.name} {row.title}".strip()) for row in rows]
    return forms.ChoiceField(choices=[("", _("请选择")), *choices], **common)


def _datetime(_field: Field, _case: Case, common: dict[str, Any]) -> forms.Field:
    return forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **common
    )


def _date(_field: Field, _case: Case, common: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)


def _number(_field: Field, _case: Case, common: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **common)


def _check(_field: Field, _case: Case, common: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**common)


def _file(_field: Field, _case: Case, common: dict[str, Any]) -> forms.Field:
    """A photo or scan; the page keeps it with the matter's own files before the step is taken."""
    widget = forms.FileInput(attrs={"accept": "image/*,.pdf"})
    return forms.FileField(widget=widget, **common)


_KINDS = {
    "file": _file,
    "text": _text,
    "longtext": _longtext,
    "choice": _choice,
    "category": _category,
    "unit": _unit,
    "units": _units,
    "person": _person,
    "datetime": _datetime,
    "date": _date,
    "number": _number,
    "check": _check,
    **pressing.KINDS,
    **joining.KINDS,
    **handing.KINDS,
}
