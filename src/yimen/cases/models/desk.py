"""What makes a desk's day easier: numbers elsewhere, a person's own notes and filters, how far they have read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .case import Case
from .staff import staff

# Platforms the same matter is typed into (PRACTICE: 信访 / 12345 / 综治).
SYSTEMS = (
    ("petition", _("信访信息系统")),
    ("hotline", _("12345 热线")),
    ("governance", _("综治信息平台")),
    ("other", _("其他")),
)


class OutsideNumber(models.Model):
    """外部系统编号: under which number the matter stands in another system. `Case.external_number` is the first one."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=12, choices=SYSTEMS)
    number = models.CharField(max_length=60)
    by = staff()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "system", "number"], name="outsidenumber_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.number}"


class SavedFilter(models.Model):
    """A person's own name for a list with its filters, as it stands in the address. Nobody else sees it."""

    user = staff(models.CASCADE)
    name = models.CharField(max_length=30)
    list = models.CharField(max_length=20, help_text="a worklist's name, or search")
    query = models.CharField(max_length=600, help_text="the filters as they stand in the address")
    at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="savedfilter_name_once")]

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """A person's note to oneself on a matter: sealed under the matter's key, seen by its author alone.

    Gone when the matter is archived and when the author leaves. No part of the matter: not in its ledger, not on
    paper, not in search, not in exports.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user = staff(models.CASCADE)
    sealed = models.BinaryField()
    pinned = models.BooleanField(default=False)
    remind_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="note_once")]
        indexes = [models.Index(fields=["user", "remind_on"], name="note_of_user")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id}"


class ReadUpTo(models.Model):
    """The number in the ledger's chain up to which a person has looked at what others did."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", primary_key=True)
    seq = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.seq}"
