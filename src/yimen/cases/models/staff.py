"""A column that names a member of staff."""

from __future__ import annotations

from django.db import models


def staff(on_delete: object = models.PROTECT, **more: object) -> models.ForeignKey:
    """Who did it. Accounts are shut, not deleted, so the row is kept; no reverse name."""
    return models.ForeignKey("accounts.User", on_delete=on_delete, related_name="+", **more)
