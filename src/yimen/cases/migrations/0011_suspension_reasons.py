"""Reasons for 中止计时 as rows of the office; loaded from the shipped table at the next start."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_materials"),
    ]

    operations = [
        migrations.CreateModel(
            name="SuspensionReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40)),
                ("order", models.PositiveIntegerField(default=0)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, help_text="last day included", null=True)),
                ("name", models.CharField(max_length=80)),
                ("name_en", models.CharField(blank=True, default="", max_length=120)),
                ("flows", models.JSONField(default=list, help_text="names of flows")),
                ("states", models.JSONField(default=list, help_text="names of states")),
                ("article", models.CharField(max_length=120)),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("S", "见于法规原文"),
                            ("X", "见于其他来源"),
                            ("M", "凭记忆，未核实"),
                            ("D", "本中心规定"),
                        ],
                        max_length=1,
                    ),
                ),
                ("source", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("key", "valid_from"), name="suspensionreason_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("key",),
                        name="suspensionreason_one_open_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ["S", "X", "M", "D"])),
                        name="suspensionreason_certainty",
                    ),
                ],
            },
        ),
    ]
