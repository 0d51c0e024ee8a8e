"""日报 and 周报: one page of the same lists as everywhere, at a stated cut-off, matters told without names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access.registry import Grants
from yimen.cases.models import Case
from yimen.documents import sheets as paper
from yimen.foundation.errors import Missing
from yimen.grids.kinds import Level

from . import indicators, measures
from .cells import minute
from .period import Period, around
from .workbook import Cell, workbook

SHEETS: Final = {"day": gettext_lazy("日报"), "week": gettext_lazy("周报")}
BLOCKS: Final = (
    (gettext_lazy("来访"), ("received", "groups", "answered", "guided", "open")),
    (gettext_lazy("转办"), ("dispatched", "returned", "return-refused", "recalled", "awaiting")),
    (gettext_lazy("时限"), ("falls-due", "due", "on-time", "overdue", "extended")),
    (gettext_lazy("办结和督促"), ("closed", "redone", "urged", "supervised", "reported-up")),
    (gettext_lazy("回访"), ("called", "reached", "solved", "satisfied", "fairly")),
)
RATES: Final = (
    "on_time_close_rate",
    "valid_callback_rate",
    "solve_rate",
    "satisfaction_rate",
    "response_rate",
)
BY_CATEGORY: Final = ("received", "closed", "overdue")
BY_UNIT: Final = ("dispatched", "returned", "due", "on-time", "overdue", "closed")
MOST_CATEGORIES: Final = 8
MOST_UNITS: Final = 10
TOLD: Final = ("groups", "supervised", "overdue")
MOST_TOLD: Final = 4  # matters of one kind that the sheet names by number


@dataclass(frozen=True, slots=True)
class Item:
    """One number of the sheet and the list it stands for."""

    measure: measures.Measure
    count: int


@dataclass(frozen=True, slots=True)
class Block:
    title: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table: its lines by key, with one number for each measure; `left_out` lines did not fit."""

    title: str
    by: str
    measures: list[measures.Measure]
    lines: list[tuple[str, str, list[int]]]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """Matters worth a word, each by number, category, place and unit; never by name or what was typed."""

    title: str
    matters: list[str]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    title: str
    span: Period
    blocks: list[Block]
    rates: list[indicators.Rate]
    grids: list[Grid]
    told: list[Told]


def span_of(name: str, day: date) -> tuple[date, date]:
    """First and last day of the sheet that `day` belongs to. Raises Missing for another sheet."""
    if name not in SHEETS:
        raise Missing(_("只有日报和周报"))
    return around(name, day)


def sheet(grants: Grants, name: str, span: Period) -> Sheet:
    """The sheet as this reader may see it: four statements, however many numbers and matters."""
    wanted = {key for _title, keys in BLOCKS for key in keys} | {
        n for key in RATES for n in indicators.INDICATORS[key].needs
    }
    asked = [(sorted(wanted), ""), (BY_CATEGORY, "category"), (BY_UNIT, "unit")]
    whole, kinds, units = measures.tallies(grants, asked, span)
    found = {key: row.get("", 0) for key, row in whole.items()}
    blocks = [
        Block(str(title), [Item(measures.MEASURES[key], found[key]) for key in keys])
        for title, keys in BLOCKS
    ]
    names = measures.named("category", "unit")
    grids = [
        _grid(kinds, names["category"], _("按类别"), "category", BY_CATEGORY, MOST_CATEGORIES),
        _grid(units, names["unit"], _("按主办单位"), "unit", BY_UNIT, MOST_UNITS),
    ]
    rates = [indicators.rate(key, found) for key in RATES]
    return Sheet(name, str(SHEETS[name]), span, blocks, rates, grids, _told(grants, span))


def _grid(
    found: measures.Tally, named: dict[str, str], title: str, by: str, keys: tuple[str, ...], most: int
) -> Grid:
    names = named | {"-": _("未转办")}
    groups = [key for key in names if any(key in counts for counts in found.values())]
    groups.sort(key=lambda group: [-found[key].get(group, 0) for key in keys])
    lines = [(group, names[group], [found[key].get(group, 0) for key in keys]) for group in groups[:most]]
    return Grid(title, by, [measures.MEASURES[key] for key in keys], lines, max(0, len(groups) - most))


