"""工作日志 (G02) and 安全巡查记录 (G03): compiled from what was done; the worker adds lines and sends it with one tap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access.registry import Grants, require
from yimen.accounts.models import User
from yimen.cases.models import Case
from yimen.cases.states import VERBS
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.foundation.masking import mask_id_numbers
from yimen.grids import queries as grids
from yimen.grids.kinds import PostRole
from yimen.grids.models import GridPost, PremiseVisit
from yimen.ledger.actions import append

from . import events
from .models import DailyLine, DailyLog, FieldItem
from .workers import workers_for

MOST: Final = 60  # lines that one day may have by hand
BACK: Final = 31  # days: an older day is not added to any more
WORDS: Final[dict[str, object]] = {
    "slot": gettext_lazy("时段"), "place": gettext_lazy("地点"), "work": gettext_lazy("工作内容"),
    "problem": gettext_lazy("发现问题"), "measure": gettext_lazy("处理措施"), "feedback": gettext_lazy("反馈结果"),
    "follow_up": gettext_lazy("跟踪事项"),
}  # fmt: skip
PATROL: Final[dict[str, object]] = {
    "slot": gettext_lazy("时段"), "place": gettext_lazy("巡查区域"), "building": gettext_lazy("巡查楼栋"),
    "item": gettext_lazy("巡查项目"), "problem": gettext_lazy("发现问题"), "advice": gettext_lazy("整改建议"),
    "due": gettext_lazy("整改期限"), "result": gettext_lazy("整改结果"), "recheck_by": gettext_lazy("复查人"),
    "recheck_on": gettext_lazy("复查日期"), "remark": gettext_lazy("备注"),
}  # fmt: skip
_LONG: Final = {"work": 500, "problem": 500, "measure": 500, "feedback": 500, "item": 500, "advice": 500}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the day: of a matter, a visit to a premise, or typed by the worker (`own`)."""

    at: datetime
    kind: str
    words: dict[str, str]
    case: Case | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """The log of one worker and day, as it stands."""

    user: User
    day: date
    weather: str
    grid: str
    lines: list[Line] = field(default_factory=list)
    sent_at: datetime | None = None
    sent_to: User | None = None


def add(
    actor: Actor, grants: Grants, data: dict[str, Any], made_at: datetime | None, now: datetime
) -> DailyLog:
    """Lines that the worker adds to a day, and the sending. Raises Invalid (day, lines). Inside a transaction."""
    require(grants, "intake.own_log")
    day = _day(data.get("day"), now)
    lines = _lines(data.get("lines", []))
    row, _made = DailyLog.objects.select_for_update().get_or_create(user_id=actor.user_id, day=day)
    if DailyLine.objects.filter(log=row).count() + len(lines) > MOST:
        raise Invalid(_("一天最多补 %d 条") % MOST, {"lines": _("请合并几条")})
    at = min(made_at, now) if made_at else now
    DailyLine.objects.bulk_create(DailyLine(log=row, kind=kind, words=words, at=at) for kind, words in lines)
    row.weather = _masked(data.get("weather", ""), 20) or row.weather
    row.save(update_fields=["weather"])
    if data.get("send") is True:
        _send(actor, row, now)
    return row


def _day(text: object, now: datetime) -> date:
    try:
        day = date.fromisoformat(str(text))
    except ValueError as error:
        raise Invalid(_("请写明是哪一天的日志"), {"day": _("应为日期，如 2026-11-23")}) from error
    today = timezone.localdate(now)
    if not today - timedelta(days=BACK) <= day <= today + timedelta(days=1):
        raise Invalid(_("只能补最近 %d 天的日志") % BACK, {"day": _("请核对日期")})
    return min(day, today)


def _lines(given: object) -> list[tuple[str, dict[str, str]]]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Invalid(_("日志的内容不完整"), {"lines": _("应为列表")})
    return [_line(one) for one in given]


def _line(given: dict[str, Any]) -> tuple[str, dict[str, str]]:
    kind = "patrol" if given.get("kind") == "patrol" else "work"
    known, needed = (PATROL, "item") if kind == "patrol" else (WORDS, "work")
    words = {name: _masked(given.get(name, ""), _LONG.get(name, 100)) for name in known}
    if not words[needed]:
        raise Invalid(_("还有内容要补充或更正"), {needed: _("请填写%s") % known[needed]})
    return kind, {name: text for name, text in words.items() if text}


