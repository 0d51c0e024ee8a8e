"""Pressure has an order: 临期提醒 → 催办 (liaison, head) → director → 督办单 → weekly meeting; leaders and reports beside it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from cast import Cast, Person, advance, as_the_first_release_wrote, said_in
from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.cases import ladder, leaders, pressure_settings, queries
from yimen.cases.actions import extensions, limits, majors, pressure, reminders, settings, supervision
from yimen.cases.actions import leaders as leading
from yimen.cases.models import Case, Clock, MajorReport, ReceptionDay, Reminder, Supervision, Urge
from yimen.cases.weekly import weekly
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.models import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


def act(person: Person, verb: Any, case: Case, *more: Any, **data: Any) -> Any:
    return verb(person.actor, person.grants, case.uuid, *more, **data)


def service(cast: Cast, at: datetime = MORNING, unit: str = "chengguan") -> Case:
    """In hand since `at`; the seven days end on 9 March."""
    case = act(cast["director"], limits.screen, cast["clerk1"].opens(at=at), flow="service", at=at)
    if unit != "gongre":
        return advance(cast, case, "in_hand", at=at, unit=unit)
    for verb, data in (("dispatch", {"unit": unit}), ("sign", {}), ("start", {})):
        case = cast["clerk1"].does(case, verb, at=at, **data)
    return case


def urged(cast: Cast, case: Case, at: datetime, *, times: int = 3) -> datetime:
    """Reminded and urged on the first rungs, a day apart; gives the time of the last."""
    if not ladder.ladder_of(case).reminder:
        act(cast["clerk1"], reminders.remind, case, at=at)
    for each in range(times):
        act(cast["clerk1"], pressure.urge, case, words="请尽快办理", at=at + each * DAY)
    return at + (times - 1) * DAY


def order(due_on: date, **more: Any) -> supervision.Draft:
    return supervision.Draft(words="限期办结", due_on=due_on, **more)


def due_on(case: Case, at: datetime) -> None:
    """The governing limit moves, as with a corrected calendar."""
    Clock.objects.filter(pk=case.clock_id).update(due_at=at)
    Case.objects.filter(pk=case.pk).update(due_at=at)


# 临期提醒


def test_a_reminder_comes_by_itself_once_to_holder_and_liaison(cast: Cast) -> None:
    handler = cast.joins("second", "经办二", "chengguan", Role.HANDLER)
    case = service(cast)
    cast["handler.chengguan"].does(case, "assign", at=MORNING, handler=str(handler.user.pk))
    case.refresh_from_db()
    assert reminders.remind_due(case.due_at - timedelta(days=2, seconds=1)) == 0
    assert reminders.remind_due(case.due_at - timedelta(days=2)) == 1
    assert reminders.remind_due(case.due_at + DAY) == 0, "once"
    row = Reminder.objects.get()
    assert (row.to_user, row.liaison, row.by) == (handler.user, cast["handler.chengguan"].user, None)
    for who, seen in (("second", 1), ("handler.chengguan", 1), ("head.chengguan", 0), ("clerk1", 0)):
        assert queries.worklist(cast[who].grants, "reminded").count() == seen, who
    assert Entry.objects.filter(kind="case.reminded", actor_id=None).count() == 1


def test_a_short_limit_is_reminded_of_from_its_half_on(cast: Cast) -> None:
    case = cast["clerk1"].opens(at=MORNING, category="utilities", urgency="urgent")
    case = act(cast["director"], limits.screen, case, flow="service", at=MORNING)
    assert case.due_at == MORNING + timedelta(hours=2)
    assert reminders.remind_due(MORNING + timedelta(minutes=59)) == 0
    assert reminders.remind_due(MORNING + timedelta(minutes=60)) == 1


def test_a_moved_due_time_is_reminded_of_anew_and_a_suspended_one_never(cast: Cast) -> None:
    case = service(cast)
    reminders.remind_due(case.due_at - DAY)
    act(
        cast["head.chengguan"],
        extensions.extend,
        case,
        amount=3,
        reason="难",
        told_way="phone",
        at=case.due_at - DAY,
    )
    case.refresh_from_db()
    assert queries.worklist(cast["handler.chengguan"].grants, "reminded").count() == 0
    assert reminders.remind_due(case.due_at - DAY) == 1
    case = service(cast)
    act(cast["head.chengguan"], limits.suspend, case, ground="appraisal", at=MORNING)
    assert reminders.remind_due(MORNING + 30 * DAY) == 0


def test_a_due_time_that_comes_back_is_still_one_that_was_reminded_of(cast: Cast) -> None:
    """The calendar was wrong for a while: the limit moved, was reminded of there, and moved back."""
    case, at = service(cast), MORNING
    first = Case.objects.get(pk=case.pk).due_at
    assert first is not None
    for due, made in ((first, 1), (first + DAY, 1), (first, 0)):
        due_on(case, due)
        at = max(at, due - DAY)
        assert reminders.remind_due(at) == made
        assert queries.worklist(cast["handler.chengguan"].grants, "reminded").count() == 1
    assert Reminder.objects.count() == Entry.objects.filter(kind="case.reminded").count() == 2


def test_reminding_of_it_again_is_refused_and_puts_the_list_right(cast: Cast) -> None:
    """A limit that was reminded of long ahead, then another in between, governs again."""
    case, clerk = service(cast), cast["clerk1"]
    act(clerk, reminders.remind, case, at=MORNING)
    Case.objects.update(reminded_clock=None, reminded_due=None)
    with pytest.raises(Conflict):
        act(clerk, reminders.remind, case, at=MORNING)
    assert queries.worklist(cast["handler.chengguan"].grants, "reminded").count() == 1


def test_a_populated_home_keeps_what_was_reminded_of(cast: Cast) -> None:
    from importlib import import_module

    case, other = service(cast), service(cast)
    reminders.remind_due(case.due_at)
    due_on(other, case.due_at + DAY)
    Case.objects.update(reminded_clock=None, reminded_due=None, reminded_liaison=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("yimen.cases.migrations.0020_read_from_indexes")._CARRY_OVER)
    found = queries.worklist(cast["handler.chengguan"].grants, "reminded")
    assert [row.pk for row in found] == [case.pk]
    kept = Case.objects.get(pk=case.pk)
    assert kept.reminded_liaison == cast["handler.chengguan"].user.pk
    assert Case.objects.get(pk=other.pk).reminded_clock is None


def test_how_long_ahead_is_the_office_s_figure(cast: Cast) -> None:
    director = cast["director"]
    settings.change(director.actor, director.grants, "remind_days", "1")
    case = service(cast)
    assert reminders.remind_due(case.due_at - 2 * DAY) == 0
    assert reminders.remind_due(case.due_at - DAY) == 1
    assert Entry.objects.get(kind="pressure.set").payload == {"key": "remind_days", "was": "2", "now": "1"}
    for bad in ("", "0", "-1", "二", "٣", "366", "1.5"):
        with pytest.raises(Invalid):
            settings.change(director.actor, director.grants, "remind_days", bad)
    with pytest.raises(Refused):
        settings.change(cast["clerk1"].actor, cast["clerk1"].grants, "remind_days", "3")


def test_every_shipped_figure_has_meaning_certainty_and_source() -> None:
    for row in pressure_settings._shipped().values():
        assert row["zh"] and row["en"] and row["source"] and row["certainty"] in ("S", "X", "M", "D")
        assert row["unit"] in ("text", "body") or int(row["value"]) >= 1


# 催办


def test_urging_needs_a_reminder_first_and_the_desk_may_give_it(cast: Cast) -> None:
    case, clerk = service(cast), cast["clerk1"]
    with pytest.raises(Refused, match="提醒"):
        act(clerk, pressure.urge, case, words="请办", at=MORNING)
    act(clerk, reminders.remind, case, at=MORNING)
    with pytest.raises(Conflict):
        act(clerk, reminders.remind, case, at=MORNING)
    assert act(clerk, pressure.urge, case, words="请办", at=MORNING).level == "liaison"


def test_what_is_near_its_end_counts_as_reminded(cast: Cast) -> None:
    case = service(cast)
    act(cast["clerk1"], pressure.urge, case, words="请办", at=case.due_at - DAY)
    assert Reminder.objects.get().by is None


def test_the_rungs_come_one_after_the_other_each_with_its_time(cast: Cast) -> None:
    case, clerk = service(cast), cast["clerk1"]
    at = urged(cast, case, MORNING, times=1)
    with pytest.raises(Refused, match="仍未办好"):
        act(clerk, pressure.urge, case, words="请办", at=at + timedelta(hours=23))
    act(clerk, pressure.urge, case, words="请办", at=at + timedelta(hours=24))
    act(clerk, pressure.urge, case, words="两次催办没有回音", at=at + timedelta(hours=48))
    with pytest.raises(Refused, match="已经报告中心主任"):
        act(clerk, pressure.urge, case, words="请办", at=at + timedelta(hours=99))
    whom = {"liaison": "handler.chengguan", "head": "head.chengguan", "director": "director"}
    assert {row.level: row.to_user_id for row in Urge.objects.all()} == {
        k: cast[v].user.pk for k, v in whom.items()
    }


def test_urgent_matters_climb_faster(cast: Cast) -> None:
    case = service(cast)
    Case.objects.filter(pk=case.pk).update(urgency="urgent")
    at = urged(cast, case, MORNING, times=1)
    assert act(cast["clerk1"], pressure.urge, case, words="请办", at=at + timedelta(hours=2)).level == "head"


def test_the_unit_answers_and_what_was_asked_leaves_its_list(cast: Cast) -> None:
    case, handler = service(cast), cast["handler.chengguan"]
    with pytest.raises(Conflict):
        act(handler, pressure.answer_urge, case, words="在办", at=MORNING)
    urged(cast, case, MORNING, times=2)
    assert queries.worklist(handler.grants, "urged").count() == 1
    assert queries.worklist(cast["head.chengguan"].grants, "urged").count() == 1
    assert act(handler, pressure.answer_urge, case, words="明天到场", at=MORNING + 2 * DAY) == 2
    assert queries.worklist(handler.grants, "urged").count() == 0
    assert set(Urge.objects.values_list("reply", flat=True)) == {"明天到场"}
    with pytest.raises(Refused):
        act(cast["clerk1"], pressure.answer_urge, case, words="代答", at=MORNING)


def test_done_means_nobody_is_urged_and_done_again_begins_the_ladder_anew(cast: Cast) -> None:
    case, clerk, handler = service(cast), cast["clerk1"], cast["handler.chengguan"]
    at = urged(cast, case, MORNING, times=2) + timedelta(hours=1)
    case = handler.does(case, "report", at=at, result="好了")
    case = cast["head.chengguan"].does(case, "send_back", at=at, reason="照片不清楚")
    steps = ladder.ladder_of(case)
    assert steps.next == "liaison" and not steps.urges
    case = handler.does(case, "report", at=at, result="好了")
    case = cast["head.chengguan"].does(case, "verify", at=at)
    case = handler.does(case, "tell", at=at, way="phone")
    with pytest.raises(Refused, match="没有承办单位"):
        act(clerk, pressure.urge, case, words="请办", at=at)


def test_a_unit_without_accounts_is_urged_by_phone_one_without_a_head_has_one_rung_less(cast: Cast) -> None:
    case = service(cast, unit="gongre")
    urged(cast, case, MORNING, times=2)
    assert [(row.level, row.to_user_id) for row in Urge.objects.order_by("id")] == [
        ("liaison", None),
        ("head", None),
    ]
    case = service(cast, unit="zhifa")
    RoleGrant.objects.filter(role=Role.HEAD, unit=cast.units["zhifa"]).delete()
    urged(cast, case, MORNING, times=2)
    assert [row.level for row in Urge.objects.filter(case=case).order_by("id")] == ["liaison", "director"]


def test_nobody_is_urged_while_the_clock_rests(cast: Cast) -> None:
    case = service(cast)
    act(cast["head.chengguan"], limits.suspend, case, ground="appraisal", at=MORNING)
    for verb, data in ((reminders.remind, {}), (pressure.urge, {"words": "请办"})):
        with pytest.raises(Refused, match="中止"):
            act(cast["clerk1"], verb, case, at=MORNING, **data)


# 督办单


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_supervision_order_is_refused_before_every_lower_rung(cast: Cast, times: int) -> None:
    case, director = service(cast), cast["director"]
    at = urged(cast, case, MORNING, times=times) if times else MORNING
    with pytest.raises(Refused, match="再督办"):
        act(director, supervision.supervise, case, order(date(2026, 3, 20)), at=at)
    assert not Supervision.objects.exists()


def test_a_supervision_order_carries_what_form_v03_asks(cast: Cast) -> None:
    case, director, leader = service(cast), cast["director"], cast["leader1"].user
    at = urged(cast, case, MORNING)
    draft = order(
        date(2026, 3, 20), title="楼道飞线充电", instructed_by=leader.pk, lead_leader=leader.pk,
        co_leaders=(director.user.pk,), co_units=("zhifa",), feedback_mode="periodic", cycle_days=3,
        contact=cast["clerk1"].user.pk, phone="8080",
    )  # fmt: skip
    row = act(director, supervision.supervise, case, draft, at=at)
    assert (row.number, row.unit, row.signed_by) == (
        "永督〔2026〕1号",
        cast.units["chengguan"],
        director.user,
    )
    assert [unit.key for unit in row.co_units.all()] == ["zhifa"] and row.co_leaders.get() == director.user
    assert [case.pk] == list(queries.worklist(director.grants, "supervised").values_list("pk", flat=True))
    with pytest.raises(Conflict):
        act(director, supervision.supervise, case, draft, at=at)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"due_on": date(2026, 3, 1)}, "due_on"),
        ({"feedback_mode": "periodic"}, "cycle_days"),
        ({"feedback_mode": "never"}, "feedback_mode"),
        ({"co_units": ("chengguan",)}, "co_units"),
        ({"co_units": ("centre",)}, "co_units"),
        ({"instructed_by": 0}, "instructed_by"),
        ({"words": " "}, "words"),
    ],
)
def test_a_wrong_order_takes_no_number(cast: Cast, more: dict[str, Any], field: str) -> None:
    case = service(cast)
    at = urged(cast, case, MORNING)
    draft = supervision.Draft(**({"words": "限期办结", "due_on": date(2026, 3, 20)} | more))
    with pytest.raises(Invalid) as refused:
        act(cast["director"], supervision.supervise, case, draft, at=at)
    assert field in refused.value.fields
    assert act(cast["director"], supervision.supervise, case, order(date(2026, 3, 20)), at=at).serial == 1


def test_numbers_run_without_a_gap_by_year_and_the_prefix_is_a_setting(cast: Cast) -> None:
    director, numbers = cast["director"], []
    for start in (MORNING, MORNING, MORNING.replace(year=2025)):
        case = service(cast, start)
        at = urged(cast, case, start)
        numbers.append(act(director, supervision.supervise, case, order(at.date()), at=at).number)
    assert numbers == ["永督〔2026〕1号", "永督〔2026〕2号", "永督〔2025〕1号"]
    settings.change(director.actor, director.grants, "supervision_prefix", "永批督")
    case = service(cast)
    at = urged(cast, case, MORNING)
    assert act(director, supervision.supervise, case, order(at.date()), at=at).number == "永批督〔2026〕3号"


def supervised(cast: Cast, **more: Any) -> tuple[Case, datetime]:
    case = service(cast)
    at = urged(cast, case, MORNING)
    act(cast["director"], supervision.supervise, case, order(date(2026, 3, 20), **more), at=at)
    return case, at


def test_feedback_is_final_or_names_a_planned_finish_and_late_feedback_shows(cast: Cast) -> None:
    case, at = supervised(cast)
    handler = cast["handler.chengguan"]
    assert ladder.ladder_of(case).orders[0].next_on == date(2026, 3, 20)
    for wrong in ({}, {"plan_finish": date(2026, 3, 1)}):
        with pytest.raises(Invalid) as refused:
            act(handler, supervision.feed_back, case, words="在办", at=at, **wrong)
        assert "plan_finish" in refused.value.fields
    act(handler, supervision.feed_back, case, words="在办", plan_finish=date(2026, 3, 25), at=at)
    said = ladder.ladder_of(case).orders[0]
    assert (
        said.next_on == date(2026, 3, 25)
        and said.late(date(2026, 3, 26))
        and not said.late(date(2026, 3, 25))
    )
    with pytest.raises(Refused, match="最终"):
        act(cast["director"], supervision.conclude, case, words="已解决", at=at)
    act(handler, supervision.feed_back, case, words="充电棚建成", is_final=True, at=at)
    assert ladder.ladder_of(case).orders[0].next_on is None
    with pytest.raises(Conflict):
        act(handler, supervision.feed_back, case, words="又说", is_final=True, at=at)
    with pytest.raises(Refused):
        act(handler, supervision.conclude, case, words="已解决", at=at)
    row = act(cast["director"], supervision.conclude, case, words="已解决", at=at)
    assert row.conclusion == "已解决" and queries.worklist(cast["director"].grants, "supervised").count() == 0


def test_periodic_feedback_is_due_a_cycle_after_the_last_word(cast: Cast) -> None:
    case, at = supervised(cast, feedback_mode="periodic", cycle_days=3)
    assert at.date() == date(2026, 3, 4)
    assert ladder.ladder_of(case).orders[0].next_on == date(2026, 3, 7)
    act(
        cast["handler.chengguan"],
        supervision.feed_back,
        case,
        words="在办",
        plan_finish=date(2026, 3, 30),
        at=at + 2 * DAY,
    )
    assert ladder.ladder_of(case).orders[0].next_on == date(2026, 3, 9)


def test_only_units_of_the_matter_feed_back_the_desk_for_one_without_accounts(cast: Cast) -> None:
    case, at = supervised(cast)
    for who, error in (("clerk1", Refused), ("handler.zhifa", Missing)):
        with pytest.raises(error):
            act(cast[who], supervision.feed_back, case, words="好", is_final=True, at=at)
    case = service(cast, unit="gongre")
    at = urged(cast, case, MORNING)
    act(cast["director"], supervision.supervise, case, order(date(2026, 3, 20)), at=at)
    assert act(cast["clerk1"], supervision.feed_back, case, words="来函：已修", is_final=True, at=at).is_final


# 周例会清单


def test_the_weekly_list_names_the_four_kinds_and_its_cut_off_stands(cast: Cast) -> None:
    clerk, cut = cast["clerk1"], timezone.now()
    fresh = clerk.opens()
    twice = clerk.opens()
    for unit in ("chengguan", "zhifa"):
        twice = clerk.does(twice, "dispatch", unit=unit)
        twice = cast[f"handler.{unit}"].does(twice, "request_return", reason="不归我们")
        twice = clerk.does(twice, "agree_return")
    late = service(cast, cut - 20 * DAY)
    ordered = service(cast, cut - timedelta(days=4))
    at = urged(cast, ordered, cut - timedelta(days=3))
    act(cast["director"], supervision.supervise, ordered, order(timezone.localdate()), at=at)
    now = timezone.now()
    found = {row.case.pk: row for row in weekly(cast["director"].grants, now)}
    assert set(found) == {twice.pk, late.pk, ordered.pk} and fresh.pk not in found
    assert "督办" in found[ordered.pk].reasons[0] and "两次" in found[twice.pk].reasons[-1]
    assert found[late.pk].days_late >= 12
    clerk.does(late, "withdraw", reason="来访人撤回")
    assert late.pk not in {row.case.pk for row in weekly(cast["director"].grants, timezone.now() + DAY)}
    assert late.pk in {row.case.pk for row in weekly(cast["director"].grants, now)}, (
        "the same cut-off, the same list"
    )


def test_waiting_for_an_instruction_too_long_is_named(cast: Cast) -> None:
    case, now = cast["clerk1"].opens(), timezone.now()
    Clock.objects.create(
        case=case, kind="step", step="awaiting", rule={"code": "XF-AWAITING", "unit": "work_day"}, start_at=now - 4 * DAY,
        due_at=now + DAY, explain="", charged_unit=cast.units["centre"],
    )  # fmt: skip
    assert [row.reasons for row in weekly(cast["director"].grants, now + timedelta(seconds=1))] == [
        ["待批示超过 3 天"]
    ]


# 领导接访日、包案


def planned(cast: Cast, day: date, **more: Any) -> ReceptionDay:
    director = cast["director"]
    given = {
        "starts": time(9),
        "ends": time(11),
        "leader": cast["leader1"].user.pk,
        "place": "一楼接待室",
    } | more
    return leading.plan_reception(director.actor, director.grants, day=day, **given)


def test_a_reception_day_is_planned_published_and_cancelled(cast: Cast) -> None:
    today = timezone.localdate()
    row = planned(cast, today + DAY)
    for wrong in ({"ends": time(8)}, {"place": " "}, {"leader": cast["clerk1"].user.pk}, {}):
        with pytest.raises(Invalid):
            planned(cast, today + DAY, **wrong)
    with pytest.raises(Invalid):
        planned(cast, today - DAY)
    director = cast["director"]
    assert leading.publish_reception(director.actor, director.grants, row.pk).published
    leading.cancel_reception(director.actor, director.grants, row.pk)
    with pytest.raises(Conflict):
        leading.publish_reception(director.actor, director.grants, row.pk)
    planned(cast, today + DAY)
    with pytest.raises(Refused):
        leading.cancel_reception(cast["handler.zhifa"].actor, cast["handler.zhifa"].grants, row.pk)


def test_a_matter_is_tied_to_a_reception_at_registration_or_later_once(cast: Cast) -> None:
    row, later = planned(cast, timezone.localdate()), planned(cast, timezone.localdate() + DAY)
    case = cast["clerk1"].opens(reception=row.pk)
    assert leaders.reception_of(case) == [row]
    act(cast["clerk1"], leading.at_reception, case, reception=row.pk)
    assert Entry.objects.filter(kind="case.at_reception").count() == 1
    for wrong in (later.pk, 0):
        with pytest.raises(Invalid):
            act(cast["clerk1"], leading.at_reception, case, reception=wrong)
    with pytest.raises(Invalid):
        cast["clerk1"].opens(reception=later.pk)
    assert Case.objects.count() == 1, "nothing is registered half"


def test_a_leader_takes_charge_until_a_day_and_finds_it_in_his_list(cast: Cast) -> None:
    case, leader, director = cast["clerk1"].opens(), cast["leader1"], cast["director"]
    today = timezone.localdate()
    with pytest.raises(Refused):
        act(cast["clerk1"], leading.take_charge, case, leader=leader.user.pk)
    with pytest.raises(Refused):
        act(leader, leading.take_charge, case, leader=director.user.pk)
    with pytest.raises(Invalid):
        act(director, leading.take_charge, case, leader=cast["clerk1"].user.pk)
    row = act(leader, leading.take_charge, case, leader=leader.user.pk, until=today)
    assert queries.worklist(leader.grants, "charge").count() == 1
    type(row).objects.filter(pk=row.pk).update(since=today - 2 * DAY, until=today - DAY)
    assert queries.worklist(leader.grants, "charge").count() == 0 and leaders.charge_of(case) is None
    act(director, leading.take_charge, case, leader=leader.user.pk)
    with pytest.raises(Invalid):
        act(director, leading.end_charge, case, words="")
    act(director, leading.end_charge, case, words="已办好")
    assert queries.worklist(leader.grants, "charge").count() == 0


# 重大情况报告


def test_a_group_is_unreported_until_somebody_is_told_and_a_slip_of_the_pen_is_struck(cast: Cast) -> None:
    clerk, director = cast["clerk1"], cast["director"]
    clerk.opens(party_size=5)
    case = clerk.opens(party_size=23)
    assert [row.pk for row in queries.worklist(director.grants, "unreported")] == [case.pk]
    with pytest.raises(Invalid):
        act(clerk, majors.report_up, case, name="何书记", told_at=timezone.now() + DAY)
    with pytest.raises(Invalid):
        act(clerk, majors.report_up, case, name=" ")
    row = act(
        clerk,
        majors.report_up,
        case,
        office="分管领导",
        name="何书计",
        answer="马上到",
        words="23 人来反映暖气",
    )
    assert queries.worklist(director.grants, "unreported").count() == 0
    right = act(
        clerk, majors.amend_report, case, report=row.pk, reason="写错名字", office="分管领导", name="何书记"
    )
    assert majors.reports_of(case) == [right] and right.at == row.at and MajorReport.objects.count() == 2
    with pytest.raises(Conflict):
        act(clerk, majors.amend_report, case, report=row.pk, reason="再改", name="何书记")
    said = said_in(Entry.objects.get(kind="case.reported_up"))
    assert said["reported_to"] == "分管领导 何书计" and said["answer"] == "马上到"


def test_what_the_registration_says_is_a_report_of_its_own(cast: Cast) -> None:
    told = timezone.now() - timedelta(minutes=5)
    case = cast["clerk1"].opens(party_size=23, reported_to="何书记", reported_at=told)
    assert [(row.name, row.at) for row in majors.reports_of(case)] == [("何书记", told)]
    assert queries.worklist(cast["director"].grants, "unreported").count() == 0


def test_from_how_many_on_it_is_a_group_is_a_setting(cast: Cast) -> None:
    director = cast["director"]
    cast["clerk1"].opens(party_size=5)
    settings.change(director.actor, director.grants, "group_size", "4")
    assert queries.worklist(director.grants, "unreported").count() == 1


def test_a_sealed_matter_is_left_alone(cast: Cast) -> None:
    from yimen.cases.actions.accusations import hand_over_accusation

    clerk, director = cast["clerk1"], cast["director"]
    case = hand_over_accusation(
        clerk.actor, clerk.grants, to=cast.units["jiwei"], named_units=[], channel="letter"
    )
    assert reminders.remind_due(timezone.now() + 30 * DAY) == 0
    for verb, data in (
        (reminders.remind, {}),
        (majors.report_up, {"name": "何书记"}),
        (leading.take_charge, {"leader": 1}),
    ):
        with pytest.raises((Refused, Missing)):
            act(director, verb, case, **data)
    assert weekly(director.grants, timezone.now() + 30 * DAY) == []


def test_a_populated_home_gets_its_reports_from_what_was_registered(cast: Cast) -> None:
    from importlib import import_module

    from django.apps import apps

    told = timezone.now() - timedelta(minutes=5)
    case = cast["clerk1"].opens(party_size=23, reported_to="何书记", reported_at=told)
    cast["clerk1"].opens(party_size=23)
    MajorReport.objects.all().delete()
    as_the_first_release_wrote(case, "case.opened")
    import_module("yimen.cases.migrations.0006_pressure").reports_from_registrations(apps, None)
    row = MajorReport.objects.get()
    assert (row.case_id, row.name, row.at, row.by) == (case.pk, "何书记", told, cast["clerk1"].user)


def test_an_order_names_nobody_in_its_usual_title(cast: Cast) -> None:
    case = cast["clerk1"].opens("陈小满家楼上漏水。", name="陈小满", phone="0931-000 7001")
    assert supervision.usual_title(case) == "关于“某某家楼上漏水”的督办"
