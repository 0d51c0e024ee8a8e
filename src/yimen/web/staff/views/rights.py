"""The request desk: what a person of one matter asks about what is kept of them, answered at the window."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from uuid import UUID

import docx
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.cases import dossier, queries
from yimen.cases.actions import people, rights
from yimen.cases.actions.people import Shown
from yimen.cases.models import Case
from yimen.foundation.errors import Conflict, Invalid, Refused

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.retention import RightForm
from ..show.case import header_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page("cases.rights")
def rights_page(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The people of the matter masked; each step is one submission. A copy is sent as the answer."""
    case = queries.get_visible(request.grants, ref)
    dossier.open_(case, request.grants, ("people", "keys"))
    form = RightForm(_people(case), request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid() and (answer := _do(request, ref, form)):
                return answer
            status = 400
        except (Invalid, Conflict, Refused) as error:
            form.refuse(error)
            status = kind_of(error).status
    context = {
        "case": case, "header": header_of(case), "form": form, "requests": rights.requests_of(case),
        "kept_until": rights.kept_until(case), "people": _people(case),
    }  # fmt: skip
    return render(request, "staff/rights.html", context, status=status)


def _people(case: Case) -> list[tuple[int, Shown]]:
    slots = (row.slot for row in dossier.of(case).people)
    return list(zip(slots, people.participants(case), strict=True))


def _do(request: StaffRequest, ref: UUID, form: RightForm) -> HttpResponse:
    given = form.cleaned_data
    who: dict[str, Any] = {"slot": int(given["slot"]), "checked": given["checked"]}
    first = (request.actor, request.grants, ref)
    if given["step"] == "copy":
        return _sent(rights.copy(*first, **who), given["form"] or "docx")
    if given["step"] == "correct":
        rights.correct(*first, **who, person=form.person(), reason=given["reason"])
    elif given["step"] == "erase":
        rights.erase(*first, **who, fields=given["fields_"], reason=given["reason"])
    elif given["step"] == "ask":
        rights.ask(*first, **who, kind=given["kind"], said=given["reason"])
    else:
        rights.refuse(*first, **who, kind=given["kind"], reason=given["reason"])
    messages.success(request, _("已办理，已记入台账。"))
    return redirect("staff:rights", ref)


def _sent(found: dict[str, Any], kind: str) -> HttpResponse:
    if kind == "json":
        body, mime = json.dumps(found, ensure_ascii=False, indent=1).encode(), "application/json"
    else:
        body, mime = _paper(found), DOCX
    answer = HttpResponse(body, content_type=mime)
    answer["Content-Disposition"] = f'attachment; filename="personal-information-copy.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _paper(found: dict[str, Any]) -> bytes:
    """A plain DOCX: one heading a part, one line a value."""
    paper = docx.Document()
    paper.add_heading(_("个人信息复制件"), 0)
    paper.add_paragraph(_("事项编号：%s。只包括这一件事项中与您本人有关的信息。") % found["number"])
    for name, words in _PARTS:
        paper.add_heading(str(words), 1)
        for line in _lines(found[name]):
            paper.add_paragraph(line)
    paper.add_paragraph(_("保存到：%s，到期自动销毁。") % found["kept_until"])
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{_words(name)}：{one}" for name, one in value.items() if one not in ("", None)]
    lines = ["；".join(_lines(one)) if isinstance(one, dict) else str(one) for one in value]
    return lines or [_("没有")]


def _words(name: str) -> str:
    return str(_NAMES.get(name, name))


_PARTS = (
    ("person", gettext_lazy("登记的您的信息")),
    ("matter", gettext_lazy("您反映的事")),
    ("answers", gettext_lazy("办理结果")),
    ("contacts", gettext_lazy("我们联系您的记录")),
    ("callbacks", gettext_lazy("回访和您的评价")),
    ("own_answers", gettext_lazy("对您的逐人答复和评价")),
    ("letters", gettext_lazy("给您的文书")),
    ("files", gettext_lazy("附件")),
)
_NAMES = {
    "name": gettext_lazy("姓名"), "phone": gettext_lazy("电话"), "address": gettext_lazy("地址"),
    "relation": gettext_lazy("关系"), "role": gettext_lazy("身份"), "received_at": gettext_lazy("收到"),
    "category": gettext_lazy("类别"), "state": gettext_lazy("状态"), "title": gettext_lazy("标题"),
    "text": gettext_lazy("内容"), "wish": gettext_lazy("希望"), "place": gettext_lazy("地点"),
    "closed_at": gettext_lazy("办结时间"), "at": gettext_lazy("时间"), "way": gettext_lazy("方式"),
    "outcome": gettext_lazy("结果"), "solved": gettext_lazy("是否解决"), "rating": gettext_lazy("评价"),
    "comment": gettext_lazy("意见"),
}  # fmt: skip
