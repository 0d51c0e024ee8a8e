"""Reading review and re-review of a matter: what was asked and decided, and until when the person may ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from yimen.calendars import queries as calendars
from yimen.calendars.rules import freeze
from yimen.organisations.models import UnitKind
from yimen.organisations.queries import units

from . import dossier, queries
from .models import Case, Letter, Review
from .review_rules import ReviewFacts

# States in which an opinion may have been served, or is before the level above.
AFTERWARDS = ("told", "called_back", "rated", "closed", "archived", "reviewing", "reviewed", "re_reviewing")
_STEPS = {1: "review", 2: "reviewed"}  # the clock rules of §35 and §36: both count from receipt


@dataclass(frozen=True, slots=True)
class Right:
    """Until when a person may ask: `due` is the end of the last day, with the rule's own explanation."""

    since: datetime
    due: datetime
    explain: str
    explain_en: str

    @property
    def until(self) -> date:
        return timezone.localdate(self.due)


def right(case: Case, level: int) -> Right | None:
    """The right of review (level 1, from the opinion's receipt) or re-review (2, from the review decision's)."""
    rights = dossier.of(case).rights
    if level not in rights:
        since = _received(case, level)
        rights[level] = None if since is None else _right(case, level, since)
    return rights[level]


def _right(case: Case, level: int, since: datetime) -> Right | None:
    day, kind = timezone.localdate(since), {"category": case.category.key, "urgency": case.urgency}
    with calendars.held():
        rule = calendars.rule_for("petition", _STEPS[level], **kind, on=day)
        result = calendars.run_rule(freeze(rule), since)
    return Right(since, result.due_at, result.explain, result.explain_en) if result.due_at else None


def _received(case: Case, level: int) -> datetime | None:
    if level == 1:
        return case.served_at if queries.written_opinion_served(case) else None
    last = current(case)
    return last.told_at if last and last.level == 1 else None


def reviews_of(case: Case) -> list[Review]:
    """Every review and re-review of a matter, the earliest first."""
    return dossier.of(case).reviews


def current(case: Case) -> Review | None:
    """The latest review of the opinion that stands. What was withdrawn does not count; annulled, all begins anew."""
    last = next((row for row in reversed(reviews_of(case)) if row.outcome != "withdrawn"), None)
    if last and last.outcome == "annul" and case.state != "reviewed":
        return None
    return last


def may_have(case: Case) -> bool:
    """Whether the right of review can have begun (条例 §35): a petition whose opinion may have been served."""
    return case.flow == "petition" and case.state in AFTERWARDS


def facts(case: Case) -> ReviewFacts:
    """What guards look at; nothing is asked before an opinion can have been served."""
    if not may_have(case):
        return ReviewFacts()
    last = current(case)
    now = right(case, 2 if last else 1) if not last or (last.level == 1 and last.outcome) else None
    return ReviewFacts(
        served=last is not None or now is not None,
        level=last.level if last else 0,
        outcome=last.outcome if last else "",
        asked_on=last.asked_on if last else None,
        since=timezone.localdate(now.since) if now else None,
        until=now.until if now else None,
    )


def served_letter(case: Case) -> Letter | None:
    """The opinion letter that was served last."""
    rows = (row for row in reversed(dossier.of(case).letters) if row.kind == "opinion")
    return next((row for row in rows if row.state == "served"), None)


def authorities() -> list[str]:
    """Names offered as 复查复核机关: the district's units."""
    return list(units(UnitKind("district")).values_list("name", flat=True))
