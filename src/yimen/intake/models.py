"""How work arrives besides the registration form: imported rows that wait, and enquiries that are only counted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

QUEUE_STATES = (("waiting", _("待处理")), ("taken", _("已登记")), ("refused", _("不登记")))
REFUSALS = (
    ("duplicate", _("与已有事项重复")),
    ("elsewhere", _("不属本街道")),
    ("vague", _("没有具体诉求")),
    ("settled", _("事情已经过去或已另行答复")),
    ("accusation", _("检举控告：移交纪工委，内容不留")),
)


class QueuedMatter(models.Model):
    """An imported row without an answer. No clock runs until a clerk takes it: then it becomes a case of that day.

    Words are plain (identity-card numbers masked); name and phone, when the operator mapped them at all, are sealed
    under the row's own key and destroyed when the row is taken or refused.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    source = models.CharField(max_length=60)
    record_id = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    place = models.CharField(max_length=200, blank=True, default="")
    label = models.CharField(max_length=60, blank=True, default="", help_text="the file's own category")
    category = models.ForeignKey("cases.Category", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    anonymous = models.BooleanField(default=False)
    occurred_at = models.DateTimeField(null=True, help_text="from the file; null when it does not say")
    recorded_at = models.DateTimeField()
    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True, help_text="AES-256-GCM of {name, phone}")

    state = models.CharField(max_length=8, choices=QUEUE_STATES, default="waiting")
    case = models.OneToOneField("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.CharField(max_length=12, choices=REFUSALS, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="queuedmatter_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["source", "record_id"], name="queuedmatter_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", case__isnull=True, refusal="", decided_at__isnull=True)
                | Q(state="taken", case__isnull=False, refusal="", decided_at__isnull=False)
                | (Q(state="refused", case__isnull=True, decided_at__isnull=False) & ~Q(refusal="")),
                name="queuedmatter_state",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(sealed__isnull=True, wrapped_key__isnull=True),
                name="queuedmatter_forgets",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.record_id}"


class ImportedRecord(models.Model):
    """One record of one source came in once: as an answered case, or into the queue. The key of every repeat."""

    source = models.CharField(max_length=60)
    record_id = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was said, answered and when")
    case = models.OneToOneField("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    queued = models.OneToOneField(QueuedMatter, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "record_id"], name="importedrecord_once"),
            models.CheckConstraint(
                condition=Q(case__isnull=False, queued__isnull=True)
                | Q(case__isnull=True, queued__isnull=False),
                name="importedrecord_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.record_id}"


class Enquiry(models.Model):
    """咨询速记: somebody asked and was told. A category and one line, nobody's name, no matter, no clock."""

    category = models.ForeignKey("cases.Category", on_delete=models.PROTECT, related_name="+")
    line = models.CharField(max_length=120, blank=True, default="")
    channel = models.CharField(max_length=8, default="visit")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="enquiry_at")]

    def __str__(self) -> str:
        return f"{self.category_id} {self.at:%F}"


from .field.models import (  # noqa: E402  (one room, two files)
    DailyLine,
    DailyLog,
    FieldBox,
    FieldCode,
    FieldDevice,
    FieldFile,
    FieldItem,
    FieldSeat,
)

__all__ = [
    "DailyLine",
    "DailyLog",
    "Enquiry",
    "FieldBox",
    "FieldCode",
    "FieldDevice",
    "FieldFile",
    "FieldItem",
    "FieldSeat",
    "ImportedRecord",
    "QueuedMatter",
]
