import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CalendarVersion",
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
            name="BusinessHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, help_text="last day included", null=True)),
                (
                    "purpose",
                    models.CharField(choices=[("work", "工作时间"), ("extended", "延时服务")], max_length=8),
                ),
                (
                    "weekdays",
                    models.CharField(
                        blank=True, default="", help_text="digits 1 (Monday) to 7; empty: all", max_length=7
                    ),
                ),
                (
                    "season_from",
                    models.CharField(
                        blank=True, default="", help_text="MM-DD; empty: all year", max_length=5
                    ),
                ),
                (
                    "season_to",
                    models.CharField(blank=True, default="", help_text="MM-DD, included", max_length=5),
                ),
                ("periods", models.CharField(max_length=120)),
                ("name", models.CharField(blank=True, default="", max_length=40)),
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
                ("source", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="business_hours_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["work", "extended"])),
                        name="business_hours_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__regex", "^[1-7]*$")), name="business_hours_weekdays"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("season_from", ""), ("season_to", "")),
                            models.Q(
                                ("season_from__regex", "^\\d\\d-\\d\\d$"),
                                ("season_to__regex", "^\\d\\d-\\d\\d$"),
                            ),
                            _connector="OR",
                        ),
                        name="business_hours_season",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("periods", ""), _negated=True), name="business_hours_periods"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("version", models.PositiveSmallIntegerField()),
                ("current", models.BooleanField(default=True)),
                (
                    "published",
                    models.BooleanField(
                        default=True, help_text="false: single dates only, the notice is still to come"
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("shipped", "随软件提供"), ("office", "本单位设定")], max_length=8
                    ),
                ),
                (
                    "notice",
                    models.CharField(
                        blank=True, default="", help_text="address or number of the notice", max_length=300
                    ),
                ),
                ("digest", models.CharField(help_text="SHA-256 of the rows", max_length=64)),
                ("loaded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("year", "version"), name="calendar_year_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)),
                        fields=("year",),
                        name="calendar_year_one_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=32)),
                ("flow", models.CharField(max_length=12)),
                ("step", models.CharField(max_length=20)),
                ("category", models.CharField(blank=True, default="", max_length=48)),
                (
                    "urgency",
                    models.CharField(
                        blank=True,
                        choices=[("normal", "一般"), ("urgent", "紧急"), ("critical", "特急")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("amount", models.PositiveIntegerField()),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("natural_day", "natural_day"),
                            ("work_day", "work_day"),
                            ("month", "month"),
                            ("work_hour", "work_hour"),
                            ("clock_hour", "clock_hour"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "day_zero",
                    models.CharField(
                        choices=[
                            ("entered", "entered"),
                            ("received", "received"),
                            ("accepted", "accepted"),
                            ("dispatched", "dispatched"),
                            ("served", "served"),
                        ],
                        max_length=12,
                    ),
                ),
                ("what", models.CharField(max_length=120)),
                ("what_en", models.CharField(blank=True, default="", max_length=160)),
                ("article", models.CharField(max_length=120)),
                ("article_en", models.CharField(blank=True, default="", max_length=160)),
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
                ("source", models.CharField(blank=True, default="", max_length=200)),
                (
                    "extend_max",
                    models.PositiveIntegerField(
                        default=0, help_text="most that may be added in all, same unit"
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, help_text="last day included", null=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[("shipped", "随软件提供"), ("office", "本单位设定")],
                        default="office",
                        max_length=8,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "valid_from"), name="clock_rule_code_version"),
                    models.UniqueConstraint(
                        fields=("flow", "step", "category", "urgency", "valid_from"),
                        name="clock_rule_place_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("flow", "step", "category", "urgency"),
                        name="clock_rule_one_open_ended",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="clock_rule_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unit__in", ("natural_day", "work_day", "month", "work_hour", "clock_hour"))
                        ),
                        name="clock_rule_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ["S", "X", "M", "D"])),
                        name="clock_rule_certainty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("urgency__in", ["", "normal", "urgent", "critical"])),
                        name="clock_rule_urgency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("day_zero__in", ("entered", "received", "accepted", "dispatched", "served"))
                        ),
                        name="clock_rule_day_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="clock_rule_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True),
                            models.Q(("flow", ""), _negated=True),
                            models.Q(("step", ""), _negated=True),
                            models.Q(("what", ""), _negated=True),
                            models.Q(("article", ""), _negated=True),
                        ),
                        name="clock_rule_complete",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("off", "off"), ("work", "work"), ("hours", "hours")], max_length=5
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=40)),
                (
                    "periods",
                    models.CharField(
                        blank=True, default="", help_text="08:00-12:00;14:00-17:00", max_length=120
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="calendars.calendaryear",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("table", "date"), name="calendar_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("off", "work", "hours"))), name="calendar_day_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("kind", "hours")), models.Q(("periods", ""), _negated=True)),
                            models.Q(models.Q(("kind", "hours"), _negated=True), ("periods", "")),
                            _connector="OR",
                        ),
                        name="calendar_day_hours_only_where_custom",
                    ),
                ],
            },
        ),
    ]
