"""Pure decisions: fields, guards, titles, replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.cases import rules
from yimen.cases.rules import CaseFacts
from yimen.cases.states import TRANSITIONS, Transition
from yimen.foundation.errors import Invalid

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def row(flow: str, source: str, verb: str) -> Transition:
    return TRANSITIONS[(flow, source, verb)]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("楼上漏水。找过物业", "楼上漏水"),
        ("  暖气不热！快来\n", "暖气不热"),
        ("夜里烧烤", "夜里烧烤"),
        ("一" * 31, "一" * 30 + "…"),
        (
            "十个字以上的一段话在这里呀，后面还有很多很多很多很多很多很多很多的话",
            "十个字以上的一段话在这里呀",
        ),
    ],
)
def test_a_title_is_the_first_clause(text: str, title: str) -> None:
    assert rules.make_title(text) == title


@given(st.text(min_size=1))
def test_a_title_is_never_longer_than_a_line(text: str) -> None:
    assert len(rules.make_title(text)) <= rules.TITLE_LENGTH + 1


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        rules.check_fields(row("service", "in_hand", "report"), {"result": "   "})
    assert "result" in caught.value.fields


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(Invalid):
        rules.check_fields(row("service", "dispatched", "sign"), {"rating": "5"})


def test_a_choice_outside_its_list_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        rules.check_fields(row("petition", "in_hand", "report"), {"result": "好了", "decision": "maybe"})
    assert "decision" in caught.value.fields


def test_too_long_a_text_says_how_long() -> None:
    with pytest.raises(Invalid) as caught:
        rules.check_fields(row("service", "in_hand", "report"), {"result": "长" * 10_001})
    assert "10001" in str(caught.value.fields["result"])


def test_texts_are_stripped_and_empty_ones_left_out() -> None:
    clean = rules.check_fields(row("service", "in_hand", "report"), {"result": " 好了\x00 ", "basis": " "})
    assert clean == {"result": "好了"}


@pytest.mark.parametrize(
    ("key", "facts", "data", "stands"),
    [
        (("service", "returned", "dispatch"), CaseFacts("service", returns=1), {}, False),
        (("service", "returned", "dispatch"), CaseFacts("service", returns=2), {}, True),
        (("service", "signed", "request_return"), CaseFacts("service", designated=True), {}, True),
        (
            ("petition", "signed", "request_return"),
            CaseFacts("petition", objection_due=NOW - timedelta(1)),
            {},
            True,
        ),
        (("petition", "signed", "request_return"), CaseFacts("petition", objection_due=NOW), {}, False),
        (("service", "reported", "verify"), CaseFacts("service", reported_by_actor=True), {}, True),
        (
            ("service", "reported", "verify"),
            CaseFacts("service", reported_by_actor=True, offline=True),
            {},
            False,
        ),
        (("service", "told", "attempt"), CaseFacts("service", tries=1), {}, False),
        (("service", "told", "attempt"), CaseFacts("service", tries=2), {}, True),
        (("service", "told", "call_back"), CaseFacts("service"), {"outcome": "reached"}, True),
        (
            ("service", "told", "call_back"),
            CaseFacts("service"),
            {"outcome": "reached", "solved": "yes"},
            False,
        ),
        (("service", "told", "call_back"), CaseFacts("service", tries=1), {"outcome": "no_answer"}, True),
        (("service", "told", "call_back"), CaseFacts("service", tries=2), {"outcome": "no_answer"}, False),
        (("service", "told", "call_back"), CaseFacts("service"), {"outcome": "not_owed"}, True),
        (
            ("service", "told", "call_back"),
            CaseFacts("service", reachable=False),
            {"outcome": "not_owed"},
            False,
        ),
        (("service", "told", "call_back"), CaseFacts("service"), {"outcome": "refused", "rating": "5"}, True),
        (("service", "called_back", "redo"), CaseFacts("service", last_solved="no"), {}, False),
        (("service", "called_back", "redo"), CaseFacts("service", last_solved="yes"), {}, True),
        (("service", "called_back", "redo"), CaseFacts("service", last_solved="no", redos=1), {}, True),
        (
            ("service", "called_back", "redo"),
            CaseFacts("service", last_solved="no", redos=1, actor_is_director=True),
            {},
            False,
        ),
        (("service", "called_back", "rate"), CaseFacts("service", rating=4), {}, True),
        (("service", "called_back", "close"), CaseFacts("service", last_solved="no"), {"note": "x"}, True),
        (("service", "called_back", "close"), CaseFacts("service", last_solved="partly", redos=1), {}, True),
        (("service", "called_back", "rate"), CaseFacts("service", last_outcome="refused"), {}, True),
        (("service", "dispatched", "request_return"), CaseFacts("service", refused_before=True), {}, True),
        (("petition", "in_hand", "report"), CaseFacts("petition"), {}, True),
        (("petition", "in_hand", "report"), CaseFacts("petition", accepted=True), {}, False),
        (("petition", "in_hand", "accept"), CaseFacts("petition", accepted=True), {}, True),
        (("service", "verified", "tell"), CaseFacts("service"), {"way": "post"}, True),
        (("service", "verified", "tell"), CaseFacts("service"), {"way": "phone"}, False),
        (
            ("service", "verified", "tell"),
            CaseFacts("service"),
            {"way": "post", "served_on": NOW + timedelta(1)},
            True,
        ),
        (
            ("service", "verified", "tell"),
            CaseFacts("service", reported_at=NOW),
            {"way": "post", "served_on": NOW - timedelta(1)},
            True,
        ),
        (
            ("petition", "called_back", "redo"),
            CaseFacts("petition", last_solved="no", may_redo=False),
            {},
            True,
        ),
        (
            ("petition", "called_back", "redo"),
            CaseFacts("petition", last_solved="no", written_opinion_served=True),
            {},
            True,
        ),
        (
            ("service", "called_back", "close"),
            CaseFacts("service", last_solved="no", redos=1),
            {"note": "已说明"},
            False,
        ),
        (("petition", "closed", "reopen"), CaseFacts("petition", written_opinion_served=True), {}, True),
        (("petition", "closed", "reopen"), CaseFacts("petition"), {}, False),
    ],
)
def test_guards_stand_in_the_way_when_they_should(
    key: tuple[str, str, str], facts: CaseFacts, data: dict[str, str], stands: bool
) -> None:
    assert bool(rules.hindrance(TRANSITIONS[key], facts, data, NOW)) is stands


def test_replay_follows_the_table_and_not_the_entries_word() -> None:
    start = {"set": {"state": "registered", "flow": "service"}}
    step = {
        "verb": "dispatch",
        "from": "registered",
        "to": "archived",
        "set": {"flow": "service", "lead_unit": 7},
    }
    end = rules.replay([start, step])
    assert end["state"] == "dispatched"
    assert end["lead_unit"] == 7


def test_replay_refuses_a_step_that_cannot_follow() -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        rules.replay(
            [{"set": {"state": "registered", "flow": "service"}}, {"verb": "close", "from": "registered"}]
        )
