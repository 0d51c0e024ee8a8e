"""Extensions asked and decided, reasons for suspension, the ladder of pressure, leaders, reports of major matters."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def reports_from_registrations(apps, schema_editor):
    """Who was phoned about a group stood only in the words of its first ledger entry: give each a row of its own."""
    entries = apps.get_model("ledger", "Entry").objects.filter(
        kind="case.opened", subject="case", payload__words__reported_to__isnull=False, actor_id__isnull=False
    )
    known = set(apps.get_model("cases", "Case").objects.filter(party_size__gt=1).values_list("pk", flat=True))
    report = apps.get_model("cases", "MajorReport")
    report.objects.bulk_create(
        [
            report(
                case_id=entry.subject_id,
                name=entry.payload["words"]["reported_to"][:60],
                at=entry.payload["words"].get("reported_at") or entry.at,
                by_id=entry.actor_id,
            )
            for entry in entries.iterator()
            if entry.subject_id in known and entry.payload["words"]["reported_to"]
        ]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_letters"),
        ("organisations", "0001_initial"),
        ("ledger", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseLeader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("words", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MajorReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "office",
                    models.CharField(blank=True, default="", help_text="office or post told", max_length=60),
                ),
                ("name", models.CharField(help_text="the member of staff told", max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("counter", "当面"),
                            ("phone", "电话"),
                            ("visit", "上门"),
                            ("letter", "书面"),
                            ("post", "挂号信"),
                            ("message", "短信"),
                        ],
                        default="phone",
                        max_length=8,
                    ),
                ),
                ("words", models.TextField(blank=True, default="")),
                ("answer", models.TextField(blank=True, default="")),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("struck_at", models.DateTimeField(blank=True, null=True)),
                ("struck_reason", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.CreateModel(
            name="PressureSetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("value", models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="ReceptionDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                ("place", models.CharField(max_length=80)),
                ("published", models.BooleanField(default=False)),
                ("cancelled", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["day", "starts", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReceptionVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SupervisionFeedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.TextField()),
                ("is_final", models.BooleanField(default=False)),
                ("plan_finish", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="extension",
            name="answer",
            field=models.TextField(blank=True, default="", help_text="why it was refused"),
        ),
        migrations.AddField(
            model_name="extension",
            name="refused_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="extension",
            name="refused_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "待批"),
                    ("approved", "已批准"),
                    ("refused", "未批准"),
                    ("lapsed", "不再需要"),
                ],
                default="approved",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="told_at",
            field=models.DateTimeField(help_text="when the reason was told to the person", null=True),
        ),
        migrations.AddField(
            model_name="extension",
            name="told_way",
            field=models.CharField(
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
        migrations.AddField(
            model_name="extension",
            name="told_words",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="supervision",
            name="co_leaders",
            field=models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="supervision",
            name="co_units",
            field=models.ManyToManyField(blank=True, related_name="+", to="organisations.unit"),
        ),
        migrations.AddField(
            model_name="supervision",
            name="concluded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="supervision",
            name="concluded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="conclusion",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="supervision",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="cycle_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="supervision",
            name="feedback_mode",
            field=models.CharField(
                choices=[("once", "一次性反馈"), ("periodic", "定期反馈")], default="once", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="instructed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="lead_leader",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="phone",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="supervision",
            name="serial",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="supervision",
            name="title",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="supervision",
            name="year",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="suspension",
            name="ground",
            field=models.CharField(
                blank=True, default="", help_text="key in data/suspension_reasons.csv", max_length=24
            ),
        ),
        migrations.AddField(
            model_name="urge",
            name="level",
            field=models.CharField(
                choices=[("liaison", "联络员"), ("head", "单位负责人"), ("director", "中心主任")],
                default="liaison",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="urge",
            name="replied_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="urge",
            name="replied_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="urge",
            name="reply",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="urge",
            name="to_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="suspension",
            name="reason",
            field=models.TextField(help_text="the note to it"),
        ),
        migrations.AddIndex(
            model_name="supervision",
            index=models.Index(fields=["case", "id"], name="supervision_case"),
        ),
        migrations.AddIndex(
            model_name="urge",
            index=models.Index(fields=["case", "id"], name="urge_case"),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")), fields=("case",), name="extension_one_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(fields=("year", "serial"), name="supervision_number_once"),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(("feedback_mode", "once"), ("cycle_days__gte", 1), _connector="OR"),
                name="supervision_cycle",
            ),
        ),
        migrations.AddField(
            model_name="caseleader",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="caseleader",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="caseleader",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="caseleader",
            name="leader",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="majorreport",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="majorreport",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="majorreport",
            name="struck_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="receptionday",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="receptionday",
            name="leader",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="receptionvisit",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="receptionvisit",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="receptionvisit",
            name="reception",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.receptionday"
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.clock"
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="liaison",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="to_user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="supervisionfeedback",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="supervisionfeedback",
            name="supervision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.supervision"
            ),
        ),
        migrations.AddIndex(
            model_name="caseleader",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["leader"], name="caseleader_leader"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseleader",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("case",), name="caseleader_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseleader",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="caseleader_order",
            ),
        ),
        migrations.AddIndex(
            model_name="majorreport",
            index=models.Index(
                condition=models.Q(("struck_at__isnull", True)), fields=["case"], name="majorreport_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionday",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled", False)),
                fields=("day", "starts", "leader"),
                name="receptionday_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionday",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))), name="receptionday_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionvisit",
            constraint=models.UniqueConstraint(fields=("case", "reception"), name="receptionvisit_once"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["case", "id"], name="reminder_case"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("clock", "due_at"), name="reminder_once"),
        ),
        migrations.AddConstraint(
            model_name="supervisionfeedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_final", True), ("plan_finish__isnull", True)),
                    models.Q(("is_final", False), ("plan_finish__isnull", False)),
                    _connector="OR",
                ),
                name="feedback_final_or_planned",
            ),
        ),
        migrations.RunPython(reports_from_registrations, migrations.RunPython.noop),
    ]
