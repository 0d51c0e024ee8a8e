"""Phones of the field at the office: one-time codes, devices switched off, files that a phone exported."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from yimen.access.registry import can
from yimen.documents import qr
from yimen.foundation.errors import Invalid, YimenError
from yimen.intake.field import enrolment, importing
from yimen.intake.field.importing import Parcel
from yimen.intake.field.workers import workers_for
from yimen.organisations.queries import office

from .. import again
from ..door import StaffRequest, page
from ..forms.field import CodeFor, ExportFile
from .admin.saving import person_of, posted, pressed, try_to

LISTED: Final = 200
AGAIN_LIMIT: Final = 20 * 1024 * 1024  # bytes of a file that may travel once more with the confirmation


@page("intake.field", methods=("GET", "HEAD"))
def phones(request: StaffRequest) -> HttpResponse:
    """Whose phones are in use, since when; those switched off below."""
    rows = list(enrolment.devices(request.grants)[:LISTED])
    shown = {
        "used": [row for row in rows if not _is_off(row)],
        "off": [row for row in rows if _is_off(row)],
        "may_import": can(request.grants, "intake.field_import"),
    }
    return render(request, "staff/field/phones.html", shown)


def _is_off(row: Any) -> bool:
    return bool(row.off_at or row.device.off_at)


@never_cache
@page("intake.field")
def code(request: StaffRequest) -> HttpResponse:
    """For whom; then the code as a QR, shown this once."""
    form = CodeFor(posted(request))

    def show(data: dict[str, Any]) -> HttpResponse:
        user = person_of(data["person"])
        made = enrolment.make_code(request.actor, request.grants, user)
        url = f"{_base(request)}/field/#e={made}"
        shown = {
            "who": user, "code": _spaced(made), "address": f"{_base(request)}/field/", "qr": SafeString(qr.svg(url)),
            "minutes": enrolment.CODE_MINUTES, "secure": url.startswith("https:") or _is_local(request),
        }  # fmt: skip
        return render(request, "staff/field/code.html", shown)

    answer, status = try_to(form, show)
    people = list(workers_for(request.grants).order_by("name").values_list("sign_in", "name")[:LISTED])
    shown = {
        "form": form, "title": _("开手机登记码"), "button": _("开码"), "icon": "plus", "back": "staff:field-phones",
        "people": people, "lead": _("给一位同事一部手机用。登记码 15 分钟内有效，只能用一次；请当面给本人扫。"),
    }  # fmt: skip
    return answer or render(request, "staff/admin/form.html", shown, status=status)


def _base(request: StaffRequest) -> str:
    """The office's public address where it has one, else the one this page was asked at."""
    ours = office()
    named = (ours.public_url if ours else "").rstrip("/")
    return named or f"{request.scheme}://{request.get_host()}"


def _is_local(request: StaffRequest) -> bool:
    return request.get_host().split(":")[0] in ("localhost", "127.0.0.1")


def _spaced(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


@page("intake.field", methods=("POST",))
def off(request: StaffRequest, ref: UUID) -> HttpResponse:
    """A phone that is lost or given back, or one worker's seat on it."""
    text = request.POST.get("seat", "")

    def do() -> None:
        try:
            seat = UUID(text) if text else None
        except ValueError as error:
            raise Invalid(_("没有这部手机")) from error
        enrolment.switch_off(request.actor, request.grants, ref, seat=seat)

    return pressed(request, do, _("已停用；没有送出的内容可以导出后在这里导入。"), ("staff:field-phones",))


@page("intake.field_import")
def take_file(request: StaffRequest) -> HttpResponse:
    """Choose the file that a phone exported, see what is in it, then take it in."""
    if request.method == "POST" and "again" in request.POST:
        return _taken(request)
    form = ExportFile(request.POST, request.FILES) if request.method == "POST" else ExportFile()
    shown: dict[str, Any] = {"form": form}
    if form.is_bound:
        try:
            shown |= _looked(request, form)
        except Invalid as error:
            form.refuse(error)
    status = 400 if form.is_bound and "seen" not in shown else 200
    return render(request, "staff/field/import.html", shown, status=status)


def _looked(request: StaffRequest, form: ExportFile) -> dict[str, Any]:
    """What is in the file. A small one travels along to be confirmed; a large one is chosen once more, and marked so."""
    if not form.is_valid():
        return {}
    file = form.cleaned_data["file"]
    if file.size > importing.LARGEST:
        raise Invalid(_("还不能导入"), {"file": _("文件超过 100 MB，请在手机上分几次导出")})
    content = file.read()
    parcels = importing.read(content)
    if form.cleaned_data["now"]:
        return {"seen": [], "outcomes": _take(request, parcels)}
    packed = again.packed(content) if len(content) <= AGAIN_LIMIT else ""
    return {"seen": importing.look(request.grants, parcels), "packed": packed, "large": not packed}


def _taken(request: StaffRequest) -> HttpResponse:
    try:
        parcels = importing.read(again.unpacked(request.POST["again"], AGAIN_LIMIT))
        outcomes = _take(request, parcels)
    except YimenError as error:
        messages.error(request, str(error))
        return redirect("staff:field-import")
    return render(
        request, "staff/field/import.html", {"form": ExportFile(), "seen": [], "outcomes": outcomes}
    )


def _take(request: StaffRequest, parcels: list[Parcel]) -> list[importing.Outcome]:
    outcomes = list(importing.take(request.actor, request.grants, parcels))
    done = sum(1 for one in outcomes if one.item)
    messages.success(request, ngettext("已收下 %(n)d 条。", "已收下 %(n)d 条。", done) % {"n": done})
    return outcomes
