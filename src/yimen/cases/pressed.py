"""Which open matters press on whom: conditions of the worklists that come from reminders, urging, requests and reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from yimen.access.registry import Grants
from yimen.access.roles import Role

from .models import CaseLeader, Extension, MajorReport, Supervision, Urge
from .models.case import REMINDED
from .pressure_settings import own
from .states import UNIT_STATES, Flow

Ways: TypeAlias = tuple[Q, ...]
"""Conditions by which a matter comes into a list: never more than one of them holds. Two are made by `either` alone."""
PRESSED: Final = (*UNIT_STATES, "reported")  # while the lead unit owes the step, or its head the check


def either(first: Q, second: Q) -> Ways:
    """One of the two. What the first lets in does not come in by the second again."""
    return first, second & ~first


def conditions() -> dict[str, Callable[[Grants], Ways]]:
    """By the list's name in the address; each is made when it is wanted."""
    return {
        "reminded": _reminded,
        "urged": lambda grants: (_urged(grants),),
        "extension": lambda grants: (_asked(grants),),
        "supervised": lambda _grants: (supervised(),),
        "charge": lambda grants: (_charge(grants),),
        "unreported": lambda _grants: (unreported(),),
    }


def _reminded(grants: Grants) -> Ways:
    """临期提醒 of the limit that governs now, to its holder and to the unit's liaison."""
    given = REMINDED & Q(suspended=False)
    to_me = either(Q(holder=grants.user_id), Q(reminded_liaison=grants.user_id))
    return tuple(given & each for each in to_me)


def _urged(grants: Grants) -> Q:
    """催办 that waits for the unit's word: for who was urged, and for whose turn it is."""
    asked = Urge.objects.filter(
        case=OuterRef("pk"), unit=OuterRef("lead_unit"), replied_at__isnull=True
    ).exclude(level="director")
    mine = Q(holder=grants.user_id) | Q(Exists(asked.filter(to_user=grants.user_id)))
    return Q(state__in=PRESSED) & Q(Exists(asked)) & mine


def _asked(grants: Grants) -> Q:
    """延期 that waits for a decision: of a head's own units; for the director, service matters and units without accounts."""
    pending = Q(Exists(Extension.objects.filter(case=OuterRef("pk"), state="asked")))
    mine = Q(lead_unit__in=grants.units(Role.HEAD))
    if grants.has(Role.DIRECTOR):
        mine |= ~Q(flow=Flow.PETITION) | Q(lead_unit__online=False)
    return pending & mine


def supervised() -> Q:
    """With a 督办单 that has not been concluded."""
    return Q(Exists(Supervision.objects.filter(case=OuterRef("pk"), concluded_at__isnull=True)))


def _charge(grants: Grants) -> Q:
    """我包案的."""
    today = timezone.localdate()
    rows = CaseLeader.objects.filter(case=OuterRef("pk"), leader=grants.user_id, ended_at__isnull=True)
    return Q(Exists(rows.filter(Q(until__isnull=True) | Q(until__gte=today))))


def unreported() -> Q:
    """Groups of whom no report to a leader is recorded (多人来访未报告)."""
    told = MajorReport.objects.filter(case=OuterRef("pk"), struck_at__isnull=True)
    many = Q(party_size__gt=1) & Q(party_size__gt=own("group_size"))  # the first names the index
    return many & ~Q(Exists(told))
