"""可能是同一件事: which open matters resemble a new one, by category, place and words. Matters only, never people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from yimen.access.registry import Grants

from . import dossier
from .models import Case
from .queries import matching

LOOK_BACK = timedelta(days=60)
NEWEST, NEARBY, AT_MOST = 150, 50, 5
LEAST, LEAST_NEARBY = 45, 25
"""Of a hundred: how much of the shorter text's pairs of characters occur in the longer; less is enough at one place."""
SHORTEST = 8
"""Texts of fewer characters say too little to be compared."""


@dataclass(frozen=True, slots=True)
class Found:
    other_id: int
    score: int


def like(case: Case) -> list[Found]:
    """At most five open matters of the same category that resemble this one, the most alike first. Never sealed ones."""
    if case.sealed or not case.open:
        return []
    scored = [Found(other.pk, _score(case, other)) for other in _candidates(case)]
    good = [one for one in scored if one.score]
    return sorted(good, key=lambda one: (-one.score, -one.other_id))[:AT_MOST]


def _candidates(case: Case) -> list[Case]:
    rows = Case.objects.filter(
        open=True, sealed=False, category=case.category_id, id__lt=case.pk,
        received_at__gte=case.received_at - LOOK_BACK,
    ).only("id", "title", "text", "place")  # fmt: skip
    newest = rows.order_by("-received_at", "-id")
    found = {row.pk: row for row in newest[:NEWEST]}
    if len(case.place) >= 2:
        found |= {row.pk: row for row in matching(newest, case.place)[:NEARBY]}
    return list(found.values())


def _score(case: Case, other: Case) -> int:
    nearby = bool(case.place) and (
        case.place in other.place or (other.place in case.place and other.place != "")
    )
    alike = overlap(case.text, other.text)
    return alike if alike >= (LEAST_NEARBY if nearby else LEAST) else 0


def overlap(one: str, other: str) -> int:
    """0–100: the share of the shorter text's pairs of characters that the longer has too."""
    first, second = _pairs(one), _pairs(other)
    if min(len(first), len(second)) < SHORTEST:
        return 0
    return round(100 * len(first & second) / min(len(first), len(second)))


def _pairs(text: str) -> frozenset[str]:
    words = [char for char in text if char.isalnum()]
    return frozenset(a + b for a, b in pairwise(words))


# --- what a person is shown ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another open matter that may be the same one."""

    other: Case
    score: int


def suggestions(grants: Grants, case: Case) -> list[Suggestion]:
    """For the triage: not dismissed, not linked or merged yet, and only what this person may see."""
    if not in_triage(case):
        return []
    rows = dossier.of(case, grants)
    scores = {row.other_id: row.score for row in rows.alikes}
    tied = {pk for link in rows.links for pk in (link.case_id, link.other_id)}  # somebody decided
    found = [
        Suggestion(row, scores[row.pk])
        for row in rows.others
        if row.open and row.pk in scores and row.pk not in tied
    ]
    return sorted(found, key=lambda one: (-one.score, -one.other.pk))


def in_triage(case: Case) -> bool:
    """Open and not with a unit yet: now it can still be merged without anybody having begun."""
    return bool(case.open) and not case.sealed and case.lead_unit_id is None and case.state != "merged"
