"""The effect of a correction on a matter's limits, in words, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases.actions.foreseeing import Shift, foresee_kind
from yimen.cases.models import Case, Clock

from .clock import exact, explanation, name_of


@dataclass(frozen=True, slots=True)
class Effect:
    """One limit: its due as it stands, its due to come, and how that is counted."""

    name: str
    was: str
    will: str
    explain: str
    same: bool


def mark_of(data: Mapping[str, Any]) -> str:
    """Which choice an effect was shown for: sent back with the form, so that another choice is shown anew."""
    return f"{data.get('category', '')}/{data.get('urgency', '')}"


def effects_of(
    grants: Grants, case: Case, data: Mapping[str, Any], version: int | None = None
) -> list[Effect]:
    """What the chosen category and urgency change of every running limit; empty when they are the present ones."""
    category, urgency = str(data.get("category", "")), str(data.get("urgency") or case.urgency)
    shifts = foresee_kind(grants, case.uuid, category=category, urgency=urgency, version=version)
    return [_effect(shift) for shift in shifts]


def _effect(shift: Shift) -> Effect:
    clock = shift.will or shift.was
    assert clock is not None
    will = _due(shift.will) if shift.will else _("不再计时")
    explain = explanation(shift.will) if shift.will else ""
    return Effect(name_of(clock), _due(shift.was) if shift.was else _("还没有"), will, explain, shift.same)


def _due(clock: Clock) -> str:
    return exact(clock.due_at) if clock.due_at else _("中止计时")
