"""Templates of papers that the office edited, every version kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(max_length=4)),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(help_text="the file's own name", max_length=200)),
                ("body", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                (
                    "missing",
                    models.CharField(
                        blank=True, default="", help_text="required keys it leaves out", max_length=400
                    ),
                ),
                ("at", models.DateTimeField()),
                ("active", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["form", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("form", "version"), name="template_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)), fields=("form",), name="template_one_active"
                    ),
                ],
            },
        ),
    ]
