"""The restore drill, small: damaged copies of a real backup are refused without a trace, each for its own reason."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from upgrade.office import Office, first_release
from yimen.cli.drills import NAMES, restore
from yimen.cli.keeping import keyset, taking
from yimen.cli.keeping.archive import Archive


@pytest.fixture
def office(django_db_modify_db_settings: None, tmp_path: Path) -> Iterator[Office]:
    with first_release(tmp_path / "office") as made:
        yield made


def test_damaged_copies_and_wrong_keys_are_refused_without_a_trace(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "DATABASE_ADMIN_URL"):
        monkeypatch.delenv(name, raising=False)
    backup, key, new = tmp_path / "b.yimen", tmp_path / "keys.txt", tmp_path / "new"
    taking.take(office.home, office.addresses, backup)
    keyset.export(office.home, key)
    told = restore.damaged(backup, key, new, random.Random(11), 30)
    assert told["refused"] == 30 and told["taken"] == []
    known = (
        "this backup is cut short",
        "wrong key",
        "this is no backup",
        "the head of this backup",
        "unknown backup",
        "written by",
    )
    assert all(said.startswith(known) for said in told["said"]), told["said"]
    assert told["said"]["wrong key"] >= 3 and not new.exists()
    assert Archive(backup, keyset.read(key).keyring()).prove()["database.sql"] > 7_000_000


def test_the_drill_is_among_the_drills() -> None:
    assert "restore" in NAMES
