"""文书模板: what the office's DOCX papers are made from. Take the present one, edit it in WPS or Word, hand it in."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yimen.documents import actions, fields, queries, values, word
from yimen.documents.models import TemplateVersion
from yimen.foundation.errors import Conflict, Invalid, Missing

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.templates import TemplateForm
from .printing import sent

POLICY = "documents.templates"


@dataclass(frozen=True, slots=True)
class Form:
    """One form and the version that holds, None for the delivered template."""

    id: str
    name: str
    active: TemplateVersion | None
    count: int


@page(POLICY, methods=("GET", "HEAD"))
def templates(request: StaffRequest) -> HttpResponse:
    rows = list(queries.versions())
    forms = [
        Form(form, fields.TITLES[form], next((row for row in rows if row.form == form and row.active), None),
             sum(row.form == form for row in rows))
        for form in values.SHAPES
    ]  # fmt: skip
    return render(request, "staff/templates.html", {"forms": forms})


@page(POLICY)
def template(request: StaffRequest, form: str) -> HttpResponse:
    """One form: its fields, its versions, and the way to hand in the next."""
    _known(form)
    given = TemplateForm(request.POST, request.FILES) if request.method == "POST" else TemplateForm()
    if given.is_bound:
        status = 400
        if given.is_valid():
            try:
                return _taken(request, form, given)
            except (Invalid, Conflict) as error:
                given.refuse(error)
                status = kind_of(error).status
        return _page(request, form, given, status)
    return _page(request, form, given)


def _taken(request: StaffRequest, form: str, given: TemplateForm) -> HttpResponse:
    data = given.cleaned_data
    row = actions.upload(
        request.actor,
        request.grants,
        form,
        given.read(),
        data["file"].name,
        note=data["note"],
        partial=data["partial"],
    )
    messages.success(request, _("已启用第 %d 版。打印一份 DOCX 看看版式。") % row.version)
    return redirect("staff:admin-template", form)


def _page(request: StaffRequest, form: str, given: TemplateForm, status: int = 200) -> HttpResponse:
    rows = list(queries.versions().filter(form=form))
    listed = {field.key for field in fields.printed(form)}
    context = {
        "id": form,
        "name": fields.TITLES[form],
        "form": given,
        "fields": [(field, f"{{{{ {field.key} }}}}") for field in fields.printed(form)],
        "others": [f"{{{{ {name} }}}}" for name in sorted(values.names(form) - listed)],
        "versions": rows,
        "delivered": not any(row.active for row in rows),
        "condition": ("{% if remark %}", "{% endif %}"),
    }
    return render(request, "staff/template.html", context, status=status)


@page(POLICY, methods=("POST",))
def choose(request: StaffRequest, form: str) -> HttpResponse:
    """Go back to an earlier version; without a number, to the delivered template."""
    _known(form)
    given = request.POST.get("version", "")
    actions.choose(
        request.actor, request.grants, form, int(given) if given.isdecimal() and len(given) < 9 else None
    )
    messages.success(request, _("已启用第 %s 版。") % given if given else _("已恢复原配模板。"))
    return redirect("staff:admin-template", form)


@page(POLICY, methods=("GET", "HEAD"))
def download(request: StaffRequest, form: str, version: int) -> HttpResponse:
    """One version as it was handed in; 0 is the delivered template."""
    _known(form)
    if version == 0:
        return sent(word.shipped(form), "docx", f"{form}-{_('原配模板')}")
    row = TemplateVersion.objects.filter(form=form, version=version).first() if version < 2**31 else None
    if row is None:
        raise Missing(_("没有这个版本"))
    return sent(bytes(row.body), "docx", f"{form}-v{version}")


def _known(form: str) -> None:
    if form not in values.SHAPES:
        raise Missing(_("没有这种文书"))
