"""Whose turn it is with a matter of a place: people posted at its grid, its community, the centre's duty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from yimen.access.roles import Role
from yimen.foundation.errors import Invalid
from yimen.grids import duty
from yimen.grids import queries as grids
from yimen.grids.answering import Answerer
from yimen.grids.models import Grid
from yimen.organisations.models import Membership, Unit, UnitKind

from ..models import Case
from ..states import MAX_RETURNS, Holder
from . import holders

if TYPE_CHECKING:
    from .transition import Step

Seat = tuple[int, int]  # unit, person


def seat(user_id: int, unit_id: int | None = None) -> Seat | None:
    """Where a person is an active member, in `unit_id` if possible; None for who may hold nothing."""
    rows = Membership.objects.filter(user_id=user_id, active=True, user__is_active=True)
    units = list(rows.order_by("id").values_list("unit_id", flat=True))
    if not units:
        return None
    return (unit_id if unit_id is not None and unit_id in units else units[0]), user_id


def at_grid(grid: Grid | None, at: datetime, *, worker_first: bool = False) -> list[int]:
    """Who answers at a grid at a moment, in order: its lead, its workers (the other way round), else the level above."""
    if grid is None:
        return []
    found = grids.answering(grid, at)
    workers, lead = list(found.workers), [found.lead] if found.lead else []
    own = [*workers, *lead] if worker_first else [*lead, *workers]
    return _ids(own or ([found.above] if found.above else []))


def at_community(grid: Grid | None, at: datetime) -> list[int]:
    """Who answers for the community of a grid: the lead posted there, then its unit's liaison and its 社区 people."""
    if grid is None or grid.parent is None:
        return []
    lead = grids.answering(grid.parent, at).lead
    staff = holders.with_role(Role.COMMUNITY, grid.unit_id)
    liaison = Membership.objects.filter(unit_id=grid.unit_id, active=True, user__is_active=True, liaison=True)
    named = _ids([lead] if lead else [])
    return list(dict.fromkeys([*named, *liaison.values_list("user_id", flat=True), *staff]))


def _ids(found: Iterable[Answerer]) -> list[int]:
    return list(dict.fromkeys(one.user.pk for one in found))


def first_seat(
    people: Iterable[int], unit_id: int | None, without: Collection[int | None] = ()
) -> Seat | None:
    """The first of these who may hold a matter and is none of `without`."""
    found = (seat(person, unit_id) for person in people if person not in without)
    return next((one for one in found if one), None)


def centre() -> Unit:
    """The centre that receives what the grids send up. Raises Invalid on a street without one."""
    unit = Unit.objects.filter(kind=UnitKind.CENTRE, valid_to__isnull=True).order_by("order", "id").first()
    if unit is None:
        raise Invalid(_("还没有设立中心，不能上报"))
    return unit


def on_duty(unit: Unit, at: datetime) -> Seat:
    """The centre's person on duty at a moment, if a member of the centre; else the director, a clerk, its liaison."""
    shift = duty.on_duty(at)
    if shift and holders.is_member(shift.person_id, unit.pk):
        return unit.pk, shift.person_id
    for role in (Role.DIRECTOR, Role.CLERK):
        if person := holders.first_with_role(role, unit.pk):
            return unit.pk, person
    return unit.pk, holders.liaison_of(unit)


def _unit_of(case: Case) -> int | None:
    return case.grid.unit_id if case.grid else None


def _duty(step: Step) -> Seat:
    assert step.case.accountable_unit is not None
    return on_duty(step.case.accountable_unit, step.at)


def _grid(step: Step) -> Seat:
    return first_seat(at_grid(step.case.grid, step.at), _unit_of(step.case)) or _community(step)


def _community(step: Step) -> Seat:
    return first_seat(at_community(step.case.grid, step.at), _unit_of(step.case)) or _duty(step)


def _verifier(step: Step) -> Seat:
    people = at_grid(step.case.grid, step.at, worker_first=True)
    return first_seat(people, _unit_of(step.case)) or _duty(step)


def _checker(step: Step) -> Seat:
    """Not who handled it or gave the result; in a centre of two, the other one."""
    case = step.case
    busy = {case.handler_id, case.answered_by_id, step.actor.user_id}
    people = at_grid(case.grid, step.at, worker_first=True)
    if found := first_seat(people, _unit_of(case), busy):
        return found
    assert case.accountable_unit_id is not None
    first = _duty(step)
    desk = [
        first[1],
        *(one for role in (Role.DIRECTOR, Role.CLERK) for one in holders.with_role(role, first[0])),
    ]
    return first_seat(desk, case.accountable_unit_id, busy) or first


def _filer(step: Step) -> Seat:
    """Who files and dispatches; from the second return on the director."""
    case = step.case
    director = holders.director_of(case) if case.returns >= MAX_RETURNS else None
    return (case.accountable_unit_id, director) if director and case.accountable_unit_id else _duty(step)


CHOOSE: Final[dict[Holder, Callable[[Step], Seat]]] = {
    Holder.GRID: _grid,
    Holder.COMMUNITY: _community,
    Holder.DUTY: _duty,
    Holder.VERIFIER: _verifier,
    Holder.CHECKER: _checker,
    Holder.FILER: _filer,
}
