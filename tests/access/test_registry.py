"""The registry and the rules of roles by themselves: pure where they can be, with a row of grants where they cannot."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from yimen.access import registry
from yimen.access.models import RoleGrant
from yimen.access.registry import Grants, Predicate, Standing, can, grants_of, require, role_only, visible
from yimen.access.roles import ADMINISTRATORS, Role
from yimen.access.rules import Period, clash
from yimen.cases.models import Case
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Missing, Refused

from .world import World

DAY, ON = timedelta(days=1), date(2026, 11, 23)
HELD = Grants(
    7,
    {"clerk": frozenset({1, 2}), "leader": frozenset({3})},
    (Standing("leader", 3, 70), Standing("clerk", 1, 71)),
)


def test_grants_know_roles_units_and_in_whose_place() -> None:
    assert (
        HELD.has(Role.CLERK)
        and HELD.has(Role.HEAD, Role.LEADER)
        and not HELD.has(Role.HEAD)
        and not HELD.has()
    )
    assert HELD.units() == {1, 2, 3}
    assert HELD.units(Role.CLERK) == {1, 2} and HELD.units(Role.LEADER, Role.CLERK) == {1, 2, 3}
    assert HELD.units(Role.HEAD) == frozenset()
    assert HELD.stands_for() == {70, 71}
    assert HELD.stands_for(Role.LEADER) == {70} and HELD.stands_for(Role.HEAD) == frozenset()
    assert Grants(None).units() == frozenset() == Grants(None).stands_for()


def test_a_rule_is_registered_once() -> None:
    with pytest.raises(RuntimeError, match=r"cases\.view is registered twice"):
        registry.register("cases.view", role_only(Role.CLERK))
    assert registry.actions() == sorted(registry.actions()) and "cases.view" in registry.actions()


def test_an_unknown_action_is_an_error_and_no_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    for ask in (can, visible, require):
        with pytest.raises(KeyError):
            ask(HELD, "cases.dream")


def test_a_rule_of_roles_answers_and_scopes_alike() -> None:
    rule = role_only(Role.CLERK, Role.DIRECTOR)
    assert rule.allows(HELD, None) and rule.scope(HELD) == Q()
    other = Grants(8, {"head": frozenset({1})})
    assert not rule.allows(other, None) and rule.scope(other) == registry.nothing()
    assert str(registry.nothing()) == "(AND: ('pk__in', []))"


def test_what_is_required_is_refused_or_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._REGISTRY, "tests.even", Predicate(lambda _g: Q(), lambda _g, n: n % 2 == 0))
    require(HELD, "tests.even", 2)
    require(HELD, "tests.even", 2, hide=True)
    with pytest.raises(Refused, match="没有办理此事的权限"):
        require(HELD, "tests.even", 3)
    with pytest.raises(Missing):
        require(HELD, "tests.even", 3, hide=True)


def test_grants_hold_from_their_first_day_to_their_last(world: World) -> None:
    user, unit = world.people["none"].user, world.cast.units["zhifa"]
    RoleGrant.objects.create(user=user, role=Role.HEAD, unit=unit, since=ON, until=ON + DAY)
    RoleGrant.objects.create(user=user, role=Role.HANDLER, unit=unit, since=ON + DAY)
    RoleGrant.objects.create(
        user=user, role=Role.HEAD, unit=world.cast.units["jiwei"], since=ON + DAY, until=ON + DAY
    )
    held = {n: grants_of(Actor(user.pk, user.name), ON + n * DAY).by_role for n in (-1, 0, 1, 2)}
    both = frozenset({unit.pk, world.cast.units["jiwei"].pk})
    assert held == {
        -1: {}, 0: {"head": frozenset({unit.pk})}, 1: {"head": both, "handler": frozenset({unit.pk})},
        2: {"handler": frozenset({unit.pk})},
    }  # fmt: skip


def test_grants_are_of_today_unless_a_day_is_named_and_of_active_accounts(world: World) -> None:
    clerk = world.people["clerk"]
    assert grants_of(clerk.actor).by_role == {"clerk": frozenset({clerk.unit.pk})}
    assert grants_of(clerk.actor, date(2019, 12, 31)).by_role == {}
    type(clerk.user).objects.filter(pk=clerk.user.pk).update(is_active=False)
    assert grants_of(clerk.actor) == Grants(clerk.user.pk, {}, ())
    assert grants_of(Actor(None, "system")) == Grants(None)


def test_a_stand_in_is_known_with_role_unit_and_person(world: World) -> None:
    grants, leader = world.people["stand_in"].grants, world.people["leader"]
    assert grants.standing == (Standing("leader", leader.unit.pk, leader.user.pk),)
    assert grants_of(world.people["stand_in"].actor, timezone.localdate() + 10 * DAY).standing == ()
    assert leader.grants.standing == ()


def test_the_registry_and_a_queryset_speak_of_the_same_rows(world: World) -> None:
    grants = world.people["handler"].grants
    listed = set(Case.objects.filter(visible(grants, "cases.view")).values_list("pk", flat=True))
    assert listed == {case.pk for case in Case.objects.all() if can(grants, "cases.view", case)} and listed


# --- which roles one person may hold at the same time ------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "other", "meet"),
    [
        ((0, 5), (5, 9), True), ((0, 5), (6, 9), False), ((5, 9), (0, 5), True), ((6, 9), (0, 5), False),
        ((0, None), (9, 9), True), ((9, None), (0, 8), False), ((9, None), (0, 9), True), ((0, 9), (3, 4), True),
        ((0, 0), (0, 0), True), ((0, None), (3, None), True), ((3, 3), (0, None), True), ((0, 2), (3, None), False),
    ],
)  # fmt: skip
def test_periods_meet_when_a_day_is_in_both(
    mine: tuple[int, int | None], other: tuple[int, int | None], meet: bool
) -> None:
    def period(span: tuple[int, int | None], role: str = "clerk") -> Period:
        return Period(role, ON + span[0] * DAY, None if span[1] is None else ON + span[1] * DAY)

    assert period(mine).meets(period(other)) is meet and period(other).meets(period(mine)) is meet
    found = clash(period(mine, "admin"), [period(other)])
    assert found == (Role.CLERK if meet else None)


@pytest.mark.parametrize("wanted", list(Role))
@pytest.mark.parametrize("held", list(Role))
def test_an_administrators_role_goes_with_no_other(wanted: Role, held: Role) -> None:
    """GB/T 22239-2019 8.1.5: three administrators, three people, none of whom works on matters."""
    excluded = wanted != held and (wanted in ADMINISTRATORS or held in ADMINISTRATORS)
    assert clash(Period(wanted, ON), [Period(held, ON)]) == (held if excluded else None)


def test_the_first_clash_is_named_and_none_is_none() -> None:
    assert clash(Period("clerk", ON), []) is None
    held = [Period("clerk", ON), Period("head", ON), Period("auditor", ON + DAY), Period("admin", ON)]
    assert clash(Period("clerk", ON, ON), held) is Role.ADMIN
    assert {"admin", "security", "auditor"} == ADMINISTRATORS
