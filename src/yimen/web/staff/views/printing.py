"""Every paper of a matter as PDF or DOCX. Names are masked; posted with a reason they are in full. Both are recorded."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.cases import dossier, queries
from yimen.cases.access import may_reveal
from yimen.cases.actions.desk import looked
from yimen.cases.actions.people import reveal
from yimen.cases.models import Case
from yimen.documents import render as press
from yimen.documents import word
from yimen.documents.queries import template_of
from yimen.documents.receipts import R03
from yimen.documents.values import words_of
from yimen.foundation.errors import Invalid, Missing
from yimen.organisations.models import Office
from yimen.organisations.queries import office as read_office

from ... import handbook
from ..door import StaffRequest, page
from ..show import papers, printing
from ..show.papers_units import Desk

MIME = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@page(methods=("GET", "HEAD"))
def choose(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The papers of a matter, masked by a link each, in full by a reason for all."""
    return _page(request, queries.get_visible(request.grants, ref))


def _page(request: StaffRequest, case: Case, wrong: str = "", status: int = 200) -> HttpResponse:
    dossier.open_(case, request.grants, printing.READ)
    context = {
        "case": case,
        "papers": printing.offers(case),
        "may_reveal": may_reveal(request.grants, case),
        "may_print": can(request.grants, "cases.open"),
        "guided": case.lead_unit_id is None and bool(papers.guidance_of(case)),
        "reason": request.POST.get("reason", ""),
        "wrong": wrong,
    }
    return render(request, "staff/papers.html", context, status=status)


@page(methods=("GET", "HEAD", "POST"))
def paper(request: StaffRequest, ref: UUID, form: str, kind: str) -> HttpResponse:
    """One paper. Which fact it is about comes as `row`, the newest without it."""
    case = queries.get_visible(request.grants, ref)
    dossier.open_(case, request.grants, printing.PRINTED)
    one, full = request.GET.get("row", ""), request.method == "POST"
    row = printing.row_of(case, form, int(one) if one.isdecimal() and len(one) < 19 else 0)
    if kind not in MIME or row is None:
        raise Missing(_("这件事现在没有这份文书"))
    if full and not request.POST.get("reason", "").strip():
        return _page(request, case, _("请写明为什么要印全名"), 400)
    if full:
        reveal(request.actor, request.grants, case, request.POST.get("reason", ""))
    looked(
        request.actor, request.grants, case, "case.paper_printed", paper=form, full=full, file=kind, row=one
    )
    with translation.override("zh-hans"):
        ours = office()
        url = public(request, ours) + reverse("staff:case", args=[case.uuid])
        data = printing.PAPERS[form].data(case, row, Desk(ours, request.user.name, url, full))
    return answer(data, kind, printing.file_words(case, form))


def answer(data: Any, kind: str, name: str) -> HttpResponse:
    """A paper's values as a file: PDF from our layout, DOCX from the office's template."""
    with translation.override("zh-hans"):
        if kind == "pdf":
            body = press.paper(data) if type(data).__name__ != "V01" else press.v01(data)
        else:
            body = word.fill(template_of(type(data).__name__), words_of(data))[0]
    return sent(body, kind, name)


def sent(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=MIME[kind])
    way = "inline" if kind == "pdf" else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}.{kind}"
    return response


def office() -> Office:
    """The one office. Raises Missing before it is set up."""
    found = read_office()
    if found is None:
        raise Missing(_("还没有设置本街道的名称"))
    return found


def public(request: StaffRequest, ours: Office) -> str:
    """The address printed in codes: the office's public one, else the one this page was opened by."""
    return (ours.public_url or request.build_absolute_uri("/")).rstrip("/")


@page(methods=("GET", "HEAD"))
def notice(request: StaffRequest, key: str, kind: str) -> HttpResponse:
    """一次性告知单 of one common answer, for whoever asks at the window; about no matter and nobody."""
    found = next((row for row in handbook.answers() if row.key == key), None)
    if found is None or kind not in MIME:
        raise Missing(_("没有这条常用答复"))
    with translation.override("zh-hans"):
        data = _notice(request, found)
        name = _("一次性告知单-%s") % found.question
    if kind == "docx":
        return answer(data, kind, name)
    size = request.GET.get("size", "a5")
    if size not in ("a5", "80mm"):
        raise Invalid(_("小票只有 A5 和 80 毫米两种"))
    return sent(press.r03(data, size), kind, name)


def _notice(request: StaffRequest, found: handbook.Answer) -> R03:
    ours = office()
    topics = {row.key: row.name for row in queries.categories()}
    return R03(
        office=ours.centre_name, topic=topics.get(found.category, ""), question=found.question, answer=found.answer,
        materials=found.materials, where=ours.address, phone=ours.phone, hours=ours.hours, by=request.user.name,
        at=timezone.now(), lang="en" if request.GET.get("lang") == "en" else "zh",
    )  # fmt: skip
