"""Loads the demonstration's matters: ten told cases, some hundreds of invented ones, and counted enquiries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from yimen.calendars import queries as calendars
from yimen.cases.models import Case
from yimen.intake.actions.enquiry import tally

from ..progress import say
from .days import Days
from .goals import GOALS, Goal
from .lives import invented
from .people import table
from .play import Stage, play, set_stage
from .pressing import plan_receptions
from .script import stories

ENQUIRY_DAYS = 30


def is_loaded() -> bool:
    return Case.objects.exists()


@transaction.atomic
def load(seed: int, today: date | None = None, goals: Iterable[Goal] = GOALS) -> Stage:
    """Play everything that happened before `today` began, in one transaction: all of it or nothing.

    Deterministic for a seed and a day: the same matters, people, words and times (keys and codes are random).
    Needs the street, the shipped calendar and the categories. Gives the stage with each script's matter.
    """
    days = Days(calendars.current(), today or timezone.localdate())
    _hurry()
    stage = set_stage()
    with calendars.held():
        play([*stories(days), *invented(days, seed, goals)], stage, days.end, _progress)
    plan_receptions(stage, days)
    _enquiries(stage, days, Random(f"{seed}:enquiries"))
    return stage


def _hurry() -> None:
    """For this one transaction: joins are taken as written, planning them anew thousands of times takes longest."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL join_collapse_limit = 1")


def _progress(done: int, total: int) -> None:
    if done % (total // 10 or 1) == 0 or done == total:
        say(f"演示事项 {done}/{total} 步 / steps")


def _enquiries(stage: Stage, days: Days, rng: Random) -> None:
    """咨询速记: told at the window, one line, nobody's name."""
    for row in table("enquiries.tsv"):
        actor, grants = stage.actor(f"clerk{rng.randint(1, 5)}")
        moment = days.opening(days.back(rng.randint(1, ENQUIRY_DAYS)), rng)
        channel = rng.choices(["visit", "phone"], [7, 3])[0]
        tally(actor, grants, row["category"], row["words"], channel=channel, at=moment)
