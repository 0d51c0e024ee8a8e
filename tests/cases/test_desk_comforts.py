"""The desk's comforts by their rules: notes, numbers elsewhere, papers from above, filters, what others did, files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cast import Cast, advance, said_in
from yimen.cases import changes, queries
from yimen.cases.actions import attach, desk, filters, handover, notes, outside, units
from yimen.cases.actions.people import Person, correct_people
from yimen.cases.models import Attachment, Note, OutsideNumber, ReadUpTo, SavedFilter
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger import sequencer
from yimen.ledger.models import Entry
from yimen.organisations.models import Membership

pytestmark = pytest.mark.django_db


# --- notes -----------------------------------------------------------------------------------------------------


def _write(cast: Cast, who: str, case: Any, text: str = "周四再打电话", **more: Any) -> Note | None:
    person = cast[who]
    return notes.write_note(person.actor, person.grants, case.uuid, text=text, **more)


def test_a_note_is_its_authors_alone_and_leaves_no_trace(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    before = Entry.objects.count()
    row = _write(cast, "clerk1", case)
    assert row and "周四" not in bytes(row.sealed).decode("latin-1")
    assert notes.note_of(cast["clerk1"].grants, case).text == "周四再打电话"
    assert notes.note_of(cast["clerk2"].grants, case).text == ""
    assert Entry.objects.count() == before
    assert queries.search(cast["clerk1"].grants, "周四再打") == []


def test_an_empty_note_is_no_note(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    _write(cast, "clerk1", case, pinned=True)
    _write(cast, "clerk1", case, text=" ", pinned=False)
    assert not Note.objects.exists()


def test_reminders_are_pinned_or_due_and_only_what_may_still_be_seen(cast: Cast) -> None:
    clerk, today = cast["clerk1"], timezone.localdate()
    pinned, due, later = clerk.opens("甲件要办。"), clerk.opens("乙件要办。"), clerk.opens("丙件要办。")
    _write(cast, "clerk1", due, remind_on=today)
    _write(cast, "clerk1", later, remind_on=today + timedelta(days=1))
    _write(cast, "clerk1", pinned, pinned=True)
    assert [case.pk for case, _own in notes.reminders(clerk.grants)] == [pinned.pk, due.pk]
    handler, sent = cast["handler.chengguan"], advance(cast, clerk.opens("丁件要办。"), "dispatched")
    notes.write_note(handler.actor, handler.grants, sent.uuid, text="记着", pinned=True)
    clerk.does(sent, "recall", reason="转错了")
    assert notes.reminders(handler.grants) == []


def test_notes_go_with_the_matter_and_with_the_author(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "closed")
    _write(cast, "clerk1", case)
    _write(cast, "clerk2", case)
    cast["clerk1"].does(case, "archive")
    assert not Note.objects.exists()
    with pytest.raises(Conflict):
        _write(cast, "clerk1", case)
    other = cast["clerk1"].opens("另一件事要办。")
    _write(cast, "clerk2", other)
    member = Membership.objects.get(user=cast["clerk2"].user)
    handover.end_membership(cast["director"].actor, cast["director"].grants, member)
    assert not Note.objects.exists()
    _write(cast, "leader1", other)
    units.switch_off(cast["admin"].actor, cast["leader1"].user, at_once=True)
    assert Note.objects.exists()
    units.switch_off(cast["admin"].actor, cast["leader1"].user)
    assert not Note.objects.exists()


def test_no_note_on_what_one_may_not_see_and_no_long_one(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    with pytest.raises(Missing):
        _write(cast, "handler.zhifa", case)
    with pytest.raises(Invalid) as wrong:
        _write(cast, "clerk1", case, text="长" * (notes.LIMIT + 1))
    assert "text" in wrong.value.fields


# --- numbers elsewhere, papers from above ----------------------------------------------------------------------


def test_numbers_elsewhere_are_found_kept_once_and_taken_away(cast: Cast) -> None:
    clerk, case = cast["clerk1"], cast["clerk1"].opens()
    for _again in range(2):
        row = outside.add_outside(
            clerk.actor, clerk.grants, case.uuid, system="hotline", number="RX-20261123-77"
        )
    assert OutsideNumber.objects.count() == 1
    assert [found.pk for found in queries.search(clerk.grants, "RX-20261123-77")] == [case.pk]
    outside.remove_outside(clerk.actor, clerk.grants, case.uuid, row_id=row.pk)
    assert queries.search(clerk.grants, "RX-20261123-77") == []
    kinds = list(
        Entry.objects.filter(subject_id=case.pk, kind__contains="outside").values_list("kind", flat=True)
    )
    assert kinds == ["case.outside_added", "case.outside_removed"]
    with pytest.raises(Missing):
        outside.remove_outside(clerk.actor, clerk.grants, case.uuid, row_id=row.pk)


@pytest.mark.parametrize(
    ("given", "field"), [({"system": "weixin", "number": "1"}, "system"), ({"system": "other", "number": " "}, "number"),
                         ({"system": "other", "number": "9" * 61}, "number")]
)  # fmt: skip
def test_a_wrong_number_elsewhere_is_refused_beside_its_field(cast: Cast, given: Any, field: str) -> None:
    clerk, case = cast["clerk1"], cast["clerk1"].opens()
    with pytest.raises(Invalid) as wrong:
        outside.add_outside(clerk.actor, clerk.grants, case.uuid, **given)
    assert field in wrong.value.fields


def test_a_number_of_another_matter_is_not_taken_away_here(cast: Cast) -> None:
    clerk, one, other = cast["clerk1"], cast["clerk1"].opens(), cast["clerk1"].opens("另一件事要办。")
    row = outside.add_outside(clerk.actor, clerk.grants, one.uuid, system="other", number="A-1")
    with pytest.raises(Missing):
        outside.remove_outside(clerk.actor, clerk.grants, other.uuid, row_id=row.pk)


def test_a_paper_from_above_counts_from_the_day_it_came_is_found_and_corrected(cast: Cast) -> None:
    clerk, day = cast["clerk1"], timezone.localdate() - timedelta(days=4)
    paper = {"from_body": "区信访局", "from_number": "区信转〔2026〕86号", "from_on": day}
    case = clerk.opens(channel="above", **paper)
    assert timezone.localdate(case.received_at) == day
    assert queries.search(clerk.grants, "区信转〔2026〕86号")[0].pk == case.pk
    wrong = {"from_on": day + timedelta(days=1), "from_number": "区信转〔2026〕87号"}
    after = desk.correct(clerk.actor, clerk.grants, case.uuid, wrong, reason="看错了")
    assert (after.from_number, after.from_on) == ("区信转〔2026〕87号", day + timedelta(days=1))
    assert after.received_at == case.received_at
    assert queries.search(clerk.grants, "区信转〔2026〕86号") == []


@pytest.mark.parametrize("day", [date(1989, 1, 1), "tomorrow"])
def test_a_paper_cannot_have_come_tomorrow_or_in_an_old_year(cast: Cast, day: Any) -> None:
    day = timezone.localdate() + timedelta(days=1) if day == "tomorrow" else day
    with pytest.raises(Invalid) as wrong:
        cast["clerk1"].opens(channel="above", from_on=day)
    assert "from_on" in wrong.value.fields


def test_todays_paper_was_received_now(cast: Cast) -> None:
    at = timezone.now()
    assert cast["clerk1"].opens(channel="above", from_on=timezone.localdate(at), at=at).received_at == at


# --- saved filters ---------------------------------------------------------------------------------------------


def test_saved_filters_are_ones_own_renamed_and_deleted(cast: Cast) -> None:
    me, other = cast["clerk1"].actor, cast["clerk2"].actor
    row = filters.save_filter(me, name="城管超期", list_name="overdue", query="unit=chengguan")
    assert filters.save_filter(me, name="城管超期", list_name="overdue", query="unit=zhifa").pk == row.pk
    assert filters.filters_of(other.user_id) == []
    for forbidden in (
        lambda: filters.rename_filter(other, row.pk, "x"),
        lambda: filters.delete_filter(other, row.pk),
    ):
        with pytest.raises(Missing):
            forbidden()
    filters.save_filter(me, name="第二个", list_name="all", query="")
    with pytest.raises(Conflict):
        filters.rename_filter(me, row.pk, "第二个")
    assert filters.rename_filter(me, row.pk, "执法超期").name == "执法超期"
    filters.delete_filter(me, row.pk)
    assert SavedFilter.objects.count() == 1


# --- what others did -------------------------------------------------------------------------------------------


def test_what_others_did_on_ones_matters_is_told_once(cast: Cast) -> None:
    clerk, case = cast["clerk1"], cast["clerk1"].opens()
    advance(cast, case, "signed")
    cast["clerk2"].opens("别人的事，与我无关。")
    sequencer.catch_up()
    told = changes.news(clerk.grants)
    assert {(one.case.pk, one.entry.kind) for one in told} == {(case.pk, "case.sign")}
    assert changes.count_news(clerk.grants) == len(told)
    changes.mark_read(clerk.actor, told[0].seq)
    assert changes.count_news(clerk.grants) == 0
    cast["handler.chengguan"].does(case, "accept")
    assert changes.count_news(clerk.grants) == 0  # not numbered yet
    sequencer.catch_up()
    assert [one.entry.kind for one in changes.news(clerk.grants)] == ["case.accept"]


def test_who_only_looked_and_sealed_letters_are_not_told(cast: Cast) -> None:
    from yimen.cases.actions.accusations import hand_over_accusation

    clerk, case = cast["clerk1"], cast["clerk1"].opens()
    desk.looked(cast["clerk2"].actor, cast["clerk2"].grants, case, "case.paper_printed", paper="V01")
    hand_over_accusation(
        cast["clerk2"].actor, cast["clerk2"].grants, to=cast.units["jiwei"], named_units=[], named_people=[]
    )
    sequencer.catch_up()
    for name in ("clerk1", "director", "head.jiwei"):
        assert changes.news(cast[name].grants) == []
    assert clerk.sees(case)


def test_the_mark_never_goes_back_nor_beyond_the_chain(cast: Cast) -> None:
    clerk = cast["clerk1"]
    advance(cast, clerk.opens(), "signed")
    sequencer.catch_up()
    changes.mark_read(clerk.actor, 10**15)
    top = ReadUpTo.objects.get().seq
    changes.mark_read(clerk.actor, 1)
    assert ReadUpTo.objects.get().seq == top < 10**15


# --- files, people ---------------------------------------------------------------------------------------------


def _attach(cast: Cast, who: str, case: Any, png: bytes, **more: Any) -> Attachment:
    return attach.attach(cast[who].actor, cast[who].grants, case.uuid, png, "现场.png", **more)


@pytest.fixture
def png() -> bytes:
    from media_samples import photo, saved

    return bytes(saved(photo(), "PNG"))


def test_who_has_no_part_in_a_matter_adds_no_file(cast: Cast, home: Any, png: bytes) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    with pytest.raises(Refused):
        _attach(cast, "leader1", case, png)
    assert _attach(cast, "handler.chengguan", case, png).name == "现场.png"


def test_to_a_closed_matter_only_the_desk_adds_and_says_why(cast: Cast, home: Any, png: bytes) -> None:
    case = advance(cast, cast["clerk1"].opens(), "closed")
    with pytest.raises(Conflict):
        _attach(cast, "handler.chengguan", case, png, reason="补交")
    with pytest.raises(Invalid) as wrong:
        _attach(cast, "clerk2", case, png)
    assert "reason" in wrong.value.fields
    _attach(cast, "clerk2", case, png, reason="来访人补交收据")
    entry = Entry.objects.get(kind="case.file_added", subject_id=case.pk)
    assert said_in(entry)["reason"] == "来访人补交收据"


def test_a_matter_that_closes_while_a_file_is_cleaned_gets_no_file(
    cast: Cast, home: Any, png: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, cleaned = advance(cast, cast["clerk1"].opens(), "rated"), attach.clean
    before = set(home.files.rglob("*.original"))

    def close_meanwhile(data: bytes, name: str) -> Any:
        cast["clerk1"].does(case, "close")
        return cleaned(data, name)

    monkeypatch.setattr(attach, "clean", close_meanwhile)
    with pytest.raises(Conflict):
        _attach(cast, "handler.chengguan", case, png)
    assert not Attachment.objects.exists()
    assert set(home.files.rglob("*.original")) == before


def test_corrected_people_keep_the_limits_of_registration(cast: Cast) -> None:
    clerk, case = cast["clerk1"], cast["clerk1"].opens(name="欧阳兰", party_size=3)
    for rows, field in (
        ([("visitor", Person("名" * 61))], "name"),
        ([("visitor", Person("王", address="住" * 201))], "address"),
        ([("representative", Person(f"代表{n}")) for n in range(6)], "representatives"),
        ([("representative", Person(f"代表{n}")) for n in range(4)], "representatives"),
        ([("visitor", Person("王")), ("visitor", Person("李"))], "role"),
    ):
        with pytest.raises(Invalid) as wrong:
            correct_people(clerk.actor, clerk.grants, case, rows, "写错了")
        assert field in wrong.value.fields
    anonymous = clerk.opens("匿名反映的事。", anonymous=True)
    with pytest.raises(Invalid) as wrong:
        correct_people(clerk.actor, clerk.grants, anonymous, [("visitor", Person("王"))], "写错了")
    assert "anonymous" in wrong.value.fields


def test_nobody_uses_up_the_key_of_a_waiting_import(cast: Cast) -> None:
    from yimen.cases.models import Category
    from yimen.intake.actions.queue import enqueue, take
    from yimen.intake.models import QueuedMatter

    clerk = cast["clerk1"]
    category = Category.objects.get(key="noise")
    row = enqueue(
        Actor(None, "import", "import"),
        QueuedMatter(source="s", record_id="1", title="噪声", text="夜里施工太吵。", category=category, channel="online",
                     recorded_at=timezone.now()),
    )  # fmt: skip
    clerk.opens("用掉这个编号。", client_key=row.uuid)
    assert take(clerk.actor, clerk.grants, row.uuid).text == "夜里施工太吵。"
