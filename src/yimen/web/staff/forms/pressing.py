"""Fields of the acts on time and pressure: choices that depend on the matter or on who is in office today."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases import dossier, leaders, suspensions
from yimen.cases.actions import majors
from yimen.cases.fields import Field
from yimen.cases.models import Case, ReceptionDay

from ...templatetags.yimen import moment


def leader_choices(case: Case | None = None) -> list[tuple[str, str]]:
    """Who are the leaders today, as they were read with the matter where there is one."""
    grants = dossier.of(case).office_leaders if case else None
    return [(str(user.pk), user.name) for user in leaders.staff_leaders(grants)]


def reception_words(row: ReceptionDay) -> str:
    return _("%(day)s %(starts)s–%(ends)s %(leader)s") % {
        "day": row.day.isoformat(),
        "starts": f"{row.starts:%H:%M}",
        "ends": f"{row.ends:%H:%M}",
        "leader": row.leader.name,
    }


def _select(choices: list[tuple[str, str]], common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", _("请选择")), *choices], **common)


def _leader(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    return _select(leader_choices(case), common)


def _leaders(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=leader_choices(case), widget=forms.CheckboxSelectMultiple, **common
    )


def _colleague(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    rows = dossier.of(case).colleagues if case.accountable_unit_id else []
    return _select([(str(row.user_id), row.user.name) for row in rows], common)


def _ground(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    listed = suspensions.grounds_of(case, timezone.localdate())
    choices = [(row.key, row.words) for row in listed]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _report(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    rows = majors.reports_of(case)
    return _select(
        [(str(row.pk), f"{moment(row.at)} {row.office} {row.name}".strip()) for row in rows], common
    )


def _reception(_field: Field, case: Case, common: dict[str, Any]) -> forms.Field:
    return _select([(str(row.pk), reception_words(row)) for row in leaders.receptions_to_tie(case)], common)


KINDS = {
    "leader": _leader,
    "leaders": _leaders,
    "colleague": _colleague,
    "ground": _ground,
    "report": _report,
    "reception": _reception,
}
