"""Business hours as the office sets them: every change dated, one transaction, a new version token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.foundation.workcalendar import format_periods, parse_periods
from yimen.ledger import dated

from .actions import changed
from .models import BusinessHours
from .tables import month_day

NOUN = "business_hours"


@transaction.atomic
def add_hours(actor: Actor, row: BusinessHours) -> BusinessHours:
    """Further hours from their `valid_from` (a weekday, a season, 延时服务). Raises Invalid with the fields at fault."""
    _tidy(row)
    dated.add(actor, row, NOUN)
    changed()
    return row


@transaction.atomic
def revise_hours(
    actor: Actor, row: BusinessHours, valid_from: date, changes: Mapping[str, Any]
) -> BusinessHours:
    """From `valid_from` other hours. Clocks already computed keep their dates; new ones count with the new hours."""
    fields = {field.attname: getattr(row, field.attname) for field in BusinessHours._meta.fields}
    wanted = BusinessHours(**fields | dict(changes))
    _tidy(wanted)
    said = {name: getattr(wanted, name) for name in changes}
    new = dated.revise(actor, row, valid_from, said, NOUN)
    changed()
    assert isinstance(new, BusinessHours)
    return new


@transaction.atomic
def end_hours(actor: Actor, row: BusinessHours, last_day: date) -> BusinessHours:
    """These hours hold until `last_day`. Raises Invalid for the last row of ordinary working hours."""
    others = BusinessHours.objects.filter(purpose="work", valid_to__isnull=True, weekdays="", season_from="")
    if row.purpose == "work" and not others.exclude(pk=row.pk).exists():
        raise Invalid(_("至少要有一条全年适用的工作时间，请直接修改它"))
    ended = dated.end(actor, row, last_day, NOUN)
    changed()
    assert isinstance(ended, BusinessHours)
    return ended


def _tidy(row: BusinessHours) -> None:
    """Periods and season in one way of writing. Raises Invalid beside the field."""
    try:
        row.periods = format_periods(parse_periods(row.periods))
    except ValueError as error:
        raise Invalid(_("还不能保存"), {"periods": str(error)}) from error
    if bool(row.season_from) != bool(row.season_to):
        raise Invalid(_("还不能保存"), {"season_to": _("季节的起止日期要一起填写")})
    for name in ("season_from", "season_to"):
        _check_month_day(name, getattr(row, name))
    row.weekdays = "".join(sorted(set(row.weekdays)))


def _check_month_day(name: str, text: str) -> None:
    if not text:
        return
    try:
        month, day = month_day(text)
        date(2024, month, day)
    except ValueError as error:
        raise Invalid(_("还不能保存"), {name: _("请写成 06-15 这样的月和日")}) from error
