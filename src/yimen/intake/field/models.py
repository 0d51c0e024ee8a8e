"""Phones that were enrolled, and what came in from them. No trail: a device has no place, an item one point at most."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

DEVICE_KINDS = (("own", _("自己的手机")), ("shared", _("几个人合用的手机")), ("office", _("办公手机")))
PURPOSES = ("near", "far", "reference", "before", "after")


class FieldBox(models.Model):
    """A key to which phones seal (ECDH P-256). The newest is told to phones; the others still open what was sealed."""

    public = models.JSONField(help_text="JWK")
    wrapped_key = models.BinaryField(help_text="the private number, 32 bytes, under the master key")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"box {self.since:%F}"


class FieldDevice(models.Model):
    """One phone, known by the key pair it made. `off_at`: switched off; what it sealed can still be taken in here."""

    uuid = models.UUIDField(unique=True, editable=False)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=DEVICE_KINDS)
    public_key = models.JSONField(help_text="JWK: ECDSA P-256")
    thumbprint = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    off_at = models.DateTimeField(null=True)
    off_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.label


class FieldSeat(models.Model):
    """One worker on one phone."""

    uuid = models.UUIDField(unique=True, editable=False)
    device = models.ForeignKey(FieldDevice, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    off_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "user"], name="fieldseat_once")]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.device_id}"


class FieldCode(models.Model):
    """A one-time code that lets one worker enrol one phone. Only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    seat = models.ForeignKey(FieldSeat, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, seat__isnull=True)
                | Q(used_at__isnull=False, seat__isnull=False),
                name="fieldcode_used",
            )
        ]

    def __str__(self) -> str:
        return f"code for {self.user_id}"


class FieldItem(models.Model):
    """One thing that was sent, taken in exactly once: its id is the phone's, its answer the receipt."""

    STATES = (("received", _("文字已收")), ("done", _("已收齐")))
    uuid = models.UUIDField(unique=True, editable=False)
    seat = models.ForeignKey(FieldSeat, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=STATES, default="received")
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    device_at = models.DateTimeField(
        null=True, help_text="the phone's own clock; limits run from received_at"
    )
    received_at = models.DateTimeField()
    imported_by = models.ForeignKey(
        "accounts.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="from an exported file",
    )

    class Meta:
        indexes = [models.Index(fields=["seat", "received_at"], name="fielditem_seat")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class FieldFile(models.Model):
    """A file that an item promised. Its pieces wait as ciphertext below `HOME/uploads`; its key goes when it is done."""

    item = models.ForeignKey(FieldItem, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="of the plaintext, as promised")
    size = models.PositiveBigIntegerField(help_text="bytes of plaintext")
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=80)
    purpose = models.CharField(max_length=20, blank=True, default="")
    wrapped_key = models.BinaryField(null=True)
    iv = models.BinaryField(null=True)
    received = models.PositiveBigIntegerField(default=0, help_text="bytes of ciphertext in order")
    touched_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    refused = models.CharField(
        max_length=200, blank=True, default="", help_text="why the house does not take it"
    )
    attachment = models.ForeignKey("cases.Attachment", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "sha256"], name="fieldfile_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(wrapped_key__isnull=True), name="fieldfile_forgets"
            ),
        ]
        indexes = [
            models.Index(fields=["touched_at"], condition=Q(done_at__isnull=True), name="fieldfile_open")
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class DailyLog(models.Model):
    """网格员工作日志 of one worker and day. What was done compiles itself; here is only what the worker added."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    weather = models.CharField(max_length=20, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    sent_to = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="dailylog_once")]
        indexes = [models.Index(fields=["day"], name="dailylog_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"


class DailyLine(models.Model):
    """One line that the worker added: work, or a patrol (G03). `words`: the fields of the paper, nobody's name."""

    KINDS = (("work", _("工作")), ("patrol", _("安全巡查")))
    log = models.ForeignKey(DailyLog, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=KINDS)
    words = models.JSONField(default=dict)
    at = models.DateTimeField(help_text="the phone's clock, not later than its receipt")

    class Meta:
        indexes = [models.Index(fields=["log"], name="dailyline_log")]

    def __str__(self) -> str:
        return f"{self.kind} {self.log_id}"
