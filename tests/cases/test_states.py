"""The table itself: closed, reachable, and every row complete."""

from __future__ import annotations

import pytest

from yimen.cases import rules
from yimen.cases.actions.effects import EFFECTS
from yimen.cases.fields import FIELDS
from yimen.cases.states import (
    GRID_LEVELS,
    HIDDEN_VERBS,
    OPEN_STATES,
    STATES,
    TRANSITIONS,
    VERBS,
    Flow,
    Holder,
    Transition,
    words,
)

ROWS = list(TRANSITIONS.values())
REVIEW = {
    "reviewing",
    "reviewed",
    "re_reviewing",
}  # like acceptance, for petitions alone (信访工作条例 §§35, 36)


def _id(row: Transition) -> str:
    return f"{row.flow}-{row.source}-{row.verb}"


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_a_row_names_only_what_exists(row: Transition) -> None:
    assert row.source in STATES and row.target in STATES
    assert row.verb in VERBS
    assert row.who or row.verb in HIDDEN_VERBS, "somebody must be allowed"
    assert {*row.needs, *row.may} <= set(FIELDS)
    assert not set(row.needs) & set(row.may)
    assert set(row.guards) <= set(rules.GUARDS)
    assert not row.effect or row.effect in EFFECTS


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_nobody_holds_a_matter_that_is_no_longer_open(row: Transition) -> None:
    assert (row.holder == Holder.NONE) == (not STATES[row.target].open)


# States that a flow never knows: acceptance and review are petitions' alone, a place has a table of its own.
OF_PLACES = {
    "at_grid",
    "at_community",
    "raised",
    "verifying",
    "admitted",
    "filed",
    "sent",
    "handling",
    "checking",
}
AFTERWARDS = {"merged", "told", "called_back", "rated", "closed", "archived"}
KNOWN = {
    Flow.PETITION: set(STATES) - OF_PLACES,
    Flow.SERVICE: set(STATES) - OF_PLACES - {"accepted", "not_accepted", *REVIEW},
    Flow.GRID: OF_PLACES | AFTERWARDS,
}
BEGINS = {
    Flow.PETITION: {"registered"},
    Flow.SERVICE: {"registered"},
    Flow.GRID: {"at_grid", "at_community", "raised"},
}


@pytest.mark.parametrize("flow", list(Flow))
def test_every_open_state_has_a_way_on_and_its_primary_verb(flow: Flow) -> None:
    for name in KNOWN[flow] & set(OPEN_STATES):
        verbs = {row.verb for row in ROWS if row.flow == flow and row.source == name}
        assert verbs, f"{flow} {name} is a dead end"
        state = STATES[name]
        assert state.next_step and state.next_zh
        assert state.primary in verbs or {"accept"} & verbs, f"{flow} {name} offers no primary step"


@pytest.mark.parametrize("flow", list(Flow))
def test_every_state_is_reached_from_where_it_begins(flow: Flow) -> None:
    seen, todo = set(BEGINS[flow]), list(BEGINS[flow])
    while todo:
        here = todo.pop()
        for row in ROWS:
            if row.flow == flow and row.source == here and row.target not in seen:
                seen.add(row.target)
                todo.append(row.target)
    assert seen == KNOWN[flow]


@pytest.mark.parametrize("flow", list(Flow))
def test_every_open_state_can_still_end(flow: Flow) -> None:
    ends = {"closed", "withdrawn"}
    grown = True
    while grown:
        more = {row.source for row in ROWS if row.flow == flow and row.target in ends}
        grown = not more <= ends
        ends |= more
    assert KNOWN[flow] & set(OPEN_STATES) <= ends


def test_every_open_state_of_a_place_before_the_answer_lies_at_a_level() -> None:
    after = {"merged", "told", "called_back", "rated"}
    of_places = {
        row.source for row in TRANSITIONS.values() if row.flow == Flow.GRID and STATES[row.source].open
    }
    assert set(GRID_LEVELS) == of_places - after
    below = {"at_grid": "grid", "at_community": "community"}
    assert dict.fromkeys(GRID_LEVELS, "street") | below == GRID_LEVELS


def test_next_steps_are_all_different() -> None:
    steps = [state.next_step for state in STATES.values() if state.open]
    assert len(steps) == len(set(steps))


def test_the_handling_unit_can_never_type_the_rating() -> None:
    for row in ROWS:
        if "rating" in {*row.needs, *row.may}:
            assert not {"lead", "head", "assist"} & {who.value for who in row.who}


def test_acceptance_belongs_to_petitions_alone() -> None:
    assert {row.flow for row in ROWS if row.verb in ("accept", "not_accept")} == {Flow.PETITION}


def test_a_return_needs_reasons_and_the_senders_answer() -> None:
    for row in ROWS:
        if row.verb == "request_return":
            assert "reason" in row.needs and row.target == "return_requested"
        if row.verb in ("agree_return", "refuse_return"):
            assert "lead" not in {who.value for who in row.who}


@pytest.mark.parametrize(
    ("flow", "state", "said"),
    [
        (Flow.GRID, "closed", "结案"),
        (Flow.PETITION, "closed", "办结"),
        (Flow.GRID, "admitted", "已受理"),
        (Flow.GRID, "checking", "待核查"),
    ],
)
def test_a_state_is_said_as_people_of_its_flow_say_it(flow: str, state: str, said: str) -> None:
    assert str(words(flow, state)) == said
