"""Calendars and rules in the database: loaded, replaced, revised, read again when they change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from yimen.calendars import actions, queries, rules, tables
from yimen.calendars.models import BusinessHours, CalendarDay, CalendarVersion, CalendarYear, ClockRule
from yimen.cases.states import FLOWS, OPEN_STATES, TRANSITIONS
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.foundation.workcalendar import BEIJING, Day, parse_periods
from yimen.ledger.models import Entry

pytestmark = pytest.mark.django_db
CLERK = Actor(user_id=7, label="admin", via="web")
NEW_YEAR = [
    Day(date(2027, 1, 1), "off", "元旦"),
    Day(date(2027, 1, 2), "off", "元旦"),
    Day(date(2027, 1, 3), "work", "元旦"),
]


@pytest.fixture
def shipped() -> Iterator[None]:
    actions.load_shipped()
    yield


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


# Loading


def test_without_any_table_every_year_is_provisional_and_nothing_breaks() -> None:
    assert queries.years_loaded() == ()
    assert queries.current().is_work_day(date(2026, 2, 17)) and not queries.current().is_work_day(
        date(2026, 10, 1)
    )


def test_what_is_shipped_is_loaded_once(shipped: None) -> None:
    token = CalendarVersion.objects.get().token
    assert queries.years_loaded() == (2025, 2026)
    assert CalendarDay.objects.count() == 72 and BusinessHours.objects.count() == 1
    assert actions.load_shipped() is False
    assert (CalendarVersion.objects.get().token, CalendarYear.objects.count()) == (token, 2)


def test_the_calendar_in_the_database_is_the_shipped_one(shipped: None) -> None:
    here, there = queries.current(), tables.work_calendar(tables.shipped_days())
    for n in range(1200):
        day = date(2024, 12, 1) + timedelta(days=n)
        assert (here.hours(day), here.name(day)) == (there.hours(day), there.name(day)), day


def test_the_office_publishes_a_year_and_the_calendar_changes_at_once(shipped: None) -> None:
    assert queries.current().is_work_day(date(2027, 1, 3)) is False
    table = actions.load_year(2027, NEW_YEAR, notice="国办发明电〔2026〕1号", actor=CLERK)
    assert (table.version, table.origin, queries.years_loaded()) == (1, "office", (2025, 2026, 2027))
    assert queries.current().is_work_day(date(2027, 1, 3)) is True
    entry = Entry.objects.get(kind="calendars.year_loaded", subject_id=table.pk)
    assert (entry.actor_id, entry.payload["year"], entry.payload["days"]) == (7, 2027, 3)


def test_a_table_loaded_again_replaces_the_earlier_which_stays_readable(shipped: None) -> None:
    actions.load_year(2027, NEW_YEAR)
    actions.load_year(2027, NEW_YEAR[:1])
    versions = CalendarYear.objects.filter(year=2027).order_by("version").values_list("version", "current")
    assert list(versions) == [(1, False), (2, True)]
    assert CalendarDay.objects.filter(table__year=2027).count() == 4
    assert queries.current().row(date(2027, 1, 3)) is None


def test_the_same_rows_again_change_nothing(shipped: None) -> None:
    first = actions.load_year(2027, NEW_YEAR)
    token = CalendarVersion.objects.get().token
    assert actions.load_year(2027, reversed(NEW_YEAR)) == first
    assert CalendarVersion.objects.get().token == token


def test_a_year_the_office_replaced_is_not_overwritten_by_the_shipped_one(shipped: None) -> None:
    actions.load_year(2026, [Day(date(2026, 1, 1), "off", "元旦")])
    assert actions.load_shipped() is False
    assert queries.current().is_work_day(date(2026, 2, 17))


def test_single_dates_of_a_year_to_come_do_not_publish_it(shipped: None) -> None:
    actions.load_year(
        2027, [Day(date(2027, 1, 4), "hours", "", parse_periods("08:00-12:00"))], published=False
    )
    assert queries.years_loaded() == (2025, 2026)
    assert queries.current().hours(date(2027, 1, 4)) == ((480, 720),)
    assert queries.run_rule(frozen(amount=1), moment("2027-01-03T10:00")).provisional


@pytest.mark.parametrize(
    "rows",
    [
        [Day(date(2026, 1, 1), "off")],
        [Day(date(2027, 1, 1), "off"), Day(date(2027, 1, 1), "work")],
        [Day(date(2027, 1, 1), "holiday")],
        [Day(date(2027, 1, 1), "hours")],
        [Day(date(2027, 1, 1), "off", "", ((480, 720),))],
    ],
)
def test_a_table_that_makes_no_sense_is_refused_whole(shipped: None, rows: list[Day]) -> None:
    with pytest.raises(Invalid):
        actions.load_year(2027, rows)
    assert queries.years_loaded() == (2025, 2026)


def test_the_calendar_is_read_once_and_then_costs_one_small_query(shipped: None) -> None:
    queries.current()
    with CaptureQueriesContext(connection) as seen:
        assert queries.current() is queries.current()
    assert len(seen) == 2


def test_a_rolled_back_loading_leaves_no_trace_in_the_cache(shipped: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.load_year(2027, NEW_YEAR)
        assert 2027 in queries.years_loaded()
        raise ZeroDivisionError
    assert queries.years_loaded() == (2025, 2026)
    actions.load_year(2027, NEW_YEAR[:2])
    assert queries.current().row(date(2027, 1, 3)) is None


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        ("2026-10-31", None),
        ("2026-11-01", 2027),
        ("2026-12-31", 2027),
        ("2027-01-01", 2027),
        ("2025-11-01", None),
    ],
)
def test_the_missing_year_is_asked_for_from_the_first_of_november(
    shipped: None, today: str, missing: int | None
) -> None:
    assert queries.missing_year(date.fromisoformat(today)) == missing


# Hours


def test_extended_hours_open_the_door_but_are_not_counted(shipped: None) -> None:
    BusinessHours.objects.create(
        valid_from=date(2026, 1, 1), purpose="extended", weekdays="26", periods="17:30-20:00"
    )
    CalendarVersion.objects.update(token="00000000-0000-0000-0000-000000000001")
    assert queries.reception_hours(date(2026, 3, 3)) == ((480, 720), (840, 1200))
    assert queries.reception_hours(date(2026, 3, 7)) == ((1050, 1200),)
    assert queries.current().hours(date(2026, 3, 3)) == ((480, 720), (840, 1080))


def test_the_offices_own_hours_are_left_alone() -> None:
    BusinessHours.objects.create(valid_from=date(2026, 1, 1), purpose="work", periods="09:00-17:00")
    actions.load_shipped()
    assert BusinessHours.objects.count() == 1
    assert queries.current().hours(date(2026, 3, 3)) == ((540, 1020),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_to": date(2025, 1, 1)}, {"purpose": "lunch"}, {"weekdays": "890"}, {"season_from": "06-01"},
        {"season_from": "June", "season_to": "July"}, {"periods": ""},
    ],
    ids=str,
)  # fmt: skip
def test_the_database_refuses_hours_that_make_no_sense(wrong: dict[str, Any]) -> None:
    good = {"valid_from": date(2026, 1, 1), "purpose": "work", "periods": "09:00-17:00"}
    with pytest.raises(IntegrityError), transaction.atomic():
        BusinessHours.objects.create(**good | wrong)


# Rules


@pytest.mark.parametrize("flow", [flow.value for flow in FLOWS])
def test_every_open_state_that_a_flow_reaches_has_a_clock_on_any_day(shipped: None, flow: str) -> None:
    reached = {row.target for row in TRANSITIONS.values() if row.flow == flow} & set(OPEN_STATES)
    begins = {"registered"} if flow != "grid" else set()
    if flow == "grid":
        assert reached >= {"at_grid", "at_community", "raised"} and "registered" not in reached
    elif flow == "service":  # review is a petition's way alone (条例 §§35, 36), so are refusals (§24)
        assert not reached & {"reviewing", "reviewed", "re_reviewing", "not_accepted"}
    else:
        places = {row.source for row in TRANSITIONS.values() if row.flow == "grid"}
        assert reached | begins >= set(OPEN_STATES) - places
    for state in begins | reached:
        for day in (date(2000, 1, 1), date(2012, 5, 20), date(2026, 11, 23)):
            assert queries.rule_for(flow, state, on=day).step == state


@pytest.mark.parametrize(
    ("flow", "step", "urgency", "on", "code"),
    [
        ("petition", "inform", "", "2026-11-23", "XF-15N"),
        ("petition", "inform", "urgent", "2026-11-23", "XF-15N"),
        ("petition", "inform", "", "2022-05-01", "XF-15N"),
        ("petition", "inform", "", "2022-04-30", "XF-15N-2005"),
        ("petition", "conclude", "", "2004-01-01", "XF-60-OLD"),
        ("petition", "conclude", "", "2026-11-23", "XF-60"),
        ("petition", "dispatched", "", "2026-11-23", "XF-5WD-S"),
        ("petition", "return", "", "2026-11-23", "XF-5WD"),
        ("service", "conclude", "", "2026-11-23", "FW-7D"),
        ("service", "conclude", "normal", "2026-11-23", "FW-7D"),
        ("service", "conclude", "urgent", "2026-11-23", "FW-24H"),
        ("service", "conclude", "critical", "2026-11-23", "FW-2H"),
        ("service", "assignment", "critical", "2026-11-23", "BJ-2H"),
        ("service", "screen", "", "2026-11-23", "FW-SCREEN"),
    ],
)
def test_the_rule_of_the_day_is_found(
    shipped: None, flow: str, step: str, urgency: str, on: str, code: str
) -> None:
    found = queries.rule_for(flow, step, category="heating", urgency=urgency, on=date.fromisoformat(on))
    assert found.code == code


def test_a_step_without_a_rule_is_a_loud_fault(shipped: None) -> None:
    for flow, step, day in (
        ("service", "inform", 2026),
        ("grid", "reported", 2026),
        ("petition", "inform", 1999),
    ):
        with pytest.raises(LookupError, match=step):
            queries.rule_for(flow, step, on=date(day, 1, 1))


def rule(**fields: Any) -> ClockRule:
    usual = {
        "code": "T", "flow": "service", "step": "conclude", "amount": 3, "unit": "work_day", "day_zero": "received",
        "what": "办结", "article": "本中心规定（可调整）", "certainty": "D", "valid_from": date(2026, 1, 1),
    }  # fmt: skip
    return ClockRule(**usual | fields)


def frozen(**fields: Any) -> dict[str, Any]:
    return rules.freeze(rule(**fields))


def test_the_most_specific_rule_wins_urgency_before_category() -> None:
    every = rule(code="any")
    category = rule(code="category", category="water")
    urgent = rule(code="urgent", urgency="urgent")
    both = rule(code="both", category="water", urgency="urgent")
    day = date(2026, 6, 1)

    def chosen(among: list[ClockRule], category: str, urgency: str) -> str:
        found = rules.choose(among, category, urgency, day)
        assert found is not None
        return found.code

    for among in ([every, category, urgent, both], [both, urgent, category, every]):
        assert chosen(among, "water", "urgent") == "both"
        assert chosen(among, "noise", "urgent") == "urgent"
        assert chosen(among, "water", "normal") == "category"
        assert chosen(among, "noise", "normal") == "any"
    assert chosen([every, category, urgent], "water", "urgent") == "urgent"
    assert rules.choose([category], "noise", "", day) is None


def test_a_newer_row_wins_and_both_ends_of_validity_are_included() -> None:
    old, new = rule(code="old", valid_to=date(2026, 6, 30)), rule(code="new", valid_from=date(2026, 6, 30))
    found = [rules.choose([old, new], "", "", date(2026, 6, day)) for day in (29, 30)]
    assert [each.code for each in found if each] == ["old", "new"]
    assert rules.choose([old], "", "", date(2026, 6, 30)) is old
    assert rules.choose([old], "", "", date(2026, 7, 1)) is None
    assert rules.choose([old], "", "", date(2025, 12, 31)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0}, {"unit": "week"}, {"certainty": "Z"}, {"urgency": "soon"}, {"day_zero": "someday"},
        {"valid_to": date(2025, 1, 1)}, {"code": ""}, {"flow": ""}, {"step": ""}, {"what": ""}, {"article": ""},
        {"extend_max": -1},
    ],
    ids=str,
)  # fmt: skip
def test_the_database_refuses_a_rule_that_makes_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(**wrong).save()


@pytest.mark.parametrize("again", [{}, {"code": "U"}, {"code": "U", "valid_from": date(2026, 5, 1)}], ids=str)
def test_two_rules_cannot_hold_in_one_place_without_end(again: dict[str, Any]) -> None:
    rule().save()
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(**again).save()


def test_a_revised_rule_holds_from_its_day_and_the_old_one_until_the_day_before(shipped: None) -> None:
    old = queries.rule_for("service", "conclude", on=date(2026, 11, 23))
    new = actions.revise_rule(old, date(2026, 12, 1), {"amount": 5, "article": "街道〔2026〕8号"}, CLERK)
    assert queries.rule_for("service", "conclude", on=date(2026, 11, 30)).amount == 7
    assert queries.rule_for("service", "conclude", on=date(2026, 12, 1)) == new
    assert (new.amount, new.unit, new.extend_max, new.origin) == (5, "natural_day", 8, "office")
    assert Entry.objects.get(kind="calendars.rule_revised").payload["amount"] == 5
    assert actions.load_shipped() is False, "what the office revised is its own"
    assert queries.rule_for("service", "conclude", on=date(2026, 12, 1)).amount == 5


def test_a_revision_is_refused_when_it_is_not_later_or_the_rule_has_ended(shipped: None) -> None:
    old = queries.rule_for("service", "conclude", on=date(2026, 11, 23))
    with pytest.raises(Invalid):
        actions.revise_rule(old, old.valid_from, {"amount": 5})
    ended = queries.rule_for("petition", "inform", on=date(2010, 1, 1))
    with pytest.raises(Invalid):
        actions.revise_rule(ended, date(2026, 12, 1), {"amount": 5})


def test_a_shipped_rule_that_changed_with_a_release_is_brought_up_to_date(shipped: None) -> None:
    ClockRule.objects.filter(code="FW-7D").update(amount=9)
    assert actions.load_shipped() is True
    assert queries.rule_for("service", "conclude", on=date(2026, 11, 23)).amount == 7


# Frozen rules


def test_a_frozen_rule_is_json_and_keeps_its_words_when_the_row_changes(shipped: None) -> None:
    row = queries.rule_for("petition", "inform", on=date(2026, 1, 30))
    kept = rules.freeze(row)
    assert json.loads(json.dumps(kept)) == kept
    assert (kept["code"], kept["amount"], kept["unit"], kept["valid_from"]) == (
        "XF-15N",
        15,
        "natural_day",
        "2022-05-01",
    )
    row.amount = 99
    assert queries.run_rule(kept, moment("2026-01-30T10:00")).due_at == moment("2026-02-14T23:59:59")


def test_a_date_is_stored_as_the_end_of_its_day_with_both_explanations(shipped: None) -> None:
    kept = rules.freeze(queries.rule_for("petition", "conclude", on=date(2026, 8, 3)))
    result = queries.run_rule(kept, datetime(2026, 8, 3, 2, tzinfo=UTC), extend=30)
    assert (result.target_at, result.due_at) == (moment("2026-11-01T23:59:59"), moment("2026-11-02T23:59:59"))
    assert result.explain.startswith(
        "60 自然日，延长 30 自然日，从原起算日起共 90 自然日，《信访工作条例》第三十四条；起算 2026-08-03"
    )
    assert "Regulations on Petition Work (2022) §34; from 2026-08-03" in result.explain_en


def test_hours_are_stored_as_they_fall(shipped: None) -> None:
    kept = rules.freeze(queries.rule_for("service", "conclude", urgency="critical", on=date(2026, 11, 23)))
    assert queries.run_rule(kept, moment("2026-11-23T23:30")).due_at == moment("2026-11-24T01:30")


def test_pauses_come_as_dates_or_as_text(shipped: None) -> None:
    start = moment("2026-03-02T10:00")
    text = queries.run_rule(frozen(amount=5), start, [["2026-03-04", "2026-03-06"]])
    dates = queries.run_rule(frozen(amount=5), start, [(date(2026, 3, 4), date(2026, 3, 6))])
    assert text == dates and text.due_at == moment("2026-03-11T23:59:59")


def test_an_open_pause_has_no_due_moment(shipped: None) -> None:
    result = queries.run_rule(frozen(amount=5), moment("2026-03-02T10:00"), [(date(2026, 3, 4), None)])
    assert (result.target_at, result.due_at, result.provisional) == (None, None, False)
    assert "中止计时" in result.explain and "paused since" in result.explain_en


def test_a_limit_in_hours_is_not_paused(shipped: None) -> None:
    with pytest.raises(Invalid) as refused:
        queries.run_rule(frozen(unit="clock_hour"), moment("2026-03-02T10:00"), [(date(2026, 3, 4), None)])
    assert refused.value.code == "hours_pause"


def test_a_provisional_clock_is_settled_when_its_year_is_loaded(shipped: None) -> None:
    kept, start = frozen(amount=60, unit="natural_day"), moment("2026-11-04T10:00")
    before = queries.run_rule(kept, start)
    actions.load_year(2027, NEW_YEAR)
    after = queries.run_rule(kept, start)
    assert (before.due_at, before.provisional) == (moment("2027-01-04T23:59:59"), True)
    assert (after.due_at, after.provisional) == (moment("2027-01-03T23:59:59"), False)
