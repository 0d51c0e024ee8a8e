"""Loads what the demo street has beside its matters: premises with visits and needs, a month of duty. All invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from yimen.access.registry import Grants, grants_of
from yimen.accounts.models import User
from yimen.accounts.queries import by_sign_in
from yimen.foundation.actor import Actor
from yimen.grids import duty, rotation
from yimen.grids.actions import calls, premises, premises_import, roster, swaps
from yimen.grids.models import DutyShift, Grid, Premise
from yimen.organisations.queries import office

from .people import table

DAY = timedelta(days=1)
BEFORE, AHEAD = 7, 30  # days of the roster around today
TEAMS = (("clerk1", "clerk3"), ("clerk2",), ("clerk4", "officer1"), ("clerk5",))
CHARGE = ("leader2", "director", "leader1")
CALLS = (
    ("永安路与广源路口路灯不亮，过马路看不清。", "已电话告知养护班组，明早处理。", "城市管理办"),
    ("灯市巷深夜有人唱歌，影响休息。", "到场劝说，已安静。", ""),
    ("暖阳家园换热站门口渗水，地面结冰。", "已放警示牌，通知供热值班室抢修。", "供热公司值班室"),
    ("槐安市场门口占道卸货，车过不去。", "联系市场管理员，已挪开。", "综合行政执法队"),
)
VISITS = (
    "消防通道畅通，灭火器在有效期内。", "门前堆放纸箱，当场请其搬走，已搬。", "招牌一角松动，已提醒加固。",
    "排水口有杂物，现场清理。", "设施完好，夜间照明正常。",
)  # fmt: skip
NEEDS = (
    "门前人行道地砖塌陷，雨天积水，希望修补。", "路口缺少非机动车停车位，希望划线。", "垃圾清运时间太早，希望改到七点以后。",
    "后巷路灯坏了两盏，希望检修。",
)  # fmt: skip


def is_loaded() -> bool:
    return DutyShift.objects.exists() or Premise.objects.exists()


@transaction.atomic
def load(seed: int, today: date | None = None) -> None:
    """All of it or nothing; the same seed and day give the same. Needs the street and the shipped calendar."""
    day, rng = today or timezone.localdate(), Random(f"{seed}:places")
    _premises(day, rng)
    _roster(day, rng)


def _who(sign_in: str) -> tuple[User, Actor, Grants]:
    user = by_sign_in(sign_in)
    assert user is not None, sign_in
    actor = Actor(user.pk, user.name, via="demo")
    return user, actor, grants_of(actor)


# --- premises


def _premises(today: date, rng: Random) -> None:
    _user, actor, grants = _who("clerk1")
    codes = dict(Grid.objects.filter(level=3).values_list("number", "code"))
    rows = [
        (number, {**row, "grid": codes[int(row["grid"])], "phone": f"0931-000 {rng.randrange(10000):04d}"})
        for number, row in enumerate(table("premises.tsv"), start=2)
    ]
    premises_import.take(actor, grants, rows)
    places = list(Premise.objects.order_by("pk"))
    for place in rng.sample(places, 12):
        day = today - DAY * rng.randrange(1, 30)
        premises.visit(actor, grants, place.uuid, rng.choice(VISITS), day, at=_at(day, 10))
    for place, words in zip(rng.sample(places, len(NEEDS)), NEEDS, strict=True):
        day = today - DAY * rng.randrange(1, 10)
        made = premises.need(actor, grants, place.uuid, words, at=_at(day, 11))
        if words == NEEDS[2]:
            premises.answer_need(actor, grants, made.pk, "已与清运班组商定，改到七点半。", at=_at(day, 15))


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))


# --- the roster


def _roster(today: date, rng: Random) -> None:
    _user, actor, grants = _who("director")
    first = today - BEFORE * DAY
    days = [first + DAY * n for n in range(BEFORE + AHEAD + 1)]
    teams = [tuple(_who(sign_in)[0].pk for sign_in in team) for team in TEAMS]
    charge = [_who(sign_in)[0].pk for sign_in in CHARGE]
    on = rotation.rotate(days, teams, apart=duty.rest_days(first, days[-1]))
    leads = rotation.rotate(days, charge)
    place = office()
    planned = [roster.Planned(day, leads[day], on[day]) for day in days]
    roster.fill(actor, grants, planned, place.duty_phone if place else "", at=_at(first - DAY, 9))
    shifts = duty.shifts(first, today - DAY)
    for one, after in zip(shifts, duty.shifts(first + DAY, today), strict=True):
        _kept(one, after, rng, last=after.day == today)
    _swap(today)


def _of(user: User) -> tuple[Actor, Grants]:
    actor = Actor(user.pk, user.name, via="demo")
    return actor, grants_of(actor)


def _kept(one: DutyShift, after: DutyShift, rng: Random, *, last: bool) -> None:
    """A shift that is over: a call or two, and the hand-over with both signatures. Last night's is not taken yet."""
    actor, grants = _of(one.person)
    night = one.starts_at + timedelta(hours=rng.randrange(9, 13))
    for words, done, told in rng.sample(CALLS, rng.randrange(1, 3)):
        night += timedelta(minutes=rng.randrange(5, 90))
        calls.add_call(
            actor, grants, one.pk, words, done, told, received_at=night, at=night + timedelta(minutes=10)
        )
    if one.ends_at > timezone.now():  # loaded before the morning: last night's shift is still on
        return
    ready = one.ends_at - timedelta(minutes=20)
    calls.give(
        actor, grants, one.pk, "接报已当班处理。", rng.choice(("", "催问供热值班室抢修进度。")), at=ready
    )
    if not last and after.person_id != one.person_id:
        taker, theirs = _of(after.person)
        calls.take(taker, theirs, one.pk, at=one.ends_at + timedelta(minutes=5))


def _swap(today: date) -> None:
    """One swap that waits for the director."""
    coming = duty.shifts(today + 3 * DAY, today + AHEAD * DAY)
    mine = coming[0]
    theirs = next(one for one in coming if not duty.people_of(one).keys() & duty.people_of(mine).keys())
    asker, grants = _of(mine.person)
    row = swaps.ask_swap(asker, grants, mine.pk, theirs.person_id, theirs.pk, "那天外出学习")
    other, theirs_grants = _of(theirs.person)
    swaps.agree(other, theirs_grants, row.pk)
