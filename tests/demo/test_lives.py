"""Invented matters before they touch a database: every road leads where it should, on days that can be."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from yimen.calendars import tables
from yimen.cases.states import TRANSITIONS
from yimen.cli.demo import matters
from yimen.cli.demo.days import Days
from yimen.cli.demo.goals import GOALS, SMALL
from yimen.cli.demo.lives import invented
from yimen.cli.demo.people import cast, table
from yimen.cli.demo.script import Script, stories

TODAY = date(2026, 11, 23)
CALENDAR = tables.work_calendar(tables.shipped_days())


def days(today: date = TODAY) -> Days:
    return Days(CALENDAR, today)


@pytest.fixture(scope="module")
def scripts() -> list[Script]:
    return invented(days(), 2026)


def end_of(script: Script) -> tuple[str, str]:
    """Flow and state where a script ends, by the table of transitions alone."""
    flow, state = "petition", "registered"
    for step in script.steps[1:]:
        if step.verb == "screen":
            flow = step.data["flow"]
        elif step.verb == "callback":
            state = "in_hand"
        elif row := TRANSITIONS.get((flow, state, step.verb)):
            state = row.target
    return flow, state


def test_about_four_hundred_matters_are_invented(scripts: list[Script]) -> None:
    assert 370 <= len(scripts) <= 430


def test_goals_ask_for_every_state_of_both_flows() -> None:
    for flow in ("petition", "service"):
        wanted = {goal.state for goal in GOALS if goal.flow == flow}
        assert wanted == {row.target for row in TRANSITIONS.values() if row.flow == flow}


def test_the_small_set_has_each_state_once_or_more() -> None:
    assert {(g.flow, g.state) for g in SMALL} == {(g.flow, g.state) for g in GOALS}
    assert len(SMALL) < 60


def test_every_matter_ends_in_the_state_that_was_asked_for(scripts: list[Script]) -> None:
    goals = [goal for goal in GOALS for _ in range(goal.count)]
    for script, goal in zip(scripts, goals, strict=True):
        assert end_of(script) == (goal.flow, goal.state), script.key


@pytest.mark.parametrize(
    "today",
    [
        date(2026, 11, 22),  # a Sunday
        date(2026, 2, 24),  # the first work day after the spring festival
        date(2026, 10, 8),  # the first after the national day
        date(2026, 10, 4),  # in the middle of it
        date(2026, 1, 1),
        date(2027, 3, 1),  # a year whose table is not published
    ],
)
def test_days_fit_whatever_day_the_demonstration_starts_on(today: date) -> None:
    found = invented(days(today), 2026, SMALL)
    assert all(step.at < days(today).end for script in found for step in script.steps)


def test_the_same_seed_and_day_tell_the_same_matters() -> None:
    assert invented(days(), 7, SMALL) == invented(days(), 7, SMALL)
    assert invented(days(), 7, SMALL) != invented(days(), 8, SMALL)
    assert invented(days(), 7, SMALL) != invented(days(TODAY + timedelta(days=1)), 7, SMALL)


def test_steps_follow_each_other_inside_office_hours(scripts: list[Script]) -> None:
    for script in scripts:
        moments = [step.at for step in script.steps]
        assert moments == sorted(moments) and len(set(moments)) == len(moments), script.key
        for moment in moments:
            assert CALENDAR.is_work_day(moment.date()), (script.key, moment)
            assert 8 <= moment.hour < 18 and not 12 <= moment.hour < 14, (script.key, moment)


def test_everything_lies_in_the_last_ninety_days(scripts: list[Script]) -> None:
    assert all(script.steps[0].at.date() >= TODAY - timedelta(days=90) for script in scripts)
    assert sum(script.steps[0].at.date() < TODAY - timedelta(days=45) for script in scripts) > 60


def test_texts_vary_and_cover_all_categories(scripts: list[Script]) -> None:
    texts = Counter(script.steps[0].data["text"] for script in scripts)
    assert len(texts) > 230
    assert texts.most_common(1)[0][1] <= 8
    assert len({script.steps[0].data["category"] for script in scripts}) == 17


def test_there_are_at_least_120_templates_in_17_categories() -> None:
    found = matters.templates()
    assert len({template.text for template in found}) >= 120
    assert min(Counter(template.category for template in found).values()) >= 7


def test_templates_speak_of_units_and_bodies_that_exist() -> None:
    from yimen.cli.demo.beats import bodies, units

    for template in matters.templates():
        known = bodies() if template.mode == "g" else units()
        assert template.unit in known or template.unit == "shequ", template.unit
        assert all(key in units() or key == "shequ" for key in template.assist)


def test_every_slot_of_every_text_is_filled(scripts: list[Script]) -> None:
    for script in [*scripts, *stories(days())]:
        for step in script.steps:
            assert "{" not in str([v for v in step.data.values() if isinstance(v, str)]), (
                script.key,
                step.verb,
            )


def test_no_real_phone_and_no_identity_number_is_written(scripts: list[Script]) -> None:
    everything = repr([*scripts, *stories(days())])
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", everything), "a mobile number"
    assert not re.search(r"\d{17}[\dXx]|\d{15}", everything), "an identity card"
    phones = set(re.findall(r"'phone': '([^']*)'", everything)) - {""}
    assert all(re.fullmatch(r"0931-000 \d{4}", phone) for phone in phones)


def test_visitors_do_not_share_a_phone(scripts: list[Script]) -> None:
    phones = [script.steps[0].data.get("phone") for script in scripts]
    named = [phone for phone in phones if phone]
    assert len(named) == len(set(named))


def test_who_is_anonymous_is_neither_named_nor_called(scripts: list[Script]) -> None:
    nameless = [script for script in scripts if script.steps[0].data.get("anonymous")]
    assert len(nameless) >= 5
    for script in nameless:
        assert not script.steps[0].data.get("name") and not script.steps[0].data.get("phone")
        assert not any(step.verb in ("contact", "attempt", "rate", "withdraw") for step in script.steps)


def test_everybody_in_the_scripts_is_in_the_cast(scripts: list[Script]) -> None:
    known = {person.sign_in for person in cast(2026)}
    for script in [*scripts, *stories(days())]:
        for step in script.steps:
            assert step.by in known, step.by
            assert step.data.get("handler", step.by) in known


def test_who_answered_never_makes_the_callback(scripts: list[Script]) -> None:
    for script in [*scripts, *stories(days())]:
        told = {step.by for step in script.steps if step.verb in ("tell", "report")}
        called = {step.by for step in script.steps if step.verb in ("attempt", "callback", "call_back")}
        assert not told & called, script.key


def test_the_ten_cases_are_told() -> None:
    keys = {script.key for script in stories(days())}
    cases = ["leak", "grill", "heating", "wages", "cable", "manhole", "elder", "letter", "elsewhere", "lift"]
    assert keys == {*cases, "cable-first"}


def test_stories_hold_on_any_day() -> None:
    for offset in range(0, 400, 37):
        for story in stories(days(TODAY - timedelta(days=offset))):
            moments = [step.at for step in story.steps]
            assert moments == sorted(moments), story.key


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("{3-5}", {"3", "4", "5"}),
        ("{a|b}", {"a", "b"}),
        ("{1200-1400}", {"1200", "1300", "1400"}),
        ("x", {"x"}),
    ],
)
def test_slots_take_a_number_between_or_one_of_the_words(text: str, allowed: set[str]) -> None:
    from random import Random

    assert {matters.fill(text, Random(seed)) for seed in range(60)} == allowed


def test_enquiries_are_one_short_line_without_a_name() -> None:
    rows = table("enquiries.tsv")
    assert len(rows) >= 60
    assert all(
        4 <= len(row["words"]) <= 40
        and not re.search(r"\d{5}", row["words"].replace("12333", "").replace("12315", ""))
        for row in rows
    )


# Days


def test_work_days_are_counted_over_weekends_and_make_up_days() -> None:
    assert days().back(1) == date(2026, 11, 20)
    assert days(date(2026, 10, 12)).back(1) == date(2026, 10, 10), "a Saturday on which people work"
    assert days().on(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert days().on(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert days().since(date(2026, 11, 20)) == 1


def test_a_limit_that_ends_on_a_day_off_rolls_on() -> None:
    assert not days(date(2026, 10, 8)).over(date(2026, 9, 30), 7), (
        "7 October is off, 8 October is the last day"
    )
    assert days(date(2026, 10, 9)).over(date(2026, 9, 30), 7)
