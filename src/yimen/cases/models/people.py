"""People of one matter: encrypted under the matter's own key, and gone with it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .case import Case


class CaseKey(models.Model):
    """The matter's data key, wrapped by the master key. Destroying the row is crypto-shredding."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+", primary_key=True)
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.case_id}"


class Participant(models.Model):
    """来访人, 代表, 代为反映人 or 见证人 of one matter. Name, phone and address are ciphertext."""

    ROLES = (
        ("visitor", _("来访人")),
        ("representative", _("代表")),
        ("on_behalf", _("代为反映人")),
        ("witness", _("见证人")),
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField(
        help_text="place within the matter; part of what the ciphertext is bound to"
    )
    role = models.CharField(max_length=16, choices=ROLES)
    sealed = models.BinaryField(help_text="AES-256-GCM of {name, phone, address, relation}")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "slot"], name="participant_slot")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"


class PhoneIndex(models.Model):
    """Blind index of a phone, only while the matter is open: to find one's own matter on a call, nothing else."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["digest"], name="phoneindex_digest")]
        constraints = [models.UniqueConstraint(fields=["case", "digest"], name="phoneindex_once")]

    def __str__(self) -> str:
        return f"{self.case_id}"


class SealedGrant(models.Model):
    """One person's explicit leave to see one sealed matter."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    granted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="sealedgrant_once")]

    def __str__(self) -> str:
        return f"{self.case_id}"


class SealedExclusion(models.Model):
    """A unit or member of staff that a sealed matter names: never sees it, whatever is granted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisations.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True, user__isnull=False) | Q(unit__isnull=False, user__isnull=True),
                name="sealedexclusion_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"
