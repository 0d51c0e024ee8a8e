"""Papers of a matter as PDF: the slip, the referral slip, the A4 form. That they were printed is kept."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from yimen.cases import queries
from yimen.cases.actions.desk import looked
from yimen.cases.actions.people import reveal
from yimen.cases.actions.slips import issue_slip
from yimen.documents import render
from yimen.foundation.errors import Invalid, Missing
from yimen.organisations.models import Office
from yimen.organisations.queries import office as read_office

from ..door import StaffRequest, page
from ..show import papers

SIZES = ("a5", "80mm")


@page("cases.open", methods=("POST",))
def slip(request: StaffRequest, ref: UUID) -> HttpResponse:
    """A slip with a fresh secret in its code. Posted: every print makes a secret; earlier slips stay valid."""
    size = request.POST.get("size", "a5")
    if size not in SIZES:
        raise Invalid(_("小票只有 A5 和 80 毫米两种"))
    case = queries.get_visible(request.grants, ref)
    code = issue_slip(request.actor, request.grants, case)
    url = f"{_public(request)}/m/{quote(case.number)}#{code}"
    with translation.override("zh-hans"):
        data = papers.slip_of(case, _office(), url)
    return _pdf(render.slip(data, size), f"{case.number}-{size}")


@page("cases.open", methods=("GET",))
def referral(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The slip that names the competent body, once the matter was guided there."""
    case = queries.get_visible(request.grants, ref)
    words = papers.guidance_of(case)
    if not words:
        raise Missing(_("这件事没有引导告知"))
    looked(request.actor, request.grants, case, "case.paper_printed", paper="referral")
    with translation.override("zh-hans"):
        data = papers.referral_of(case, _office(), words)
    return _pdf(render.referral(data, "a5"), f"{case.number}-{_('引导单')}")


@page(methods=("GET", "POST"))
def v01(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The A4 form, people masked; posted with a reason, in full, as `people.reveal` records it. Each print is recorded."""
    case = queries.get_visible(request.grants, ref)
    full = request.method == "POST"
    if full:
        reveal(request.actor, request.grants, case, request.POST.get("reason", ""))
    looked(request.actor, request.grants, case, "case.paper_printed", paper="V01", full=full)
    with translation.override("zh-hans"):
        url = f"{_public(request)}/staff/cases/{case.uuid}/"
        data = papers.v01_of(case, _office(), full=full, by=request.user.name, url=url)
    return _pdf(render.v01(data), case.number)


def _office() -> Office:
    found = read_office()
    if found is None:
        raise Missing(_("还没有设置本街道的名称"))
    return found


def _public(request: StaffRequest) -> str:
    """The address printed in codes: the office's public one, else the one this page was opened by."""
    return (_office().public_url or request.build_absolute_uri("/")).rstrip("/")


def _pdf(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    return response
