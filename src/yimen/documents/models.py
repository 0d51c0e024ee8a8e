"""Templates that the office edited, every version of them."""

from __future__ import annotations

from django.db import models


class TemplateVersion(models.Model):
    """One uploaded DOCX of one form. Never changed but for `active`; without an active one the delivered template holds."""

    form = models.CharField(max_length=4)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200, help_text="the file's own name")
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True, default="")
    missing = models.CharField(
        max_length=400, blank=True, default="", help_text="required keys it leaves out"
    )
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    active = models.BooleanField(default=False)

    class Meta:
        ordering = ["form", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["form", "version"], name="template_version_once"),
            models.UniqueConstraint(
                fields=["form"], condition=models.Q(active=True), name="template_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} v{self.version}"
