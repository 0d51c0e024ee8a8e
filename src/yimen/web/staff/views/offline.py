"""脱机包: blank registration forms with numbers of their own, printed before a power cut; used up or voided later."""

from __future__ import annotations

import io
from urllib.parse import quote
from uuid import UUID

import pikepdf
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.cases.actions import numbers
from yimen.cases.models import ReservedNumber
from yimen.documents import render as press
from yimen.documents.forms import V01, Slip
from yimen.foundation.errors import Conflict, Invalid, Missing
from yimen.foundation.ids import uuid7

from ..door import StaffRequest, page
from ..errors import kind_of
from .printing import office, public, sent

USUAL = 20


@page("cases.open", methods=("GET", "HEAD"))
def offline(request: StaffRequest) -> HttpResponse:
    return _page(request)


def _page(request: StaffRequest, wrong: dict[str, object] | None = None, status: int = 200) -> HttpResponse:
    context = {
        "rows": list(numbers.unused()),
        "batch": request.POST.get("batch") or uuid7(),
        "count": request.POST.get("count", USUAL),
        "most": numbers.MOST,
        "reason": request.POST.get("reason", ""),
        "chosen": _ids(request),
        "wrong": wrong or {},
    }
    return render(request, "staff/offline.html", context, status=status)


@page("cases.open", methods=("GET", "HEAD", "POST"))
def pack(request: StaffRequest) -> HttpResponse:
    """Posted with `count`: reserves that many numbers and prints them. A batch asked for again is printed again;
    `part=slips` prints what the persons take home."""
    given = request.POST if request.method == "POST" else request.GET
    batch = _uuid(given.get("batch", ""))
    if request.method == "POST":
        try:
            rows = numbers.reserve(
                request.actor, request.grants, batch or uuid7(), _count(given.get("count", ""))
            )
        except Invalid as error:
            return _page(request, error.fields, kind_of(error).status)
    else:
        rows = [row for row in numbers.of_batch(batch) if _free(row)] if batch else []
    if not rows:
        raise Missing(_("这一批没有还能用的编号"))
    day, part = timezone.localdate().isoformat(), "slips" if given.get("part") == "slips" else "forms"
    if request.method != "POST":
        numbers.reprinted(request.actor, rows, part)
    if part == "slips":
        return sent(_bound([press.slip(_stub(row.number)) for row in rows]), "pdf", _("脱机收执联-%s") % day)
    return sent(_printed(request, rows), "pdf", _("脱机登记表-%s") % day)


def _ids(request: StaffRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("number") if one.isdecimal() and len(one) < 19]


def _free(row: ReservedNumber) -> bool:
    return row.case_id is None and row.voided_at is None


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _printed(request: StaffRequest, rows: list[ReservedNumber]) -> bytes:
    """One sheet a number, each with the code that opens the registration page on it."""
    door = public(request, office()) + reverse("staff:register")
    with translation.override("zh-hans"):
        return _bound([press.v01(_blank(row.number, f"{door}?reserved={quote(row.number)}")) for row in rows])


def _bound(sheets: list[bytes]) -> bytes:
    """Several PDF files as one."""
    out = io.BytesIO()
    with pikepdf.new() as whole:
        for sheet in sheets:
            with pikepdf.open(io.BytesIO(sheet)) as one:
                whole.pages.extend(one.pages)
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def _stub(number: str) -> Slip:
    """What the person takes home: the number, who stays responsible, when and where to ask; the rest by pen."""
    ours = office()
    return Slip(
        office=ours.centre_name, no=number, received_at=None, answer_by=None, first_contact="",
        first_contact_phone=ours.phone, address=ours.address, hours=ours.hours, office_phone=ours.phone,
    )  # fmt: skip


def _blank(number: str, url: str) -> V01:
    return V01(
        office=office().centre_name, no=number, visited_at=None, channel="", party_size=None, appeal_kind="", topic="",
        request="", receiver="", route="", confidential=None, url=url,
        printed_at=timezone.now(), printed_by=_("脱机，按编号补录"),
    )  # fmt: skip


@page("cases.open", methods=("POST",))
def void(request: StaffRequest) -> HttpResponse:
    """Forms that were spoilt or lost, with why."""
    try:
        count = numbers.void(request.actor, request.grants, _ids(request), request.POST.get("reason", ""))
    except (Invalid, Conflict) as error:
        wrong = getattr(error, "fields", {}) or {"number": str(error)}
        return _page(request, wrong, kind_of(error).status)
    messages.success(request, ngettext("已作废 %d 个编号", "已作废 %d 个编号", count) % count)
    return redirect("staff:offline")
