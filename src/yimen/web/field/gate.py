"""The phone's door: a signature instead of a session, JSON with `yimen: 1`, every refusal with a code (docs/rooms/field.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.request import RawPostDataException
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from yimen.access.registry import Grants, grants_of
from yimen.foundation import errors
from yimen.foundation.actor import Actor
from yimen.intake.field import envelope, seats
from yimen.intake.field.files import DiskFull, Elsewhere
from yimen.intake.field.items import SlowDown
from yimen.intake.field.models import FieldSeat

from .. import demo

PHONE: Final = "phone"  # what a route declares as its policy: the signature of an enrolled phone
_STATUS: Final[tuple[tuple[type[errors.YimenError], int], ...]] = (
    (seats.Unknown, 401), (DiskFull, 507), (SlowDown, 429), (seats.WrongClock, 400), (errors.Missing, 404),
    (errors.Refused, 403), (errors.Conflict, 409), (errors.Invalid, 422), (errors.Broken, 500),
)  # fmt: skip
RETRY: Final = 30  # seconds that a phone waits when it was too fast


class TooLarge(errors.YimenError):
    """More bytes than an answer of this kind may have."""

    code = "too_large"


class PhoneRequest(HttpRequest):
    """What a view gets: whose seat signed it, who acts, what they hold today, and the body that was signed."""

    seat: FieldSeat
    actor: Actor
    grants: Grants
    content: bytes


View = Callable[..., HttpResponse]


def answer(body: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """JSON by which a phone knows that it speaks with us."""
    text = json.dumps({"yimen": 1, **body}, ensure_ascii=False, default=str)
    found = HttpResponse(text.encode("utf-8", "replace"), content_type="application/json", status=status)
    found.headers["Cache-Control"] = "no-store, private"
    return found


def told(error: errors.YimenError) -> HttpResponse:
    """A refusal: its code, a sentence, the fields at fault, and what to go on with."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 422)
    status = 413 if isinstance(error, TooLarge) else 422 if error.code == "chunk" else status
    body: dict[str, Any] = {"code": error.code, "message": str(error)}
    if isinstance(error, errors.Invalid):
        body["fields"] = {name: str(said) for name, said in error.fields.items()}
    if isinstance(error, Elsewhere):
        body["received"] = error.received
    if isinstance(error, seats.WrongClock):
        body["now"] = int(timezone.now().timestamp() * 1000)
    found = answer(body, status)
    if status == 429:
        found = answer({**body, "retry_after": RETRY}, status)
        found.headers["Retry-After"] = str(RETRY)
    return found


def phone(*methods: str, limit: int = 64 * 1024) -> Callable[[View], View]:
    """A view for enrolled phones alone. `limit`: bytes that its body may have."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                found = answer({"code": "method_not_allowed", "message": ""}, 405)
                found.headers["Allow"] = ", ".join(methods)
                return found
            try:
                _enter(request, limit)
                return view(request, *args, **kwargs)
            except errors.YimenError as error:
                return told(error)

        guarded.policy = PHONE  # type: ignore[attr-defined]
        guarded.methods = methods  # type: ignore[attr-defined]
        return csrf_exempt(guarded)

    return declare


def body_of(request: HttpRequest, limit: int) -> bytes:
    """The body, at most so many bytes. Raises TooLarge, Conflict for one that was cut on its way."""
    stated = str(request.META.get("CONTENT_LENGTH") or "0")
    if stated.isdecimal() and int(stated[:18]) > limit:
        raise TooLarge(_("一次送来的内容太大"))
    try:
        content = request.body
    except RequestDataTooBig as error:
        raise TooLarge(_("一次送来的内容太大")) from error
    except RawPostDataException as error:  # a form: it was read as one on the way here
        raise errors.Invalid(_("请求的内容不是完整的 JSON"), code="malformed") from error
    except UnreadablePostError as error:
        raise errors.Broken(_("内容没有完整送到，请重送")) from error
    if len(content) > limit:
        raise TooLarge(_("一次送来的内容太大"))
    return content


def signed_text(request: HttpRequest, content: bytes) -> str:
    """What the phone's signature must be over."""
    time = request.headers.get("Yimen-Time", "")
    return envelope.request_text(str(request.method), request.get_full_path(), time, content)


def _enter(request: Any, limit: int) -> None:
    """Raises what `told` tells. The clock is asked last: who cannot sign learns nothing of it."""
    request.content = body_of(request, limit)
    heads = request.headers
    request.seat = seats.seat_of(
        heads.get("Yimen-Device", ""), heads.get("Yimen-Seat", ""), signed_text(request, request.content),
        heads.get("Yimen-Signature", ""),
    )  # fmt: skip
    if said := demo.refusal(request, request.seat.user):
        raise errors.Refused(said, code="demo_elsewhere")
    if request.method in ("GET", "HEAD"):
        seats.check_fresh(heads.get("Yimen-Time", ""))
    request.actor = Actor(request.seat.user_id, request.seat.user.name, "field")
    request.grants = grants_of(request.actor)


def json_of(content: bytes) -> Any:
    """Raises Invalid (code "malformed") for what is no JSON, or nested without end."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise errors.Invalid(_("请求的内容不是完整的 JSON"), code="malformed") from error
