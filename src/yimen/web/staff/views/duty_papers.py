"""值班表 and 值班记录 (W03) as PDF and XLSX."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yimen.documents import duty as paper
from yimen.foundation.errors import Missing
from yimen.grids import duty
from yimen.grids.models import DutyShift
from yimen.organisations.queries import office
from yimen.reports.workbook import workbook

from ..door import StaffRequest, page
from ..show import duty as show
from .exports import XLSX, attached

FORMS = {"pdf": "application/pdf", "xlsx": XLSX}
SHORT, LONG = 14, 46


@page("grids.duty", methods=("GET", "HEAD"))
def roster(request: StaffRequest, form: str) -> HttpResponse:
    """The month of `m`, empty days too: they are what somebody should see."""
    _known(form)
    first = show.month_of(request.GET.get("m", ""), timezone.localdate())
    last = show.last_of(first)
    with translation.override("zh-hans"):
        turns = [_turn(line) for line in show.lines(first, last, duty.shifts(first, last))]
        period = _("%(first)s 至 %(last)s") % {"first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}
        if form == "pdf":
            body = paper.roster(
                paper.Roster(
                    office=_house(), period=period, turns=turns, printed_at=timezone.now(), printed_by=request.user.name
                )
            )  # fmt: skip
        else:
            body = _roster_book(period, turns)
        return attached(body, FORMS[form], f"{_('值班表')}-{first:%Y%m}.{form}")


@page("grids.duty", methods=("GET", "HEAD"))
def record(request: StaffRequest, pk: int, form: str) -> HttpResponse:
    """One shift with its calls and hand-over."""
    _known(form)
    row = duty.get(pk)
    with translation.override("zh-hans"):
        data = _record(row, request.user.name)
        body = paper.record(data) if form == "pdf" else _record_book(data)
        return attached(body, FORMS[form], f"{_('值班记录')}-{row.day:%Y%m%d}.{form}")


def _known(form: str) -> None:
    if form not in FORMS:
        raise Missing(_("只有 PDF 和 XLSX"))


def _house() -> str:
    place = office()
    return place.centre_name if place else ""


def _turn(line: show.Line) -> paper.Turn:
    one = line.shift
    return paper.Turn(
        date=line.day, weekday=_weekday(line.day), mark=" ".join(filter(None, (line.mark, line.name))),
        slot=line.slot, leader=one.leader.name if one else "",
        staff="、".join(filter(None, (one.person.name, line.others))) if one else "", phone=one.phone if one else "",
    )  # fmt: skip


def _weekday(day: date) -> str:
    return date_format(day, "l")


def _record(row: DutyShift, by: str) -> paper.DutyRecord:
    note = duty.handover(row)
    return paper.DutyRecord(
        office=_house(), turn=_turn(show.lines(row.day, row.day, [row])[0]),
        calls=[paper.Call(at=one.at, about=one.about, handling=one.handling, reported_to=one.reported_to,
                          number=one.number) for one in duty.calls(row)],
        done=note.done if note else "", undone=note.undone if note else "",
        given_by=note.given_by.name if note else "", given_at=note.given_at if note else None,
        taken_by=note.taken_by.name if note and note.taken_by else "", taken_at=note.taken_at if note else None,
        printed_at=timezone.now(), printed_by=by,
    )  # fmt: skip


def _roster_book(period: str, turns: list[paper.Turn]) -> bytes:
    columns = [(_("日期"), SHORT), (_("星期"), SHORT), (_("休/班"), SHORT), (_("值班时间"), 18), (_("带班领导"), SHORT),
               (_("值班人员"), LONG), (_("值班电话"), 20)]  # fmt: skip
    rows = [
        [f"{one.date:%Y-%m-%d}", one.weekday, one.mark, one.slot, one.leader, one.staff, one.phone]
        for one in turns
    ]
    return workbook(f"{_house()}{_('值班表')}", [period], columns, rows)


def _record_book(data: paper.DutyRecord) -> bytes:
    turn = data.turn
    notes = [f"{turn.date:%Y-%m-%d} {turn.weekday}", turn.slot, f"{_('带班领导')} {turn.leader}",
             f"{_('值班人员')} {turn.staff}", f"{_('值班电话')} {turn.phone}"]  # fmt: skip
    columns = [
        (_("时间"), 18),
        (_("接报事项"), LONG),
        (_("处理情况"), LONG),
        (_("报告对象"), 20),
        (_("登记的事项编号"), 18),
    ]
    rows = [[_minute(one.at), one.about, one.handling, one.reported_to, one.number] for one in data.calls]
    rows += [[_("已处理"), data.done], [_("未处理"), data.undone], [_("交班人"), data.given_by, _minute(data.given_at)],
             [_("接班人"), data.taken_by, _minute(data.taken_at)]]  # fmt: skip
    return workbook(f"{_house()}{_('值班记录')}", notes, columns, rows)


def _minute(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
