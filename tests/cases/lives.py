"""What random lives of every flow have in common: promises that hold after each move, and how they are played."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from yimen.cases import rules
from yimen.cases.models import Case, PhoneIndex
from yimen.ledger.models import Entry


class Life(RuleBasedStateMachine):
    """One matter's life in a transaction that is rolled back. `case` is there once it has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()

    @invariant()
    def the_ledger_replays_to_the_same_state(self) -> None:
        if not hasattr(self, "case"):
            return
        case = Case.objects.get(pk=self.case.pk)
        entries = Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
        now = rules.replay(entry.payload for entry in entries)
        assert (now["state"], now["holder"], now["flow"]) == (case.state, case.holder_id, case.flow)

    @invariant()
    def phones_are_known_of_open_matters_alone(self) -> None:
        """Nothing finds a closed matter by its phone: nothing links people across matters that are over."""
        assert not PhoneIndex.objects.exclude(case__open=True).exists()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)


def live(kind: Any, steps: int, lives: int = 25) -> None:
    """So many lives of so many moves at most."""
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],  # shrinking against a real database takes minutes
        ),
    )
