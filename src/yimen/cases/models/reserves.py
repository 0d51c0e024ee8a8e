"""Numbers given out on paper before the matter is typed in, and papers that people handed over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .case import Case
from .staff import staff


class ReservedNumber(models.Model):
    """脱机包: a number printed on a blank form. Used by exactly one matter, or voided, never both."""

    number = models.CharField(max_length=40, unique=True)
    batch = models.UUIDField(help_text="the printing it belongs to")
    reserved_by = staff()
    reserved_at = models.DateTimeField()
    case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = staff(null=True)
    void_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["batch"], name="reserved_batch")]
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=True) | Q(voided_at__isnull=True), name="reserved_used_or_voided"
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=True, used_at__isnull=True)
                | Q(case__isnull=False, used_at__isnull=False),
                name="reserved_used_whole",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False),
                name="reserved_voided_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MaterialReceipt(models.Model):
    """One paper handed in, original or copy, and when it went back. The paper itself stays paper."""

    KINDS = (("original", _("原件")), ("copy", _("复印件")))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=KINDS)
    pages = models.PositiveSmallIntegerField(null=True)
    return_on = models.DateField(null=True, help_text="promised day; empty: it stays with the matter")
    given_at = models.DateTimeField()
    taken_by = staff()
    returned_at = models.DateTimeField(null=True)
    returned_by = staff(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["case"], name="material_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_by__isnull=True)
                | Q(returned_at__isnull=False, returned_by__isnull=False),
                name="material_returned_whole",
            )
        ]

    def __str__(self) -> str:
        return self.name
