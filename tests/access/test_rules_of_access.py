"""Role × relation × action: what the declared table says is what the registry answers, in lists and for one matter."""

from __future__ import annotations

import pytest

from yimen.access import registry
from yimen.access.registry import Grants, can, visible
from yimen.access.roles import Role
from yimen.cases import queries
from yimen.cases.access import may_reveal, reach, relations
from yimen.cases.models import Case
from yimen.cases.states import VERBS, Who

from . import expected
from .world import HIRED, MATTERS, World

OF_MATTERS = {
    "cases.view": "sees",
    "cases.reveal": "reveals",
    "cases.count": "counts",
    "cases.restore": "restores",
}
NO_NOUN = {"admin.grant"}  # asks for the role that is given: test_only_the_security_administrator_gives_roles
RELATIONS = sorted(MATTERS)


def test_every_action_and_relation_has_a_declared_expectation() -> None:
    assert set(registry.actions()) == {*expected.holds(), *OF_MATTERS, *NO_NOUN}
    assert set(expected.sees()) == set(MATTERS)
    people = {*HIRED}
    for table in ("holds", "sees", "stands"):
        for row in expected.rows(table):
            assert row["source"], row
            assert {*row.get("who", "").split(), *row.get("sees", "").split()} <= people, row


def test_every_role_has_a_person_in_the_matrix() -> None:
    assert {role for _unit, roles in HIRED.values() for role in roles} == set(Role)


@pytest.mark.parametrize("action", sorted(expected.holds()))
def test_an_action_is_for_those_who_are_declared_and_for_nobody_else(world: World, action: str) -> None:
    wrong = []
    for who, person in world.people.items():
        told = can(person.grants, action)
        listed = visible(person.grants, action) != registry.nothing()
        if (told, listed) != ((who in expected.holds()[action]),) * 2:
            wrong.append(who)
    assert not wrong


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_matter_is_seen_by_those_who_are_declared_and_by_nobody_else(world: World, relation: str) -> None:
    wrong = []
    for who, person in world.people.items():
        case = world.stands(who, relation)
        for action, what in OF_MATTERS.items():
            want = who in expected.sees(what)[relation]
            listed = Case.objects.filter(visible(person.grants, action), pk=case.pk).exists()
            if (can(person.grants, action, case), listed) != (want, want):
                wrong.append((who, action))
    assert not wrong


@pytest.mark.parametrize("relation", RELATIONS)
def test_where_to_look_holds_everything_that_is_seen(world: World, relation: str) -> None:
    """`reach` is no right: it may hold more than is seen, never less."""
    for who, person in world.people.items():
        case, near = world.stands(who, relation), reach(person.grants)
        if near is not None and who in expected.sees()[relation]:
            assert case.pk in set(near.values_list("pk", flat=True)), who
        assert (near is None) == person.grants.has(Role.CLERK, Role.DIRECTOR, Role.LEADER), who


def test_where_to_look_is_near(world: World) -> None:
    """A handler's way leads to the unit's own matters and not to all."""
    near = reach(world.people["handler"].grants)
    assert near is not None
    found = set(near.values_list("pk", flat=True))
    assert not found & {world.matters[name].pk for name in ("fresh", "other", "given_back", "sealed")}


@pytest.mark.parametrize("relation", RELATIONS)
def test_everybody_stands_to_a_matter_as_declared(world: World, relation: str) -> None:
    wrong = {}
    for who, person in world.people.items():
        found = {each.value for each in relations(person.grants, world.stands(who, relation))}
        if found != expected.stands(relation, who):
            wrong[who] = found
    assert not wrong


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_steps_offered_are_those_of_the_declared_table(world: World, relation: str) -> None:
    """Every verb there is, offered or not: role × relation × verb."""
    wrong = []
    for who, person in world.people.items():
        case = world.stands(who, relation)
        standing = expected.stands(relation, who)
        offered = {move.verb for move in queries.moves(person.grants, case)}
        for verb in VERBS:
            step = expected.steps().get((case.flow, case.state, verb))
            want = step is not None and bool(standing & {*step.who}) and verb != "attempt"
            if (verb in offered) != want:
                wrong.append((who, verb))
    assert not wrong


def test_only_the_security_administrator_gives_roles(world: World) -> None:
    """The system administrator never did in this office, which has a security administrator."""
    for who, person in world.people.items():
        for role in (None, *Role):
            assert can(person.grants, "admin.grant", role) == (who == "security"), (who, role)


def test_somebody_who_is_nobody_sees_nothing_and_stands_nowhere(world: World) -> None:
    """No user: not even a matter without an accountable person, holder or part is theirs."""
    nobody = Grants(None, {"handler": frozenset()})
    for relation, case in world.matters.items():
        case = Case.objects.get(pk=case.pk)
        for action in OF_MATTERS:
            assert not can(nobody, action, case), relation
            assert not Case.objects.filter(visible(nobody, action), pk=case.pk).exists(), relation
    for relation, case in world.matters.items():
        assert not relations(nobody, case), relation
        assert relations(Grants(None, {"clerk": frozenset()}), case) <= {Who.DESK, Who.CALLER, Who.LEAD}, (
            relation
        )


def test_a_contact_is_offered_to_the_desk_and_to_units_but_not_of_the_confidential() -> None:
    for role in Role:
        for confidential in (False, True):
            desk = role in (Role.CLERK, Role.DIRECTOR)
            unit = role in (
                Role.HANDLER,
                Role.HEAD,
                Role.OFFICER,
                Role.COMMUNITY,
                Role.DISTRICT,
                Role.MEDIATOR,
            )
            grants, case = Grants(1, {role: frozenset({1})}), Case(confidential=confidential)
            assert may_reveal(grants, case) == (desk or (unit and not confidential)), (role, confidential)


def test_restoring_is_the_directors_to_open_at_all(world: World) -> None:
    for who, person in world.people.items():
        assert can(person.grants, "cases.restore") == (who == "director"), who
