"""Loading calendars and revising rules. Each verb is one transaction, with a ledger entry and a new version token.

Clocks that run on a provisional date are counted again by `cases` afterwards; nothing here knows of matters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import SYSTEM, Actor
from yimen.foundation.errors import Invalid
from yimen.foundation.workcalendar import KINDS, Day, format_periods
from yimen.ledger.actions import append
from yimen.ledger.changes import difference

from . import tables
from .models import OFFICE, SHIPPED, BusinessHours, CalendarDay, CalendarVersion, CalendarYear, ClockRule
from .rules import beside_law, unlawful


@transaction.atomic
def load_year(
    year: int,
    rows: Iterable[Day],
    *,
    notice: str = "",
    published: bool = True,
    origin: str = OFFICE,
    actor: Actor = SYSTEM,
) -> CalendarYear:
    """Put a year's table in force in place of the earlier one, which stays readable. The same rows change nothing.

    Raises Invalid when a row lies in another year, comes twice, or is of no known kind.
    """
    days = sorted(rows, key=lambda day: day.date)
    _check_days(year, days)
    _lock()
    old = CalendarYear.objects.filter(year=year, current=True).first()
    digest = _digest(days)
    if old and (old.digest, old.published) == (digest, published):
        return old
    table = _replace(old, year=year, published=published, origin=origin, notice=notice, digest=digest)
    CalendarDay.objects.bulk_create(_row(table, day) for day in days)
    append(actor, "calendars.year_loaded", "calendar_year", table.pk, _payload(table, len(days)))
    changed()
    return table


def load_shipped(actor: Actor = SYSTEM) -> bool:
    """Load what comes with the product and is not there yet; what the office set itself is left alone.

    Safe to call at every start. True when something changed.
    """
    with transaction.atomic():
        before = _lock().token
        _load_shipped_years(actor)
        hours, rules = _load_shipped_hours(), _load_shipped_rules()
        if hours or rules:
            append(actor, "calendars.shipped_loaded", "calendar_version", 1, {"hours": hours, "rules": rules})
            changed()
        return _lock().token != before


@transaction.atomic
def revise_rule(
    rule: ClockRule, valid_from: date, changes: Mapping[str, object], actor: Actor = SYSTEM
) -> ClockRule:
    """From `valid_from` on another limit holds in this rule's place; running clocks keep the old one, frozen.

    Raises Invalid when the day is not after the rule's own beginning, the rule has already ended, or a limit of law
    (certainty S) is changed without the new article and its source.
    """
    _lock()
    rule = ClockRule.objects.select_for_update().get(pk=rule.pk)
    if rule.valid_to is not None:
        raise Invalid(_("这条时限规则已经停用"), code="ended")
    if valid_from <= rule.valid_from:
        raise Invalid(_("新规则的起用日期应晚于原规则"), {"valid_from": _("应晚于 %s") % rule.valid_from})
    if said := unlawful(rule, changes):
        raise Invalid(_("法定期限不能改动，法规本身改了才可以"), said, code="law")
    before = _rule_payload(rule)
    ClockRule.objects.filter(pk=rule.pk).update(valid_to=valid_from - timedelta(days=1), origin=OFFICE)
    fields = _fields(rule) | dict(changes)
    new = ClockRule(**fields | {"valid_from": valid_from, "valid_to": None, "origin": OFFICE})
    _clean_rule(new)
    if rule.certainty == "S":
        _reach_own(new)
    else:
        _keep_law(new)
    new.save(force_insert=True)
    said = difference(before, _rule_payload(new))
    append(actor, "calendars.rule_revised", "clock_rule", new.pk, _rule_payload(new) | said)
    changed()
    return new


def _keep_law(rule: ClockRule) -> None:
    """No limit of the centre's own stands in the way of one of law. Raises Invalid beside the amount."""
    law = beside_law(ClockRule.objects.filter(flow=rule.flow, step=rule.step).exclude(pk=rule.pk), rule)
    if law is not None:
        said = _("这一步的期限由%s规定，不能缩短也不能放宽") % law.article
        raise Invalid(_("法定期限不能改动，法规本身改了才可以"), {"amount": said}, code="law")


def _reach_own(law: ClockRule) -> None:
    """A new limit of law holds for everybody: no more specific rule with the old limit may outlast it."""
    rows = ClockRule.objects.filter(flow=law.flow, step=law.step, valid_to__isnull=True).exclude(
        certainty="S"
    )
    if own := [row.code for row in rows if beside_law([law], row)]:
        raise Invalid(_("请先停用按旧期限另定的规则：%s") % "、".join(own), code="own")


