"""可能是同一件事: a suggestion that somebody looked at and found to be another matter."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from yimen.cases.actions import alikes
from yimen.foundation.errors import Missing

from ..door import StaffRequest, page


@page(methods=("POST",))
def dismiss(request: StaffRequest, ref: UUID) -> HttpResponse:
    try:
        other = UUID(request.POST.get("other", ""))
    except ValueError:
        raise Missing(_("没有这条提示，或者别人已经判断过")) from None
    alikes.dismiss(request.actor, request.grants, ref, other)
    messages.success(request, _("已记下：不是同一件事，不再提示。"))
    return redirect("staff:case", ref)
