"""Leaders beside a matter: days of reception, matters brought there, and who took one into his own charge."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .case import Case
from .staff import staff


class ReceptionDay(models.Model):
    """领导接访日: who receives when and where; published with time and place (信访工作条例 §18)."""

    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    leader = staff()
    place = models.CharField(max_length=80)
    published = models.BooleanField(default=False)
    cancelled = models.BooleanField(default=False)
    by = staff()

    class Meta:
        ordering = ["day", "starts", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "starts", "leader"], condition=Q(cancelled=False), name="receptionday_once"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="receptionday_order"),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class ReceptionVisit(models.Model):
    """A matter that was brought to a leader on such a day."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reception = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, related_name="+")
    by = staff()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "reception"], name="receptionvisit_once")]

    def __str__(self) -> str:
        return f"{self.case_id}"


class CaseLeader(models.Model):
    """包案领导: a leader answers for a matter from a day on, until a day or until it is ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    leader = staff()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    words = models.TextField(blank=True, default="")
    by = staff()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = staff(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="caseleader_one"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="caseleader_order"
            ),
        ]
        indexes = [
            models.Index(fields=["leader"], condition=Q(ended_at__isnull=True), name="caseleader_leader")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"
