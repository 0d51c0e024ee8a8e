"""Papers of a matter as PDF: the slip, the referral slip, the A4 form. That they were printed is kept."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from yimen.cases import dossier, queries
from yimen.cases.actions.desk import looked
from yimen.cases.actions.people import reveal
from yimen.cases.actions.slips import issue_slip
from yimen.documents import render
from yimen.foundation.errors import Invalid, Missing

from ..door import StaffRequest, page
from ..show import papers
from ..show.printing import PRINTED
from .printing import office, public, sent

SIZES = ("a5", "80mm")


@page("cases.open", methods=("POST",))
def slip(request: StaffRequest, ref: UUID) -> HttpResponse:
    """A slip with a fresh secret in its code. Posted: every print makes a secret; earlier slips stay valid."""
    size = request.POST.get("size", "a5")
    if size not in SIZES:
        raise Invalid(_("小票只有 A5 和 80 毫米两种"))
    case = queries.get_visible(request.grants, ref)
    code, ours = issue_slip(request.actor, request.grants, case), office()
    url = f"{public(request, ours)}/m/{quote(case.number)}#{code}"
    with translation.override("zh-hans"):
        data = papers.slip_of(case, ours, url)
    return sent(render.slip(data, size), "pdf", f"{case.number}-{size}")


@page("cases.open", methods=("GET",))
def referral(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The slip that names the competent body, once the matter was guided there."""
    case = queries.get_visible(request.grants, ref)
    words = papers.guidance_of(case)
    if not words:
        raise Missing(_("这件事没有引导告知"))
    looked(request.actor, request.grants, case, "case.paper_printed", paper="referral")
    with translation.override("zh-hans"):
        data = papers.referral_of(case, office(), words)
    return sent(render.referral(data, "a5"), "pdf", f"{case.number}-{_('引导单')}")


@page(methods=("GET", "POST"))
def v01(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The A4 form, people masked; posted with a reason, in full, as `people.reveal` records it. Each print is recorded."""
    case = queries.get_visible(request.grants, ref)
    dossier.open_(case, request.grants, PRINTED)
    full, ours = request.method == "POST", office()
    if full:
        reveal(request.actor, request.grants, case, request.POST.get("reason", ""))
    looked(request.actor, request.grants, case, "case.paper_printed", paper="V01", full=full)
    with translation.override("zh-hans"):
        url = f"{public(request, ours)}/staff/cases/{case.uuid}/"
        data = papers.v01_of(case, ours, full=full, by=request.user.name, url=url)
    return sent(render.v01(data), "pdf", case.number)
