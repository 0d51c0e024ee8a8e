"""How many questions an answer costs: two to know who asks, and a few for what is asked, however many rows there are."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from cast import Cast, advance
from yimen.cases.actions.attach import attach

from .machine import MATTER, Machine

KNOWING = 2  # the token with its person; what the person holds today
MOST = 8


@contextmanager
def statements() -> Iterator[list[str]]:
    """The text of every statement that is sent meanwhile, prepared ones too."""
    texts: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        texts.append(str(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield texts


def asked(machine: Machine, path: str, **more: Any) -> int:
    with statements() as texts:
        answer = machine.get(path, more or None)
    assert answer.status_code == 200, answer.content
    assert sum("accounts_token" in text for text in texts) == 1
    return len(texts) - KNOWING


def settle(machine: Machine) -> None:
    """The first request of a day notes the day; the next reads the token anew, because it changed."""
    for _ in range(2):
        machine.get("/api/v1/units")


@pytest.fixture
def ref(cast: Cast, png: bytes) -> str:
    case = cast["clerk1"].opens(name="陈女士", phone="13800002071")
    attach(cast["clerk1"].actor, cast["clerk1"].grants, case.uuid, png, "a.png")
    return str(advance(cast, case, "reported").uuid)


@pytest.mark.parametrize("who", ["clerk1", "director", "handler.chengguan", "head.chengguan"])
def test_no_reading_costs_more_than_eight(cast: Cast, ref: str, who: str) -> None:
    machine = Machine(cast[who])
    settle(machine)
    costs = {path: asked(machine, path) for path in (
        "/api/v1/cases", "/api/v1/search?q=漏水", f"/api/v1/cases/{ref}", f"/api/v1/cases/{ref}/transitions",
        f"/api/v1/cases/{ref}/attachments", "/api/v1/units", "/api/v1/categories",
    )}  # fmt: skip
    assert max(costs.values()) <= MOST, costs
    assert costs["/api/v1/cases"] <= 2


def test_a_longer_list_costs_no_more(cast: Cast, clerk: Machine) -> None:
    clerk.registers()
    settle(clerk)
    first = asked(clerk, "/api/v1/cases")
    for _ in range(6):
        clerk.registers()
    assert asked(clerk, "/api/v1/cases") == first


def test_who_registers_is_known_by_two_questions(clerk: Machine) -> None:
    clerk.registers()
    settle(clerk)
    with statements() as texts:
        clerk.post("/api/v1/cases", MATTER, uuid.uuid4())
    first = next(place for place, text in enumerate(texts) if "cases_case" in text)
    assert first <= KNOWING and sum("accounts_token" in text for text in texts) == 1
