"""Role × relation × route × method: every address of the resolver, asked by everybody, answers as the table declares.

Pages are asked without being drawn (what they would say is test_canaries.py): only the answer counts. A route that
declares no policy fails, and so does an action that the table does not know: new routes come in by themselves.
"""

from __future__ import annotations

import random

import pytest
from tests.house.test_routes import GUARDED_BY_AUTH, PUBLIC, SIGNED_IN

from . import cells, expected
from .doors import Answer, Door, Visitor, ask, doors, enter, undrawn
from .world import HIRED, MATTERS, World

PAGES = [door for door in doors() if door.policy is not None and not door.pattern.startswith("/api/")]
COMMON = [door for door in PAGES if not door.of_a_matter]
OF_MATTERS = [door for door in PAGES if door.of_a_matter]


def opens(door: Door, who: str) -> bool:
    return door.policy == SIGNED_IN or who in expected.holds()[door.policy or ""]


def test_every_route_declares_a_policy_that_the_table_knows() -> None:
    undeclared = [
        door.name
        for door in doors()
        if door.policy is None and door.name not in PUBLIC and not door.module.startswith(GUARDED_BY_AUTH)
    ]  # fmt: skip
    assert not undeclared
    assert {door.policy for door in PAGES} <= {SIGNED_IN, *expected.holds()}


@pytest.mark.parametrize("who", sorted(HIRED))
def test_a_page_opens_for_those_who_are_declared_and_for_nobody_else(world: World, who: str) -> None:
    visitor, wrong = Visitor(world.people[who]), []
    with undrawn():
        for door in COMMON:
            for method in door.methods:
                answer = visitor.asks(method, door.path())
                if not as_declared(answer, door, opens(door, who)):
                    wrong.append((method, door.name, answer.status, answer.location))
    assert not wrong


@pytest.mark.parametrize("who", sorted(HIRED))
def test_the_whole_house_answers_as_its_views_do(world: World, who: str) -> None:
    """Sessions, second factors and every middleware in between: some addresses, drawn by chance once and for all."""
    client, wrong = enter(world, who), []
    with undrawn():
        for door in random.Random(who).sample(COMMON, 12):
            answer = ask(client, door.methods[0], door.path())
            if not as_declared(answer, door, opens(door, who)):
                wrong.append((door.name, answer.status, answer.location))
    assert not wrong


# Relations that differ in what they let somebody do; the others are asked by a few addresses (all of them by the
# registry itself: test_rules_of_access.py).
APART = ("fresh", "lead", "lead_confidential", "assist", "given_back", "other", "awaiting", "sealed", "sealed_granted",
         "sealed_unit_named", "hidden")  # fmt: skip
FEW = ("staff:case", "staff:do", "staff:files", "staff:paper")


@pytest.mark.parametrize("relation", sorted(MATTERS))
def test_an_address_of_a_matter_opens_for_those_who_are_declared(world: World, relation: str) -> None:
    wrong = []
    with undrawn():
        for who, person in world.people.items():
            case, visitor = world.stands(who, relation), Visitor(person)
            seen = who in expected.sees()[relation]
            for door in (door for door in OF_MATTERS if relation in APART or door.name in FEW):
                for method in door.methods:
                    answer = visitor.asks(method, door.path(case.uuid))
                    if not as_declared(answer, door, seen and opens(door, who), out=(403, 404)):
                        wrong.append((who, method, door.name, answer.status))
    assert not wrong


def as_declared(answer: Answer, door: Door, inside: bool, out: tuple[int, ...] = (403,)) -> bool:
    if inside:
        return answer.let_in or (answer.status == 404 and not door.precise)
    return answer.status in out


def test_the_matrix_has_its_cells() -> None:
    """The figure that docs/rooms/access.md and the issue ask for: two thousand at least, six thousand the aim."""
    found = cells.count()
    through_doors = sum(
        number for name, number in found.items() if "address ×" in name or "operation" in name
    )
    assert through_doors >= 6_000 and sum(found.values()) >= 20_000
