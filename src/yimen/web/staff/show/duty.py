"""Plain view data of the roster: days with their marks, a plan before it is saved, who is on duty in one line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.accounts.models import User
from yimen.foundation import crypto
from yimen.grids import duty, rotation
from yimen.grids.actions.roster import Planned
from yimen.grids.models import DutyShift

from ..forms.duty import FillForm

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One day: what the calendar says (休, 班, a holiday's name) and who is on."""

    day: date
    mark: str
    name: str
    shift: DutyShift | None
    others: str
    people: frozenset[int]
    slot: str


def lines(first: date, last: date, found: Collection[DutyShift]) -> list[Line]:
    return [_line(one) for one in duty.days(first, last, found)]


def _line(one: duty.Day) -> Line:
    mark = _("休") if one.rest else _("班") if one.moved else ""
    shift = one.shift
    others = "、".join(user.name for user in shift.others.all()) if shift else ""
    people = frozenset(duty.people_of(shift)) if shift else frozenset[int]()
    return Line(one.day, mark, one.name, shift, others, people, slot(shift) if shift else "")


def slot(one: DutyShift) -> str:
    """08:00–次日 08:00."""
    starts, ends = timezone.localtime(one.starts_at), timezone.localtime(one.ends_at)
    words = _("次日 %s") % f"{ends:%H:%M}" if ends.date() > starts.date() else f"{ends:%H:%M}"
    return f"{starts:%H:%M}–{words}"


def month_of(text: str, today: date) -> date:
    """The first day of a month typed as 2026-11; this month for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def last_of(first: date) -> date:
    return (first + 31 * DAY).replace(day=1) - DAY


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One day of a plan; `warns` says what somebody should look at before saving."""

    day: date
    mark: str
    name: str
    leader: str
    people: str
    warns: list[str]


def planned(form: FillForm, taken: Collection[date]) -> list[Planned]:
    """What the form's numbers give for the days that have no shift yet."""
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    days = [first + DAY * n for n in range((last - first).days + 1)]
    free = [one for one in days if one not in taken]
    rest = duty.rest_days(first, last) if form.cleaned_data["apart"] else set()
    begin = form.cleaned_data["begin"] - 1
    teams = rotation.rotate(free, form.teams(), begin, rest) if free else {}
    charges = rotation.rotate(free, form.charges()) if free else {}
    return [Planned(one, charges[one], teams[one]) for one in free]


def shown(plan: Sequence[Planned], names: Mapping[int, str]) -> list[PlanLine]:
    """The plan in words, with who is away and who is on two days in a row."""
    if not plan:
        return []
    first, last = plan[0].day, plan[-1].day
    marks = {one.day: one for one in duty.days(first, last, [])}
    people = {user for one in plan for user in (*one.people, one.leader)}
    away, before = duty.away(people, first, last), {one.day: one for one in plan}
    return [
        PlanLine(
            one.day, _line(marks[one.day]).mark, marks[one.day].name, names[one.leader],
            "、".join(names[user] for user in one.people),
            [*_away(one, away, names), *_twice(one, before.get(one.day - DAY), names)],
        )
        for one in plan
    ]  # fmt: skip


def _away(one: Planned, away: Collection[tuple[int, date]], names: Mapping[int, str]) -> list[str]:
    gone = [names[user] for user in (*one.people, one.leader) if (user, one.day) in away]
    return [_("%s 那天不在岗") % name for name in gone]


def _twice(one: Planned, before: Planned | None, names: Mapping[int, str]) -> list[str]:
    if before is None:
        return []
    return [_("%s 连着两天") % names[user] for user in one.people if user in before.people]


def digest(plan: Sequence[Planned]) -> str:
    """Names what was previewed: a plan that differs by then is shown again, not saved."""
    return crypto.content_digest(repr(plan).encode()).hex()[:32]


def names_of(*groups: Sequence[User]) -> dict[int, str]:
    return {user.pk: user.name for group in groups for user in group}


@dataclass(frozen=True, slots=True)
class SwapLine:
    """An open swap and what this person may do with it."""

    row: Any
    verbs: list[str]
