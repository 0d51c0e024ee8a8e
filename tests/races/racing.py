"""Several acts begun at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from cast import Person
from yimen.cases.actions.transition import run
from yimen.cases.models import Case, Clock
from yimen.cases.states import Transition
from yimen.foundation.errors import YimenError
from yimen.ledger.models import Entry

PATIENCE = 60  # seconds until a race that stands still is a failure


def at_once(*acts: Callable[[], Any], refusals: tuple[type[Exception], ...] = (YimenError,)) -> list[Any]:
    """What each act gave, or the refusal it met, in their order; any other error fails the test."""
    gate = threading.Barrier(len(acts), timeout=PATIENCE)

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait()
            return act()
        except refusals as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts, timeout=PATIENCE))


def one_step(person: Person, case: Case, row: Transition, data: dict[str, Any]) -> None:
    """The same step taken twice at once is one: one entry, the row's state, one running step clock while it is owed."""
    version, entries = case.version, Entry.objects.filter(subject="case", subject_id=case.pk).count()
    act = lambda: run(person.actor, person.grants, case.uuid, row.verb, data, version=version)  # noqa: E731
    results = at_once(act, act)
    won = [result for result in results if isinstance(result, Case)]
    assert len(won) == 1, results
    assert Entry.objects.filter(subject="case", subject_id=case.pk).count() == entries + 1
    assert Case.objects.get(pk=case.pk).state == row.target
    steps = Clock.objects.filter(case=case, kind="step", running=True).count()
    assert steps == (1 if won[0].due_at else 0)
