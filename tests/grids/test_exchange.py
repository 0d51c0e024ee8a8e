"""Files of the map: out and in again is nothing new; a dry run tells what the real one does; all or nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest

from yimen.foundation.errors import Conflict, Invalid
from yimen.grids import actions
from yimen.grids.coordinates import bd09
from yimen.grids.exchange import geojson, workbook
from yimen.grids.exchange.rows import Sheets
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid, GridPost, GridRevision
from yimen.ledger.models import Entry

from .ground import ACTOR, DAY, SINCE, made, person, posts, rectangle, street, unit

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


def everything() -> Any:
    return Grid.objects.select_related("unit", "parent")


def sheets_of(body: bytes) -> Sheets:
    """A workbook as the page reads it."""
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    rows = {s.title: list(enumerate(s.iter_rows(values_only=True), start=1)) for s in book.worksheets}
    return workbook.read(rows.get("网格"), rows.get("任职"))


def changed(change: Callable[[list[dict[str, Any]]], object]) -> Sheets:
    """The map as GeoJSON with something changed in its features."""
    told = json.loads(geojson.write(everything()))
    change(told["features"])
    return geojson.read(json.dumps(told).encode())


def test_out_and_in_again_changes_nothing_by_either_file() -> None:
    _top, _community, (west, _east) = street()
    posts(person("anna"), west)
    for sheets in (
        geojson.read(geojson.write(everything())),
        sheets_of(workbook.write(everything(), GridPost.objects.select_related("grid", "user"))),
    ):
        outcome = actions.take_in(ACTOR, sheets, dry=False)
        assert not outcome.anything and not outcome.wrong
    assert outcome.same == 5


def test_a_dry_run_says_what_the_real_one_does_and_writes_nothing() -> None:
    _top, _community, (_west, east) = street()
    unit("shequ01")
    before = GridRevision.objects.get().token

    def change(features: list[dict[str, Any]]) -> None:
        features[2]["properties"]["name"] = "新名字"
        features[3]["properties"]["valid_to"] = "2026-11-23"
        added = json.loads(json.dumps(features[3]))
        added["properties"] |= {
            "code": east.code[:-2] + "09",
            "name": "新网格",
            "valid_from": "2026-11-24",
            "valid_to": None,
        }
        features.append(added)

    sheets = changed(change)
    dry = actions.take_in(ACTOR, sheets, dry=True)
    assert GridRevision.objects.get().token == before and not Grid.objects.filter(name="新网格").exists()
    real = actions.take_in(ACTOR, sheets, dry=False)
    assert (dry.added, dry.changed, dry.ended, dry.same) == (real.added, real.changed, real.ended, real.same)
    assert [len(part) for part in (real.added, real.changed, real.ended)] == [1, 1, 1]
    assert Grid.objects.get(name="新名字").number == 1 and Grid.objects.get(pk=east.pk).valid_to == ON
    assert Entry.objects.filter(kind="grids.imported").count() == 1


def test_one_wrong_row_and_nothing_is_written_and_every_wrong_row_is_told() -> None:
    street()

    def change(features: list[dict[str, Any]]) -> None:
        features[0]["properties"]["name"] = "改了"
        features[2]["properties"]["code"] = "12"
        features[3]["properties"]["unit"] = "没有的单位"

    outcome = actions.take_in(ACTOR, changed(change), dry=False)
    assert [one.row for one in outcome.wrong] == [3, 4] and "没有的单位" in outcome.wrong[1].words
    assert not Grid.objects.filter(name="改了").exists()
    assert not Entry.objects.filter(kind__in=("grids.changed", "grids.imported")).exists()


def test_points_of_other_systems_are_converted_where_they_come_in() -> None:
    street()
    west, south = bd09((102.43, 40.2))

    def change(features: list[dict[str, Any]]) -> None:
        features[3]["properties"]["crs"] = "BD-09"
        features[3]["geometry"] = rectangle(west, south)

    actions.take_in(ACTOR, changed(change), dry=False)
    east = Grid.objects.get(number=2)
    assert east.crs == "wgs84"
    assert east.polygon["coordinates"][0][0] == pytest.approx([102.43, 40.2], abs=1e-8)  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("urn:ogc:def:crs:EPSG::4490", "cgcs2000"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "wgs84"),
        ("GCJ-02", "wgs84"),
    ],
)
def test_the_files_own_coordinate_system_holds_for_its_features(name: str, kept: str) -> None:
    street()
    told = json.loads(geojson.write(everything()))
    told["crs"] = {"type": "name", "properties": {"name": name}}
    for feature in told["features"]:
        del feature["properties"]["crs"]
    outcome = actions.take_in(ACTOR, geojson.read(json.dumps(told).encode()), dry=False)
    assert not outcome.wrong and set(Grid.objects.values_list("crs", flat=True)) == {kept}


def test_an_unknown_coordinate_system_is_refused_by_row() -> None:
    street()
    sheets = changed(lambda features: features[1]["properties"].update(crs="西安80"))
    assert [one.row for one in sheets.wrong] == [2]


def test_what_leaves_for_the_public_is_rounded() -> None:
    made(Level.STREET, 0, polygon=rectangle(102.412345, 40.1))
    told = json.loads(geojson.write(everything(), public=True))
    assert told["features"][0]["geometry"]["coordinates"][0][0] == [102.412, 40.1]


def test_a_denied_column_refuses_the_file_by_its_name() -> None:
    street()
    with pytest.raises(Invalid, match="重点人员"):
        changed(lambda features: features[0]["properties"].update({"重点人员": "x"}))
    with pytest.raises(Invalid) as refused:
        workbook.read([(1, ["编码", "层级", "名称", "归属单位", "设立日期", "低保户"]), (2, ["1"] * 6)], None)
    assert "低保" in str(refused.value.fields["file"])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"type":"FeatureCollection","features":[]}', b"\xff\xfe", b'{"features":[1]}'],
)
def test_what_is_no_map_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        geojson.read(body)
    assert "file" in refused.value.fields


def test_missing_columns_are_named() -> None:
    with pytest.raises(Invalid) as refused:
        workbook.read([(1, ["编码", "名称"]), (2, ["1", "x"])], None)
    assert "归属单位" in str(refused.value.fields["file"])
    with pytest.raises(Invalid):
        workbook.read(None, None)


def test_formulas_do_not_leave_the_house() -> None:
    top = made(Level.STREET, 0, name="=1+1", places=["@SUM(A1)"])
    book = openpyxl.load_workbook(io.BytesIO(workbook.write([top], [])))
    cells = {cell.value: cell.data_type for cell in book["网格"][2] if cell.value}
    assert cells["=1+1"] == "s" and cells["@SUM(A1)"] == "s"


def test_posts_are_added_and_ended_by_the_workbook() -> None:
    _top, _community, (west, _east) = street()
    anna, ben = person("anna"), person("ben")
    posts(anna, west)
    head = (1, ["网格编码", "登录名", "职务", "开始日期", "结束日期"])
    rows = [
        head, (2, [west.code, "anna", "网格员", "2025-01-01", "2026-11-23"]),
        (3, [west.code, "BEN", "网格长", date(2026, 1, 1), None]),
    ]  # fmt: skip
    outcome = actions.take_in(ACTOR, workbook.read(None, rows), dry=False)
    assert [len(part) for part in (outcome.added, outcome.changed, outcome.ended)] == [1, 0, 1]
    assert GridPost.objects.get(user=anna).until == ON
    assert GridPost.objects.get(user=ben).role == PostRole.LEAD
    wrong = [
        head,
        (2, ["1", "anna", "网格员", "2026-01-01", ""]),
        (3, [west.code, "zzz", "网格员", "2026-01-01", ""]),
    ]
    told = actions.take_in(ACTOR, workbook.read(None, wrong), dry=False)
    assert [one.row for one in told.wrong] == [2, 3]
    assert workbook.read(None, [head, (2, [west.code, "anna", "所长", "x", ""])]).wrong


def test_a_grid_ends_with_its_posts_and_not_before_those_below_it() -> None:
    _top, community, (west, east) = street()
    row = posts(person("anna"), west)
    with pytest.raises(Invalid):
        actions.change_grid(ACTOR, community, {"valid_to": ON})
    actions.change_grid(ACTOR, west, {"valid_to": ON})
    row.refresh_from_db()
    assert row.until == ON
    with pytest.raises(Conflict):
        actions.change_grid(ACTOR, west, {"valid_to": ON + DAY})
    with pytest.raises(Invalid):
        actions.change_grid(ACTOR, east, {"valid_to": SINCE - DAY})
    with pytest.raises(TypeError):
        actions.change_grid(ACTOR, east, {"code": "1"})


def test_a_code_lies_in_what_it_belongs_to() -> None:
    _top, community, _grids = street()
    with pytest.raises(Invalid) as refused:
        made(Level.GRID, 2, 1, community)
    assert "code" in refused.value.fields
    with pytest.raises(Invalid) as long:
        made(Level.GRID, 1, 7, community, name="长" * 41)
    assert "name" in long.value.fields
