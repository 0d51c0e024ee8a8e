"""派遣规则: where matters of the grid are sent, as rows for a period."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..routing import AFTER, ANY, BUSINESS
from .handbook import CERTAINTIES

HOURS = ((ANY, _("任何时间")), (BUSINESS, _("上班时间")), (AFTER, _("下班时间")))


class RoutingRule(models.Model):
    """One line: matters of `subject` in `place` at `hours` go to `unit`, with `assisting` beside it.

    `subject` is "" (any class), "scheme:NN" (a large class) or "scheme:NNNN" (a class); so it outlives the versions of
    the classes. Two lines that say the same never hold on the same day (`actions.routing`).
    """

    subject = models.CharField(max_length=40, blank=True, default="")
    place = models.ForeignKey(
        "grids.Grid", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="a grid or a community; none: anywhere",
    )  # fmt: skip
    hours = models.CharField(max_length=8, choices=HOURS, default=ANY)
    unit = models.ForeignKey("organisations.Unit", on_delete=models.PROTECT, related_name="+")
    assisting = models.JSONField(default=list, blank=True, help_text="keys of units")
    note = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=200, blank=True, default="")
    certainty = models.CharField(max_length=1, choices=CERTAINTIES, default="D")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day included")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "place", "hours"], condition=Q(valid_to__isnull=True), nulls_distinct=False,
                name="routing_rule_one_open_ended",
            ),
            models.CheckConstraint(condition=Q(hours__in=[ANY, BUSINESS, AFTER]), name="routing_rule_hours"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.subject or '*'} @{self.place_id or '*'} {self.hours} → {self.unit_id}"