def _masked(text: object, most: int) -> str:
    return mask_id_numbers(str(text).strip())[0][:most]


def _send(actor: Actor, row: DailyLog, now: datetime) -> None:
    """To the lead of the grid where the worker is posted. Sent again after more was added: the later time stands."""
    lead = _lead(row)
    row.sent_at, row.sent_to_id = now, lead
    row.save(update_fields=["sent_at", "sent_to"])
    append(actor, events.LOG_SENT, events.LOG, row.pk, {"day": row.day.isoformat(), "to": lead}, at=now)


def _posts(user_id: int, day: date) -> QuerySet[GridPost]:
    rows = GridPost.objects.filter(user=user_id, since__lte=day).exclude(until__lt=day)
    return rows.select_related("grid").order_by("grid__level", "grid__code")


def _lead(row: DailyLog) -> int | None:
    """Who leads the worker's grid, else the level above; nobody when the worker is posted nowhere."""
    known = {grid.pk: grid for grid in grids.all_grids()}
    for post in _posts(row.user_id, row.day):
        here = known.get(post.grid_id)
        while here is not None:
            found = grids.posts(here.pk, PostRole.LEAD, row.day).exclude(user=row.user_id).first()
            if found is not None:
                return found.user_id
            here = known.get(here.parent_id) if here.parent_id else None
    return None


def of(user: User, day: date, row: DailyLog | None = None) -> Day:
    """The log of a day, compiled now; `row` where it was read. Whether the reader may is the caller's question."""
    row = row or DailyLog.objects.filter(user=user, day=day).select_related("sent_to").first()
    lines = [*_of_items(user.pk, day), *_of_visits(user.pk, day), *(_added(row) if row else ())]
    where = _("、").join(post.grid.name for post in _posts(user.pk, day)[:3])
    return Day(
        user, day, row.weather if row else "", where, sorted(lines, key=lambda line: line.at),
        row.sent_at if row else None, row.sent_to if row else None,
    )  # fmt: skip


def _span(day: date) -> tuple[datetime, datetime]:
    begin = timezone.make_aware(datetime.combine(day, time()))
    return begin, begin + timedelta(days=1)


def _of_items(user_id: int, day: date) -> Iterable[Line]:
    """What was sent from the phone on this day, by the phone's own clock where it is credible."""
    begin, end = _span(day)
    rows = FieldItem.objects.filter(
        seat__user=user_id,
        case__isnull=False,
        received_at__gte=begin,
        received_at__lt=end + timedelta(days=3),
    )
    for row in rows.select_related("case").order_by("received_at"):
        at = row.device_at if row.device_at and row.device_at <= row.received_at else row.received_at
        if begin <= at < end and row.case is not None:
            yield Line(at, "work", _said(row.kind, row.case), row.case)


def _said(kind: str, case: Case) -> dict[str, str]:
    if kind == "report":
        what = _("自行处置") if case.settled_on_spot else _("上报")
    else:
        what = str(VERBS.get(kind, kind))
    found = {"place": case.place, "work": _("%(what)s：%(title)s") % {"what": what, "title": case.title}}
    return {name: text for name, text in found.items() if text}


def _of_visits(user_id: int, day: date) -> Iterable[Line]:
    begin, end = _span(day)
    rows = PremiseVisit.objects.filter(by=user_id, at__gte=begin, at__lt=end).select_related("premise")
    for row in rows:
        yield Line(row.at, "work", {"place": row.premise.address, "work": _("走访：%s") % row.premise.name})


def _added(row: DailyLog) -> Iterable[Line]:
    for line in DailyLine.objects.filter(log=row).order_by("pk"):
        yield Line(line.at, line.kind, dict(line.words), own=True)


def sent(grants: Grants) -> QuerySet[DailyLog]:
    """Logs that were sent, of the workers whom this person looks after, and one's own; newest first."""
    require(grants, "intake.field")
    rows = DailyLog.objects.filter(sent_at__isnull=False, user__in=workers_for(grants).values("pk"))
    return rows.select_related("user", "sent_to").order_by("-day", "user__name")


__all__ = ["PATROL", "WORDS", "Day", "Line", "add", "of", "sent"]
