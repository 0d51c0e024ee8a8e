"""Joint handling, merging, splitting; the call-back desk."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def answers_from_the_ledger(apps, schema_editor):
    """What assisting units answered stood only in the ledger: give each answer a row of its own."""
    entries = apps.get_model("ledger", "Entry").objects.filter(
        kind="case.assist_reported",
        subject="case",
        payload__words__result__isnull=False,
        actor_id__isnull=False,
    )
    assignment, answer = apps.get_model("cases", "Assignment"), apps.get_model("cases", "AssistResult")
    for entry in entries.order_by("id").iterator():
        part = (
            assignment.objects.filter(
                case_id=entry.subject_id,
                role="assist",
                unit__name=entry.payload.get("unit", ""),
                sent_at__lte=entry.at,
            )
            .order_by("id")
            .last()
        )
        if part:
            answer.objects.create(
                assignment=part, text=entry.payload["words"]["result"], by_id=entry.actor_id, at=entry.at
            )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_pressure"),
        ("ledger", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="sampled",
            field=models.BooleanField(
                default=True, help_text="false: told, and not drawn for a call-back (why: Sampling)"
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="without",
            field=models.TextField(
                blank=True,
                default="",
                help_text="why it was reported before every assisting unit had answered",
            ),
        ),
        migrations.AlterField(
            model_name="link",
            name="kind",
            field=models.CharField(
                choices=[("same", "同一件事"), ("follow", "另立新件"), ("split", "拆分")],
                default="same",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="AssistResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.assignment"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CallbackRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.CharField(blank=True, default="", help_text="key of a category", max_length=40),
                ),
                (
                    "flow",
                    models.CharField(
                        blank=True,
                        choices=[("petition", "信访事项"), ("service", "服务诉求")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField()),
                (
                    "always",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                    ),
                ),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                ("certainty", models.CharField(max_length=1)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, help_text="last day included", null=True)),
            ],
            options={
                "ordering": ["category", "flow", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("category", "flow", "valid_from"), name="callbackrule_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("category", "flow"),
                        name="callbackrule_one_open_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 100)), name="callbackrule_percent"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ("S", "X", "M", "D"))),
                        name="callbackrule_certainty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="callbackrule_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallbackScript",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.CharField(blank=True, default="", help_text="key of a category", max_length=40),
                ),
                (
                    "flow",
                    models.CharField(
                        blank=True,
                        choices=[("petition", "信访事项"), ("service", "服务诉求")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("opening", models.TextField()),
                ("ask_solved", models.TextField()),
                ("ask_rating", models.TextField()),
                ("closing", models.TextField(blank=True, default="")),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                ("certainty", models.CharField(max_length=1)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, help_text="last day included", null=True)),
            ],
            options={
                "ordering": ["category", "flow", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("category", "flow", "valid_from"), name="callbackscript_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("category", "flow"),
                        name="callbackscript_one_open_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ("S", "X", "M", "D"))),
                        name="callbackscript_certainty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="callbackscript_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnsolvedDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "choice",
                    models.CharField(
                        choices=[("redo", "再次退回重办"), ("close", "不再退回，办结")], max_length=8
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AssistReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("agreed", models.BooleanField(null=True)),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.assignment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("agreed__isnull", True)),
                        fields=("assignment",),
                        name="assistreturn_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "main",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["main"], name="merge_main"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("case",),
                        name="merge_one_main",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("case", models.F("main")), _negated=True), name="merge_not_self"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("turn", models.PositiveSmallIntegerField()),
                ("slot", models.PositiveSmallIntegerField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "told_way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("counter", "当面"),
                            ("phone", "电话"),
                            ("visit", "上门"),
                            ("letter", "书面"),
                            ("post", "挂号信"),
                            ("message", "短信"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reached", "已联系上"),
                            ("no_answer", "没有接通"),
                            ("refused", "拒绝回访"),
                            ("not_owed", "匿名，无法回访"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "solved",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "已解决"), ("partly", "部分解决"), ("no", "未解决")],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (5, "非常满意"),
                            (4, "满意"),
                            (3, "基本满意"),
                            (2, "不满意"),
                            (1, "非常不满意"),
                        ],
                        null=True,
                    ),
                ),
                ("comment", models.TextField(blank=True, default="")),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                (
                    "called_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "turn", "slot"), name="personanswer_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "reached"),
                            models.Q(("rating__isnull", True), ("solved", "")),
                            _connector="OR",
                        ),
                        name="personanswer_only_the_reached_rate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating__isnull", True), ("rating__range", (1, 5)), _connector="OR"
                        ),
                        name="personanswer_rating_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sampling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("turn", models.PositiveSmallIntegerField(help_text="counts the replies of the matter")),
                ("drawn", models.BooleanField()),
                (
                    "why",
                    models.CharField(
                        help_text="a name of ALWAYS, or share: by the percentage", max_length=12
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.callbackrule",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "turn"), name="sampling_once")],
            },
        ),
        migrations.RunPython(answers_from_the_ledger, migrations.RunPython.noop),
    ]
