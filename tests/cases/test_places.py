"""Matters of places: one way in, every step of the flow, who holds and who sees."""

from __future__ import annotations

import pytest

from cast import Cast
from places import Places, advance, settle
from yimen.cases.models import Case
from yimen.ledger.models import Entry


@pytest.fixture
def places(cast: Cast) -> Places:
    return settle(cast)


def kinds(case: Case) -> list[str]:
    rows = Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_a_report_begins_where_its_class_may_be_settled(places: Places) -> None:
    assert places.reports().state == "at_grid"
    assert places.reports(kind="event:0103").state == "at_community"
    assert places.reports(kind="facility:0101").state == "raised"


def test_what_is_settled_on_the_spot_closes_at_once(places: Places) -> None:
    case = places.reports(settled="叫环卫清走了")
    assert case.state == "closed" and case.settled_on_spot
    assert kinds(case) == ["case.event_reported", "case.settle"]


def test_the_straight_way_from_report_to_closed(places: Places) -> None:
    case = advance(places, places.reports(kind="facility:0101"), "closed")
    assert kinds(case)[1:] == [
        "case.admit",
        "case.file",
        "case.send",
        "case.take",
        "case.handle",
        "case.pass_check",
    ]
