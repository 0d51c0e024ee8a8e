"""What phones send: their enrolment, items, pieces of files."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from yimen.accounts import actions as accounts
from yimen.accounts.address import client_address, network
from yimen.foundation import errors
from yimen.intake.field import boxes, enrolment, envelope, files, items, plaintext, seats
from yimen.intake.field.models import FieldSeat
from yimen.organisations.queries import office

from .. import demo
from . import gate
from .gate import PhoneRequest, answer, phone

ENROL_LIMIT: Final = 8 * 1024  # bytes
PHOTO_EDGE, VIDEO_SECONDS, VIDEO_BYTES, TASK_HOURS = 1600, 30, 16 * 1024 * 1024, 72


@csrf_exempt
def enrol(request: HttpRequest) -> HttpResponse:
    """`POST /field/api/enrol`: a one-time code and the phone's key for a seat. Open to anybody who has a code."""
    if request.method != "POST":
        return answer({"code": "method_not_allowed", "message": ""}, 405)
    try:
        return answer(_enrolled(request))
    except errors.YimenError as error:
        if error.code == "code" and _too_many(request):
            error = items.SlowDown(_("从这个地址来的不对的登记码太多，请稍后再试。"))
        return gate.told(error)


def _enrolled(request: HttpRequest) -> dict[str, Any]:
    content = gate.body_of(request, ENROL_LIMIT)
    body = gate.json_of(content)
    if not isinstance(body, dict) or not isinstance(body.get("code"), str):
        raise errors.Invalid(_("请求的内容不是完整的 JSON"), code="malformed")
    _check_own(
        body.get("key"), gate.signed_text(request, content), request.headers.get("Yimen-Signature", "")
    )
    label, kind = (plaintext.clean(body.get(name, "")) for name in ("label", "kind"))
    seat = enrolment.enrol(body["code"][:80], body["key"], label, kind)
    if said := demo.refusal(request, seat.user):
        raise errors.Refused(said, code="demo_elsewhere")
    return welcome(seat)


def _check_own(key: object, text: str, signature: str) -> None:
    """The phone has the key that it names. Raises Invalid, Unknown."""
    try:
        ours = envelope.signed(envelope.public_key(key), text, envelope.unb64(signature))
    except envelope.NotSealed as error:
        raise errors.Invalid(_("手机送来的密钥不对"), {"key": str(error)}) from error
    if not ours:
        raise seats.Unknown(_("这不是这部手机的签名"), code="signature")


def welcome(seat: FieldSeat) -> dict[str, Any]:
    """What a phone keeps from its enrolment."""
    return {
        "device": str(seat.device.uuid),
        "seat": str(seat.uuid),
        "user": {"name": seat.user.name},
        "box": boxes.current(),
        "settings": _settings(),
        "now": int(timezone.now().timestamp() * 1000),
    }


def _settings() -> dict[str, Any]:
    ours = office()
    return {
        "chunk": files.CHUNK, "file_bytes": plaintext.FILE_LIMIT, "files": plaintext.MOST_FILES,
        "item_bytes": items.ENVELOPE_LIMIT, "photo_edge": PHOTO_EDGE, "video_seconds": VIDEO_SECONDS,
        "video_bytes": VIDEO_BYTES, "task_hours": TASK_HOURS, "office": ours.name if ours else "",
        "duty_phone": (ours.duty_phone or ours.phone) if ours else "",
    }  # fmt: skip


def _too_many(request: HttpRequest) -> bool:
    """Counted by address like tokens that do not hold."""
    return accounts.token_failed(network(client_address(request.META, settings.TRUSTED_PROXIES)) or "")


@phone("POST", "GET", limit=items.ENVELOPE_LIMIT)
def item(request: PhoneRequest, uuid: UUID) -> HttpResponse:
    """`POST`: take one item in, once. `GET`: its receipt again."""
    if request.method == "GET":
        return answer(items.receipt(items.item_of(request.seat, uuid)))
    taken = items.take_in(request.seat, uuid, gate.json_of(request.content))
    return answer(items.receipt(taken))


@phone("PUT", limit=files.CHUNK)
def file(request: PhoneRequest, uuid: UUID, sha256: str) -> HttpResponse:
    """`PUT …?offset=N&total=M`: one piece of a promised file."""
    row = files.put(
        request.seat, uuid, sha256, offset=_number(request, "offset"), total=_number(request, "total"),
        piece=request.content, digest=request.headers.get("Yimen-Chunk", ""),
    )  # fmt: skip
    body: dict[str, Any] = {"received": row.received}
    if row.done_at is not None:
        body |= {"done": True, "sha256": row.sha256, "state": items.item_of(request.seat, uuid).state}
    return answer(body)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise errors.Invalid(_("请求的内容不完整"), {name: _("应为整数")})
    return int(text)
