"""What presses a matter on beside 催办 and 督办单: automatic reminders, feedback on orders, the office's own figures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .case import Case
from .facts import Supervision
from .staff import staff


class Reminder(models.Model):
    """临期提醒: once for a clock and its due time, to holder and liaison; by the system, or by the desk ahead of time."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    clock = models.ForeignKey("cases.Clock", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    to_user = staff()
    liaison = staff(null=True)
    at = models.DateTimeField()
    by = staff(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "due_at"], name="reminder_once")]
        indexes = [models.Index(fields=["case", "id"], name="reminder_case")]

    def __str__(self) -> str:
        return f"{self.case_id}"


class SupervisionFeedback(models.Model):
    """办理情况 on a 督办单: the final result, or how things stand with a planned finish."""

    supervision = models.ForeignKey(Supervision, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    is_final = models.BooleanField(default=False)
    plan_finish = models.DateField(null=True, blank=True)
    by = staff()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_final=True, plan_finish__isnull=True)
                | Q(is_final=False, plan_finish__isnull=False),
                name="feedback_final_or_planned",
            )
        ]

    def __str__(self) -> str:
        return f"{self.supervision_id}"


class PressureSetting(models.Model):
    """One figure of data/pressure_settings.csv as this office has set it."""

    key = models.SlugField(max_length=40, unique=True)
    value = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
