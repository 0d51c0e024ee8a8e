"""What the office keeps at hand and may change itself: answers, phones, bodies, and how long things are kept."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How sure a figure is: the marks of the domain tables.
CERTAINTIES: Final = (
    ("S", _("见于法规原文")),
    ("X", _("见于其他来源")),
    ("M", _("凭记忆，未核实")),
    ("D", _("本中心规定")),
)


class HandbookVersion(models.Model):
    """One row: a new token whenever a row below changes, so that processes know when to read again."""

    token = models.UUIDField(default=uuid4)
    changed_at = models.DateTimeField(default=timezone.now)


class Kept(models.Model):
    """A row that holds for a period. `key` stays the same over its versions."""

    key = models.SlugField(max_length=40)
    order = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day included")

    class Meta:
        abstract = True
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="%(class)s_version"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(valid_to__isnull=True), name="%(class)s_one_open_ended"
            ),
        ]


class CommonAnswer(Kept):
    """常用答复 with the papers worth bringing (一次性告知)."""

    category = models.CharField(max_length=40, blank=True, default="", help_text="key of a category")
    question = models.CharField(max_length=120)
    answer = models.TextField()
    materials = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return self.question


class PublicPhone(Kept):
    """A public number and what it is for. Emergency numbers stand first on every screen."""

    number = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True, default="")
    when = models.CharField(max_length=120)
    when_en = models.CharField(max_length=200, blank=True, default="")
    emergency = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class CompetentBody(Kept):
    """A body other than this office that a matter may belong to (告知有权机关)."""

    name = models.CharField(max_length=80)
    matters = models.CharField(max_length=200)
    address = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    hours = models.CharField(max_length=120, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class RetentionClass(Kept):
    """How long one kind of record is kept, counted from which moment, and inside which bounds (privacy law §§19, 47)."""

    UNITS = (("day", _("天")), ("month", _("个月")), ("year", _("年")))
    what = models.CharField(max_length=80)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=5, choices=UNITS)
    counted_from = models.CharField(max_length=60)
    basis = models.CharField(max_length=200)
    certainty = models.CharField(max_length=1, choices=CERTAINTIES)
    least_months = models.PositiveSmallIntegerField(default=0, help_text="no shorter by law")
    most_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="no longer; null: no bound"
    )

    class Meta(Kept.Meta):
        constraints = [
            *Kept.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gte=1), name="retentionclass_amount"),
            models.CheckConstraint(
                condition=Q(most_months__isnull=True) | Q(most_months__gte=F("least_months")),
                name="retentionclass_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def length(self) -> str:
        """3 年, as people say it."""
        return f"{self.amount} {self.get_unit_display()}"

    @property
    def months(self) -> int:
        """In whole months, days rounded up: what the bounds are compared with."""
        return {"day": -(-self.amount // 31), "month": self.amount, "year": self.amount * 12}[self.unit]


class SuspensionReason(Kept):
    """For what 中止计时 is allowed: in which flows and states, by which article. What the law names (S) is locked."""

    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    flows = models.JSONField(default=list, help_text="names of flows")
    states = models.JSONField(default=list, help_text="names of states")
    article = models.CharField(max_length=120)
    certainty = models.CharField(max_length=1, choices=CERTAINTIES)
    source = models.CharField(max_length=200)

    class Meta(Kept.Meta):
        constraints = [
            *Kept.Meta.constraints,
            models.CheckConstraint(
                condition=Q(certainty__in=[mark for mark, _words in CERTAINTIES]),
                name="suspensionreason_certainty",
            ),
        ]

    def __str__(self) -> str:
        return self.name
