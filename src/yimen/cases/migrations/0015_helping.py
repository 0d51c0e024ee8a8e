"""What is to be called back and what helping units owe: two numbers of the rail, found without reading all that is open."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_alikes")]

    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["due_at", "id"],
                condition=Q(open=True, state="told", sampled=True),
                name="case_to_call",
            ),
        ),
        migrations.AddIndex(
            "assignment",
            models.Index(
                fields=["unit"],
                condition=Q(role="assist", state__in=("sent", "signed")),
                name="assignment_helping",
            ),
        ),
    ]
