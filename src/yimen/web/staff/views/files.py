"""Attachments: taken in after cleaning, handed out after the access check, never shown inside a page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.cases import queries
from yimen.cases.actions.attach import LIMIT, attach, attach_promised, open_file
from yimen.cases.models import Case
from yimen.cases.wording import why
from yimen.foundation.errors import Conflict, Invalid

from ..door import StaffRequest, page

SANDBOX = "default-src 'none'; sandbox"


@page(methods=("POST",))
def files(request: StaffRequest, ref: UUID) -> HttpResponse:
    taken = take_files(request, ref, request.POST.get("reason", ""))
    if taken:
        messages.success(
            request, ngettext("已收下 %(n)d 个附件。", "已收下 %(n)d 个附件。", taken) % {"n": taken}
        )
    elif not request.FILES:
        queries.get_visible(request.grants, ref)
        messages.error(request, _("请先选择文件。"))
    return redirect("staff:case", ref)


def take_files(request: StaffRequest, ref: UUID, reason: str = "") -> int:
    """Attach every file of the form; one that is refused is named with its reason and stops nothing. Gives how many."""
    return _each(
        request, lambda data, name: attach(request.actor, request.grants, ref, data, name, reason=reason)
    )


def take_promised(request: StaffRequest, case: Case, purpose: str = "") -> int:
    """The files that came with the report that made this matter: also where it closed at once. Otherwise the same."""
    return _each(
        request, lambda data, name: attach_promised(request.actor, case, data, name, purpose=purpose)
    )


def _each(request: StaffRequest, keep: Callable[[bytes, str], object]) -> int:
    taken = 0
    for file in request.FILES.getlist("files"):
        try:
            keep(file.read(LIMIT + 1), file.name or "file")
            taken += 1
        except (Invalid, Conflict) as error:
            words = {"name": file.name, "why": why(error)}
            messages.error(request, _("没有收下 %(name)s：%(why)s") % words)
    return taken


@page(methods=("GET",))
def file(request: StaffRequest, ref: UUID, file: UUID) -> HttpResponse:
    """One file as a download. `?original=1` gives the untouched original (evidence), which is recorded as such."""
    original = request.GET.get("original") == "1"
    row, data = open_file(request.actor, request.grants, ref, file, original=original)
    response = HttpResponse(data, content_type="application/octet-stream" if original else row.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
