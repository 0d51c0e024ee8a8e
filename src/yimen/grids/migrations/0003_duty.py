"""值班 and the premises. At most one shift at a moment; a hand-over has two people; a premise that ended has no contact."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0002_answering"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DutySetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=24, unique=True)),
                ("value", models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="DutyShift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(help_text="the moment at which the next shift takes over")),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("others", models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "person",
                    models.ForeignKey(
                        help_text="answers the duty phone",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="DutyHandover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("done", models.TextField(blank=True, default="")),
                ("undone", models.TextField(blank=True, default="")),
                ("given_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shift",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.dutyshift"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DutyCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("about", models.CharField(blank=True, default="", max_length=500)),
                ("handling", models.CharField(blank=True, default="", max_length=500)),
                (
                    "reported_to",
                    models.CharField(
                        blank=True, default="", help_text="an office or a colleague", max_length=100
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, default="", help_text="of the matter it became", max_length=40
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.dutyshift"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DutySwap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "等对方答复"),
                            ("agreed", "对方同意，待批准"),
                            ("declined", "对方不同意"),
                            ("approved", "已批准"),
                            ("refused", "未批准"),
                            ("withdrawn", "已收回"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("agreed_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, default="", max_length=200)),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "back",
                    models.ForeignKey(
                        help_text="taken by the asker instead",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.dutyshift",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.dutyshift"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Premise",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(editable=False, unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("building", "楼宇"),
                            ("shop", "商铺"),
                            ("enterprise", "企业"),
                            ("facility", "公共设施"),
                        ],
                        max_length=12,
                    ),
                ),
                ("address", models.CharField(max_length=160)),
                ("wrapped_key", models.BinaryField(null=True)),
                (
                    "sealed",
                    models.BinaryField(
                        help_text="AES-256-GCM of {name, phone} of the business contact", null=True
                    ),
                ),
                ("valid_from", models.DateField()),
                (
                    "valid_to",
                    models.DateField(blank=True, help_text="last day on which the place is there", null=True),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.grid"
                    ),
                ),
            ],
            options={
                "ordering": ["grid", "name"],
            },
        ),
        migrations.CreateModel(
            name="PremiseNeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(blank=True, default="", max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待答复"), ("answered", "已答复"), ("matter", "已登记为事项")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("answer", models.CharField(blank=True, default="", max_length=500)),
                (
                    "number",
                    models.CharField(
                        blank=True, default="", help_text="of the matter it became", max_length=40
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "premise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.premise"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PremiseVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("seen", models.CharField(blank=True, default="", max_length=500)),
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
                    "premise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.premise"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="dutyshift",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="duty_shift_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyshift",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                            function="TSTZRANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    )
                ],
                name="duty_shift_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyhandover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_at__isnull", True), ("taken_by__isnull", True)),
                    models.Q(
                        ("taken_at__isnull", False),
                        ("taken_by__isnull", False),
                        models.Q(("taken_by", models.F("given_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="duty_handover_two_people",
            ),
        ),
        migrations.AddIndex(
            model_name="dutycall",
            index=models.Index(fields=["shift", "at"], name="duty_call_shift"),
        ),
        migrations.AddConstraint(
            model_name="dutyswap",
            constraint=models.CheckConstraint(
                condition=models.Q(("asker", models.F("other")), _negated=True), name="duty_swap_two_people"
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyswap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("back__isnull", True),
                    models.Q(("back", models.F("shift")), _negated=True),
                    _connector="OR",
                ),
                name="duty_swap_two_shifts",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyswap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state__in", ("asked", "agreed"))),
                    models.Q(
                        models.Q(("state__in", ("asked", "agreed")), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="duty_swap_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyswap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("agreed", "approved")), _negated=True),
                    ("agreed_at__isnull", False),
                    _connector="OR",
                ),
                name="duty_swap_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyswap",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("asked", "agreed"))),
                fields=("shift", "asker"),
                name="duty_swap_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="premise",
            index=models.Index(fields=["grid", "kind"], name="premise_grid"),
        ),
        migrations.AddConstraint(
            model_name="premise",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)),
                fields=("grid", "name", "address"),
                name="premise_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="premise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="premise_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="premise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    models.Q(("sealed__isnull", True), ("wrapped_key__isnull", True)),
                    _connector="OR",
                ),
                name="premise_forgets",
            ),
        ),
        migrations.AddIndex(
            model_name="premiseneed",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["premise"], name="premiseneed_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="premiseneed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("number", ""), ("state", "open")),
                    models.Q(("decided_at__isnull", False), ("number", ""), ("state", "answered")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("state", "matter"),
                        models.Q(("number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="premiseneed_state",
            ),
        ),
        migrations.AddIndex(
            model_name="premisevisit",
            index=models.Index(fields=["premise", "-day"], name="premisevisit_day"),
        ),
    ]
