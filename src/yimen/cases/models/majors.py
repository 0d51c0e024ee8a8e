"""重大情况报告: who was told at once, how, and what they said (信访工作条例 §25)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..fields import WAYS
from .case import Case


class MajorReport(models.Model):
    """One report by phone or in person. Never changed: a wrong one is struck, the right one is a row of its own."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    office = models.CharField(max_length=60, blank=True, default="", help_text="office or post told")
    name = models.CharField(max_length=60, help_text="the member of staff told")
    at = models.DateTimeField()
    way = models.CharField(max_length=8, choices=WAYS, default="phone")
    words = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    struck_reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["case"], condition=Q(struck_at__isnull=True), name="majorreport_case")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"
