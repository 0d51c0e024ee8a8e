"""派遣规则, and two indexes from which the map of open matters is read."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0016_grid_flow"),
        ("grids", "0003_duty"),
        ("organisations", "0002_posted_phones"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(blank=True, default="", max_length=40)),
                (
                    "hours",
                    models.CharField(
                        choices=[("any", "任何时间"), ("business", "上班时间"), ("after", "下班时间")],
                        default="any",
                        max_length=8,
                    ),
                ),
                ("assisting", models.JSONField(blank=True, default=list, help_text="keys of units")),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("S", "见于法规原文"),
                            ("X", "见于其他来源"),
                            ("M", "凭记忆，未核实"),
                            ("D", "本中心规定"),
                        ],
                        default="D",
                        max_length=1,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, help_text="last day included", null=True)),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        help_text="a grid or a community; none: anywhere",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.grid",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("valid_to__isnull", True)),
                        fields=("subject", "place", "hours"),
                        name="routing_rule_one_open_ended",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=Q(("hours__in", ["any", "business", "after"])), name="routing_rule_hours"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("lng__isnull", False), ("open", True)),
                fields=["lng", "lat"],
                include=("id", "due_at", "sealed", "hidden_at"),
                name="case_on_map",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(("grid__isnull", False), ("lng__isnull", True), ("open", True)),
                fields=["grid"],
                include=("id", "due_at", "sealed", "hidden_at"),
                name="case_off_map",
            ),
        ),
    ]
