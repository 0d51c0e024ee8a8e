"""Papers of a matter that the office still holds, to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms

from yimen.cases.actions.materials import held_of
from yimen.cases.fields import Field
from yimen.cases.models import Case


def _held(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    choices = [(str(row.pk), f"{row.name} {row.get_kind_display()}") for row in held_of(case)]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)


KINDS: Final[dict[str, Callable[[Field, Case, dict[str, Any]], forms.Field]]] = {"held": _held}
