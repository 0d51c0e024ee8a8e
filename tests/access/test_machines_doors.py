"""Role × relation × operation × scope of the machines' door: operations and what they ask for come from the OpenAPI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.api.machine import Machine
from tests.house.test_routes import SIGNED_IN

from yimen.accounts.tokens import SCOPES

from . import expected
from .test_doors import APART
from .world import HIRED, World

ANY = "00000000-0000-0000-0000-000000000001"
BODIES: dict[str, Any] = {"transitions": {"verb": "withdraw", "version": 1}, "cases": {}}


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    policy: str
    scope: str

    @property
    def of_a_matter(self) -> bool:
        return "/cases/{ref}" in self.path

    @property
    def precise(self) -> bool:
        return "{one}" not in self.path

    def filled(self, ref: object = ANY) -> str:
        return self.path.replace("{ref}", str(ref)).replace("{one}", ANY)

    def body(self) -> str:
        return json.dumps(BODIES.get(self.path.rpartition("/")[2], {}))


class _Undone(Exception):
    pass


def operations() -> list[Operation]:
    """From the document itself; one that declares nothing has an empty policy, which no test below lets pass."""
    told = Client().get("/api/v1/openapi.json").json()
    return [
        Operation(method.upper(), path, said.get("x-yimen-policy", ""), said.get("x-yimen-scope", ""))
        for path, methods in told["paths"].items()
        for method, said in methods.items()
        if isinstance(said, dict) and "responses" in said and "/openapi" not in path
    ]


def status(machine: Machine, one: Operation, ref: object = ANY) -> int:
    """What the machine is answered; whatever it does is undone."""
    found: list[int] = []
    try:
        with transaction.atomic():
            if one.method == "GET":
                found.append(machine.get(one.filled(ref)).status_code)
            elif one.path.endswith("/attachments"):
                sent = machine.client.post(
                    one.filled(ref) + "?name=a.txt", b"x", content_type="application/octet-stream", headers=machine.headers
                )  # fmt: skip
                found.append(sent.status_code)
            else:
                found.append(machine.post(one.filled(ref), one.body()).status_code)
            raise _Undone
    except _Undone:
        return found[0]


def opens(one: Operation, who: str) -> bool:
    return one.policy == SIGNED_IN or who in expected.holds()[one.policy]


def let_in(code: int, one: Operation) -> bool:
    return code not in (401, 403) and code < 500 and (code != 404 or not one.precise)


@pytest.fixture
def asked(world: World) -> Iterator[list[Operation]]:
    yield operations()


def test_every_operation_declares_a_policy_that_the_table_knows_and_a_scope(asked: list[Operation]) -> None:
    assert len(asked) >= 9
    for one in asked:
        assert one.policy in {SIGNED_IN, *expected.holds()} and one.scope in SCOPES, one


def test_an_operation_opens_for_those_who_are_declared(world: World, asked: list[Operation]) -> None:
    wrong = []
    for who in sorted(HIRED):
        machine = Machine(world.people[who])
        for one in (one for one in asked if not one.of_a_matter):
            code = status(machine, one)
            if let_in(code, one) != opens(one, who) or (not opens(one, who) and code != 403):
                wrong.append((who, one.method, one.path, code))
    assert not wrong


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_opens_its_scope_and_no_other(world: World, asked: list[Operation], scope: str) -> None:
    machine, case = Machine(world.people["director"], scope), world.matters["lead"]
    wrong = []
    for one in asked:
        code = status(machine, one, case.uuid)
        good = let_in(code, one) if one.scope == scope else code == 403
        if not good:
            wrong.append((one.method, one.path, code))
    assert not wrong


@pytest.mark.parametrize("relation", APART)
def test_an_operation_on_a_matter_opens_for_those_who_see_it(
    world: World, asked: list[Operation], relation: str
) -> None:
    wrong = []
    for who in sorted(HIRED):
        machine, case = Machine(world.people[who]), world.stands(who, relation)
        seen = who in expected.sees()[relation]
        for one in (one for one in asked if one.of_a_matter):
            code = status(machine, one, case.uuid)
            if not (_inside(code, one) if seen and opens(one, who) else code in (403, 404)):
                wrong.append((who, one.method, one.path, code))
    assert not wrong


def _inside(code: int, one: Operation) -> bool:
    """A step that is not this person's to take is refused (403) though the matter is seen: test_rules_of_access."""
    return let_in(code, one) or (one.method == "POST" and code == 403)


def test_a_token_of_somebody_who_left_opens_nothing_at_the_next_request(
    world: World, asked: list[Operation]
) -> None:
    from .world import leaves

    machine, case = Machine(world.people["handler"]), world.matters["lead"]
    detail = next(one for one in asked if one.path.endswith("/cases/{ref}"))
    assert status(machine, detail, case.uuid) == 200
    leaves(world.people["handler"])
    assert status(machine, detail, case.uuid) == 404
