"""The map of open matters: every mark leads to its matter, only what one may see, filters as on the lists."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.grids import ground

from cast import Cast
from yimen.cases import on_map, queries
from yimen.cases.models import Case
from yimen.cases.on_map import Box
from yimen.foundation.errors import Missing
from yimen.grids.models import Grid
from yimen.web.staff.show import map as show
from yimen.web.staff.show.map import ASPECT, fitted

from .staff_ground import Enter, in_use

MAP = "/staff/map/"
MARK = re.compile(r'<a class="mark ([^"]*)" href="([^"]*)" aria-label="([^"]*)"')


@pytest.fixture
def street(cast: Cast) -> list[Grid]:
    """Two grids beside each other, west 102.4 to east 102.42, south 40.1 to north 40.11."""
    in_use(cast)
    return ground.street()[2]


def put(case: Case, lng: float, lat: float, **more: Any) -> Case:
    Case.objects.filter(pk=case.pk).update(lng=lng, lat=lat, crs="WGS-84", **more)
    return case


def marks(answer: Any) -> list[tuple[str, str, str]]:
    return [
        (kind, unescape(url), unescape(label)) for kind, url, label in MARK.findall(answer.content.decode())
    ]


def test_a_matter_alone_opens_itself_and_neighbours_open_nearer(
    cast: Cast, enter: Enter, street: list[Grid]
) -> None:
    clerk = cast["clerk1"]
    lone = put(clerk.opens("路灯不亮。"), 102.402, 40.102)
    whole = show.street()
    assert whole is not None
    middle = whole.west + whole.width * 8.5 / on_map.COLUMNS  # of one cell
    near = [put(clerk.opens(f"垃圾 {n}。"), middle + n / 20_000, 40.1045) for n in range(3)]
    found = {kind: (url, label) for kind, url, label in marks(enter("clerk1").get(MAP))}
    assert found["one"][0] == f"/staff/cases/{lone.uuid}/" and lone.number in found["one"][1]
    assert "3 件" in found["many"][1]
    client, url, seen = enter("clerk1"), found["many"][0], set()
    for _step in range(8):  # nearer and nearer, until each stands by itself
        page = marks(client.get(url))
        seen = {one for kind, one, _label in page if kind.startswith("one")}
        if len(seen) == 3:
            break
        url = next(one for kind, one, _label in page if kind.startswith("many"))
    assert seen == {f"/staff/cases/{case.uuid}/" for case in near}


def test_matters_at_the_very_same_place_are_told_apart_in_the_list(
    cast: Cast, enter: Enter, street: list[Grid]
) -> None:
    same = [put(cast["clerk1"].opens(f"电梯故障 {n}。"), 102.405, 40.105) for n in range(2)]
    client, url = enter("clerk1"), MAP
    for _step in range(12):
        url = next(one for kind, one, _label in marks(client.get(url)) if kind.startswith("many"))
        if url.endswith("#rows"):
            break
    page = client.get(url).content.decode()
    assert all(f"/staff/cases/{case.uuid}/" in page for case in same)


def test_a_late_matter_says_so_in_words_and_not_in_colour_alone(
    cast: Cast, enter: Enter, street: list[Grid]
) -> None:
    put(cast["clerk1"].opens(at=timezone.now() - timedelta(days=40)), 102.405, 40.105)
    kind, _url, _label = marks(enter("clerk1").get(MAP))[0]
    page = enter("clerk1").get(MAP).content.decode()
    assert kind == "one late" and re.search(r'class="mark one late".*?<text[^>]*>!</text>', page, re.S)


def test_a_matter_without_a_point_is_counted_at_its_grid_and_listed_there(
    cast: Cast, enter: Enter, street: list[Grid]
) -> None:
    case = cast["clerk1"].opens()
    Case.objects.filter(pk=case.pk).update(grid=street[0])
    client = enter("clerk1")
    kind, url, label = marks(client.get(MAP))[0]
    assert kind == "grid" and "1 件没有坐标" in label
    assert case.number in client.get(url).content.decode()


def test_only_what_one_may_see_and_what_the_filters_leave(
    cast: Cast, enter: Enter, street: list[Grid]
) -> None:
    case = put(cast["clerk1"].opens("路灯不亮。", "appearance"), 102.402, 40.102)
    assert marks(enter("handler.zhifa").get(MAP)) == []
    assert len(marks(enter("clerk2").get(f"{MAP}?category=appearance"))) == 1
    assert marks(enter("clerk2").get(f"{MAP}?category=neighbour")) == []
    assert len(marks(enter("clerk2").get(f"{MAP}?q=路灯"))) == 1
    Case.objects.filter(pk=case.pk).update(hidden_at=timezone.now())
    assert marks(enter("clerk2").get(MAP)) == []


def test_a_box_that_is_none_is_refused_in_words(enter: Enter, street: list[Grid]) -> None:
    for words in ("1,2,3", "a,b,c,d", "5,5,4,4", "-500,0,1,1", "nan,0,1,1", "0,0,90,60"):
        assert enter("clerk1").get(MAP, {"box": words}).status_code == 404, words
    with pytest.raises(Missing):
        on_map.box_of("0,0,inf,1")


def test_without_outlines_the_page_says_what_to_do(cast: Cast, enter: Enter) -> None:
    in_use(cast)
    assert "还没有画网格边界" in enter("clerk1").get(MAP).content.decode()


@given(st.floats(-179, 179), st.floats(-60, 60), st.floats(0.0001, 1), st.floats(0.0001, 1))
def test_a_fitted_box_holds_what_was_asked_for_in_the_shape_of_the_sheet(west, south, wide, high):
    asked = Box(west, south, west + wide, south + high)
    box = fitted(asked)
    small = 1e-9
    assert box.west <= asked.west + small and box.east >= asked.east - small
    assert box.south <= asked.south + small and box.north >= asked.north - small
    from math import cos, radians

    shape = box.width * cos(radians((asked.south + asked.north) / 2)) / box.height
    assert shape == pytest.approx(ASPECT, rel=1e-6)


POINTS = st.lists(st.tuples(st.floats(102.39, 102.43), st.floats(40.09, 40.12)), max_size=12)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(POINTS)
def test_every_matter_in_the_box_is_in_exactly_one_cluster_and_none_outside(points):
    from django.db import transaction

    from cast import play

    try:
        with transaction.atomic():
            cast = play()
            cases = [
                put(cast["clerk1"].opens(f"第{n}件，路灯不亮。"), *point) for n, point in enumerate(points)
            ]
            box = Box(102.4, 40.1, 102.42, 40.11)
            inside = [p for p in points if box.west <= p[0] <= box.east and box.south <= p[1] <= box.north]
            rows = queries.visible_to(cast["clerk1"].grants).filter(open=True)
            found = on_map.clusters(rows, box, timezone.now())
            assert sum(one.count for one in found) == len(inside)
            assert len(on_map.listed(rows, box, 99)) == len(inside)
            by_id = {case.pk: point for case, point in zip(cases, points, strict=True)}
            assert all(by_id[one.only] in inside for one in found if one.only is not None)
            raise Undo
    except Undo:
        pass


class Undo(Exception):
    """The example leaves nothing behind."""
