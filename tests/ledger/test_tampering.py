"""Every act of `tampering.py` at the first, a middle and the last number: verification must name each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from ledger import tampering
from ledger.pen import say
from ledger.tampering import ACTS, UNDONE, run, unguarded
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.findings import SENTENCES, TAMPERING, Report
from yimen.ledger.models import Entry
from yimen.ledger.verify import verify

pytestmark = pytest.mark.usefixtures("chain")
PLACES = {"first": 1, "middle": 5, "last": 9}


def said(report: Report) -> set[str]:
    return {finding.code for finding in report.findings if finding.is_tampering}


def _meets(found: set[str], wanted: set[str]) -> bool:
    return all(found & set(choice.split("|")) for choice in wanted)


def test_an_honest_ledger_is_clean(place: Checkpoints) -> None:
    report = verify(place)
    assert report.clean and not said(report)
    assert (report.entries, report.numbered, report.waiting, report.tail, report.checkpoints) == (
        9,
        9,
        0,
        9,
        3,
    )


def test_entries_on_their_way_are_no_tampering(place: Checkpoints) -> None:
    say(), say()
    report = verify(place)
    assert report.clean and report.waiting == 2 and report.counts["waiting"] == 1


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_found(name: str, where: str, place: Checkpoints) -> None:
    act, wanted = ACTS[name]
    for number in range(10, 13):
        say(number)  # three that wait, for the acts on the queue
    with unguarded():
        act(PLACES[where])
    assert _meets(said(verify(place)), wanted)


@pytest.mark.parametrize("name", sorted(ACTS.keys() - UNDONE))
def test_no_act_is_healed_by_honest_work_after_it(
    name: str, place: Checkpoints, number_all: Callable[[], int]
) -> None:
    for number in range(10, 13):
        say(number)
    with unguarded():
        ACTS[name][0](5)
    for _ in range(2):
        for number in range(20, 24):
            say(number)
        number_all()
    assert said(verify(place))


def test_a_second_queueing_gives_no_second_number(place: Checkpoints, number_all: Callable[[], int]) -> None:
    tampering.queue_a_number_again(5)
    number_all()
    report = verify(place)
    assert report.clean and report.numbered == 9 and not report.waiting


@pytest.mark.parametrize("later", [0, 2, 6])
@pytest.mark.parametrize("lost", [1, 3, 5])
def test_an_old_copy_put_back_is_found_now_and_later(
    lost: int, later: int, place: Checkpoints, number_all: Callable[[], int]
) -> None:
    put_back = tampering.restore_old_copy()
    for number in range(lost):
        say(100 + number)
    number_all()
    with unguarded():
        put_back()
    for number in range(later):
        say(200 + number)
        number_all()
    assert said(verify(place)) & {"tail_cut", "checkpoint_backwards", "checkpoint_differs"}


def test_work_that_goes_on_over_an_old_copy_shows_as_numbers_running_backwards(
    place: Checkpoints, number_all: Callable[[], int]
) -> None:
    put_back = tampering.restore_old_copy()
    for number in range(5):
        say(100 + number)
    number_all()
    with unguarded():
        put_back()
    say(200)
    number_all()
    assert said(verify(place)) == {"tail_cut", "checkpoint_backwards"}


def test_between_two_lines_the_head_alone_proves_a_cut_tail(
    place: Checkpoints, number_all: Callable[[], int]
) -> None:
    say(10)
    number_all()
    last = place.last()
    assert last and last.seq == 9
    with unguarded():
        tampering.delete_the_tail(10)
    assert said(verify(place)) == {"tail_cut"}


def test_a_head_that_is_contradicted_is_kept_as_evidence(
    place: Checkpoints, number_all: Callable[[], int]
) -> None:
    say(10)
    number_all()
    with unguarded():
        tampering.delete_the_tail(10)
    say(11, "case.closed")
    number_all()
    report = verify(place)
    assert said(report) == {"checkpoint_differs"} and report.checkpoints == 4


def test_json_spelled_differently_is_the_same_entry(place: Checkpoints) -> None:
    with unguarded():
        run("""UPDATE ledger_entry SET payload = ('  ' || replace(payload::text, '楼', '\\u697c'))::jsonb""")
    assert verify(place).clean


def test_a_chain_without_any_checkpoint_is_named(place: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yimen.ledger.verify.PATIENCE", 0.1)
    for file in place.folder.iterdir():
        file.unlink()
    assert said(verify(place)) == {"checkpoints_gone"}


def test_many_findings_of_one_kind_are_counted_but_not_all_shown(
    place: Checkpoints, number_all: Callable[[], int]
) -> None:
    for number in range(30):
        say(number)
    number_all()
    with unguarded():
        run("UPDATE ledger_entry SET kind = 'case.withdrawn'")
    report = verify(place)
    assert report.counts["entry_changed"] == 39 == report.counts["entry_forged"]
    assert sum(finding.is_tampering for finding in report.findings) == 40 and report.tampering == 78


def test_another_database_setting_changes_nothing(place: Checkpoints) -> None:
    for setting in (
        "TimeZone = 'America/New_York'",
        "DateStyle = 'German'",
        "bytea_output = 'escape'",
        "IntervalStyle = 'iso_8601'",
    ):
        run(f"SET LOCAL {setting}")
    assert verify(place).clean


def test_every_finding_reads_as_a_sentence(place: Checkpoints) -> None:
    seen: dict[str, str] = {}
    for act, _wanted in ACTS.values():
        point = connection.savepoint()
        say(10)
        with unguarded():
            act(5) if act not in _on_the_queue() else act(1)
        for finding in verify(place).findings:
            seen[finding.code] = str(finding)
        connection.savepoint_rollback(point)
    assert all("%(" not in text and text for text in seen.values())
    assert set(seen) >= {"entry_changed", "entry_gone", "gap", "tail_cut", "entry_twice", "waiting"}


def _on_the_queue() -> set[object]:
    return {tampering.drop_from_the_queue, tampering.delete_while_waiting, tampering.edit_while_waiting}


def test_the_list_has_more_than_twenty_kinds() -> None:
    assert len(ACTS) >= 40 and TAMPERING.keys() <= SENTENCES.keys() and Entry.objects.exists()
