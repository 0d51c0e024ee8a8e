"""Places and who answers for them. A grid is a place; nothing here is about residents or households."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .kinds import Crs, Level, PostRole

LEVELS = (
    (Level.STREET.value, _("街道")),
    (Level.COMMUNITY.value, _("社区")),
    (Level.GRID.value, _("网格")),
    (Level.SPECIALIST.value, _("专属网格")),
)
CRS = ((Crs.WGS84.value, "WGS-84"), (Crs.CGCS2000.value, "CGCS2000"))
POST_ROLES = ((PostRole.WORKER.value, _("网格员")), (PostRole.LEAD.value, _("网格长")))


class Grid(models.Model):
    """One grid for a period. `code` is opaque text of a declared `scheme` (see codes.py)."""

    code = models.CharField(max_length=24)
    scheme = models.CharField(max_length=16)
    name = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField(null=True, blank=True, help_text="8 in 第8网格")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisations.Unit", on_delete=models.PROTECT, related_name="+")
    places = models.JSONField(default=list, blank=True, help_text="names by which people say where: estates")
    polygon = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry, longitude first")
    crs = models.CharField(max_length=12, choices=CRS, default=Crs.WGS84.value)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day on which the grid exists")

    class Meta:
        ordering = ["level", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="grid_code_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="grid_period"
            ),
            models.CheckConstraint(
                condition=Q(level=Level.STREET.value) | Q(parent__isnull=False), name="grid_has_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GridPost(models.Model):
    """定人定网: one person answering for one grid, for a period."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=POST_ROLES)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="last day on which the person answers here")

    class Meta:
        indexes = [models.Index(fields=["grid", "role"], name="gridpost_grid")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="gridpost_period"
            ),
            models.UniqueConstraint(fields=["user", "grid", "role", "since"], name="gridpost_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}@{self.grid_id}"


class Leave(models.Model):
    """A person who answers for places is away for these days; `stand_in` answers instead, at every post of theirs.

    A trigger (0002_answering) refuses two rows for one person and day, and chains of stand-ins that loop.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    stand_in = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who answers instead; without one, the level above",
    )
    since = models.DateField()
    until = models.DateField(help_text="last day away")

    class Meta:
        indexes = [models.Index(fields=["until", "since"], name="leave_days")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="leave_period"),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("user")), name="leave_not_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.since}–{self.until}"


class GridRevision(models.Model):
    """One row that changes with every change of the map, so that processes know their copy is old."""

    token = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="grid_one_revision")]

    def __str__(self) -> str:
        return str(self.token)


from .premises_models import Premise, PremiseNeed, PremiseVisit  # noqa: E402  (after Grid, to which they point)
from .roster_models import DutyCall, DutyHandover, DutySetting, DutyShift, DutySwap  # noqa: E402

__all__ = [
    "DutyCall",
    "DutyHandover",
    "DutySetting",
    "DutyShift",
    "DutySwap",
    "Grid",
    "GridPost",
    "GridRevision",
    "Leave",
    "Premise",
    "PremiseNeed",
    "PremiseVisit",
]
