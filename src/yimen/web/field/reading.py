"""What phones read: tasks with their photos, classes, the map, the day's log."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases.actions.attach import open_file
from yimen.foundation.errors import Invalid
from yimen.intake.field import boxes, log, told

from .gate import PhoneRequest, answer, phone


@phone("GET")
def tasks(request: PhoneRequest) -> HttpResponse:
    """What is this worker's turn now; lives 72 hours on the phone."""
    now = told.ms(timezone.now())
    return answer({"at": now, "box": boxes.current(), "tasks": told.tasks(request.grants)})


@phone("GET")
def classes(request: PhoneRequest) -> HttpResponse:
    return answer(told.classes(request.seat.user_id))


@phone("GET")
def outline(request: PhoneRequest) -> HttpResponse:
    return answer(told.outline(request.seat.user_id))


@phone("GET")
def day(request: PhoneRequest) -> HttpResponse:
    """`?day=2026-11-23`, today without."""
    text = request.GET.get("day", "")
    try:
        asked = date.fromisoformat(text) if text else timezone.localdate()
    except ValueError as error:
        raise Invalid(_("请写明是哪一天的日志"), {"day": _("应为日期，如 2026-11-23")}) from error
    return answer(told.day_log(log.of(request.seat.user, asked)))


@phone("GET")
def photo(request: PhoneRequest, uuid: UUID, one: UUID) -> HttpResponse:
    """A photo of a matter that this worker may see: the clean copy. Recorded like every look."""
    row, data = open_file(request.actor, request.grants, uuid, one)
    found = HttpResponse(
        data, content_type=row.mime if row.mime.startswith("image/") else "application/octet-stream"
    )
    found.headers["Cache-Control"] = "no-store, private"
    found.headers["Content-Disposition"] = "attachment"
    return found
