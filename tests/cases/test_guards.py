"""Every guard over everything it looks at: what stands in the way is written here from the rules, not from the code."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from yimen.cases import rules
from yimen.cases.fields import FIELDS, NOT_DRAWN
from yimen.cases.place_rules import PlaceFacts
from yimen.cases.review_rules import ReviewFacts
from yimen.cases.rules import GUARDS, CaseFacts
from yimen.cases.states import STATES, TRANSITIONS
from yimen.foundation.errors import Invalid

NOW = datetime(2026, 11, 23, 10, 30, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
UUID4 = uuid.UUID("6f1d3a52-8f0e-4c1e-9d55-0a3c6b1e7f20")
TICK, MINUTE, DAY = timedelta(microseconds=1), timedelta(minutes=1), timedelta(days=1)
TRUTH = (False, True)
Stands = Callable[..., bool]


def stands(guard: str, data: dict[str, Any] | None = None, **facts: Any) -> object:
    return GUARDS[guard](CaseFacts("petition", **facts), data or {}, NOW)


# Guard → the facts it looks at with the values they may have → when it stands in the way.
FACTS: dict[str, tuple[dict[str, tuple[Any, ...]], Stands]] = {
    "few_returns": ({"returns": (0, 1, 2, 3)}, lambda returns: returns >= 2),
    "instructed_first": (
        {"needs_instruction": TRUTH, "actor_is_director": TRUTH, "returns": (0, 1, 2, 3)},
        lambda needs_instruction, actor_is_director, returns: (
            needs_instruction and not (actor_is_director and returns in (2, 3))
        ),
    ),
    "not_designated": ({"designated": TRUTH}, lambda designated: designated),
    "objection_open": (
        {"objection_due": (None, NOW - TICK, NOW, NOW + TICK)},
        lambda objection_due: objection_due == NOW - TICK,
    ),
    "not_refused": ({"refused_before": TRUTH}, lambda refused_before: refused_before),
    "not_accepted_yet": ({"accepted": TRUTH}, lambda accepted: accepted),
    "accepted_first": ({"accepted": TRUTH}, lambda accepted: not accepted),
    "not_own_report": (
        {"reported_by_actor": TRUTH, "offline": TRUTH},
        lambda reported_by_actor, offline: reported_by_actor and not offline,
    ),
    "tries_left": ({"tries": (0, 1, 2, 3)}, lambda tries: tries in (2, 3)),
    "redo_possible": (
        {"written_opinion_served": TRUTH, "may_redo": TRUTH},
        lambda written_opinion_served, may_redo: written_opinion_served or not may_redo,
    ),
    "redone_first": (
        {"last_solved": ("", "yes", "partly", "no"), "redos": (0, 1), "followed": TRUTH, "may_redo": TRUTH,
         "written_opinion_served": TRUTH},
        lambda last_solved, redos, followed, may_redo, written_opinion_served: (
            last_solved in ("partly", "no") and redos == 0 and (followed or may_redo) and not written_opinion_served
        ),
    ),
    "reached": (
        {"last_outcome": ("", "reached", "no_answer", "refused", NOT_DRAWN)},
        lambda last_outcome: last_outcome not in ("", "reached"),
    ),
    "unsolved": ({"last_solved": ("", "yes", "partly", "no")}, lambda last_solved: last_solved in ("", "yes")),
    "redo_allowed": (
        {"redos": (0, 1, 2), "actor_is_director": TRUTH},
        lambda redos, actor_is_director: redos > 0 and not actor_is_director,
    ),
    "no_rating_yet": ({"rating": (None, 1, 5)}, lambda rating: rating is not None),
    "followed": (
        {"followed": TRUTH, "written_opinion_served": TRUTH},
        lambda followed, written_opinion_served: written_opinion_served or not followed,
    ),
    "main_answered": ({"main_answered": TRUTH}, lambda main_answered: not main_answered),
    "not_sampled": ({"sampled": TRUTH}, lambda sampled: sampled),
    "spared": (
        {"last_outcome": ("", "reached", NOT_DRAWN)}, lambda last_outcome: last_outcome != NOT_DRAWN
    ),
    "review_not_reopen": (
        {"written_opinion_served": TRUTH,
         "review": (ReviewFacts(), ReviewFacts(level=2, outcome="uphold"), ReviewFacts(level=1, outcome="uphold"))},
        lambda written_opinion_served, review: written_opinion_served or review.level == 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", FACTS)
def test_a_guard_stands_in_the_way_exactly_when_the_rule_says(guard: str) -> None:
    looks_at, rule = FACTS[guard]
    for values in product(*looks_at.values()):
        facts = dict(zip(looks_at, values, strict=True))
        said = stands(guard, **facts)
        assert bool(said) == rule(**facts), facts
        assert said == "" or isinstance(said, str | Invalid), "a sentence or nothing"


LEVELS = ("grid", "community", "street")
OF_PLACES: dict[str, tuple[dict[str, tuple[Any, ...]], dict[str, tuple[Any, ...]], Stands]] = {
    # guard → facts of the place, facts of the matter and data, when it stands in the way
    "settled_here": (
        {"level": ("", *LEVELS), "settles_at": LEVELS}, {},
        lambda level, settles_at: not level or LEVELS.index(level) < LEVELS.index(settles_at),
    ),
    "nobody_waits": ({}, {"reachable": TRUTH}, lambda reachable: reachable),
    "somebody_waits": ({}, {"reachable": TRUTH}, lambda reachable: not reachable),
    "after_photo": (
        {"wants_after": TRUTH, "after_photos": (0, 1, 2)}, {"redos": (0, 1), "no_photo": ("", "镜头坏了")},
        lambda wants_after, after_photos, redos, no_photo: wants_after and after_photos < redos + 1 and not no_photo,
    ),
    "has_grid": ({"placed": TRUTH}, {}, lambda placed: not placed),
    "verified_first": (
        {"public": TRUTH, "verified": ("", "yes", "no")}, {},
        lambda public, verified: verified == "no" or (public and verified == ""),
    ),
    "way_when_waiting": ({}, {"reachable": TRUTH, "way": ("", "phone")}, lambda reachable, way: reachable and not way),
    "director_after_returns": (
        {}, {"returns": (0, 1, 2, 3), "actor_is_director": TRUTH},
        lambda returns, actor_is_director: returns in (2, 3) and not actor_is_director,
    ),
    "settled_below": (
        {}, {"followed": TRUTH, "may_redo": TRUTH}, lambda followed, may_redo: followed or may_redo,
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", OF_PLACES)
def test_a_guard_of_places_stands_in_the_way_exactly_when_the_rule_says(guard: str) -> None:
    place, rest, rule = OF_PLACES[guard]
    for values in product(*place.values(), *rest.values()):
        asked = dict(zip([*place, *rest], values, strict=True))
        facts = {name: asked[name] for name in rest if name not in ("way", "no_photo")}
        typed = {name: asked[name] for name in ("way", "no_photo") if name in asked}
        said = stands(guard, typed, place=PlaceFacts(**{name: asked[name] for name in place}), **facts)
        assert bool(said) == rule(**asked), asked


def test_every_guard_is_looked_at_here_or_below() -> None:
    of_reviews = {"review_open", "re_review_open", "decision_dates", "annulled", "unit_there", "right_lapsed",
                  "not_annulled", "letter_first"}  # fmt: skip
    assert set(GUARDS) == {*FACTS, *of_reviews, "recorded_for_another", "service_date", "callback_complete",
                           "unsolved_explained", "parts_collected", *OF_PLACES}  # fmt: skip
    for row in TRANSITIONS.values():
        assert set(row.guards) <= set(GUARDS)


def beside(said: object) -> set[str]:
    """The fields beside which something is said."""
    return set(said.fields) if isinstance(said, Invalid) else set()


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({}, set()), ({"recorded": "voice"}, set()), ({"recorded": "paper"}, {"paper"}),
        ({"recorded": "paper", "paper": "x"}, set()), ({"recorded": "voice", "paper": ""}, set()),
        ({"signed_on": NOW}, set()), ({"signed_on": NOW + TICK}, {"signed_on"}), ({"signed_on": NOW - DAY}, set()),
    ],
)  # fmt: skip
def test_an_instruction_is_recorded_with_its_paper_and_not_from_the_future(
    data: dict[str, Any], where: set[str]
) -> None:
    said = stands("recorded_for_another", data)
    assert (beside(said), bool(said)) == (where, bool(where))
    assert rules.recorded_wrong(data, NOW) == "" or where


def test_who_it_lies_before_instructs_and_does_not_record() -> None:
    assert "不必代录" in str(stands("recorded_for_another", actor_is_recipient=True))


REPORTED = NOW - DAY


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"way": "phone"}, set()), ({"way": "post"}, {"served_on"}), ({"way": "letter"}, set()),
        ({"way": "post", "served_on": NOW}, set()), ({"way": "post", "served_on": NOW + TICK}, {"served_on"}),
        ({"served_on": REPORTED}, set()), ({"served_on": REPORTED.replace(second=0)}, set()),
        ({"served_on": REPORTED.replace(second=0) - TICK}, {"served_on"}), ({"served_on": REPORTED - MINUTE}, {"served_on"}),
    ],
)  # fmt: skip
def test_service_lies_between_the_report_and_now(data: dict[str, Any], where: set[str]) -> None:
    said = stands("service_date", data, reported_at=REPORTED.replace(microsecond=999))
    assert (beside(said), bool(said)) == (where, bool(where))


def test_without_a_report_any_past_day_of_service_will_do() -> None:
    assert stands("service_date", {"served_on": NOW - 400 * DAY}) == ""


@pytest.mark.parametrize("outcome", ["reached", "no_answer", "refused", "not_owed"])
@pytest.mark.parametrize("tries", [0, 1, 2, 3])
@pytest.mark.parametrize("reachable", TRUTH)
@pytest.mark.parametrize("more", [{}, {"solved": "yes"}, {"rating": "5"}, {"solved": "no", "rating": "1"}])
def test_a_call_back_is_complete(outcome: str, tries: int, reachable: bool, more: dict[str, str]) -> None:
    said = stands("callback_complete", {"outcome": outcome, **more}, tries=tries, reachable=reachable)
    if outcome == "reached":
        want = set() if "solved" in more else {"solved"}
    elif outcome == "no_answer" and tries < 2:
        assert isinstance(said, str) and "未满三次" in said
        return
    elif outcome == "not_owed" and reachable:
        want = {"outcome"}
    else:
        want = {"rating"} if more else set()
    assert (beside(said), bool(said)) == (want, bool(want))


@pytest.mark.parametrize("solved", ["", "yes", "partly", "no"])
@pytest.mark.parametrize("note", ["", "已说明"])
def test_an_unsolved_matter_is_closed_with_a_reason(solved: str, note: str) -> None:
    want = {"note"} if solved in ("partly", "no") and not note else set()
    assert beside(stands("unsolved_explained", {"note": note}, last_solved=solved)) == want


@pytest.mark.parametrize("open_parts", TRUTH)
@pytest.mark.parametrize("without", ["", "夜里才来"])
def test_a_report_waits_for_the_helpers_or_says_why_not(open_parts: bool, without: str) -> None:
    want = {"without"} if open_parts and not without else set()
    assert beside(stands("parts_collected", {"without": without}, open_parts=open_parts)) == want


def test_the_first_guard_that_stands_in_the_way_speaks() -> None:
    row = TRANSITIONS["petition", "called_back", "redo"]
    assert row.guards == ("redo_possible", "unsolved", "redo_allowed")
    assert "复查" in str(rules.hindrance(row, CaseFacts("petition", written_opinion_served=True), {}, NOW))
    assert "没有说未解决" in str(rules.hindrance(row, CaseFacts("petition"), {}, NOW))
    twice = CaseFacts("petition", last_solved="no", redos=1)
    assert "中心主任" in str(rules.hindrance(row, twice, {}, NOW))
    assert rules.hindrance(row, CaseFacts("petition", last_solved="no"), {}, NOW) == ""


@pytest.mark.parametrize(("solved", "redos", "waits"), [("no", 0, True), ("no", 1, False), ("yes", 0, False)])
def test_what_the_grid_settled_is_taken_up_by_the_street_once_before_it_is_closed_unsolved(
    solved: str, redos: int, waits: bool
) -> None:
    facts = CaseFacts("grid", may_redo=False, last_solved=solved, redos=redos)
    assert ("街道" in str(GUARDS["redone_first"](facts, {}, NOW))) == waits
    assert GUARDS["redone_first"](replace(facts, flow="service"), {}, NOW) == ""


def test_a_leader_is_told_what_a_leader_can_do_and_a_clerk_what_a_clerk_can() -> None:
    said = {
        director: str(stands("instructed_first", needs_instruction=True, actor_is_director=director))
        for director in TRUTH
    }
    assert "由您先写下批示" in said[True] and "由您" not in said[False]
    assert "写明拟办意见" in said[False] and "拟办意见" not in said[True]


def test_facts_that_nobody_gave_are_harmless() -> None:
    """A new matter: nothing returned, redone, tried, said or decided; reachable, sampled, may be redone."""
    facts = CaseFacts("service")
    quiet = {name for name in GUARDS if not GUARDS[name](facts, {}, NOW)}
    assert quiet >= {"few_returns", "instructed_first", "not_designated", "objection_open", "not_refused",
                     "not_accepted_yet", "service_date", "not_own_report", "tries_left", "redo_possible",
                     "redone_first", "reached", "redo_allowed", "no_rating_yet", "unsolved_explained",
                     "review_not_reopen", "parts_collected"}  # fmt: skip
    assert not quiet & {"accepted_first", "unsolved", "followed", "main_answered", "not_sampled", "spared"}
    assert "没有接通" in str(GUARDS["tries_left"](CaseFacts("service", tries=2), {}, NOW))
    assert beside(GUARDS["callback_complete"](facts, {"outcome": "not_owed"}, NOW)) == {"outcome"}
    assert (facts.returns, facts.redos, facts.tries, facts.open_letter, facts.rating) == (0, 0, 0, "", None)
    assert (facts.last_solved, facts.last_outcome, facts.reported_at, facts.objection_due) == (
        "",
        "",
        None,
        None,
    )
    assert not (facts.anonymous or facts.offline or facts.actor_is_director or facts.actor_is_recipient)
    assert not (facts.needs_instruction or facts.main_answered or facts.followed or facts.open_parts)
    assert facts.reachable and facts.may_redo and facts.sampled


# --- what a step asks for --------------------------------------------------------------------------------------

GOOD = {
    "person": "12", "leader": "7", "number": "365", "file": str(UUID4), "date": date(2026, 11, 23),
    "datetime": NOW, "text": "文", "longtext": "文", "unit": "chengguan",
}  # fmt: skip
BAD: dict[str, tuple[Any, ...]] = {
    "person": ("x", "1.5", "-1"), "leader": ("刘", "７x"), "number": ("0", "366", "-1", "一百", "1.5"),
    "file": ("x", str(UUID4)[:-1], f"{UUID4}0"), "date": ("2026-11-23", NOW),
    "datetime": ("2026-11-23", date(2026, 11, 23)), "choice": ("maybe", "Phone"),
}  # fmt: skip
BY_KIND = {field.kind: field.name for field in reversed(list(FIELDS.values()))}


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_good_value_of_every_kind_passes(kind: str) -> None:
    assert not rules._complaint(BY_KIND[kind], GOOD[kind])


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values]
)
def test_a_bad_value_of_every_kind_is_told(kind: str, value: Any) -> None:
    assert rules._complaint(BY_KIND[kind], value)


def test_numbers_begin_at_one_and_end_at_the_fields_limit() -> None:
    assert FIELDS["days"].limit == 365
    said = [bool(rules._complaint("days", value)) for value in ("1", "364", "365", 1, 365)]
    assert said == [False] * 5 and rules._complaint("days", 366) and rules._complaint("days", 0)


@pytest.mark.parametrize("name", ["body", "authority", "doc_number", "instruction", "result"])
def test_a_text_may_have_as_many_letters_as_its_field(name: str) -> None:
    limit = FIELDS[name].limit
    assert not rules._complaint(name, "长" * limit)
    said = str(rules._complaint(name, "长" * (limit + 1)))
    assert str(limit) in said and str(limit + 1) in said


def test_every_missing_field_is_named_at_once_and_values_are_kept() -> None:
    row = TRANSITIONS["petition", "told", "request_review"]
    with pytest.raises(Invalid) as caught:
        rules.check_fields(row, {"way": "letter", "authority": "", "request": None, "note": []})
    assert set(caught.value.fields) == {"asked_on", "authority", "request"}
    assert all("请填写" in str(said) for said in caught.value.fields.values())
    given = {
        "asked_on": date(2026, 11, 1),
        "way": "letter",
        "authority": " 区信访局 ",
        "request": "不服",
        "note": "  ",
    }
    assert rules.check_fields(row, given) == {"asked_on": date(2026, 11, 1), "way": "letter", "authority": "区信访局",
                                              "request": "不服"}  # fmt: skip


def test_a_field_that_may_be_left_out_is_checked_when_it_is_there() -> None:
    row = TRANSITIONS["petition", "told", "call_back"]
    with pytest.raises(Invalid) as caught:
        rules.check_fields(row, {"outcome": "reached", "rating": "9"})
    assert set(caught.value.fields) == {"rating"}
    assert rules.check_fields(row, {"outcome": "reached"}) == {"outcome": "reached"}


def test_strange_fields_are_named_in_turn() -> None:
    with translation.override("zh-hans"), pytest.raises(Invalid, match=r"abc.*xyz"):
        rules.check_fields(TRANSITIONS["service", "dispatched", "sign"], {"xyz": "1", "abc": "2"})


def test_texts_lose_nul_edges_and_identity_numbers_and_other_values_nothing() -> None:
    assert rules.plain(" 甲\x00乙 ") == "甲乙"
    assert "11010519491231002X" not in rules.plain("证件11010519491231002X号")
    assert rules.plain(5) == 5 and rules.plain(None) is None and rules.plain(["a "]) == ["a "]


# --- titles ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("字" * 30, "字" * 30),
        ("字" * 31, "字" * 30 + "…"),
        ("字" * 10 + "，" + "字" * 30, "字" * 10),
        ("字" * 9 + "，" + "字" * 30, "字" * 9 + "，" + "字" * 20 + "…"),
        ("字" * 12 + "," + "字" * 30, "字" * 12),
        ("字" * 12 + " " + "字" * 30, "字" * 12),
        ("字" * 12 + "，" + "字" * 5 + "，" + "字" * 30, "字" * 12 + "，" + "字" * 5),
        ("字" * 12 + "," + "字" * 5 + "，" + "字" * 30, "字" * 12 + "," + "字" * 5),
        ("字" * 12 + "，" + "字" * 5 + "," + "字" * 30, "字" * 12),
        ("  前后有空  。后面", "前后有空"), ("一句；二句", "一句"), ("一句;二句", "一句"), ("一行\r二行", "一行"),
        ("a" * 29 + " " + "b" * 5, "a" * 29),
    ],
)  # fmt: skip
def test_a_title_ends_at_a_mark_or_at_thirty_letters(text: str, title: str) -> None:
    assert rules.make_title(text) == title
    assert rules.TITLE_LENGTH == 30


# --- replay ----------------------------------------------------------------------------------------------------


def test_replay_tells_exactly_what_it_promises() -> None:
    opened = {"set": {"state": "registered", "flow": "petition", "screened": True, "accountable_person": 3,
                      "accountable_unit": 1, "holder": 3, "holder_unit": 1, "lead_unit": None, "beside": 9}}  # fmt: skip
    noted = {"set": {"note": "x"}}
    now = rules.replay([opened, noted])
    assert now == {"state": "registered", "flow": "petition", "screened": True, "next_step": None,
                   "accountable_person": 3, "accountable_unit": 1, "holder": 3, "holder_unit": 1, "lead_unit": None}  # fmt: skip
    steps = [
        {"verb": "answer", "from": "registered", "set": {"holder": 4}},
        {"verb": "close", "from": "answered"},
    ]
    halfway, end = rules.replay([opened, *steps[:1]]), rules.replay([opened, *steps])
    assert (halfway["state"], halfway["next_step"], halfway["holder"]) == (
        "answered",
        STATES["answered"].next_step,
        4,
    )
    assert (end["state"], end["next_step"]) == ("closed", None)


@pytest.mark.parametrize(
    "payload",
    [
        {"verb": "close", "from": "registered"},
        {"verb": "answer", "from": "signed"},
        {"verb": "answer"},
        {"verb": "no"},
    ],
)
def test_replay_stops_where_a_step_cannot_follow(payload: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=f"{payload['verb']} cannot follow registered"):
        rules.replay([{"set": {"state": "registered", "flow": "service"}}, payload])
    with pytest.raises(ValueError, match="cannot follow None"):
        rules.replay([payload])
