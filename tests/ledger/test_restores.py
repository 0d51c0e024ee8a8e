"""A restored copy is said openly: it reads as restored, not as a cut tail, and hides nothing that happens later."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.pen import say
from ledger.tampering import run, unguarded
from yimen.ledger import restores, tail
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.verify import verify

Numbered = Callable[[], int]


def set_back(seq: int) -> bytes:
    """The database as a backup of that number has it."""
    with unguarded():
        run(f"DELETE FROM ledger_entry WHERE id IN (SELECT entry_id FROM ledger_chain WHERE seq > {seq})")
        run(f"DELETE FROM ledger_chain WHERE seq > {seq}")
    from yimen.ledger.models import Link

    return bytes(Link.objects.get(seq=seq).mac)


def note(place: Checkpoints, seq: int, mac: bytes, backup: str = "b1") -> restores.Restore:
    return restores.note(
        place, seq, mac.hex(), backup, "2026-11-01T00:00:00+00:00", "2026-11-20T00:00:00+00:00"
    )


def tampering(place: Checkpoints) -> set[str]:
    return {finding.code for finding in verify(place).findings if finding.is_tampering}


@pytest.fixture
def restored(chain: object, place: Checkpoints, number_all: Numbered) -> restores.Restore:
    """Nine numbers were vouched for; a backup of five was restored; two more followed."""
    mac = set_back(5)
    said = note(place, 5, mac)
    say(20), say(21)
    number_all()
    return said


def test_without_a_word_an_older_copy_is_a_cut_tail(chain: object, place: Checkpoints) -> None:
    set_back(5)
    assert tampering(place) == {"tail_cut"}


def test_said_openly_it_is_a_restore_and_the_chain_goes_on(
    restored: restores.Restore, place: Checkpoints
) -> None:
    report = verify(place)
    assert report.clean and report.tail == 7
    assert report.counts["restored"] == 1 == report.counts["set_back"]
    assert (restored.seq, restored.beyond) == (5, 9)


def test_what_is_cut_after_the_restore_shows_as_before(
    restored: restores.Restore, place: Checkpoints
) -> None:
    set_back(6)
    assert "tail_cut" in tampering(place)


def test_what_is_cut_below_the_restored_end_shows_too(restored: restores.Restore, place: Checkpoints) -> None:
    set_back(4)
    assert {"tail_cut"} <= tampering(place)


def test_what_was_changed_before_it_shows_too(restored: restores.Restore, place: Checkpoints) -> None:
    with unguarded():
        run("UPDATE ledger_entry SET kind = 'case.withdrawn' WHERE subject_id = 2")
    assert tampering(place) == {"entry_changed", "entry_forged"}


def test_nobody_without_the_key_can_say_it(chain: object, place: Checkpoints) -> None:
    mac = set_back(5)
    note(place, 5, mac)
    file = place.folder / restores.FILE
    file.write_text(re.sub(r'"lines":\d+', '"lines":400', file.read_text()))
    assert tampering(place) >= {"restore_forged", "tail_cut"}
    file.unlink()
    assert "tail_cut" in tampering(place)


def test_a_line_taken_away_leaves_the_cut_in_sight(restored: restores.Restore, place: Checkpoints) -> None:
    (place.folder / restores.FILE).unlink()
    assert {"checkpoint_backwards"} <= tampering(place)


def test_it_is_said_once_however_often_settling_is_repeated(
    restored: restores.Restore, place: Checkpoints
) -> None:
    assert restores.note(
        place, 5, restored.mac, restored.backup, restored.made_at, restored.restored_at
    ) == restored  # fmt: skip
    assert len(restores.read(place)) == 1 and verify(place).clean


def test_a_second_restore_may_go_further_back(
    restored: restores.Restore, place: Checkpoints, number_all: Numbered
) -> None:
    note(place, 3, set_back(3), backup="b0")
    say(30)
    number_all()
    report = verify(place)
    assert report.clean and report.counts["restored"] == 2


def test_a_restore_of_an_empty_ledger(db: None, place: Checkpoints, number_all: Numbered) -> None:
    note(place, 0, b"")
    say(1)
    number_all()
    assert verify(place).clean


def test_the_quick_look_finds_what_was_changed_near_the_end(
    chain: object, place: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tail.look(place.keys, rows=4).clean and tail.look(place.keys, rows=4).tail == 9
    with unguarded():
        run("UPDATE ledger_entry SET kind = 'case.withdrawn' WHERE subject_id = 8")
    assert {finding.code for finding in tail.look(place.keys, rows=4).findings} >= {
        "entry_changed",
        "entry_forged",
    }


def test_a_checkpoint_cannot_be_passed_off_as_a_restore(chain: Any, place: Checkpoints) -> None:
    """Both are signed by one key, over bytes that cannot be confused."""
    line = place.last()
    assert line is not None
    draft = restores.Restore(5, "", 9, 9, "b", "", "", datetime.now(UTC).isoformat(), line.signature)
    assert not draft.holds(place.keys)
