"""The routing rule by itself: the most specific wins, equals contradict, and the order of the lines says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.cases.routing import (
    AFTER,
    ANY,
    BUSINESS,
    HOURS,
    NOWHERE,
    Facts,
    Rule,
    always,
    clashes,
    conflicts,
    differences,
    fits,
    ranked,
    route,
    weight,
)

DAY = date(2026, 3, 2)
SUBJECTS = (
    "",
    "event:01",
    "event:02",
    "event:0102",
    "event:0103",
    "event:0201",
    "facility:01",
    "facility:0101",
)
CLASSES = tuple(one for one in SUBJECTS if len(one.partition(":")[2]) == 4)
GRIDS = {11: 1, 12: 1, 21: 2}  # grid → community
UNITS = ("urban", "property", "market", "water")


@st.composite
def rules_of(draw: st.DrawFn, pk: int = 0) -> Rule:
    since = DAY + timedelta(days=draw(st.integers(-3, 3)))
    until = draw(st.one_of(st.none(), st.integers(0, 4).map(lambda n: since + timedelta(days=n))))
    return Rule(
        pk, draw(st.sampled_from(SUBJECTS)), draw(st.sampled_from((None, 1, 2, *GRIDS))),
        draw(st.sampled_from(HOURS)), draw(st.sampled_from(UNITS)),
        tuple(draw(st.lists(st.sampled_from(UNITS), max_size=2, unique=True))), since, until,
    )  # fmt: skip


@st.composite
def rule_sets(draw: st.DrawFn) -> list[Rule]:
    """Rules that the page would have let in: none contradicts another."""
    kept: list[Rule] = []
    for number, rule in enumerate(draw(st.lists(rules_of(), max_size=14)), start=1):
        rule = replace(rule, pk=number)
        if not clashes(rule, kept):
            kept.append(rule)
    return kept


@st.composite
def facts_of(draw: st.DrawFn) -> Facts:
    subject = draw(st.sampled_from(CLASSES))
    grid = draw(st.sampled_from((None, *GRIDS)))
    on = DAY + timedelta(days=draw(st.integers(-4, 8)))
    return Facts(
        subject,
        grid,
        GRIDS.get(grid) if grid else None,
        subject.startswith("facility"),
        draw(st.booleans()),
        on,
    )


@settings(max_examples=400)
@given(rule_sets(), facts_of(), st.randoms())
def test_one_rule_decides_whatever_the_order_of_the_lines(rules, facts, random):
    mixed = list(rules)
    random.shuffle(mixed)
    assert conflicts(rules) == []
    assert route(rules, facts) == route(mixed, facts)
    fitting = [rule for rule in rules if fits(rule, facts)]
    weights = [weight(rule, facts) for rule in fitting]
    assert len(weights) == len(set(weights)), "two rules weigh the same without contradicting each other"
    assert (route(rules, facts) == NOWHERE) == (not fitting)


@settings(max_examples=400)
@given(rule_sets(), facts_of())
def test_nothing_that_fits_says_more_exactly_what_decided(rules, facts):
    found = route(rules, facts).rule
    for rule in rules:
        if found is None or rule == found or not fits(rule, facts):
            continue
        what = (len(rule.subject), len(found.subject))
        where = (_exact(rule, facts), _exact(found, facts))
        first, second = (what, where) if facts.owner_first else (where, what)
        assert first[0] <= first[1]
        if first[0] == first[1]:
            assert second[0] <= second[1]
            assert second[0] < second[1] or found.hours != ANY


def _exact(rule: Rule, facts: Facts) -> int:
    return 0 if rule.place is None else 2 if rule.place == facts.grid else 1


@settings(max_examples=300)
@given(rule_sets(), rules_of(pk=99), facts_of())
def test_a_new_rule_changes_only_what_it_speaks_of(rules, new, facts):
    if clashes(new, rules):
        return
    was, now = route(rules, facts), route([*rules, new], facts)
    assert now == was or (fits(new, facts) and now.rule == new)


@settings(max_examples=300)
@given(rule_sets(), rules_of(pk=99))
def test_what_clashes_is_exactly_what_would_contradict(rules, new):
    assert bool(clashes(new, rules)) == bool(conflicts([*rules, new]))


def test_an_event_follows_the_place_and_a_facility_its_owner():
    rules = [
        Rule(1, "event:0102", None, ANY, "urban"), Rule(2, "", 1, ANY, "community"),
        Rule(3, "facility:0101", None, ANY, "water"),
    ]  # fmt: skip
    event = Facts("event:0102", 11, 1, owner_first=False, business=True, on=DAY)
    cover = Facts("facility:0101", 11, 1, owner_first=True, business=True, on=DAY)
    assert route(rules, event).lead == "community"
    assert route(rules, cover).lead == "water"
    assert [rule.pk for rule in ranked(rules, event)] == [2, 1]
    assert route(rules, replace(event, grid=21, community=2)).lead == "urban"


def test_a_grid_says_more_than_its_community_and_a_class_more_than_its_large_class():
    rules = [
        Rule(1, "event:01", None, ANY, "a"), Rule(2, "event:0102", None, ANY, "b"), Rule(3, "", 1, ANY, "c"), Rule(4, "", 11, ANY, "d"),
    ]  # fmt: skip
    facts = Facts("event:0102", 11, 1, owner_first=True, business=True, on=DAY)
    assert [rule.lead for rule in ranked(rules, facts)] == ["b", "a", "d", "c"]
    assert [rule.lead for rule in ranked(rules, replace(facts, owner_first=False))] == ["d", "c", "b", "a"]


def test_named_hours_say_more_and_hold_only_then():
    rules = [Rule(1, "", None, ANY, "day"), Rule(2, "", None, AFTER, "night")]
    facts = Facts("event:0102", None, None, owner_first=False, business=True, on=DAY)
    assert route(rules, facts).lead == "day"
    assert route(rules, replace(facts, business=False)).lead == "night"
    assert conflicts([*rules, Rule(3, "", None, BUSINESS, "office")]) == []


def test_a_rule_holds_on_both_its_days_and_not_the_next():
    rule = Rule(1, "", None, ANY, "a", (), DAY, DAY + timedelta(days=1))
    facts = Facts("event:0102", None, None, owner_first=False, business=True, on=DAY)
    days = [DAY + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert [bool(route([rule], replace(facts, on=day)).lead) for day in days] == [False, True, True, False]
    later = replace(rule, pk=2, since=DAY + timedelta(days=2), until=None)
    assert clashes(later, [rule]) == [] and clashes(
        replace(later, since=DAY + timedelta(days=1)), [rule]
    ) == [rule]


def test_contradicting_rules_decide_nothing_and_a_lead_does_not_assist_itself():
    one, other = Rule(1, "", None, ANY, "a"), Rule(2, "", None, ANY, "b")
    facts = Facts("event:0102", None, None, owner_first=False, business=True, on=DAY)
    assert route([one, other], facts) == NOWHERE
    assert route([replace(one, assists=("a", "b"))], facts).assists == ("b",)


def test_the_replay_names_what_would_have_gone_elsewhere_and_nothing_else():
    old = [Rule(1, "event:01", None, ANY, "urban")]
    new = always(Rule(None, "event:0102", 1, ANY, "property", since=date(2030, 1, 1)))
    past = [
        (f"{subject} {grid}", Facts(subject, grid, GRIDS[grid], owner_first=False, business=True, on=DAY))
        for subject in ("event:0102", "event:0103", "event:0201") for grid in (11, 21)
    ]  # fmt: skip
    found = differences(old, [*old, new], past)
    assert [(one, was.lead, now.lead) for one, was, now in found] == [("event:0102 11", "urban", "property")]
    same = differences(old, [replace(old[0], pk=7)], past)
    assert same == []
