"""日报 and 周报: one A4 page, the same numbers as the lists, matters without names."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest
from openpyxl import load_workbook
from tests.reports.world import MORNING, after, call, matter, service

from cast import Cast
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.foundation.errors import Missing
from yimen.reports import measures, sheets


def week(cast: Cast, who: str = "director", cutoff: object = None) -> sheets.Sheet:
    first, last = sheets.span_of("week", MORNING.date())
    return sheets.sheet(cast[who].grants, "week", measures.period(first, last, cutoff))  # type: ignore[arg-type]


def numbers(one: sheets.Sheet) -> dict[str, int]:
    return {item.measure.name: item.count for block in one.blocks for item in block.items}


def busy(cast: Cast) -> None:
    call(cast, service(cast, "told"), after(1), outcome="reached", solved="yes", rating="5")
    service(cast, "in_hand", name="欧阳兰", phone="13800002071", text="欧阳兰家漏水。")
    matter(cast, party_size=23, category="utilities")
    clerk = cast["clerk1"]
    hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"], at=MORNING)


def test_a_week_runs_from_monday_and_a_day_is_a_day() -> None:
    assert sheets.span_of("week", date(2026, 3, 8)) == (date(2026, 3, 2), date(2026, 3, 8))
    assert sheets.span_of("day", date(2026, 3, 8)) == (date(2026, 3, 8), date(2026, 3, 8))
    with pytest.raises(Missing):
        sheets.span_of("month", date(2026, 3, 8))


def test_the_sheet_counts_what_the_lists_hold(cast: Cast) -> None:
    busy(cast)
    one, grants = week(cast), cast["director"].grants
    found = numbers(one)
    assert (found["received"], found["groups"], found["dispatched"], found["reached"]) == (3, 1, 2, 1)
    for name, count in found.items():
        assert len(measures.rows_of(grants, name, one.span)) == count, name
    for grid in one.grids:
        for key, _words, counts in grid.lines:
            for row, count in zip(grid.measures, counts, strict=True):
                assert len(measures.rows_of(grants, row.name, one.span, grid.by, key)) == count


def test_the_sheet_stays_the_same_at_its_cut_off(cast: Cast) -> None:
    busy(cast)
    first = week(cast, cutoff=after(2))
    service(cast, "closed", begun=after(3), at=after(3))
    again = sheets.sheet(cast["director"].grants, "week", first.span)
    assert again == first


def test_matters_are_told_by_number_without_names(cast: Cast) -> None:
    busy(cast)
    one = week(cast)
    told = str(one.told)
    assert "23 人" in told and "欧阳兰" not in told and "家漏水" not in told


@pytest.mark.parametrize("name", list(sheets.SHEETS))
def test_the_paper_is_one_a4_page_with_both_moments(cast: Cast, name: str) -> None:
    busy(cast)
    first, last = sheets.span_of(name, MORNING.date())
    one = sheets.sheet(cast["director"].grants, name, measures.period(first, last))
    reader = pypdf.PdfReader(io.BytesIO(sheets.pdf(one, "永安路街道综治中心", "刘主任")))
    text = "".join(reader.pages[0].extract_text().split())
    assert len(reader.pages) == 1 and round(float(reader.pages[0].mediabox.height)) == 842
    assert str(sheets.SHEETS[name]) in text and "录入截至" in text and "集体来访" in text
    assert "欧阳兰" not in text and "密件" not in text


def test_the_workbook_holds_the_same_numbers(cast: Cast) -> None:
    busy(cast)
    one = week(cast)
    rows = load_workbook(io.BytesIO(sheets.xlsx(one, "综治中心"))).active.iter_rows(values_only=True)
    found = {row[0]: row[1] for row in reversed(list(rows)) if row[0]}
    assert (found["收到"], found["集体来访"], found["有效回访"]) == (3, 1, 1)
    assert "欧阳兰" not in str(found)


def test_an_empty_week_prints_too(cast: Cast) -> None:
    assert len(pypdf.PdfReader(io.BytesIO(sheets.pdf(week(cast), "综治中心", ""))).pages) == 1
