"""Attachments: listed, taken in after cleaning, handed out after the access check and never shown inside a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Status

from yimen.cases import queries
from yimen.cases.actions.attach import LIMIT, attach, attachments_of, open_file

from .declared import operation
from .parsing import clean
from .problems import Problem
from .told import FileOut, Files, file

ROOM = 64 * 1024  # bytes that a form needs around its file
RAW = "application/octet-stream"
FORM = "multipart/form-data"
SANDBOX = "default-src 'none'; sandbox"
_BINARY = {"type": "string", "format": "binary"}
LENGTHS = {"name": 120, "reason": 200}  # file name of a raw body; why a file is added to a closed matter
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": _BINARY, "reason": {"type": "string", "maxLength": LENGTHS["reason"]}},
                    "required": ["file"],
                }
            },
            RAW: {"schema": _BINARY},
        },
    },
    "parameters": [
        {"in": "query", "name": name, "required": False, "schema": {"type": "string", "maxLength": limit}}
        for name, limit in LENGTHS.items()
    ],
}  # fmt: skip


@operation(
    "GET", "/cases/{uuid:ref}/attachments", name="attachments", scope="read", response=Files, errors=(404,),
    summary=gettext_lazy("一件事项的附件目录"),
)  # fmt: skip
def list_attachments(request: HttpRequest, ref: UUID) -> Any:
    """Names, kinds and digests; nothing of what is in the files."""
    case = queries.get_visible(request.auth.grants, ref)
    return {"items": [file(one) for one in attachments_of(case)]}


@operation(
    "POST", "/cases/{uuid:ref}/attachments", name="attachments", scope="files", response={201: FileOut},
    errors=(404, 409), limit=LIMIT + ROOM, extra=_BODY, summary=gettext_lazy("添加一个附件"),
)  # fmt: skip
def add_attachment(request: HttpRequest, ref: UUID) -> Any:
    """One file: as a form's `file`, or as the body with its name in `?name=`. The same bytes twice are one file."""
    caller = request.auth
    data, name, reason = _sent(request)
    return Status(201, file(attach(caller.actor, caller.grants, ref, data, name, reason=reason)))


def _sent(request: HttpRequest) -> tuple[bytes, str, str]:
    """The file's bytes, its name and the reason."""
    reason, name = _short(request, "reason"), _short(request, "name")
    if request.content_type == RAW:
        return request.read(LIMIT + 1), name or "file", reason
    if request.content_type != FORM:
        raise Problem("unsupported_media_type", _("请用 %s 提交。") % f"{FORM}, {RAW}")
    try:
        sent, typed = request.FILES.get("file"), request.POST.get("reason", "")
        clean([typed])
    except MultiPartParserError as error:
        raise Problem("malformed") from error
    if sent is None:
        raise Problem("invalid", _("还有内容要补充或更正"), {"file": _("请先选择文件。")})
    return sent.read(LIMIT + 1), sent.name or "file", _fits("reason", typed) or reason


def _short(request: HttpRequest, name: str) -> str:
    text = request.GET.get(name, "")
    clean([text])
    return _fits(name, text)


def _fits(name: str, text: str) -> str:
    limit = LENGTHS[name]
    if len(text) > limit:
        said = _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": limit, "now": len(text)}
        raise Problem("invalid", _("还有内容要补充或更正"), {name: said})
    return text


@operation(
    "GET", "/cases/{uuid:ref}/attachments/{uuid:one}", name="attachment", scope="files", response={200: None},
    errors=(404,), gives="", extra={"x-yimen-binary": True}, summary=gettext_lazy("下载一个附件"),
)  # fmt: skip
def read_attachment(request: HttpRequest, ref: UUID, one: UUID, original: bool = False) -> Any:
    """The file itself: the copy without metadata, or the untouched original (evidence). Either is recorded."""
    caller = request.auth
    row, data = open_file(caller.actor, caller.grants, ref, one, original=original)
    response = HttpResponse(data, content_type=RAW)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    response["Content-Security-Policy"] = SANDBOX
    return response
