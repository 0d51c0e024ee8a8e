"""Loads the demo's matters of places: some in every state of the flow, up to the district, with a few routing rules.

Every step is the verb that a person would press, in order of time; all before today began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from shapely.geometry import Point, shape

from yimen.access.registry import Grants, grants_of
from yimen.accounts.models import User
from yimen.accounts.queries import by_sign_in
from yimen.calendars import queries as calendars
from yimen.cases.actions import callbacks, district, events, routing, steps
from yimen.cases.actions.transition import run
from yimen.cases.models import Case, RoutingRule
from yimen.cases.place_rules import PUBLIC
from yimen.foundation.actor import Actor
from yimen.grids.models import Grid, GridPost
from yimen.ledger import dated
from yimen.organisations.models import Unit

from .days import Days, at
from .people import table

BEGINS: Final = time(14, 5)  # of the afternoon of the last work day: what is fresh is still in its time
NO_PHOTO: Final = "演示数据不带照片"
# What people press next on the way from report to closed; a public report is verified first.
NEXT: Final[dict[str, str]] = {
    "at_grid": "send_up", "at_community": "send_up", "raised": "admit", "verifying": "confirm", "admitted": "file",
    "filed": "send", "sent": "take", "handling": "handle", "told": "call_back", "called_back": "rate", "rated": "close",
    "closed": "archive",
}  # fmt: skip
STOPS: Final = {"asked": "handling", "district": "handling", "merged": "raised", "settled": "closed"}
RULES: Final = (
    ("event:01", "chengguan", "", "", "市容环境由城市管理办牵头"),
    ("event:0101", "zhifa", "chengguan", "", "私搭乱建由综合行政执法队处置"),
    ("event:0116", "zhifa", "", "", ""),
    ("event:03", "zhifa", "", "", "施工管理"),
    ("event:0505", "zhifa", "paichusuo", "", ""),
    ("facility:01", "chengguan", "", "", "公用设施先找管养单位，找不到的由城市管理办兜底"),
    ("facility:0118", "chengguan", "gongdian", "", "路灯"),
    ("local:0606", "yingji", "wuye", "", "电梯故障"),
    ("", "yingji", "", "after", "下班以后没有专门规则的，由应急值守先到场"),
)


@dataclass(frozen=True, slots=True)
class Doer:
    """Somebody at a moment."""

    actor: Actor
    grants: Grants


def is_loaded() -> bool:
    return Case.objects.filter(flow="grid").exists()


@transaction.atomic
def load(seed: int, today: date | None = None) -> None:
    """All of it or nothing; the same seed and day give the same. Needs the street, its classes and its roster."""
    days, rng = Days(calendars.current(), today or timezone.localdate()), Random(f"{seed}:events")
    _rules(days)
    grids = {grid.number: grid for grid in Grid.objects.filter(level=3).select_related("parent")}
    rows = sorted(table("events.tsv"), key=lambda row: (-int(row["ago"]), row["goal"] == "merged"))
    with calendars.held():
        for number, row in enumerate(rows):
            _play(row, grids[int(row["grid"])], days, timedelta(minutes=number % 7), rng)


def _rules(days: Days) -> None:
    doer, units = _who("director"), {unit.key: unit for unit in Unit.objects.all()}
    for subject, unit, helper, hours, note in RULES:
        row = RoutingRule(
            subject=subject, unit=units[unit], assisting=[helper] if helper else [], hours=hours or "any", note=note,
            valid_from=days.back(60),
        )  # fmt: skip
        routing.check(row)
        dated.add(doer.actor, row, routing.NOUN)


def _who(sign_in: str) -> Doer:
    user = by_sign_in(sign_in)
    assert user is not None, sign_in
    return _doer(user)


def _doer(user: User) -> Doer:
    actor = Actor(user.pk, user.name, via="demo")
    return Doer(actor, grants_of(actor))


def _play(row: dict[str, str], grid: Grid, days: Days, later: timedelta, rng: Random) -> None:
    """One matter to its goal, some minutes between the steps."""
    now = at(days.back(int(row["ago"])), BEGINS) + later
    case = _reported(row, grid, now, rng)
    goal = row["goal"]
    while case.state != STOPS.get(goal, goal):
        now += timedelta(minutes=rng.randint(6, 18))
        case = _step(case, row, now)
    if goal in ("asked", "district", "merged"):
        _finish(case, goal, now + timedelta(minutes=15))


def _reported(row: dict[str, str], grid: Grid, now: datetime, rng: Random) -> Case:
    own, public = row["channel"] == "grid", row["channel"] == "phone"
    lng, lat = _point(grid, rng)
    doer = _worker(grid) if own else _who("clerk1")
    settled = row["result"] if row["goal"] == "settled" else ""
    form = events.EventReport(
        text=row["text"], event_class=row["class"], channel=row["channel"], place=row["place"], lng=lng, lat=lat,
        grid_code=grid.code, settled=settled, phone=f"0931-000 {rng.randrange(10000):04d}" if public else "",
        name=rng.choice(("王女士", "赵先生", "刘师傅", "陈阿姨")) if public else "",
        from_body="区城市管理指挥中心" if row["channel"] == "above" else "",
    )  # fmt: skip
    return events.report(doer.actor, doer.grants, form, at=now)


def _worker(grid: Grid) -> Doer:
    post = GridPost.objects.filter(grid=grid, role="worker").select_related("user").order_by("id").first()
    assert post is not None, grid
    return _doer(post.user)


def _point(grid: Grid, rng: Random) -> tuple[float, float]:
    """Somewhere inside the outline."""
    outline = shape(grid.polygon)
    west, south, east, north = outline.bounds
    while True:
        lng, lat = rng.uniform(west, east), rng.uniform(south, north)
        if outline.contains(Point(lng, lat)):
            return round(lng, 6), round(lat, 6)


def _step(case: Case, row: dict[str, str], now: datetime) -> Case:
    verb = _verb(case)
    doer = _by(case, verb)
    if verb == "call_back":
        given = {"outcome": "reached", "solved": "yes"}
        return callbacks.record_callback(doer.actor, doer.grants, case.uuid, given, at=now)
    return run(doer.actor, doer.grants, case.uuid, verb, _said(case, verb, row), at=now)


def _verb(case: Case) -> str:
    if case.state == "raised" and case.channel in PUBLIC and case.verified != "yes":
        return "ask_verify"
    if case.state == "checking":
        return "pass_told" if case.reachable else "pass_check"
    return NEXT[case.state]


def _by(case: Case, verb: str) -> Doer:
    """Whose turn it is; what only the desk does, a clerk; the call-back another one."""
    if verb in ("ask_verify", "admit", "file", "send", "close", "archive"):
        return _who("clerk1")
    if verb in ("call_back", "rate"):
        return _who("clerk3")
    assert case.holder is not None
    return _doer(case.holder)


def _said(case: Case, verb: str, row: dict[str, str]) -> dict[str, Any]:
    done = row["result"] or "已到现场处置完毕。"
    said: dict[str, dict[str, Any]] = {
        "send_up": {"reason": "要动用机械和管养单位，本级办不了。"},
        "send": {"unit": row["unit"], "require": "按时处置，处置后拍照。", "reason": "由属地情况定"},
        "handle": {"result": done, "no_photo": NO_PHOTO},
        "pass_told": {"way": "phone", "said": done},
        "rate": {"rating": "4"},
    }
    return said.get(verb, {})


def _finish(case: Case, goal: str, now: datetime) -> None:
    """What is more than a step: put before a leader, signed, merged."""
    clerk = _who("clerk1")
    if goal == "merged":
        main = Case.objects.filter(flow="grid", event_class=case.event_class, grid=case.grid, open=True)
        number = main.exclude(pk=case.pk).latest("pk").number
        steps.take(clerk.actor, clerk.grants, case.uuid, "merge", {"main": number})
        return
    district.prepare(clerk.actor, clerk.grants, case.uuid, at=now)
    if goal == "district":
        leader = _who("leader1")
        district.sign(leader.actor, leader.grants, case.uuid, at=now + timedelta(minutes=20))