def _clean_rule(rule: ClockRule) -> None:
    try:
        rule.full_clean()
    except ValidationError as error:
        said = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise Invalid(_("还有内容要补充或更正"), said) from error


# Years


def _check_days(year: int, days: list[Day]) -> None:
    if len({day.date for day in days}) < len(days):
        raise Invalid(_("同一日期写了两次"), code="twice")
    for day in days:
        if day.date.year != year:
            raise Invalid(
                _("%(date)s 不在 %(year)s 年") % {"date": day.date, "year": year}, code="other_year"
            )
        if day.kind not in KINDS or (day.kind == "hours") != bool(day.periods):
            raise Invalid(_("%(date)s 的类别或工作时间不对") % {"date": day.date}, code="kind")


def _replace(old: CalendarYear | None, **fields: object) -> CalendarYear:
    if old:
        CalendarYear.objects.filter(pk=old.pk).update(current=False)
    return CalendarYear.objects.create(version=old.version + 1 if old else 1, **fields)


def _row(table: CalendarYear, day: Day) -> CalendarDay:
    return CalendarDay(
        table=table, date=day.date, kind=day.kind, name=day.name, periods=format_periods(day.periods)
    )


def _digest(days: list[Day]) -> str:
    lines = (f"{day.date}|{day.kind}|{day.name}|{format_periods(day.periods)}" for day in days)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _payload(table: CalendarYear, days: int) -> dict[str, object]:
    return {
        "year": table.year,
        "version": table.version,
        "digest": table.digest,
        "days": days,
        "origin": table.origin,
    }


def _load_shipped_years(actor: Actor) -> None:
    shipped = tables.shipped_days()
    own = set(CalendarYear.objects.filter(current=True, origin=OFFICE).values_list("year", flat=True))
    for year in sorted(shipped.published - own):
        notice = shipped.notices.get(year, "")
        load_year(year, shipped.of(year), notice=notice, origin=SHIPPED, actor=actor)


# Hours and rules


def _load_shipped_hours() -> int:
    """Only into an empty table: the office's own hours are never mixed with shipped ones."""
    if BusinessHours.objects.exists():
        return 0
    rows = [_filled(row) for row in tables.shipped("business_hours")]
    return len(BusinessHours.objects.bulk_create(BusinessHours(**row) for row in rows))


def _load_shipped_rules() -> int:
    """Shipped rules are added and kept up to date, but not where the office has put a rule of its own."""
    there = {(*_place(rule), rule.valid_from): rule for rule in ClockRule.objects.all()}
    own = {_place(rule) for rule in there.values() if rule.origin == OFFICE}
    shipped = [ClockRule(**_filled(row), origin=SHIPPED) for row in tables.shipped("clock_rules")]
    new: list[ClockRule] = []
    changed: list[ClockRule] = []
    for rule in shipped:
        old = there.get((*_place(rule), rule.valid_from))
        if _place(rule) in own or (old and _fields(old) == _fields(rule)):
            continue
        rule.pk = old.pk if old else None
        (changed if old else new).append(rule)
    for rule in changed:
        rule.save(force_update=True)
    ClockRule.objects.bulk_create(new)
    return len(new) + len(changed)


def _place(rule: ClockRule) -> tuple[str, str, str, str]:
    return rule.flow, rule.step, rule.category, rule.urgency


def _fields(rule: ClockRule) -> dict[str, object]:
    return model_to_dict(rule, exclude=["id"])


def _filled(row: Mapping[str, str]) -> dict[str, object]:
    """A CSV row with its dates and numbers made real."""
    real: dict[str, object] = dict(row)
    for name in ("valid_from", "valid_to"):
        real[name] = date.fromisoformat(row[name]) if row[name] else None
    return real | {name: int(row[name]) for name in ("amount", "extend_max") if name in row}


def _rule_payload(rule: ClockRule) -> dict[str, object]:
    kept = (
        "code", "flow", "step", "category", "urgency", "amount", "unit", "article", "extend_max", "certainty", "source",
    )  # fmt: skip
    return {name: getattr(rule, name) for name in kept} | {"valid_from": rule.valid_from.isoformat()}


# Version


def _lock() -> CalendarVersion:
    """The version row, locked: one change of the calendar at a time."""
    version, _made = CalendarVersion.objects.select_for_update().get_or_create(pk=1)
    return version


def changed() -> None:
    """Every process reads calendar, hours and rules again."""
    CalendarVersion.objects.filter(pk=1).update(token=uuid4(), changed_at=timezone.now())
