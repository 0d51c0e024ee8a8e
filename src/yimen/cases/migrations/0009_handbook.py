"""What the office keeps at hand, as rows: common answers, phones, competent bodies, retention classes."""

import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_desk")]

    operations = [
        migrations.CreateModel(
            name="HandbookVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="CommonAnswer",
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
                (
                    "category",
                    models.CharField(blank=True, default="", help_text="key of a category", max_length=40),
                ),
                ("question", models.CharField(max_length=120)),
                ("answer", models.TextField()),
                ("materials", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("key", "valid_from"), name="commonanswer_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("key",),
                        name="commonanswer_one_open_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompetentBody",
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
                ("matters", models.CharField(max_length=200)),
                ("address", models.CharField(blank=True, default="", max_length=200)),
                ("phone", models.CharField(blank=True, default="", max_length=60)),
                ("hours", models.CharField(blank=True, default="", max_length=120)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("key", "valid_from"), name="competentbody_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("key",),
                        name="competentbody_one_open_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicPhone",
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
                ("number", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=60)),
                ("name_en", models.CharField(blank=True, default="", max_length=80)),
                ("when", models.CharField(max_length=120)),
                ("when_en", models.CharField(blank=True, default="", max_length=200)),
                ("emergency", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("key", "valid_from"), name="publicphone_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("key",),
                        name="publicphone_one_open_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionClass",
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
                ("what", models.CharField(max_length=80)),
                ("amount", models.PositiveSmallIntegerField()),
                ("unit", models.CharField(choices=[("month", "个月"), ("year", "年")], max_length=5)),
                ("counted_from", models.CharField(max_length=60)),
                ("basis", models.CharField(max_length=200)),
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
                ("least_months", models.PositiveSmallIntegerField(default=0, help_text="no shorter by law")),
                (
                    "most_months",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="no longer; null: no bound", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("key", "valid_from"), name="retentionclass_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("key",),
                        name="retentionclass_one_open_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1)), name="retentionclass_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("most_months__isnull", True),
                            ("most_months__gte", models.F("least_months")),
                            _connector="OR",
                        ),
                        name="retentionclass_bounds",
                    ),
                ],
            },
        ),
    ]
