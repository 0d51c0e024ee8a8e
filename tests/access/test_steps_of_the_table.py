"""The table of steps against its declared twin (expectations/steps.csv, states.csv): nothing more, nothing less."""

from __future__ import annotations

import dataclasses

from yimen.cases import states
from yimen.cases.states import OPEN_STATES, STATES, TRANSITIONS, VERBS, Flow, Holder, Who, rows_from

from . import expected


def test_the_table_of_transitions_is_the_declared_one() -> None:
    found = {}
    for (flow, source, verb), row in TRANSITIONS.items():
        plain = dataclasses.asdict(row) | {"flow": row.flow.value, "holder": row.holder.value}
        found[flow, source, verb] = expected.Step(**plain | {"who": tuple(who.value for who in row.who)})
    assert found == expected.steps()


def test_the_states_are_the_declared_ones_in_their_order() -> None:
    found = [
        (state.name, "yes" if state.open else "", state.next_step, state.primary) for state in STATES.values()
    ]
    assert found == [
        (row["state"], row["open"], row["next_step"], row["primary"]) for row in expected.rows("states")
    ]
    assert list(STATES) == [state.name for state in STATES.values()]
    assert [row["state"] for row in expected.rows("states") if row["open"]] == list(OPEN_STATES)


def test_every_state_says_what_comes_next_in_words() -> None:
    for state in STATES.values():
        assert str(state.zh) and bool(str(state.next_zh)) == state.open == bool(state.next_step), state.name


def test_every_verb_of_the_table_has_words_and_every_word_its_verb() -> None:
    declared = {step.verb for step in expected.steps().values()}
    assert set(VERBS) == declared
    assert all(str(words) for words in VERBS.values())


def test_the_rows_that_leave_a_state_come_in_the_order_of_the_table() -> None:
    for flow in Flow:
        for name in STATES:
            want = [row for key, row in TRANSITIONS.items() if key[:2] == (flow.value, name)]
            assert rows_from(flow.value, name) == want
    assert [row.verb for row in rows_from("service", "reported")] == ["verify", "send_back"]
    assert rows_from("petition", "archived") and not rows_from("service", "accepted_not")


def test_every_row_knows_its_kind_in_the_ledger() -> None:
    assert {row.kind for row in TRANSITIONS.values()} == {f"case.{verb}" for verb in VERBS}


def test_what_the_law_and_the_office_count_is_declared() -> None:
    """信访工作条例 §20: at most five representatives; PRACTICE: three tries to call back, two returns."""
    assert (states.MAX_REPRESENTATIVES, states.MAX_TRIES, states.MAX_RETURNS) == (5, 3, 2)
    assert states.MAX_REFUSALS == 2
    assert {"attempt", "climb", "refer_up"} == states.HIDDEN_VERBS
    assert {"guide", "close", "archive"} == states.SEALED_VERBS
    owed = ("dispatched", "signed", "accepted", "not_accepted", "in_hand", "verified", "sent", "handling")
    assert owed == states.UNIT_STATES


def test_the_codes_that_rows_and_the_ledger_keep_never_change() -> None:
    codes = ["petition", "service", "grid"]
    assert [flow.value for flow in Flow] == codes == [flow.value for flow in states.FLOWS]
    assert {who.value for who in Who} == {
        "accountable", "desk", "director", "lead", "head", "assist", "recipient", "caller", "grid",
        "checker",
    }  # fmt: skip
    assert {holder.value for holder in Holder} == {
        "keep", "accountable", "liaison", "actor", "handler", "head", "router", "caller", "recipient", "none",
        "grid", "community", "duty", "verifier", "checker", "filer",
    }  # fmt: skip
    assert all(str(words) for words in states.FLOWS.values())
