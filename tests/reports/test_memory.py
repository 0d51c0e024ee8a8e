"""The memory behind the figures: written by the database with every change, and made up for homes that had none."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from tests.reports.world import MORNING, after, call, march, matter, numbers, service

from cast import Cast, advance
from yimen.cases.actions import record
from yimen.cases.models import Case, Clock
from yimen.reports.models import Limit, Standing

SO_FAR = import_module("yimen.reports.migrations.0001_standing").SO_FAR
NAMES = (
    "received", "dispatched", "returned", "due", "on-time", "late", "open-late", "closed", "called", "reached",
    "solved", "satisfied", "redone", "notice-due", "noticed", "receipt-due", "open", "overdue",
)  # fmt: skip


def test_every_step_leaves_one_row_with_its_own_moment(cast: Cast) -> None:
    case = cast["clerk1"].does(cast["clerk1"].opens(at=MORNING), "dispatch", at=after(1), unit="chengguan")
    rows = list(Standing.objects.filter(case=case).order_by("id"))
    assert [(row.was, row.state, row.at) for row in rows] == [
        ("", "registered", MORNING),
        ("registered", "dispatched", after(1)),
    ]
    assert rows[1].unit_id == cast.units["chengguan"].pk and rows[1].was_unit_id is None
    assert rows[0].known_at < rows[1].known_at


def test_each_clock_is_remembered_as_it_was(cast: Cast) -> None:
    case = service(cast, "told")
    for clock in Clock.objects.filter(case=case):
        last = Limit.objects.filter(clock=clock).order_by("id").last()
        assert last is not None
        assert (last.due_at, last.stopped_at, last.outcome, last.unit_id) == (
            clock.due_at, clock.stopped_at, clock.outcome, clock.charged_unit_id
        )  # fmt: skip


def test_a_save_without_change_leaves_no_row(cast: Cast) -> None:
    case = service(cast, "signed")
    before = (Standing.objects.count(), Limit.objects.count())
    Case.objects.get(pk=case.pk).save()
    assert (Standing.objects.count(), Limit.objects.count()) == before


def write_as_the_first_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """What people type goes into the ledger in plain, as it did before words were ciphertext."""
    typed: dict[str, Any] = {}
    append = record.ledger.append

    def in_plain(actor: Any, kind: str, subject: str, ref: int, payload: Any, **more: Any) -> Any:
        words = {"words": typed.pop("words")} if "words" in typed else {}
        return append(actor, kind, subject, ref, {**payload, **words}, **more)

    monkeypatch.setattr(record, "_seal", lambda _case, hidden: typed.update(hidden))
    monkeypatch.setattr(record.ledger, "append", in_plain)


@pytest.mark.parametrize("flow", ["service", "petition"])
def test_a_home_from_before_gets_its_figures_from_ledger_and_clocks(
    cast: Cast, flow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_as_the_first_release(monkeypatch)
    call(
        cast,
        advance(cast, matter(cast, flow), "told", at=MORNING),
        outcome="reached",
        solved="yes",
        rating="5",
    )
    advance(cast, matter(cast, flow), "closed", at=after(1))
    case = advance(cast, matter(cast, flow), "dispatched", at=MORNING)
    case = cast["handler.chengguan"].does(case, "request_return", at=after(0.1), reason="不属本单位职责")
    cast["clerk1"].does(case, "agree_return", at=after(0.2))
    before = numbers(cast, *NAMES, span=march())
    Standing.objects.all().delete()
    Limit.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(SO_FAR)
    assert numbers(cast, *NAMES, span=march()) == before
