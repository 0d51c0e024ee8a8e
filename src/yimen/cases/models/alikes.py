"""可能是同一件事: two matters that a job found alike. A person decides; what was said to be another stays so."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .case import Case
from .staff import staff


class Alike(models.Model):
    """A suggestion about two matters, never about people: `case` is the later one, `other` was open already."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(help_text="0–100: how much of the words is the same")
    found_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, help_text="不是同一件事")
    dismissed_by = staff(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="alike_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="alike_two"),
            models.CheckConstraint(
                condition=Q(dismissed_at__isnull=True, dismissed_by__isnull=True)
                | Q(dismissed_at__isnull=False, dismissed_by__isnull=False),
                name="alike_dismissed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} ~ {self.other_id}"
