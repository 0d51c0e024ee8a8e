"""Which template a form has now, and what it had."""

from __future__ import annotations

from django.db.models import QuerySet

from . import word
from .models import TemplateVersion


def versions() -> QuerySet[TemplateVersion]:
    """Every version without its bytes, the newest of each form first."""
    return TemplateVersion.objects.defer("body").select_related("by")


def template_of(form: str) -> bytes:
    """The active version's bytes, else the delivered template."""
    held = TemplateVersion.objects.filter(form=form, active=True).values_list("body", flat=True).first()
    return bytes(held) if held is not None else word.shipped(form)
