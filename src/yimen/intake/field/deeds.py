"""What an item of each kind does: a report, a step of a matter, lines of the daily log. Called inside one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases.actions import events, steps
from yimen.cases.models import Case
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, Missing

from . import log
from .plaintext import Said

STEPS: Final = frozenset(
    {
        "confirm", "deny", "settle", "settle_told", "send_up", "decline_task", "handle", "pass_check", "fail_check",
        "pass_told",
    }
)  # fmt: skip
PHOTOGRAPHED: Final = frozenset({"settle", "settle_told", "handle"})  # words first, the after-photo follows
REPORTED: Final = (
    "text", "event_class", "place", "lng", "lat", "crs", "urgent", "settled", "name", "phone", "grid_code",
)  # fmt: skip
_TEXTS: Final = frozenset(REPORTED) - {"lng", "lat", "urgent"}


def do(actor: Actor, grants: Grants, said: Said, now: datetime) -> Case | None:
    """The matter that came of it or that it was about; None for the log. Raises what the rooms' own verbs raise."""
    if said.kind == "report":
        return _report(actor, grants, said, now)
    if said.kind == "log":
        log.add(actor, grants, said.data, said.made_at, now)
        return None
    if said.kind in STEPS:
        return _step(actor, grants, said)
    raise Invalid(_("手机送来的这种内容这里不认识，请更新手机页面"), {"kind": said.kind})


def _report(actor: Actor, grants: Grants, said: Said, now: datetime) -> Case:
    """What the form does not know is left away: a form that changed meanwhile is still taken in (OFFLINE)."""
    given = {name: said.data[name] for name in REPORTED if said.data.get(name) not in (None, "")}
    for name in ("lng", "lat"):
        if name in given and (isinstance(given[name], bool) or not isinstance(given[name], int | float)):
            raise Invalid(_("还有内容要补充或更正"), {name: _("位置应为数字")})
    for name in _TEXTS & set(given):
        given[name] = str(given[name])
    given["urgent"] = given.get("urgent") is True
    given = {"text": "", "event_class": ""} | given
    form = events.EventReport(**given, channel="grid", device_at=said.made_at, client_key=said.id)
    return events.report(actor, grants, form, at=now)


def _step(actor: Actor, grants: Grants, said: Said) -> Case:
    data = {name: _word(value) for name, value in said.data.items() if name != "case"}
    try:
        ref = UUID(str(said.data.get("case", "")))
    except ValueError as error:
        raise Missing(_("没有这件事，或者不在您的办理范围内")) from error
    if said.kind in PHOTOGRAPHED and any(one.purpose == "after" for one in said.files):
        data.setdefault("no_photo", _("处置后照片已在手机上，随后送到"))
    return steps.take(actor, grants, ref, said.kind, data)


def _word(value: Any) -> Any:
    """Numbers as they are typed into forms."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
