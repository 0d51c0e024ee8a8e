"""The map as files: coverage check, export, and import with a dry run. And the paper that is posted in a grid."""

from __future__ import annotations

import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.documents.posters import Poster, poster
from yimen.foundation.errors import Invalid, YimenError
from yimen.grids import actions, coverage, queries, wording
from yimen.grids.actions.importing import Outcome
from yimen.grids.exchange import geojson, workbook
from yimen.grids.exchange.rows import GRIDS, POSTS, Sheets
from yimen.grids.kinds import Level
from yimen.grids.models import Grid, GridPost
from yimen.grids.outlines import Drawing
from yimen.intake.importer import workbook as reader

from .. import again
from ..door import StaffRequest, page
from ..forms.grids import MapFile
from ..forms.rows import today
from ..show import grids as show
from .exports import XLSX, attached
from .printing import office, sent

LARGEST: Final = 10 * 1024 * 1024


@page("grids.post", methods=("GET", "HEAD"))
def check(request: StaffRequest) -> HttpResponse:
    """Overlaps, gaps, grids without a worker or leader, people who have left; each leads to its grid."""
    with queries.held():
        found = coverage.check()
    kinds = [
        (wording.FAULTS[fault], [(one, wording.finding(one)) for one in rows])
        for fault, rows in groupby(found, key=lambda one: one.fault)
    ]
    return render(request, "staff/grids/coverage.html", {"kinds": kinds, "count": len(found)})


@page("grids.draw")
def exchange(request: StaffRequest) -> HttpResponse:
    """Choose a file, see what it would do, then take it in; or have the map as a file."""
    if request.method == "POST" and "again" in request.POST:
        return _take_in(request)
    form = MapFile(request.POST, request.FILES) if request.method == "POST" else MapFile()
    shown: dict[str, Any] = {"form": form}
    status = 200
    if form.is_bound:
        try:
            shown |= _tried(request, form)
        except Invalid as error:
            form.refuse(error)
        status = 200 if "outcome" in shown else 400
    return render(request, "staff/grids/exchange.html", shown, status=status)


def _tried(request: StaffRequest, form: MapFile) -> dict[str, Any]:
    """The dry run of the chosen file; the file goes along packed, to be taken in by one more press."""
    if not form.is_valid():
        return {}
    file = form.cleaned_data["file"]
    if file.size > LARGEST:
        raise Invalid(_("还不能导入"), {"file": _("文件超过 10 MB")})
    body = file.read()
    outcome = actions.take_in(request.actor, _read(body), dry=True)
    packed = again.packed(body) if outcome.anything and not outcome.wrong else ""
    return {"outcome": outcome, "packed": packed, "file_name": file.name}


def _take_in(request: StaffRequest) -> HttpResponse:
    """For good: read and checked once more, since the map may have changed meanwhile."""
    try:
        outcome = actions.take_in(
            request.actor, _read(again.unpacked(request.POST["again"], LARGEST)), dry=False
        )
    except YimenError as error:
        messages.error(request, str(error))
        return redirect("staff:grid-exchange")
    if outcome.wrong:
        return render(
            request, "staff/grids/exchange.html", {"form": MapFile(), "outcome": outcome}, status=409
        )
    messages.success(request, _done(outcome))
    return redirect("staff:grids")


def _done(outcome: Outcome) -> str:
    counts = {"a": len(outcome.added), "c": len(outcome.changed), "e": len(outcome.ended)}
    return _("已导入：新增 %(a)d，修改 %(c)d，结束 %(e)d。") % counts


def _read(body: bytes) -> Sheets:
    """By what the file begins with: a workbook is a ZIP archive."""
    if not body.startswith(b"PK"):
        return geojson.read(body)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.xlsx"
        path.write_bytes(body)
        reader.refuse_bombs(path)
        titles = reader.titles(path)
        rows = {name: list(reader.records(path, name)) for name in (GRIDS, POSTS) if name in titles}
    return workbook.read(rows.get(GRIDS), rows.get(POSTS))


@page("grids.draw", methods=("GET",))
def grids_geojson(request: StaffRequest) -> HttpResponse:
    """Every grid with its outline; with `public=1` rounded to 3 decimals, for whoever is not of the office."""
    public = bool(request.GET.get("public"))
    rows = list(Grid.objects.select_related("unit", "parent"))
    body = geojson.write(rows, public=public)
    actions.exported(request.actor, "geojson", len(rows), public=public)
    return attached(
        body, "application/geo+json", f"{_('网格')}{'-public' if public else ''}-{today():%Y%m%d}.geojson"
    )


@page("grids.draw", methods=("GET",))
def grids_xlsx(request: StaffRequest) -> HttpResponse:
    """Grids and posts as a workbook."""
    posts = GridPost.objects.select_related("grid", "user").order_by(
        "grid__level", "grid__code", "since", "id"
    )
    rows = list(Grid.objects.select_related("unit", "parent"))
    body = workbook.write(rows, posts)
    actions.exported(request.actor, "xlsx", len(rows))
    return attached(body, XLSX, f"{_('网格')}-{today():%Y%m%d}.xlsx")


# --- the paper that is posted


@page(methods=("GET", "HEAD"))
def posted_paper(request: StaffRequest, pk: int) -> HttpResponse:
    """公示牌 on the screen: what the PDF says, to be printed from here too."""
    grid = get_object_or_404(Grid.objects.select_related("unit"), pk=pk)
    with queries.held():
        drawing = show.around(grid)
        paper = _paper(grid, drawing)
    return render(request, "staff/grids/poster.html", {"grid": grid, "paper": paper, "drawing": drawing})


@page(methods=("GET",))
def posted_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """公示牌 as one A4 page."""
    grid = get_object_or_404(Grid.objects.select_related("unit"), pk=pk)
    with translation.override("zh-hans"), queries.held():
        body = poster(_paper(grid, show.around(grid)))
        name = _("网格公示牌-%s") % grid.name
    return sent(body, "pdf", name)


def _paper(grid: Grid, drawing: Drawing | None) -> Poster:
    """Names posted for good, not today's stand-ins: a paper on the wall outlives a leave."""
    ours = office()
    known = {each.pk: each for each in queries.all_grids()}
    above = known.get(grid.parent_id) if grid.parent_id else None
    holders = show.holders(grid)
    return Poster(
        office=ours.name, name=grid.name, code=grid.code, above=above.name if above and above.level != Level.STREET else "",
        places=list(grid.places), workers=holders.workers, lead=holders.lead, duty_phone=ours.duty_phone or ours.phone,
        supervision_phone=ours.supervision_phone, unit_phone=grid.unit.phone,
        width=drawing.width if drawing else 0, height=drawing.height if drawing else 0,
        own=[piece.rings for piece in drawing.own] if drawing else [],
        others=[piece.rings for piece in drawing.others] if drawing else [],
        labels=[(piece.label, piece.x, piece.y) for piece in drawing.others if piece.label] if drawing else [],
        label=(drawing.own[0].label, drawing.own[0].x, drawing.own[0].y) if drawing and drawing.own else None,
        printed_at=timezone.now(),
    )  # fmt: skip
