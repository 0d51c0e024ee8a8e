"""Who holds which role, where, and from when until when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class RoleGrant(models.Model):
    """One role for one person over one unit, for a period. `role` is a code of `access.roles`."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    unit = models.ForeignKey("organisations.Unit", on_delete=models.PROTECT, related_name="+")
    grid_code = models.CharField(
        max_length=24, blank=True, default="", help_text="set when the role holds for a grid"
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="last day on which the role holds")
    granted_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stands_for = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="代理: whose role this is while they are away; ends by itself",
    )
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["user"], name="rolegrant_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="rolegrant_period"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit", "grid_code", "since", "stands_for"],
                nulls_distinct=False,
                name="rolegrant_once",
            ),
            models.CheckConstraint(
                condition=Q(stands_for__isnull=True) | (Q(until__isnull=False) & ~Q(stands_for=F("user"))),
                name="rolegrant_stand_in_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}@{self.unit_id}"
