"""工作日志 at the office: those that were sent, one day as it stands, and G02 on paper."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yimen.documents import fieldlogs
from yimen.foundation.errors import Missing
from yimen.intake.field import log
from yimen.intake.field.models import DailyLog
from yimen.organisations.queries import office

from ..door import StaffRequest, page
from .printing import sent

PER_PAGE = 50


@page("intake.field", methods=("GET", "HEAD"))
def logs(request: StaffRequest) -> HttpResponse:
    """Logs of the people whom this person looks after, the newest first."""
    found = Paginator(log.sent(request.grants), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "staff/field/logs.html", {"page": found})


@page("intake.field", methods=("GET", "HEAD"))
def day(request: StaffRequest, pk: int) -> HttpResponse:
    """One day: what was done, what was added."""
    row = _row(request, pk)
    found = log.of(row.user, row.day, row)
    shown = {"row": row, "found": found, "lines": [_said(one) for one in found.lines]}
    return render(request, "staff/field/log.html", shown)


def _row(request: StaffRequest, pk: int) -> DailyLog:
    row = log.sent(request.grants).filter(pk=pk).first()
    if row is None:
        raise Missing(_("没有这份日志"))
    return row


def _said(line: log.Line) -> dict[str, object]:
    """A line with the words of the paper beside what was written."""
    known = log.PATROL if line.kind == "patrol" else log.WORDS
    pairs = [(words, line.words[name]) for name, words in known.items() if name in line.words]
    return {"line": line, "pairs": pairs}


@page("intake.field", methods=("GET",))
def paper(request: StaffRequest, pk: int) -> HttpResponse:
    """G02 as one or more A4 pages; patrols follow as G03."""
    row = _row(request, pk)
    with translation.override("zh-hans"):
        body = fieldlogs.daily(_paper(log.of(row.user, row.day, row), request.user.name))
        name = _("工作日志-%(who)s-%(day)s") % {"who": row.user.name, "day": f"{row.day:%Y%m%d}"}
    return sent(body, "pdf", name)


def _paper(found: log.Day, printed_by: str) -> fieldlogs.Daily:
    place = office()
    return fieldlogs.Daily(
        office=place.name if place else "", date=found.day, weekday=date_format(found.day, "l"),
        weather=found.weather, grid=found.grid, worker=found.user.name,
        sent_to=found.sent_to.name if found.sent_to else "", sent_at=found.sent_at,
        lines=[_entry(one) for one in found.lines if one.kind == "work"],
        patrols=[one.words for one in found.lines if one.kind == "patrol"],
        printed_at=timezone.now(), printed_by=printed_by,
    )  # fmt: skip


def _entry(one: log.Line) -> fieldlogs.Entry:
    words = one.words
    slot = words.get("slot") or timezone.localtime(one.at).strftime("%H:%M")
    return fieldlogs.Entry(
        slot=slot, place=words.get("place", ""), work=words.get("work", ""), problem=words.get("problem", ""),
        measure=words.get("measure", ""), feedback=words.get("feedback", ""),
        event=one.case.number if one.case else "", follow_up=words.get("follow_up", ""),
    )  # fmt: skip
