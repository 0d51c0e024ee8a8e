"""The check of the map: each fault is found where it was made, and a whole street has none."""

from __future__ import annotations

from datetime import date

import pytest

from yimen.grids import actions, coverage, wording
from yimen.grids.coverage import Fault, check
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid, GridPost

from .ground import ACTOR, DAY, made, person, posts, rectangle, street

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def whole() -> tuple[Grid, Grid, list[Grid]]:
    """A street in which everybody is where they should be."""
    top, community, grids = street()
    for grid in (top, community, *grids):
        posts(person(f"lead{grid.pk}"), grid, PostRole.LEAD)
    for grid in grids:
        posts(person(f"worker{grid.pk}"), grid)
    return top, community, grids


def found() -> set[tuple[Fault, int]]:
    return {(one.fault, one.grid.pk) for one in check(TODAY)}


def test_a_whole_street_has_nothing_to_put_right() -> None:
    whole()
    assert check(TODAY) == []


def test_overlaps_and_gaps_and_what_lies_outside_are_named_with_their_size() -> None:
    _top, community, (_west, east) = whole()
    actions.change_grid(ACTOR, east, {"polygon": rectangle(102.409, 40.1)})
    overlap = next(one for one in check(TODAY) if one.fault == Fault.OVERLAP)
    assert {overlap.grid.name, overlap.other.name} == {"g1-1", "g1-2"}  # type: ignore[union-attr]
    assert overlap.area == pytest.approx(0.001 * 111_320 * 0.7649 * 0.01 * 111_320, rel=0.01)
    assert "重叠" in wording.finding(overlap)
    assert (Fault.GAP, community.pk) in found()
    actions.change_grid(ACTOR, east, {"polygon": rectangle(102.411, 40.1)})
    assert {(Fault.GAP, community.pk), (Fault.OUTSIDE, east.pk)} <= found()
    assert (Fault.OVERLAP, overlap.grid.pk) not in found()


def test_an_overlap_is_told_once_and_touching_is_none() -> None:
    _top, _community, (west, east) = whole()
    assert not [one for one in check(TODAY) if one.fault == Fault.OVERLAP]
    actions.change_grid(ACTOR, east, {"polygon": west.polygon})
    assert len([one for one in check(TODAY) if one.fault == Fault.OVERLAP]) == 1


def test_rounding_of_a_corner_is_no_gap() -> None:
    _top, community, (_west, east) = whole()
    nearly = rectangle(102.41, 40.1, 0.0099999)
    actions.change_grid(ACTOR, east, {"polygon": nearly})
    assert (Fault.GAP, community.pk) not in found()


def test_grids_without_worker_or_lead_today_are_named() -> None:
    top, _community, (west, east) = whole()
    worker = GridPost.objects.get(grid=west, role="worker")
    lead = GridPost.objects.get(grid=east, role="lead")
    actions.end_post(ACTOR, worker.pk, TODAY - DAY)
    actions.take_leave(ACTOR, lead.user, TODAY, TODAY)
    assert found() == {(Fault.NO_WORKER, west.pk), (Fault.NO_LEAD, east.pk)}
    assert {(one.fault, one.grid.pk) for one in check(TODAY + DAY)} == {(Fault.NO_WORKER, west.pk)}
    assert top


def test_people_who_have_left_are_named() -> None:
    _top, _community, (west, _east) = whole()
    row = GridPost.objects.select_related("user").get(grid=west, role="worker")
    row.user.is_active = False
    row.user.save()
    rows = check(TODAY)
    assert [(one.fault, one.name) for one in rows] == [(Fault.NO_WORKER, ""), (Fault.LEFT, row.user.name)]
    assert row.user.name in wording.finding(rows[-1])


def test_where_nobody_answers_up_to_the_street_it_is_said() -> None:
    top, _community, (west, _east) = street()
    assert {(Fault.NOBODY, top.pk), (Fault.NOBODY, west.pk)} <= found()


def test_a_grid_without_an_outline_and_one_that_has_ended() -> None:
    _top, community, (_west, east) = whole()
    bare = made(Level.GRID, 1, 8, community)
    assert (Fault.NO_OUTLINE, bare.pk) in found()
    actions.change_grid(ACTOR, east, {"valid_to": TODAY - DAY})
    assert not [one for one in check(TODAY) if one.grid.pk == east.pk]
    assert (Fault.GAP, community.pk) in found()


def test_every_fault_has_its_words() -> None:
    assert set(wording.FAULTS) == set(coverage.Fault)
