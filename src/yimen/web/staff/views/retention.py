"""What is kept no longer: the report, holds, bringing back; and the register of processing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.cases import processing, queries
from yimen.cases.actions import hiding, holds, retaining
from yimen.cases.models import Case, LegalHold, RetentionRun
from yimen.cases.shipped import DATA
from yimen.foundation.errors import Conflict, Invalid, Missing

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.retention import BackForm, HoldForm
from ..forms.shape import Shape
from ..show.case import header_of
from .admin.saving import posted, saved


@page("cases.retention", methods=("GET", "HEAD"))
def retention(request: StaffRequest) -> HttpResponse:
    """What tonight's run will do, what is hidden, what is held; numbers of matters, nobody's name."""
    back = can(request.grants, "cases.restore")
    context = {
        "said": retaining.report(),
        "hidden": hiding.hidden_for(request.grants) if back else [],
        "may_bring_back": back,
        "may_hold": can(request.grants, "cases.hold"),
        "runs": RetentionRun.objects.order_by("-began_at")[:10],
    }
    return render(request, "staff/retention.html", context)


@page("cases.restore")
def restore(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Bring a hidden matter back, with a reason, for a time."""
    row = next((row for row in hiding.hidden_for(request.grants) if row.case.uuid == ref), None)
    if row is None:
        raise Missing(_("没有这件事，或者已经不能恢复"))
    return saved(
        request,
        BackForm(posted(request)),
        lambda data: hiding.restore(request.actor, request.grants, ref, **data),
        _("%s 已恢复显示。") % row.case.number,
        ("staff:retention",),
        title=_("恢复 %s") % row.case.number,
        lead=_("这件事保存期满，已经隐藏。恢复以后和原来一样可以查看。"),
        button=_("恢复"), icon="arrow", back="staff:retention",
    )  # fmt: skip


@page("cases.hold")
def hold(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Hold one matter; ask to lift; agree to lift."""
    case = queries.get_visible(request.grants, ref)
    return _held(request, case)


@page("cases.hold")
def hold_all(request: StaffRequest) -> HttpResponse:
    """The same for everything: matters, the ledger's old words, other rows."""
    return _held(request, None)


def _held(request: StaffRequest, case: Case | None) -> HttpResponse:
    row = LegalHold.objects.filter(case=case, lifted_at__isnull=True).first()
    form, status = HoldForm(posted(request)), 200
    if request.method == "POST":
        try:
            _do(request, case, row, form)
            messages.success(request, _("已保存。"))
            return redirect("staff:hold", case.uuid) if case else redirect("staff:hold-all")
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = kind_of(error).status
    context: dict[str, Any] = {
        "case": case, "hold": row, "form": form, "header": header_of(case) if case else None,
        "mine": row is not None and row.lift_asked_by_id == request.user.pk,
    }  # fmt: skip
    return render(request, "staff/hold.html", context, status=status)


def _do(request: StaffRequest, case: Case | None, row: LegalHold | None, form: Shape) -> None:
    step = request.POST.get("do", "place")
    if row is not None and step in ("agree", "keep"):
        holds.decide_lift(request.actor, request.grants, row.pk, agree=step == "agree")
        return
    if not form.is_valid():
        raise Invalid(_("还有内容要补充或更正"))
    reason = form.cleaned_data["reason"]
    if row is None:
        holds.place(request.actor, request.grants, case.uuid if case else None, reason=reason)
    else:
        holds.ask_lift(request.actor, request.grants, row.pk, reason=reason)


@page("cases.retention", methods=("GET", "HEAD"))
def register(request: StaffRequest) -> HttpResponse:
    """个人信息处理活动记录, made from the tables as they are; to be printed as it stands."""
    return render(request, "staff/processing.html", {"activities": processing.activities()})


@page("cases.retention", methods=("GET", "HEAD"))
def assessment(request: StaffRequest) -> HttpResponse:
    """The template of an impact assessment, as Markdown."""
    body = (DATA / "impact_assessment.md").read_bytes()
    answer = HttpResponse(body, content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="impact-assessment.md"'
    return answer
