"""Rates by hand: what stands above and below the line, and "—" for nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.reports.world import after, call, march, service

from cast import Cast
from yimen.foundation.errors import Missing
from yimen.reports import indicators, measures
from yimen.reports.indicators import rate, three_rates_score

ZERO = dict.fromkeys(indicators.NEEDED, 0)


def of(cast: Cast) -> dict[str, str]:
    return {row.indicator.key: row.text for row in indicators.total(cast["director"].grants, march()).rates}


def test_every_indicator_names_lists_that_are_there_with_source_and_status() -> None:
    assert {"on_time_close_rate", "return_rate", "valid_callback_rate", "repeat_rate"} < set(
        indicators.INDICATORS
    )
    for row in indicators.INDICATORS.values():
        assert set(row.needs) <= set(measures.MEASURES) and row.source and row.status and row.zh and row.en
    assert set(measures._LISTS) | set(measures._PARTS) == set(measures.MEASURES)


def test_a_rate_of_nothing_is_a_dash(cast: Cast) -> None:
    assert set(of(cast).values()) == {"—"}
    assert indicators.total(cast["director"].grants, march()).score == "—"


def test_the_rates_of_a_small_world(cast: Cast) -> None:
    call(cast, service(cast, "told"), outcome="reached", solved="yes", rating="5")
    call(cast, service(cast, "told"), outcome="reached", solved="yes", rating="3")
    call(cast, service(cast, "told"), outcome="refused")
    service(cast, "in_hand")
    service(cast, "told", at=after(20))
    found = of(cast)
    assert (found["on_time_close_rate"], found["close_rate"]) == ("60.0%", "80.0%")
    assert (found["solve_rate"], found["satisfaction_rate"], found["response_rate"]) == (
        "100.0%",
        "95.0%",
        "0.0%",
    )
    assert found["valid_callback_rate"] == "50.0%"  # of four owed: the late one was not called at all
    assert (found["return_rate"], found["dispatch_accuracy"], found["redo_rate"]) == ("0.0%", "100.0%", "—")


def test_fairly_satisfied_counts_by_its_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = ZERO | {"reached": 2, "satisfied": 1, "fairly": 1}
    assert rate("satisfaction_rate", counts).text == "95.0%"
    monkeypatch.setenv("YIMEN_FAIRLY_SATISFIED_WEIGHT", "0.5")
    assert rate("satisfaction_rate", counts).text == "75.0%"


def test_the_three_rates_are_multiplied_by_a_hundred_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = ZERO | {"reached": 4, "contacted": 4, "solved": 2, "satisfied": 3}
    assert three_rates_score(counts) == Decimal("0.1") + Decimal("0.5") * Decimal("0.5") + Decimal(
        "0.4"
    ) * Decimal("0.75")
    assert indicators.percent(three_rates_score(counts)) == "65.0%"
    monkeypatch.setenv("YIMEN_FIGURES_THREE_RATES", "b")
    assert indicators.percent(three_rates_score(counts)) == "73.8%"


@pytest.mark.parametrize("example", ["a", "b"])
def test_the_weights_of_an_example_add_up_to_one(example: str) -> None:
    assert sum(indicators.number(f"three_rates_{example}_{name}") for name in indicators.THREE) == 1


@pytest.mark.parametrize("by", measures.GROUPS)
def test_lines_add_up_to_the_total_in_a_fixed_number_of_queries(
    cast: Cast, by: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    service(cast, "told")
    service(cast, "in_hand", unit="zhifa", category="appearance")
    with django_assert_max_num_queries(16):
        total, *lines = indicators.table(cast["director"].grants, march(), by)
    assert len(lines) >= 2
    assert total.counts == indicators.total(cast["director"].grants, march()).counts


def test_figures_are_by_units_and_classes_never_by_person(cast: Cast) -> None:
    assert measures.GROUPS == ("unit", "category")
    with pytest.raises(Missing):
        indicators.table(cast["director"].grants, march(), "holder")
    with pytest.raises(Missing):
        indicators.rate("clerk_rate", ZERO)
