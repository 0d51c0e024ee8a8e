"""The files outside the database: when lines are written, and what is noticed about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from yimen.foundation import crypto
from yimen.foundation.home import Home
from yimen.ledger import checkpoints
from yimen.ledger.checkpoints import Checkpoint, Checkpoints, parse
from yimen.ledger.verify import CannotVerify, verify

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAC = b"\x07" * 32


def seconds(count: float) -> datetime:
    return NOON + timedelta(seconds=count)


def seqs(place: Checkpoints) -> list[int]:
    return [line.seq for line in place.lines() if line]


# --- when --------------------------------------------------------------------------------------------


def test_the_first_number_gets_a_line_and_a_head(place: Checkpoints) -> None:
    place.note(1, MAC, NOON)
    head = place.head()
    assert seqs(place) == [1] and head and (head.seq, head.mac, head.number) == (1, MAC.hex(), 0)


@pytest.mark.parametrize(
    ("seq", "after", "lines"), [(2, 59, 1), (2, 60, 2), (1000, 1, 1), (1001, 1, 2), (1, 3600, 1)]
)
def test_a_line_comes_every_minute_or_thousand_rows_while_there_is_news(
    place: Checkpoints, seq: int, after: int, lines: int
) -> None:
    place.note(1, MAC, NOON)
    place.note(seq, MAC, seconds(after))
    assert len(place.lines()) == lines
    head = place.head()
    assert head and head.seq == seq


def test_a_clock_set_back_does_not_stop_the_lines(place: Checkpoints) -> None:
    place.note(1, MAC, NOON)
    place.note(2, MAC, NOON - timedelta(days=1))
    assert seqs(place) == [1, 2]


def test_in_quiet_hours_the_last_head_gets_its_line(place: Checkpoints) -> None:
    place.note(1, MAC, NOON)
    place.note(2, MAC, seconds(5))
    place.tick(seconds(30))
    assert seqs(place) == [1]
    place.tick(seconds(61))
    place.tick(seconds(600))
    assert seqs(place) == [1, 2]


def test_a_tick_without_a_head_does_nothing(place: Checkpoints) -> None:
    place.tick(NOON)
    place.keep_evidence()
    assert place.lines() == [] and place.head() is None


def test_evidence_is_kept_once(place: Checkpoints) -> None:
    place.note(1, MAC, NOON)
    place.note(5, MAC, seconds(1))
    place.keep_evidence()
    place.keep_evidence()
    assert seqs(place) == [1, 5]


def test_lines_name_the_line_before_and_the_rows_between(place: Checkpoints) -> None:
    for number, seq in enumerate((4, 9, 30)):
        place.note(seq, MAC, seconds(number * 60))
    lines = [line for line in place.lines() if line]
    assert [(line.number, line.count) for line in lines] == [(1, 4), (2, 5), (3, 21)]
    assert [line.prev for line in lines[1:]] == [line.digest() for line in lines[:-1]]
    assert all(line.holds(place.keys) for line in lines)


def test_a_line_is_on_disk_before_the_next_is_written(
    place: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr("os.fsync", synced.append)
    place.note(1, MAC, NOON)
    assert synced


def test_only_the_end_of_a_long_file_is_read(place: Checkpoints) -> None:
    for number in range(60):
        place.note(number + 1, MAC, seconds(number * 60))
    last = place.last()
    assert last and last.seq == 60 and len(place.lines()) == 60


@pytest.mark.parametrize("field", ["number", "seq", "mac", "count", "at", "prev", "keys", "signature"])
def test_a_signature_covers_every_field(place: Checkpoints, field: str) -> None:
    place.note(3, MAC, NOON)
    line = place.last()
    assert line and line.holds(place.keys)
    value = getattr(line, field)
    changed = value + 1 if isinstance(value, int) else "00" + value[2:]
    assert not replace(line, **{field: changed}).holds(place.keys)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x",
        "[]",
        "{}",
        "null",
        '{"number": 1}',
        json.dumps({**dict.fromkeys(["number", "seq", "count"], 1.0)}),
    ],
)
def test_what_is_no_checkpoint_is_not_read_as_one(line: str) -> None:
    assert parse(line) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("seq", "1"), ("seq", True), ("mac", "xy"), ("at", "2026-01-01"), ("at", 5), ("more", 1)],
)
def test_a_field_of_another_type_is_not_read(place: Checkpoints, field: str, value: object) -> None:
    place.note(1, MAC, NOON)
    said = json.loads((place.folder / checkpoints.LINES).read_text())
    assert parse(json.dumps(said)) is not None
    assert parse(json.dumps({**said, field: value})) is None


# --- what verification says of the files ----------------------------------------------------------------

pytest_chain = pytest.mark.usefixtures("chain")


def rewrite(place: Checkpoints, change: Callable[[list[str]], list[str]]) -> None:
    path = place.folder / checkpoints.LINES
    path.write_text("".join(line + "\n" for line in change(path.read_text().splitlines())))


def altered(line: str, **fields: object) -> str:
    return json.dumps({**json.loads(line), **fields}, separators=(",", ":"))


CHANGES: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "first line removed": (lambda a: a[1:], "checkpoint_order"),
    "middle line removed": (lambda a: [a[0], a[2]], "checkpoint_order"),
    "lines swapped": (lambda a: [a[1], a[0], a[2]], "checkpoint_order"),
    "line doubled": (lambda a: [a[0], a[0], *a[1:]], "checkpoint_order"),
    "middle line spoiled": (lambda a: [a[0], a[1][:40], a[2]], "checkpoint_order"),
    "number altered": (lambda a: [a[0], altered(a[1], seq=7), a[2]], "checkpoint_forged"),
    "last MAC altered": (lambda a: [*a[:2], altered(a[2], mac="00" * 32)], "checkpoint_forged"),
    "signature of another line": (
        lambda a: [a[0], altered(a[1], signature=json.loads(a[0])["signature"]), a[2]],
        "checkpoint_forged",
    ),
    "signature cut": (lambda a: [*a[:2], altered(a[2], signature="00")], "checkpoint_forged"),
    "signature no hex": (lambda a: [*a[:2], altered(a[2], signature="zz")], "checkpoint_forged"),
}


@pytest_chain
@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_file_is_found(name: str, place: Checkpoints) -> None:
    change, code = CHANGES[name]
    rewrite(place, change)
    assert verify(place).counts[code]


@pytest_chain
def test_a_line_cut_by_a_power_failure_is_no_tampering(
    place: Checkpoints, number_all: Callable[[], int]
) -> None:
    with (place.folder / checkpoints.LINES).open("a") as file:
        file.write('{"number":4,"se')
    report = verify(place)
    assert report.clean and report.counts["checkpoint_torn"] == 1
    head = place.head()
    assert head
    place.note(head.seq, bytes.fromhex(head.mac))
    place._add_if(True, head.seq, head.mac, NOON)
    after = verify(place)
    assert after.clean and [bool(line) for line in place.lines()] == [True, True, True, False, True]


@pytest_chain
@pytest.mark.parametrize("text", [None, "", "{"])
def test_a_lost_head_is_a_notice_while_lines_stand(place: Checkpoints, text: str | None) -> None:
    path = place.folder / checkpoints.HEAD
    path.unlink() if text is None else path.write_text(text)
    report = verify(place)
    assert report.clean and report.counts["head_missing"] == 1


@pytest_chain
def test_a_forged_head_is_found(place: Checkpoints) -> None:
    path = place.folder / checkpoints.HEAD
    path.write_text(altered(path.read_text(), seq=8))
    assert verify(place).counts["checkpoint_forged"] == 1


@pytest_chain
def test_the_keys_of_another_home_prove_nothing(place: Checkpoints, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    crypto.make_keys(other)
    with pytest.raises(CannotVerify, match=place.keys.audit_id):
        verify(Checkpoints(place.folder, crypto.keyring(other)))


def test_a_checkpoint_says_when(place: Checkpoints) -> None:
    place.note(1, MAC, NOON)
    line = place.last()
    assert isinstance(line, Checkpoint) and line.time() == NOON
