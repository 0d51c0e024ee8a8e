"""值班: filling, who is on duty, calls, hand-over with two signatures, swaps. On a real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cast import Cast, play
from yimen.access.roles import Role
from yimen.calendars.queries import current
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.grids import actions as grid_actions
from yimen.grids import duty
from yimen.grids.actions import calls, roster, swaps
from yimen.grids.models import DutyCall, DutyHandover, DutyShift, DutySwap
from yimen.ledger.models import Entry

from .duty_ground import DAY, PHONE, at, ids, planned, shifts, staffed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return staffed(play())


def kinds() -> list[str]:
    return list(Entry.objects.filter(kind__startswith="duty.").order_by("id").values_list("kind", flat=True))


# --- the roster


def test_the_person_on_duty_is_found_at_every_moment_and_nobody_outside(cast: Cast) -> None:
    first = date(2027, 3, 1)
    shifts(cast, ("clerk1",), ("clerk2", "clerk3"), first=first)
    assert duty.on_duty(at(first, 7)) is None
    assert duty.on_duty(at(first, 8)).person == cast["clerk1"].user  # type: ignore[union-attr]
    assert duty.on_duty(at(first + DAY, 7)).person == cast["clerk1"].user  # type: ignore[union-attr]
    second = duty.on_duty(at(first + DAY, 8))
    assert second is not None and second.person == cast["clerk2"].user and second.phone == PHONE
    assert duty.people_of(second).keys() == {*ids(cast, "clerk2", "clerk3", "leader1")}
    assert duty.on_duty(at(first + 2 * DAY, 8)) is None
    assert kinds() == ["duty.filled"]


def test_a_roster_is_made_by_the_director_alone_and_of_people_who_can_be_on_it(cast: Cast) -> None:
    day = timezone.localdate() + DAY
    clerk, director = cast["clerk1"], cast["director"]
    with pytest.raises(Refused):
        roster.fill(clerk.actor, clerk.grants, [planned(cast, day, "clerk1")])
    for wrong in (
        planned(cast, day),
        planned(cast, day, "admin"),
        planned(cast, day, "clerk1", "clerk1"),
        planned(cast, day, "clerk1", leader="clerk2"),
        planned(cast, day, "leader1"),
    ):
        with pytest.raises(Invalid):
            roster.fill(director.actor, director.grants, [wrong])
    assert not DutyShift.objects.exists() and not kinds()


def test_past_days_are_not_filled_and_days_that_are_taken_change_nothing(cast: Cast) -> None:
    director, today = cast["director"], timezone.localdate()
    with pytest.raises(Invalid):
        roster.fill(director.actor, director.grants, [planned(cast, today - 3 * DAY, "clerk1")])
    roster.fill(director.actor, director.grants, [planned(cast, today + DAY, "clerk1")])
    with pytest.raises(Conflict):
        rows = [planned(cast, today + 2 * DAY, "clerk2"), planned(cast, today + DAY, "clerk2")]
        roster.fill(director.actor, director.grants, rows)
    assert DutyShift.objects.get().person == cast["clerk1"].user


def test_the_database_itself_refuses_two_shifts_at_one_moment_and_a_shift_without_people(cast: Cast) -> None:
    row = shifts(cast, ("clerk1",))[0]
    other = {"leader_id": row.leader_id, "person_id": row.person_id, "day": row.day + 9 * DAY}
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyShift.objects.create(
            starts_at=row.ends_at - timedelta(minutes=1), ends_at=row.ends_at + DAY, **other
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyShift.objects.filter(pk=row.pk).update(person=None)
    DutyShift.objects.create(
        starts_at=row.ends_at, ends_at=row.ends_at + DAY, **other
    )  # back to back is fine


def test_other_hours_hold_for_shifts_made_later_and_leave_a_gap_that_is_shown(cast: Cast) -> None:
    director, first = cast["director"], date(2027, 5, 10)
    shifts(cast, ("clerk1",), first=first)
    roster.set_hours(director.actor, director.grants, "09:30", "09:30")
    roster.fill(director.actor, director.grants, [planned(cast, first + DAY, "clerk2")])
    assert duty.on_duty(at(first + DAY, 9)) is None
    assert duty.gaps(first + DAY, first + DAY) == []
    found = [(f"{a:%d %H:%M}", f"{b:%d %H:%M}") for a, b in ((timezone.localtime(a), timezone.localtime(b)) for a, b in duty.gaps(first, first + 2 * DAY))]  # fmt: skip
    assert found == [("11 08:00", "11 09:30"), ("12 09:30", "13 09:30")]
    with pytest.raises(Invalid):
        roster.set_hours(director.actor, director.grants, "8点", "09:30")
    assert kinds().count("duty.hours_set") == 1


def test_one_shift_is_changed_with_before_and_after_in_the_ledger_until_it_is_over(cast: Cast) -> None:
    director = cast["director"]
    row = shifts(cast, ("clerk1",), first=timezone.localdate() + DAY)[0]
    roster.set_shift(director.actor, director.grants, planned(cast, row.day, "clerk2", "clerk3"), "110")
    row.refresh_from_db()
    assert row.person == cast["clerk2"].user and [*row.others.all()] == [cast["clerk3"].user]
    said = Entry.objects.get(kind="duty.set").payload
    assert said["before"]["people"] == [*ids(cast, "clerk1")]
    assert said["after"]["people"] == [*ids(cast, "clerk2", "clerk3")]
    with pytest.raises(Conflict):
        roster.set_shift(director.actor, director.grants, planned(cast, row.day, "clerk1"), at=row.ends_at)


def test_rest_days_and_worked_weekends_come_from_the_calendar(cast: Cast) -> None:
    days = {one.day: one for one in duty.days(date(2026, 9, 26), date(2026, 10, 11), [])}
    calendar = current()
    assert all(one.rest == (not calendar.is_work_day(day)) for day, one in days.items())
    assert days[date(2026, 10, 1)].rest and days[date(2026, 10, 1)].name
    worked = [day for day, one in days.items() if day.weekday() >= 5 and not one.rest]
    assert worked and all(days[day].moved for day in worked)


def test_somebody_on_leave_is_named_for_the_days_away(cast: Cast) -> None:
    day, user = date(2027, 6, 7), cast["clerk1"].user
    grid_actions.take_leave(cast["director"].actor, user, day, day + DAY)
    assert duty.away([user.pk], day - DAY, day + 9 * DAY) == {(user.pk, day), (user.pk, day + DAY)}


# --- calls and the hand-over


def test_a_call_is_kept_without_who_called_and_numbers_of_people_are_hidden(cast: Cast) -> None:
    row = shifts(cast, ("clerk1",))[0]
    clerk, when = cast["clerk1"], row.starts_at + timedelta(hours=3)
    calls.add_call(
        clerk.actor,
        clerk.grants,
        row.pk,
        "路灯不亮，13800002071 反映",
        "已派人",
        "城管办",
        received_at=when,
        at=when,
    )
    kept = DutyCall.objects.get()
    assert "138" not in kept.about and "路灯不亮" in kept.about
    assert {field.name for field in DutyCall._meta.fields} == {
        "id", "shift", "at", "about", "handling", "reported_to", "number", "by", "recorded_at",
    }  # fmt: skip
    assert "路灯" not in str(Entry.objects.get(kind="duty.called").payload)


def test_calls_are_written_by_the_shift_and_the_director_within_its_hours(cast: Cast) -> None:
    row = shifts(cast, ("clerk1",))[0]
    when = row.starts_at + timedelta(hours=1)
    for who in ("clerk1", "leader1", "director"):
        calls.add_call(cast[who].actor, cast[who].grants, row.pk, "停水", at=when)
    with pytest.raises(Refused):
        calls.add_call(cast["clerk2"].actor, cast["clerk2"].grants, row.pk, "停水", at=when)
    for bad in (row.starts_at - timedelta(minutes=1), row.ends_at, when + timedelta(hours=1)):
        with pytest.raises(Invalid) as refused:
            calls.add_call(
                cast["clerk1"].actor, cast["clerk1"].grants, row.pk, "停水", received_at=bad, at=when
            )
        assert set(refused.value.fields) == {"received_at"}
    assert DutyCall.objects.count() == 3


def test_the_hand_over_has_two_signatures_of_two_people_and_closes_the_record(cast: Cast) -> None:
    row, _after = shifts(cast, ("clerk1",), ("clerk2",))
    clerk, taker, end = cast["clerk1"], cast["clerk2"], row.ends_at
    with pytest.raises(Conflict):
        calls.take(taker.actor, taker.grants, row.pk, at=end)
    with pytest.raises(Invalid):
        calls.give(clerk.actor, clerk.grants, row.pk, " ", "", at=end)
    calls.give(clerk.actor, clerk.grants, row.pk, "路灯已修", "催供热", at=end)
    calls.give(clerk.actor, clerk.grants, row.pk, "路灯已修", "催供热抢修", at=end)
    for who in ("clerk1", "clerk3", "director"):
        with pytest.raises(Refused):
            calls.take(cast[who].actor, cast[who].grants, row.pk, at=end)
    calls.take(taker.actor, taker.grants, row.pk, at=end)
    note = DutyHandover.objects.get()
    assert (note.given_by, note.taken_by, note.undone) == (clerk.user, taker.user, "催供热抢修")
    for late in (
        lambda: calls.take(taker.actor, taker.grants, row.pk, at=end),
        lambda: calls.give(clerk.actor, clerk.grants, row.pk, "另写", "", at=end),
        lambda: calls.add_call(clerk.actor, clerk.grants, row.pk, "漏记", at=end - DAY / 2),
    ):
        with pytest.raises(Conflict):
            late()
    assert kinds() == ["duty.filled", "duty.given", "duty.given", "duty.taken"]


def test_who_is_on_both_shifts_hands_over_and_another_of_the_next_takes(cast: Cast) -> None:
    row, _after = shifts(cast, ("clerk1",), ("clerk1", "clerk2"))
    clerk, taker = cast["clerk1"], cast["clerk2"]
    calls.give(clerk.actor, clerk.grants, row.pk, "无", "", at=row.ends_at)
    with pytest.raises(Refused):
        calls.take(clerk.actor, clerk.grants, row.pk)
    calls.take(taker.actor, taker.grants, row.pk)
    assert DutyHandover.objects.get().taken_by == taker.user


def test_without_another_person_on_the_next_shift_the_director_takes_over(cast: Cast) -> None:
    row = shifts(cast, ("clerk1",), leader="leader1")[0]
    clerk, director = cast["clerk1"], cast["director"]
    calls.give(clerk.actor, clerk.grants, row.pk, "无", "", at=row.ends_at)
    with pytest.raises(Refused):
        calls.take(cast["clerk2"].actor, cast["clerk2"].grants, row.pk)
    calls.take(director.actor, director.grants, row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyHandover.objects.update(taken_by=clerk.user)


# --- swaps


@pytest.fixture
def coming(cast: Cast) -> list[DutyShift]:
    first = timezone.localdate() + DAY
    return shifts(cast, ("clerk1", "clerk3"), ("clerk2",), ("clerk1",), first=first)


def asked(cast: Cast, mine: DutyShift, other: str = "clerk2", back: DutyShift | None = None) -> DutySwap:
    clerk = cast["clerk1"]
    return swaps.ask_swap(
        clerk.actor, clerk.grants, mine.pk, cast[other].user.pk, back.pk if back else None, "出差"
    )


def test_a_swap_is_asked_agreed_and_approved_and_both_change_places(
    cast: Cast, coming: list[DutyShift]
) -> None:
    row = asked(cast, coming[0], back=coming[1])
    director = cast["director"]
    with pytest.raises(Conflict):
        swaps.approve(director.actor, director.grants, row.pk)
    with pytest.raises(Refused):
        swaps.agree(cast["clerk3"].actor, cast["clerk3"].grants, row.pk)
    swaps.agree(cast["clerk2"].actor, cast["clerk2"].grants, row.pk)
    with pytest.raises(Refused):
        swaps.approve(cast["clerk2"].actor, cast["clerk2"].grants, row.pk)
    swaps.approve(director.actor, director.grants, row.pk)
    first, second = duty.get(coming[0].pk), duty.get(coming[1].pk)
    assert first and second
    assert duty.people_of(first).keys() == {*ids(cast, "clerk2", "clerk3", "leader1")}
    assert duty.people_of(second).keys() == {*ids(cast, "clerk1", "leader1")}
    assert kinds()[1:] == ["duty.swap_asked", "duty.swap_agreed", "duty.swap_approved"]


def test_nobody_approves_a_swap_of_their_own(cast: Cast) -> None:
    second = cast.joins("leader2", "许静宜", "centre", Role.LEADER)
    row = shifts(cast, ("clerk1",), first=timezone.localdate() + DAY, leader="director")[0]
    director = cast["director"]
    swap = swaps.ask_swap(director.actor, director.grants, row.pk, cast["leader1"].user.pk)
    swaps.agree(cast["leader1"].actor, cast["leader1"].grants, swap.pk)
    for who in ("director", "leader1"):
        with pytest.raises(Refused):
            swaps.approve(cast[who].actor, cast[who].grants, swap.pk)
    swaps.approve(second.actor, second.grants, swap.pk)
    row.refresh_from_db()
    assert row.leader == cast["leader1"].user


def test_a_shift_is_never_left_empty_and_nobody_stands_on_it_twice(
    cast: Cast, coming: list[DutyShift]
) -> None:
    with pytest.raises(Invalid):
        asked(cast, coming[0], "clerk3")  # is on that shift already
    with pytest.raises(Invalid):
        asked(cast, coming[0], "admin")
    with pytest.raises(Invalid):
        asked(cast, coming[0], "clerk4", back=coming[1])  # clerk4 is not on it
    with pytest.raises(Refused):
        asked(cast, coming[1])  # not one's own
    assert not DutySwap.objects.exists()


def test_a_swap_that_no_longer_fits_is_refused_and_changes_nothing(
    cast: Cast, coming: list[DutyShift]
) -> None:
    director, row = cast["director"], asked(cast, coming[0], back=coming[1])
    swaps.agree(cast["clerk2"].actor, cast["clerk2"].grants, row.pk)
    roster.set_shift(director.actor, director.grants, planned(cast, coming[1].day, "clerk4"))
    with pytest.raises(Conflict):
        swaps.approve(director.actor, director.grants, row.pk)
    assert duty.get(coming[0].pk).person == cast["clerk1"].user  # type: ignore[union-attr]
    row.refresh_from_db()
    assert row.state == "agreed"


def test_a_request_is_declined_withdrawn_or_refused_with_words_once(
    cast: Cast, coming: list[DutyShift]
) -> None:
    director, clerk, other = cast["director"], cast["clerk1"], cast["clerk2"]
    row = asked(cast, coming[0])
    with pytest.raises(Conflict):
        asked(cast, coming[0], "clerk4")  # one open request a shift and person
    swaps.withdraw(clerk.actor, clerk.grants, row.pk)
    row = asked(cast, coming[0])
    swaps.decline(other.actor, other.grants, row.pk)
    row = asked(cast, coming[0])
    swaps.agree(other.actor, other.grants, row.pk)
    with pytest.raises(Invalid):
        swaps.refuse_swap(director.actor, director.grants, row.pk, " ")
    swaps.refuse_swap(director.actor, director.grants, row.pk, "人手不够")
    for late in (swaps.withdraw, swaps.decline, swaps.approve):
        with pytest.raises((Conflict, Refused)):
            late(clerk.actor, clerk.grants, row.pk)
    assert [*DutySwap.objects.order_by("pk").values_list("state", flat=True)] == [
        "withdrawn",
        "declined",
        "refused",
    ]


def test_a_shift_that_has_begun_is_not_swapped(cast: Cast, coming: list[DutyShift]) -> None:
    clerk, other = cast["clerk1"], cast["clerk2"]
    row = asked(cast, coming[0])
    with pytest.raises(Conflict):
        swaps.agree(other.actor, other.grants, row.pk, at=coming[0].starts_at)
    with pytest.raises(Conflict):
        swaps.ask_swap(clerk.actor, clerk.grants, coming[2].pk, other.user.pk, at=coming[2].starts_at)
