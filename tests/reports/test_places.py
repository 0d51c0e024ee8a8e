"""Matters of places are counted apart: the window's figures keep their meaning."""

from __future__ import annotations

from datetime import timedelta

from tests.reports.world import MORNING, march, numbers, service

from cast import Cast
from places import HATCH, advance, settle
from yimen.cases.actions.climbing import climb_due
from yimen.cases.models import Case
from yimen.reports import indicators, measures, registers

WINDOW = ("received", "closed", "due", "on-time", "overdue", "open", "dispatched")
APART = ("places-received", "places-on-the-spot", "places-closed", "places-due", "places-on-time", "places-open",
         "places-overdue", "places-sent", "places-climbed", "places-reworked")  # fmt: skip


def test_what_lies_in_the_street_is_counted_apart_from_what_people_bring(cast: Cast) -> None:
    service(cast, "closed")
    before = numbers(cast, *WINDOW)
    places = settle(cast)
    advance(places, places.reports(kind=HATCH, at=MORNING), "closed", at=MORNING)
    places.reports(settled="清走了", at=MORNING)
    late = places.reports(kind=HATCH, at=MORNING)
    assert numbers(cast, *WINDOW) == before
    assert numbers(cast, *APART) == [3, 1, 2, 1, 1, 1, 1, 1, 0, 0]
    climb_due(MORNING + timedelta(days=20))
    climb_due(MORNING + timedelta(days=29))
    assert numbers(cast, "places-climbed") == [1]
    assert Case.objects.get(pk=late.pk).state == "sent"


def test_the_share_of_places_closed_in_time_stands_beside_those_of_the_window(cast: Cast) -> None:
    service(cast, "closed")
    places = settle(cast)
    advance(places, places.reports(kind=HATCH, at=MORNING), "filed", at=MORNING)
    line = indicators.total(cast["director"].grants, march())
    shown = {rate.indicator.key: rate.text for rate in line.rates}
    assert shown["on_time_close_rate"] == "100.0%" and shown["places_on_time_rate"] == "0.0%"
    assert all(name in measures.MEASURES for name in APART)


def test_the_registers_of_visits_and_dispatches_hold_no_places(cast: Cast) -> None:
    places = settle(cast)
    advance(places, places.reports(kind=HATCH, at=MORNING), "handling", at=MORNING)
    service(cast, "in_hand")
    day = MORNING.date()
    for name in ("visits", "dispatches"):
        assert registers.rows(cast["director"].grants, name, day, day, {}).count() == 1
