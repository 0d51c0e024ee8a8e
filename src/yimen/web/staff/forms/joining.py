"""Fields whose choices come from the matter itself: its listed people, its units that ask to be let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from yimen.cases import joint
from yimen.cases.fields import Field
from yimen.cases.models import Case


def _persons(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    """Which of the listed people; none named."""
    choices = [(str(one.slot), one.label) for one in joint.listed(case)]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)


def _slots(case: Case, wanted: Callable[[Any], bool]) -> list[tuple[str, str]]:
    labels = {one.slot: one.label for one in joint.listed(case)}
    return [(str(row.slot), labels.get(row.slot, "")) for row in joint.answers_of(case) if wanted(row)]


def _untold(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    choices = _slots(case, lambda row: row.told_at is None)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _unrated(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    choices = _slots(case, lambda row: row.outcome == "reached" and not row.rating)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _asking(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    """Assisting units that ask to be let go, each with its reason."""
    choices = [
        (str(row.pk), _("%(unit)s：%(reason)s") % {"unit": row.assignment.unit.name, "reason": row.reason})
        for row in joint.assist_returns(case, open_only=True)
    ]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


KINDS: Final = {"persons": _persons, "untold": _untold, "unrated": _unrated, "asking": _asking}
