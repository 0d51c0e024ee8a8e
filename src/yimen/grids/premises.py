"""The register of premises, read: lists by kind and grid, one with its visits and needs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, visible
from yimen.foundation.errors import Missing

from .models import Premise, PremiseNeed, PremiseVisit

PAGE = 30


def register(grants: Grants, *, past: bool = False) -> QuerySet[Premise]:
    """The premises this person may see that are there today; with `past` also those that are gone."""
    rows = Premise.objects.filter(visible(grants, "grids.premises"))
    if not past:
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate()))
    return rows.select_related("grid", "grid__parent").order_by("pk")


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page; `after` is the id to go on from, 0 at the end. Rows carry `open_needs` and `last_visit`."""

    rows: list[Premise]
    after: int


def page(
    grants: Grants,
    *,
    kind: str = "",
    grid: int = 0,
    words: str = "",
    open_needs: bool = False,
    after: int = 0,
) -> Page:
    """A page of the register, narrowed by kind, grid (or its community) and words in name or address. One query."""
    rows = register(grants).filter(pk__gt=after)
    if kind:
        rows = rows.filter(kind=kind)
    if grid:
        rows = rows.filter(Q(grid=grid) | Q(grid__parent=grid))
    for word in words.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(address__icontains=word))
    needs = PremiseNeed.objects.filter(premise=OuterRef("pk"), state="open").order_by().values("premise")
    visits = PremiseVisit.objects.filter(premise=OuterRef("pk")).order_by("-day", "-pk")
    rows = rows.annotate(
        open_needs=Subquery(needs.annotate(n=Count("pk")).values("n")),
        last_visit=Subquery(visits.values("day")[:1]),
    )
    if open_needs:
        rows = rows.filter(open_needs__gt=0)
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0)


def get(grants: Grants, ref: UUID) -> Premise:
    """One premise, also one that is gone. Raises Missing when it is not there or not for this person."""
    row = register(grants, past=True).filter(uuid=ref).first()
    if row is None:
        raise Missing(_("没有这个地方"))
    return row


def visits(premise: Premise) -> QuerySet[PremiseVisit]:
    """Newest first."""
    return PremiseVisit.objects.filter(premise=premise).select_related("by").order_by("-day", "-pk")


def needs(premise: Premise) -> QuerySet[PremiseNeed]:
    """Open ones first, then the newest."""
    rows = PremiseNeed.objects.filter(premise=premise).select_related("by", "decided_by")
    return rows.order_by(F("decided_at").desc(nulls_first=True), "-pk")
