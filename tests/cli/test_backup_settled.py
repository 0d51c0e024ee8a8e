"""Before a restored home serves: old sessions, links and tokens end, the destroyed is destroyed again, it is said."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from yimen.accounts.actions import create_user, invite, issue, signed_in
from yimen.accounts.models import Invitation, StaffSession, Token
from yimen.cases.actions import erasing
from yimen.cli.keeping import settling
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.home import Home
from yimen.ledger import restores, sequencer
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.models import Entry, Link
from yimen.ledger.verify import verify

pytestmark = pytest.mark.django_db
OPERATOR = Actor(None, "operator", "cli")


@pytest.fixture
def restored(home: Home, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> Home:
    """A home under the suite's keys, restored a moment ago, in which somebody is signed in."""
    made = Home(tmp_path / "home")
    made.root.mkdir()
    made.keys.symlink_to(home.keys)
    user = create_user(OPERATOR, "wang", "王敏")
    Session.objects.create(
        session_key="k" * 32, session_data="", expire_date=timezone.now() + timedelta(hours=1)
    )
    signed_in(Actor(user.pk, "王敏", "web"), "k" * 32, "127.0.0.1")
    invite(OPERATOR, user)
    issue(OPERATOR, user, "hotline", ["read"], 30)
    with django_capture_on_commit_callbacks(execute=True):
        sequencer.catch_up(place(made))
    tail = Link.objects.order_by("-seq").first()
    assert tail is not None
    said = {"backup": "b1", "made_at": "2026-11-01T00:00:00+00:00", "restored_at": "2026-11-02T00:00:00+00:00",
            "ledger": {"seq": tail.seq, "mac": bytes(tail.mac).hex()}, "erasures": False}  # fmt: skip
    made.restored_mark.write_text(json.dumps(said))
    return made


def place(home: Home) -> Checkpoints:
    return Checkpoints(home.checkpoints, crypto.keyring(home))


def test_who_was_signed_in_is_not_any_more_and_no_link_or_token_holds(restored: Home) -> None:
    assert settling.settle(restored) == {"erased": 0, "sessions": 1, "links": 1, "tokens": 1}
    assert not Session.objects.exists() and not StaffSession.objects.exists()
    assert not Invitation.objects.filter(used_at__isnull=True).exists()
    assert not Token.objects.filter(ended_at__isnull=True).exists()
    assert not restored.restored_mark.exists()


def test_it_stands_in_the_ledger_and_in_the_second_place(restored: Home) -> None:
    settling.settle(restored)
    entry = Entry.objects.get(kind="backup.restored")
    assert (entry.payload["backup"], entry.payload["sessions"]) == ("b1", 1)
    (line,) = restores.read(place(restored))
    assert line and line.backup == "b1" and verify(place(restored)).clean


def test_cut_short_it_is_run_again_and_said_once(restored: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = restored.restored_mark.read_text()
    settling.settle(restored)
    restored.restored_mark.write_text(mark)
    settling.settle(restored)
    assert Entry.objects.filter(kind="backup.restored").count() == 1
    assert len(restores.read(place(restored))) == 1


def test_the_list_of_destroyed_matters_is_replayed_first_and_nothing_is_served_until_it_is(
    restored: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored.erasures.write_text('{"case": "…"}\n')
    asked: list[Path] = []

    def fails(path: Path) -> int:
        asked.append(path)
        raise OSError("not today")

    monkeypatch.setattr(erasing, "replay", fails)
    with pytest.raises(OSError, match="not today"):
        settling.settle(restored)
    assert asked == [restored.erasures] and restored.restored_mark.exists()
    monkeypatch.setattr(erasing, "replay", lambda path: 3)
    assert settling.settle(restored)["erased"] == 3


def test_a_home_that_was_not_restored_is_left_alone(home: Home, tmp_path: Path) -> None:
    assert settling.settle(Home(tmp_path)) == {} and not Entry.objects.filter(kind="backup.restored").exists()
