"""The map of who sees few is read from its indexes alone too: whose matter it is stands in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

_KEPT = ("id", "due_at", "sealed", "hidden_at", "holder", "accountable_person")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0017_routing")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="case", name="case_on_map"),
        migrations.RemoveIndex(model_name="case", name="case_off_map"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(lng__isnull=False, open=True),
                fields=["lng", "lat"],
                include=_KEPT,
                name="case_on_map",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(grid__isnull=False, lng__isnull=True, open=True),
                fields=["grid"],
                include=_KEPT,
                name="case_off_map",
            ),
        ),
    ]
