"""Role × relation × route × method: every address of the resolver, asked by everybody, answers as the table declares.

Pages are asked without being drawn (what they would say is test_canaries.py): only the answer counts. A route that
declares no policy fails, and so does an action that the table does not know: new routes come in by themselves.
"""

from __future__ import annotations

import random

import pytest
from tests.house.test_routes import GUARDED_BY_AUTH, PUBLIC, SIGNED_IN

from yimen.cases.models import Case

from . import cells, expected
from .doors import Answer, Door, Visitor, ask, doors, enter, undrawn
from .world import AS_OTHERS, HIRED, MATTERS, World

PAGES = [
    door
    for door in doors()
    if door.policy is not None and not door.pattern.startswith(("/api/", "/field/api/"))
]
COMMON = [door for door in PAGES if not door.of_a_matter]
OF_MATTERS = [door for door in PAGES if door.of_a_matter]


def opens(door: Door, who: str) -> bool:
    """By the policy that the address declares, or narrower where asks.csv says so."""
    named = [asked["who"].split() for method in door.methods if (asked := expected.asks(door.name, method)) and asked["who"]]  # fmt: skip
    return (
        who in named[0] if named else door.policy == SIGNED_IN or who in expected.holds()[door.policy or ""]
    )


def meets(door: Door, method: str, who: str, relation: str, case: Case) -> bool:
    """What an address of a matter asks beside seeing the matter."""
    asked = expected.asks(door.name, method)
    if asked is None:
        return True
    if case.sealed and not asked["open_to_sealed"]:
        return False
    if asked["step"] and (case.flow, case.state, asked["step"]) not in expected.steps():
        return True  # nobody's step now: told as such (409)
    stands = {*asked["stands"].split()}
    right = asked["right"]
    return (not stands or bool(stands & expected.stands(relation, who))) and (
        not right or who in expected.sees(right)[relation]
    )


def test_every_route_declares_a_policy_that_the_table_knows() -> None:
    undeclared = [
        door.name
        for door in doors()
        if door.policy is None and door.name not in PUBLIC and not door.module.startswith(GUARDED_BY_AUTH)
    ]  # fmt: skip
    assert not undeclared
    named = {row["route"] for row in expected.rows("asks") if row["who"]}
    assert {door.policy for door in PAGES if door.name not in named} <= {SIGNED_IN, *expected.holds()}


@pytest.mark.parametrize("who", sorted(HIRED))
def test_a_page_opens_for_those_who_are_declared_and_for_nobody_else(world: World, who: str) -> None:
    visitor, wrong = Visitor(world.people[who]), []
    with undrawn():
        for door in COMMON:
            for method in door.methods:
                answer = visitor.asks(method, door.path())
                if not as_declared(answer, door, method, opens(door, who)):
                    wrong.append((method, door.name, answer.status, answer.location))
    assert not wrong


@pytest.mark.parametrize("who", sorted(HIRED))
def test_the_whole_house_answers_as_its_views_do(world: World, who: str) -> None:
    """Sessions, second factors and every middleware in between: some addresses, drawn by chance once and for all."""
    client, wrong = enter(world, who), []
    with undrawn():
        for door in random.Random(who).sample(COMMON, 12):
            answer = ask(client, door.methods[0], door.path())
            if not as_declared(answer, door, door.methods[0], opens(door, who)):
                wrong.append((door.name, answer.status, answer.location))
    assert not wrong


# Relations that differ in what they let somebody do; the others are asked by a few addresses (all of them by the
# registry itself: test_rules_of_access.py).
APART = (
    "fresh",
    "lead_confidential",
    "assist",
    "given_back",
    "awaiting",
    "sealed",
    "sealed_granted",
    "hidden",
)
FEW = ("staff:case", "staff:do", "staff:files", "staff:paper")


def asked_by(who: str, relation: str) -> list[Door]:
    """Every address of a matter, or a few where neither the person nor the relation stands apart."""
    return [door for door in OF_MATTERS if (relation in APART and who not in AS_OTHERS) or door.name in FEW]


@pytest.mark.parametrize("relation", sorted(MATTERS))
def test_an_address_of_a_matter_opens_for_those_who_are_declared(world: World, relation: str) -> None:
    wrong = []
    with undrawn():
        for who, person in world.people.items():
            case, visitor = world.stands(who, relation), Visitor(person)
            seen = who in expected.sees()[relation]
            for door in asked_by(who, relation):
                for method in door.methods:
                    answer = visitor.asks(method, door.path(case.uuid))
                    inside = seen and opens(door, who) and meets(door, method, who, relation, case)
                    if not as_declared(answer, door, method, inside, out=(403, 404)):
                        wrong.append((who, method, door.name, answer.status))
    assert not wrong


def as_declared(answer: Answer, door: Door, method: str, inside: bool, out: tuple[int, ...] = (403,)) -> bool:
    """Let in, or told that the thing asked for (a paper, a row) is not there; otherwise kept out."""
    if inside:
        asked = expected.asks(door.name, method)
        thing = not door.precise or (asked is not None and bool(asked["thing"]))
        return answer.let_in or (answer.status == 404 and thing)
    return answer.status in out


def test_the_matrix_has_its_cells() -> None:
    """The figure that docs/rooms/access.md and the issue ask for: two thousand at least, six thousand the aim."""
    found = cells.count()
    through_doors = sum(
        number for name, number in found.items() if "address ×" in name or "operation" in name
    )
    assert through_doors >= 6_000 and sum(found.values()) >= 20_000
