"""The table itself: closed, reachable, and every row complete."""

from __future__ import annotations

import pytest

from yimen.cases import rules
from yimen.cases.actions.effects import EFFECTS
from yimen.cases.fields import FIELDS
from yimen.cases.states import OPEN_STATES, STATES, TRANSITIONS, VERBS, Flow, Holder, Transition

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
    assert row.who, "somebody must be allowed"
    assert {*row.needs, *row.may} <= set(FIELDS)
    assert not set(row.needs) & set(row.may)
    assert set(row.guards) <= set(rules.GUARDS)
    assert not row.effect or row.effect in EFFECTS


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_nobody_holds_a_matter_that_is_no_longer_open(row: Transition) -> None:
    assert (row.holder == Holder.NONE) == (not STATES[row.target].open)


@pytest.mark.parametrize("flow", list(Flow))
def test_every_open_state_has_a_way_on_and_its_primary_verb(flow: Flow) -> None:
    for name in OPEN_STATES:
        verbs = {row.verb for row in ROWS if row.flow == flow and row.source == name}
        if flow == Flow.SERVICE and name in {"not_accepted", *REVIEW}:
            continue
        assert verbs, f"{flow} {name} is a dead end"
        state = STATES[name]
        assert state.next_step and state.next_zh
        assert state.primary in verbs or {"accept"} & verbs, f"{flow} {name} offers no primary step"


@pytest.mark.parametrize("flow", list(Flow))
def test_every_state_is_reached_from_registration(flow: Flow) -> None:
    seen, todo = {"registered"}, ["registered"]
    while todo:
        here = todo.pop()
        for row in ROWS:
            if row.flow == flow and row.source == here and row.target not in seen:
                seen.add(row.target)
                todo.append(row.target)
    expected = set(STATES) - ({"accepted", "not_accepted", *REVIEW} if flow == Flow.SERVICE else set())
    assert seen == expected


@pytest.mark.parametrize("flow", list(Flow))
def test_every_open_state_can_still_end(flow: Flow) -> None:
    ends = {"closed", "withdrawn"}
    grown = True
    while grown:
        more = {row.source for row in ROWS if row.flow == flow and row.target in ends}
        grown = not more <= ends
        ends |= more
    assert set(OPEN_STATES) - {"not_accepted", *(REVIEW if flow == Flow.SERVICE else ())} <= ends


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
