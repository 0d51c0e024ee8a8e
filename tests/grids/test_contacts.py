"""The sealed contact of a premise outlives a change of the master key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yimen.cli.keeping.rewrapping import everything
from yimen.foundation import crypto
from yimen.foundation.home import Home
from yimen.foundation.ids import uuid7
from yimen.grids import contacts
from yimen.grids.models import Premise

from .ground import street


@pytest.mark.django_db
def test_after_a_new_master_key_the_contact_is_wrapped_anew_and_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Home(tmp_path / "home")
    crypto.make_keys(own)
    own.run.mkdir()
    monkeypatch.setenv("YIMEN_HOME", str(own.root))
    row = Premise(
        uuid=uuid7(), name="店", kind="shop", address="路", grid=street(1)[2][0], valid_from=date(2026, 1, 1)
    )
    contacts.seal(row, "店长", "0931-000 1234")
    row.save()
    crypto.rotate_master(own)
    assert everything()["premises"] == 1
    kept = Premise.objects.get()
    assert bytes(kept.wrapped_key or b"") != bytes(row.wrapped_key or b"")
    assert contacts.of(kept) == {"name": "店长", "phone": "0931-000 1234"}
    assert everything()["premises"] == 0
