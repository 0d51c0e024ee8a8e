"""Papers of a matter: slips handed out and files taken in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .case import Case


class SlipCode(models.Model):
    """A printed slip's secret, hashed (SHA-256). A reprint makes a new one; all stay valid."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id}"


class Attachment(models.Model):
    """A file of a matter. The original is sealed and immutable; others get a clean derivative without metadata."""

    STATES = (("clean", _("可查看")), ("sealed", _("仅供下载")), ("blocked", _("已拦截")))
    uuid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=20, blank=True, default="")
    mime = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=STATES)
    has_derivative = models.BooleanField(default=False)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case"], name="attachment_case")]
        constraints = [models.UniqueConstraint(fields=["case", "sha256"], name="attachment_once")]

    def __str__(self) -> str:
        return self.name
