"""What administration changes under running matters: categories, units, calendars, wrong dispatches, stand-ins."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cast import Cast, advance, play
from yimen.access import actions as access
from yimen.access.models import RoleGrant
from yimen.access.registry import can, visible
from yimen.access.roles import Role
from yimen.calendars import queries as calendar
from yimen.calendars.models import CalendarYear
from yimen.cases.actions import calendar_changed, categories, clocks, desk
from yimen.cases.actions.handbook import load_handbook, revise
from yimen.cases.actions.units import end_unit
from yimen.cases.models import Case, Category, Clock, CommonAnswer, SealedExclusion, SealedGrant
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.foundation.workcalendar import Day
from yimen.ledger.models import Entry

ADMIN = Actor(None, "admin", "web")
TODAY = timezone.localdate


@pytest.fixture
def cast(db: None) -> Cast:
    return play()


def tomorrow() -> date:
    return TODAY() + timedelta(days=1)


# --- categories


def test_correcting_another_field_does_not_move_a_matter_to_the_newer_version_of_its_category(
    cast: Cast,
) -> None:
    clerk, row = cast["clerk1"], Category.objects.get(key="noise")
    case = clerk.opens(category="noise")
    categories.revise_category(ADMIN, row, TODAY(), {"name": "噪声"})
    row.refresh_from_db()
    before = case.due_at
    case = desk.correct(
        clerk.actor, clerk.grants, case.uuid, {"category": "noise", "place": "3 号楼"}, reason="补地点"
    )
    assert (case.category_id, case.due_at) == (row.pk, before)
    with pytest.raises(Invalid):
        desk.correct(clerk.actor, clerk.grants, case.uuid, {"category": "noise"}, reason="没有改动")


def test_a_change_of_category_needs_a_reason_and_the_new_limit_stands_in_the_story(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = clerk.opens(category="noise")
    was = case.due_at
    with pytest.raises(Invalid):
        desk.correct(clerk.actor, clerk.grants, case.uuid, {"urgency": "critical"}, reason=" ")
    case = desk.correct(
        clerk.actor,
        clerk.grants,
        case.uuid,
        {"category": "property", "urgency": "critical"},
        reason="分类错了",
    )
    payload = Entry.objects.get(kind="case.corrected", subject_id=case.pk).payload
    assert case.category.key == "property"
    assert ("due_at" in payload) is (case.due_at != was)


def test_a_version_of_the_same_day_is_rewritten_and_the_past_is_not(cast: Cast) -> None:
    row = Category.objects.get(key="noise")
    new = categories.revise_category(ADMIN, row, tomorrow(), {"name": "噪声"})
    again = categories.revise_category(ADMIN, new, tomorrow(), {"name": "噪声与油烟"})
    assert again.pk == new.pk and Category.objects.filter(key="noise").count() == 2
    with pytest.raises(Invalid):
        categories.revise_category(ADMIN, again, TODAY(), {"name": "更早"})
    with pytest.raises(Conflict):
        categories.revise_category(ADMIN, row, tomorrow(), {"name": "旧的"})
    entry = Entry.objects.filter(kind="category.revised").order_by("-id")[0]
    assert (entry.payload["before"]["name"], entry.payload["after"]["name"]) == ("噪声", "噪声与油烟")


def test_a_change_that_changes_nothing_is_refused_and_leaves_no_trace(cast: Cast) -> None:
    row = Category.objects.get(key="noise")
    with pytest.raises(Invalid):
        categories.revise_category(ADMIN, row, tomorrow(), {"name": row.name})
    assert not Entry.objects.filter(kind="category.revised").exists()
    row.refresh_from_db()
    assert row.valid_to is None


def test_what_ships_is_loaded_once_and_never_over_the_offices_own(cast: Cast) -> None:
    assert load_handbook() > 40 and load_handbook() == 0
    row = CommonAnswer.objects.get(key="leak")
    revise(ADMIN, row, TODAY() + timedelta(days=2), {"answer": "本街道的答复"})
    assert load_handbook() == 0
    assert CommonAnswer.objects.get(key="leak", valid_to__isnull=True).answer == "本街道的答复"


# --- wrong dispatch


@pytest.mark.parametrize("who", ["clerk1", "handler.zhifa", "leader1"])
def test_what_was_signed_for_by_mistake_is_taken_back_by_the_director_only(cast: Cast, who: str) -> None:
    case = advance(cast, cast["clerk1"].opens(), "signed", unit="zhifa")
    with pytest.raises((Refused, Conflict)):
        cast[who].does(case, "recall", reason="转错了")
    case = cast["director"].does(case, "recall", reason="转错了，不归执法队")
    assert (case.state, case.lead_unit_id, case.handler_id, case.returns) == ("registered", None, None, 0)
    assert case.holder_id == case.accountable_person_id == cast["clerk1"].user.pk
    case = cast["clerk1"].does(case, "dispatch", unit="chengguan")
    assert case.lead_unit_id == cast.units["chengguan"].pk


# --- units


def test_a_unit_that_assists_is_leaned_on_too(cast: Cast) -> None:
    case = cast["clerk1"].does(cast["clerk1"].opens(), "dispatch", unit="zhifa", assisting=["gongre"])
    with pytest.raises(Conflict, match=case.number):
        end_unit(ADMIN, cast.units["gongre"], TODAY())


# --- calendars


def test_what_is_foreseen_is_what_happens_and_foreseeing_changes_nothing(cast: Cast) -> None:
    year = TODAY().year + 1
    case = cast["clerk1"].opens()
    clock = Clock.objects.get(case=case, running=True, step="inform")
    clock.start_at = timezone.make_aware(timezone.datetime(year - 1, 12, 20, 10))
    clocks.compute(clock)
    clock.save()
    days = [Day(date(year, 1, n), "off", "假") for n in range(1, 9)]
    shifts = calendar_changed.foresee(year, days)
    assert [(shift.number, shift.kind) for shift in shifts] == [(case.number, "inform")]
    assert year not in calendar.years_loaded() and not CalendarYear.objects.filter(year=year).exists()
    assert Clock.objects.get(pk=clock.pk).due_at == shifts[0].was
    calendar_changed.publish(ADMIN, year, days)
    found = Clock.objects.get(pk=clock.pk)
    assert (found.due_at, found.provisional) == (shifts[0].will, False)


def test_a_corrected_year_reaches_clocks_that_were_not_provisional(cast: Cast) -> None:
    year = TODAY().year + 1
    case = cast["clerk1"].opens()
    Clock.objects.filter(case=case, running=True, step="inform").update(
        start_at=timezone.make_aware(timezone.datetime(year - 1, 12, 20, 10))
    )
    calendar_changed.publish(ADMIN, year, [Day(date(year, 1, 1), "off", "元旦")])
    clock = Clock.objects.get(case=case, running=True, step="inform")
    assert not clock.provisional
    due: Any = clock.due_at
    closed = [Day(timezone.localdate(due) + timedelta(days=n), "off", "更正") for n in range(5)]
    calendar_changed.publish(ADMIN, year, [Day(date(year, 1, 1), "off", "元旦"), *closed])
    clock.refresh_from_db()
    assert clock.due_at is not None and clock.due_at > due
    assert Entry.objects.filter(kind="calendars.year_loaded").count() >= 2


# --- stand-ins and sealed matters


def test_a_sealed_matter_is_closed_to_who_stands_in_for_somebody_named_in_it(cast: Cast) -> None:
    deputy, head = cast["handler.zhifa"], cast["head.zhifa"]
    case = Case.objects.get(pk=cast["clerk1"].opens().pk)
    Case.objects.filter(pk=case.pk).update(sealed=True, text="", search_text="")
    case.refresh_from_db()
    SealedGrant.objects.create(
        case=case, user=deputy.user, granted_by=deputy.user, reason="x", at=timezone.now()
    )
    SealedExclusion.objects.create(case=case, user=head.user)

    def sees() -> tuple[bool, bool]:
        deputy._grants = None
        found = Case.objects.filter(visible(deputy.grants, "cases.view"), pk=case.pk).exists()
        return found, can(deputy.grants, "cases.view", case)

    assert sees() == (True, True)
    access.stand_in(ADMIN, RoleGrant.objects.get(user=head.user), deputy.user, TODAY(), tomorrow())
    assert sees() == (False, False)


def test_who_stands_in_for_a_leader_instructs_and_it_says_for_whom(cast: Cast) -> None:
    from yimen.cases import instructions

    deputy = cast.joins("deputy", "副书记", "chengguan", Role.HANDLER)
    away = RoleGrant.objects.get(user=cast["leader1"].user)
    clerk = cast["clerk1"]
    case = clerk.opens(category="demolition")
    case = clerk.does(case, "submit", opinion="拟由城管办办理", unit="chengguan", leader=str(away.user_id))
    with pytest.raises(Missing):
        deputy.does(case, "instruct", instruction="同意")
    access.stand_in(ADMIN, away, deputy.user, TODAY(), tomorrow())
    deputy._grants = None
    case = deputy.does(case, "instruct", instruction="同意")
    assert case.state == "dispatched"
    (told,) = instructions.told(case)
    assert instructions.signature(told.row) == "副书记（代何书记）"
    assert (
        Entry.objects.get(kind="case.instruct", subject_id=case.pk).payload["leader"] == "副书记（代何书记）"
    )