def _told(grants: Grants, span: Period) -> list[Told]:
    """Some matters of the kinds that are worth a word."""
    lists = measures.lists_of(grants, TOLD, span)
    refs = {key: list(dict.fromkeys(row.case_id for row in rows)) for key, rows in lists.items()}
    described = _described([ref for each in refs.values() for ref in each[:MOST_TOLD]])
    return [
        Told(measures.MEASURES[key].words, [described[ref] for ref in each[:MOST_TOLD] if ref in described],
             max(0, len(each) - MOST_TOLD))
        for key, each in refs.items() if each
    ]  # fmt: skip


def _described(refs: list[int]) -> dict[int, str]:
    rows = Case.objects.filter(hidden_at__isnull=True).select_related("category", "lead_unit", "grid__parent")
    return {ref: _description(case) for ref, case in rows.in_bulk(refs).items()}


def _description(case: Case) -> str:
    """永〔2026〕00023　水电气热　朝阳社区　23 人　供热公司: nothing that was typed."""
    grid = case.grid
    community = (
        (grid if grid.level == Level.COMMUNITY or not grid.parent else grid.parent).name if grid else ""
    )
    people = _("%d 人") % case.party_size if case.party_size > 1 else ""
    unit = case.lead_unit.name if case.lead_unit else _("未转办")
    return "　".join(bit for bit in (case.number, case.category.name, community, people, unit) if bit)


# --- out of the house ------------------------------------------------------------------------------------------------


def period_words(span: Period) -> str:
    if span.first == span.last:
        return f"{span.first:%Y-%m-%d}"
    return _("%(first)s 至 %(last)s") % {"first": f"{span.first:%Y-%m-%d}", "last": f"{span.last:%Y-%m-%d}"}


def moments(span: Period) -> str:
    """截至 and 录入截至: the two moments that make the numbers the same for ever."""
    return _("截至 %(at)s；录入截至 %(known)s") % {"at": minute(span.cutoff), "known": minute(span.known)}


def pdf(one: Sheet, office: str, printed_by: str) -> bytes:
    """One A4 page."""
    return paper.daysheet(
        paper.DaySheet(
            office=office,
            title=one.title,
            period=period_words(one.span),
            moments=moments(one.span),
            blocks=[
                paper.Block(
                    title=block.title, items=[(item.measure.words, str(item.count)) for item in block.items]
                )
                for block in one.blocks
            ],
            rates=[_rate_words(rate) for rate in one.rates],
            tables=[_paper_table(grid) for grid in one.grids],
            told=[_paper_told(told) for told in one.told],
            printed_at=timezone.now(),
            printed_by=printed_by,
        )
    )


def _rate_words(rate: indicators.Rate) -> tuple[str, str, str]:
    return rate.indicator.words, rate.text, f"{rate.part.normalize():f}/{rate.whole}"


def _paper_table(grid: Grid) -> paper.Table:
    rows = [[name, *(str(number) for number in numbers)] for _key, name, numbers in grid.lines]
    note = _("另有 %d 行没有列出") % grid.left_out if grid.left_out else ""
    return paper.Table(title=grid.title, heads=[row.words for row in grid.measures], rows=rows, note=note)


def _paper_told(told: Told) -> tuple[str, list[str]]:
    title = (
        _("%(title)s（另有 %(n)d 件没有列出）") % {"title": told.title, "n": told.more}
        if told.more
        else told.title
    )
    return title, told.matters


def xlsx(one: Sheet, office: str) -> bytes:
    heads = [(_("项目"), 44), (_("数"), 12), *((" ", 12) for _n in range(5))]
    notes = [period_words(one.span), moments(one.span)]
    return workbook(f"{office}{one.title}", notes, heads, list(_xlsx_rows(one)))


def _xlsx_rows(one: Sheet) -> Iterator[list[Cell]]:
    for block in one.blocks:
        yield [block.title]
        for item in block.items:
            yield [item.measure.words, item.count]
        yield []
    for rate in one.rates:
        yield [*_rate_words(rate)]
    for grid in one.grids:
        yield []
        yield [grid.title, *(row.words for row in grid.measures)]
        for _key, name, numbers in grid.lines:
            yield [name, *numbers]
    for told in one.told:
        yield []
        yield [told.title]
        for words in told.matters:
            yield [words]
