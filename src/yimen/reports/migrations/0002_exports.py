"""Long lists that a job makes: who asked, what (sealed), how far it is, until when it is kept."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_standing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(unique=True)),
                (
                    "what",
                    models.CharField(
                        help_text="which list: registers/visits, work/mine, search, figures/due",
                        max_length=80,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked", models.BinaryField(help_text="title, notes, filters and language as JSON, sealed")),
                (
                    "key",
                    models.BinaryField(help_text="wrapped by the master key; null when destroyed", null=True),
                ),
                (
                    "state",
                    models.CharField(default="asked", help_text="reports.exports.STATES", max_length=8),
                ),
                (
                    "rows",
                    models.PositiveIntegerField(
                        help_text="lines when it was asked for; once made, lines in the file"
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, help_text="lines written so far")),
                ("made_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-asked_at"], name="export_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            state__in=["asked", "making", "made", "refused", "failed", "gone"]
                        ),
                        name="export_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "gone"), _negated=True), ("key__isnull", True), _connector="OR"
                        ),
                        name="export_gone_has_no_key",
                    ),
                ],
            },
        ),
    ]
