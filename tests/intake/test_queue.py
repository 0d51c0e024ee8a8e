"""The import queue: taken once, by those who may, with clocks that start at that moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cast import Cast, said_in
from yimen.access.registry import Grants
from yimen.cases.actions.people import participants
from yimen.cases.models import Case, Category
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.foundation.ids import uuid7
from yimen.intake import queries
from yimen.intake.actions.queue import enqueue, people_of, refuse, take
from yimen.intake.models import QueuedMatter
from yimen.ledger.models import Entry

IMPORT = Actor(None, "import", "import")
LONG_AGO = datetime(2019, 5, 1, 8, tzinfo=UTC)


def queued(record: str = "1", **more: str) -> QueuedMatter:
    row = QueuedMatter(
        source="board", record_id=record, title="井盖松动", text="路口井盖一踩就响，怕出事。", place="一路口",
        category=Category.objects.get(key="appearance"), channel="online", occurred_at=LONG_AGO, recorded_at=timezone.now(),
    )  # fmt: skip
    with transaction.atomic():
        return enqueue(IMPORT, row, **more)


def test_a_row_that_is_taken_becomes_a_case_of_today(cast: Cast) -> None:
    row = queued()
    case = take(cast["clerk1"].actor, cast["clerk1"].grants, row.uuid)
    assert timezone.now() - case.received_at < timedelta(minutes=1)
    assert case.due_at and case.due_at > timezone.now() and case.state == "registered"
    assert (case.source, case.external_number, case.channel, case.title) == (
        "board",
        "1",
        "online",
        "井盖松动",
    )
    assert case.accountable_person_id == cast["clerk1"].user.pk
    row.refresh_from_db()
    assert (row.state, row.case_id, row.decided_by_id) == ("taken", case.pk, cast["clerk1"].user.pk)


def test_the_files_own_time_stays_on_record(cast: Cast) -> None:
    row = queued()
    case = take(cast["clerk1"].actor, cast["clerk1"].grants, row.uuid)
    opening = Entry.objects.get(kind="case.opened", subject_id=case.pk)
    assert said_in(opening)["occurred_at"].startswith("2019-05-01T16:00")
    assert QueuedMatter.objects.get(pk=row.pk).occurred_at == LONG_AGO


def test_the_clerk_puts_right_what_the_file_got_wrong(cast: Cast) -> None:
    row = queued()
    corrections = {"category": "safety", "place": "二路口", "urgency": "urgent"}
    case = take(cast["clerk1"].actor, cast["clerk1"].grants, row.uuid, corrections)
    assert (case.category.key, case.place, case.urgency) == ("safety", "二路口", "urgent")


def test_only_known_fields_are_corrected(cast: Cast) -> None:
    with pytest.raises(Invalid, match="received_at"):
        take(cast["clerk1"].actor, cast["clerk1"].grants, queued().uuid, {"received_at": LONG_AGO})
    assert QueuedMatter.objects.get().state == "waiting" and not Case.objects.exists()


def test_a_wrong_correction_changes_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid):
        take(cast["clerk1"].actor, cast["clerk1"].grants, queued().uuid, {"category": "nonsense"})
    assert QueuedMatter.objects.get().state == "waiting" and not Case.objects.exists()


def test_a_row_is_taken_once(cast: Cast) -> None:
    row = queued()
    take(cast["clerk1"].actor, cast["clerk1"].grants, row.uuid)
    with pytest.raises(Conflict):
        take(cast["clerk2"].actor, cast["clerk2"].grants, row.uuid)
    with pytest.raises(Conflict):
        refuse(cast["clerk2"].actor, cast["clerk2"].grants, row.uuid, "duplicate")
    assert Case.objects.count() == 1


def test_names_and_phones_move_to_the_case_and_leave_the_queue(cast: Cast) -> None:
    row = queued(name="某甲", phone="13800002071")
    assert people_of(row) == {"name": "某甲", "phone": "13800002071"}
    case = take(cast["clerk1"].actor, cast["clerk1"].grants, row.uuid)
    assert [(p.name, p.phone) for p in participants(case, full=True)] == [("某甲", "13800002071")]
    row.refresh_from_db()
    assert row.sealed is None and row.wrapped_key is None and row.text == "" and row.place == ""


def test_a_refused_row_keeps_its_reason_and_forgets_its_people(cast: Cast) -> None:
    row = refuse(
        cast["clerk1"].actor,
        cast["clerk1"].grants,
        queued(name="某甲").uuid,
        "duplicate",
        " 同 永〔2025〕00001 ",
    )
    row.refresh_from_db()
    assert (row.state, row.refusal, row.note, row.case_id) == (
        "refused",
        "duplicate",
        "同 永〔2025〕00001",
        None,
    )
    assert row.sealed is None and people_of(row) == {"name": "", "phone": ""}
    assert Entry.objects.get(kind="intake.refused").payload == {"refusal": "duplicate"}


def test_an_accusation_leaves_no_words_behind(cast: Cast) -> None:
    row = refuse(cast["director"].actor, cast["director"].grants, queued().uuid, "accusation", "某某干部")
    row.refresh_from_db()
    assert row.text == row.place == row.note == "" and "井盖" not in row.title


def test_a_refusal_needs_a_reason_of_the_list(cast: Cast) -> None:
    with pytest.raises(Invalid):
        refuse(cast["clerk1"].actor, cast["clerk1"].grants, queued().uuid, "because")
    assert QueuedMatter.objects.get().state == "waiting"


@pytest.mark.parametrize("who", ["leader1", "handler.chengguan", "head.chengguan", "auditor", "admin"])
def test_others_neither_see_nor_touch_the_queue(cast: Cast, who: str) -> None:
    row, person = queued(), cast[who]
    assert queries.waiting(person.grants).rows == [] and queries.sources(person.grants) == []
    with pytest.raises(Missing):
        queries.get_waiting(person.grants, row.uuid)
    for act in (
        lambda: take(person.actor, person.grants, row.uuid),
        lambda: refuse(person.actor, person.grants, row.uuid, "vague"),
    ):
        with pytest.raises(Refused):
            act()
    assert QueuedMatter.objects.get().state == "waiting"


def test_nobody_sees_the_queue(cast: Cast) -> None:
    queued()
    assert not queries.queue(Grants(None)).exists()


def test_a_row_that_is_not_there_is_missing(cast: Cast) -> None:
    with pytest.raises(Missing):
        take(cast["clerk1"].actor, cast["clerk1"].grants, uuid7())


def test_the_queue_is_paged_and_narrowed(cast: Cast) -> None:
    rows = [queued(str(number)) for number in range(35)]
    grants = cast["clerk1"].grants
    first = queries.waiting(grants)
    second = queries.waiting(grants, after=first.after)
    assert [row.pk for row in first.rows + second.rows] == [row.pk for row in rows] and second.after == 0
    assert queries.sources(grants) == [("board", 35)]
    assert len(queries.waiting(grants, words="井盖 一踩").rows) == 30
    assert [row.record_id for row in queries.waiting(grants, words="34").rows] == ["34"]
    assert not queries.waiting(grants, category="noise").rows and not queries.waiting(grants, source="x").rows


def test_the_database_holds_a_row_to_its_state(cast: Cast) -> None:
    row = queued(name="某甲")
    for wrong in (
        {"state": "taken"},
        {"state": "refused"},
        {"refusal": "vague"},
        {"decided_at": timezone.now()},
        {"state": "lost"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            QueuedMatter.objects.filter(pk=row.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():  # a decided row may not keep people
        QueuedMatter.objects.filter(pk=row.pk).update(
            state="refused", refusal="vague", decided_at=timezone.now()
        )
