"""Figures: honest denominators, the same numbers for the same cut-off, and every number is its list."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cast import Cast, advance
from yimen.cases.actions import callbacks
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.models import Case
from yimen.foundation.errors import Missing
from yimen.reports import measures

MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MARCH = measures.period(date(2026, 3, 1), date(2026, 3, 31))


def service(cast: Cast, state: str, *, at: datetime = MORNING, begun: datetime = MORNING) -> Case:
    from yimen.cases.actions.limits import screen

    director = cast["director"]
    case = cast["clerk1"].opens(at=begun)
    case = screen(director.actor, director.grants, case.uuid, flow="service", at=begun)
    return advance(cast, case, state, at=at)


def total(cast: Cast, span: measures.Period = MARCH, who: str = "director") -> measures.Line:
    return measures.table(cast[who].grants, span)[0]


def test_what_is_due_counts_whether_concluded_or_not(cast: Cast) -> None:
    service(cast, "told")
    service(cast, "in_hand")
    service(cast, "told", at=MORNING + timedelta(days=20))
    line = total(cast)
    assert (line.counts["due"], line.counts["on-time"], line.counts["late"], line.counts["open-late"]) == (
        3,
        1,
        1,
        1,
    )
    assert line.rates[0].text == "33.3%"


def test_a_rate_of_nothing_is_a_dash(cast: Cast) -> None:
    assert {rate.text for rate in total(cast).rates} == {"—"}


def test_no_answer_is_neither_satisfied_nor_dissatisfied(cast: Cast) -> None:
    caller = cast["clerk2"]
    for outcome in ({"outcome": "reached", "solved": "yes", "rating": "5"}, {"outcome": "refused"}):
        case = service(cast, "told")
        callbacks.record_callback(caller.actor, caller.grants, case.uuid, outcome, at=MORNING)
    line = total(cast)
    assert (line.counts["called"], line.counts["reached"], line.counts["rated"]) == (2, 1, 1)
    assert [rate.text for rate in line.rates[1:]] == ["50.0%", "100.0%", "100.0%"]


def test_fairly_satisfied_counts_by_its_weight(cast: Cast) -> None:
    caller, case = cast["clerk2"], service(cast, "told")
    answer = {"outcome": "reached", "solved": "yes", "rating": "3"}
    callbacks.record_callback(caller.actor, caller.grants, case.uuid, answer, at=MORNING)
    assert total(cast).rates[3].text == "90.0%"


def test_the_same_cut_off_gives_the_same_numbers_later(cast: Cast) -> None:
    case = service(cast, "in_hand")
    then = measures.period(date(2026, 3, 1), date(2026, 3, 31), MORNING + timedelta(days=10))
    before = total(cast, then).counts
    later, handler = MORNING + timedelta(days=15), cast["handler.chengguan"]
    case = handler.does(case, "report", at=later, result="修好了")
    handler.does(cast["head.chengguan"].does(case, "verify", at=later), "tell", at=later, way="phone")
    assert total(cast, then).counts == before
    assert before["open-late"] == 1
    assert total(cast).counts["late"] == 1


@pytest.mark.parametrize("by", list(measures.GROUPS))
def test_every_number_is_the_length_of_its_list(cast: Cast, by: str) -> None:
    service(cast, "told")
    service(cast, "in_hand")
    cast["clerk1"].opens(at=MORNING)
    grants = cast["director"].grants
    for line in measures.table(grants, MARCH, by):
        for name, count in line.counts.items():
            rows = measures.of_group(measures.matters(grants, name, MARCH), by, line.key)
            assert rows.count() == count, (line.name, name)


def test_a_sealed_matter_is_in_no_figure(cast: Cast) -> None:
    clerk = cast["clerk1"]
    hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"], at=MORNING)
    assert set(total(cast, who="clerk1").counts.values()) == {0}


def test_a_head_counts_only_what_the_unit_may_see(cast: Cast) -> None:
    service(cast, "told")
    assert total(cast, who="head.chengguan").counts["due"] == 1
    assert total(cast, who="head.zhifa").counts["due"] == 0


def test_an_unknown_measure_or_grouping_is_missing(cast: Cast) -> None:
    with pytest.raises(Missing):
        measures.matters(cast["director"].grants, "people", MARCH)
    with pytest.raises(Missing):
        measures.table(cast["director"].grants, MARCH, "person")
