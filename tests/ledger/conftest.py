"""A second place of its own for each test, and a short chain written through the front door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.pen import say
from yimen.foundation import crypto
from yimen.foundation.home import Home
from yimen.ledger import checkpoints, sequencer
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.models import Entry


@pytest.fixture
def place(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Checkpoints:
    """Checkpoints in a folder of this test, under the keys of the suite's home; quick, no fsync."""
    monkeypatch.setattr("os.fsync", lambda handle: None)
    return Checkpoints(tmp_path / "checkpoints", crypto.keyring(home))


@pytest.fixture
def number_all(place: Checkpoints, django_capture_on_commit_callbacks: Any) -> Callable[[], int]:
    """Run the sequencer until nothing waits, as if its transactions were committed."""

    def run() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return sequencer.catch_up(place)

    return run


@pytest.fixture
def chain(
    db: None, place: Checkpoints, number_all: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> list[Entry]:
    """Nine numbered entries, every column in use, with a checkpoint line after each three."""
    monkeypatch.setattr(checkpoints, "EVERY_ROWS", 3)
    entries = []
    for number in range(1, 10):
        payload = {"state": "registered", "n": number, "说明": "楼道堆物", "to": ["城管局", None, True]}
        at = datetime(2026, 3, number, 8, 30, 0, 123456, tzinfo=UTC)
        entries.append(say(number, payload=payload, sealed=bytes([number]) * 40, at=at))
        if number % 3 == 0:
            number_all()
    return entries
