"""What goes wrong, as RFC 9457 problem details: a stable code for machines, a sentence for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yimen.foundation import errors

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is the same for every problem of a code; what happened this time is the problem's `detail`."""

    status: int
    title: object


# Codes are never renamed and never change their status; docs/api.md lists them (a test compares).
KINDS: Final = {
    "malformed": Kind(400, _("请求不能读取")),
    "token_missing": Kind(401, _("没有令牌")),
    "token_invalid": Kind(401, _("令牌不对")),
    "token_expired": Kind(401, _("令牌已过期")),
    "token_ended": Kind(401, _("令牌已停用")),
    "account_off": Kind(401, _("账号已停用")),
    "scope_missing": Kind(403, _("令牌没有这项用途")),
    "demo_elsewhere": Kind(403, _("演示账号不能从这里使用")),
    "refused": Kind(403, _("不能办理")),
    "missing": Kind(404, _("没有找到")),
    "method_not_allowed": Kind(405, _("这个地址不接受这种请求")),
    "not_acceptable": Kind(406, _("没有所要的格式")),
    "conflict": Kind(409, _("情况已经变了")),
    "too_large": Kind(413, _("内容太大")),
    "unsupported_media_type": Kind(415, _("不收这种格式")),
    "unknown_host": Kind(421, _("不在这个名称下服务")),
    "invalid": Kind(422, _("还不能保存")),
    "too_many_requests": Kind(429, _("请求太多")),
    "server_error": Kind(500, _("系统出错")),
    "unavailable": Kind(503, _("暂时不能服务")),
}
_BY_STATUS: Final = {
    400: "malformed", 403: "refused", 404: "missing", 405: "method_not_allowed", 413: "too_large",
    421: "unknown_host", 503: "unavailable",
}  # fmt: skip
_DETAILS: Final = {
    "malformed": _("请求的内容不是完整的 JSON 或表单，请检查后再发。"),
    "missing": _("没有这个地址，或者不在您的办理范围内。"),
    "method_not_allowed": _("请看接口说明里这个地址接受哪些请求方法。"),
    "not_acceptable": _("回答只有 JSON，请在 Accept 里写 application/json。"),
    "server_error": _("系统没有办成这件事，什么也没有保存；请稍后再试，仍不行请告诉管理员。"),
    "unavailable": _("系统正在启动或维护，请稍后再试。"),
    "unknown_host": _("服务器没有设置这个名称或地址，请管理员在 YIMEN_ALLOWED_HOSTS 里加上。"),
    "too_large": _("一次提交的内容太大。"),
}
_KINDS_OF: Final = {
    errors.Missing: "missing",
    errors.Refused: "refused",
    errors.Conflict: "conflict",
    errors.Invalid: "invalid",
    errors.Broken: "server_error",
}
Wrong = Mapping[str, object]


class Problem(Exception):
    """Ends a request with this problem. `fields` maps a field's name to what is wrong with it."""

    def __init__(
        self,
        code: str,
        detail: object = "",
        fields: Wrong | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.fields, self.headers = code, detail, fields or {}, dict(headers or {})


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as an answer, in the language that is active."""
    return _respond(request, problem, _pairs(problem.fields))


def of_error(request: HttpRequest, error: errors.YimenError) -> HttpResponse:
    """A room's refusal: its kind gives code and status, its own sentences go with it."""
    code = next((code for kind, code in _KINDS_OF.items() if isinstance(error, kind)), "invalid")
    return answer(request, Problem(code, error, getattr(error, "fields", {})))


def of_status(request: HttpRequest, status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The problem for an answer that only has a status: of the framework, not of a room."""
    code = _BY_STATUS.get(status, "server_error" if status >= 500 else "malformed")
    return answer(request, Problem(code, headers=headers))


def wrong_list(
    request: HttpRequest, code: str, detail: object, wrong: Iterable[tuple[str, object]]
) -> HttpResponse:
    """A problem whose fields may be named more than once."""
    return _respond(
        request, Problem(code, detail), [{"field": name, "detail": str(said)} for name, said in wrong]
    )


def _pairs(fields: Wrong) -> list[dict[str, str]]:
    return [{"field": name, "detail": str(said)} for name, said in fields.items()]


def _respond(request: HttpRequest, problem: Problem, wrong: list[dict[str, str]]) -> HttpResponse:
    kind = KINDS[problem.code]
    body: dict[str, Any] = {
        "type": f"urn:yimen:problem:{problem.code}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(problem.detail or _DETAILS.get(problem.code, kind.title)),
        "instance": request.path,
        "code": problem.code,
        "errors": wrong,
    }
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text.encode("utf-8", "replace"), MEDIA_TYPE, kind.status, headers=problem.headers)
