"""The flow of matters of a place: nine states, what a report says, classes of events, climbs, requests to the district."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

STEPS = {
    "registered": "route",
    "answered": "finish",
    "guided": "finish_guided",
    "awaiting": "instruct",
    "merged": "follow",
    "dispatched": "sign",
    "return_requested": "decide_return",
    "returned": "reroute",
    "signed": "take_up",
    "accepted": "start",
    "not_accepted": "tell_refusal",
    "in_hand": "solve",
    "reported": "verify",
    "verified": "tell",
    "told": "call_back",
    "called_back": "conclude",
    "rated": "close",
    "reviewing": "decide_review",
    "reviewed": "conclude_review",
    "re_reviewing": "decide_re_review",
    "at_grid": "settle_grid",
    "at_community": "settle_community",
    "raised": "admit",
    "verifying": "confirm",
    "admitted": "file",
    "filed": "send",
    "sent": "take",
    "handling": "handle",
    "checking": "check",
}
OVER = ["closed", "withdrawn", "archived"]
FLOWS = [("petition", "信访事项"), ("service", "服务诉求"), ("grid", "网格事件")]
CHANNELS = [
    ("visit", "走访"),
    ("phone", "电话"),
    ("letter", "书信"),
    ("online", "网络"),
    ("fax", "传真"),
    ("above", "上级转来"),
    ("import", "历史导入"),
    ("grid", "网格上报"),
]
LEVELS = [("grid", "网格"), ("community", "社区"), ("street", "街道"), ("district", "区级")]
LIMIT_UNITS = [
    ("work_hour", "工作时"),
    ("clock_hour", "小时（连续计）"),
    ("work_day", "工作日"),
    ("natural_day", "自然日"),
]
UNDECIDED = Q(gone_at__isnull=True, refused_at__isnull=True, lapsed_at__isnull=True)


def _fits() -> Q:
    steps = Q()
    for state, step in STEPS.items():
        steps |= Q(state=state, next_step=step)
    return Q(state__in=OVER, next_step__isnull=True) | (Q(next_step__isnull=False) & steps)


def _check(name: str, condition: Q) -> migrations.AddConstraint:
    return migrations.AddConstraint("case", models.CheckConstraint(condition=condition, name=name))


def _id() -> tuple[str, models.Field]:
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _points_to(model: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model, **more)


USER = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_helping"),
        ("organisations", "0002_posted_phones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EventClass",
            fields=[
                _id(),
                ("scheme", models.CharField(max_length=16)),
                (
                    "code",
                    models.CharField(
                        help_text="two digits big class, two digits small class; 99 is 其他", max_length=16
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("big_name", models.CharField(max_length=40)),
                ("kind", models.CharField(choices=[("event", "事件"), ("facility", "部件")], max_length=8)),
                (
                    "category_key",
                    models.CharField(
                        help_text="key of the category that its matters count under", max_length=40
                    ),
                ),
                ("filing_condition", models.CharField(blank=True, default="", max_length=300)),
                ("closing_condition", models.CharField(blank=True, default="", max_length=300)),
                ("limit_amount", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "limit_unit",
                    models.CharField(blank=True, choices=LIMIT_UNITS, default="", max_length=12),
                ),
                ("limit_source", models.CharField(blank=True, default="", max_length=200)),
                ("settles_at", models.CharField(choices=LEVELS[:3], default="grid", max_length=10)),
                (
                    "evidence",
                    models.JSONField(blank=True, default=list, help_text="near, far, reference, after"),
                ),
                ("owner_first", models.BooleanField(default=False)),
                ("urgent", models.BooleanField(default=False)),
                (
                    "words",
                    models.JSONField(blank=True, default=list, help_text="words that suggest this class"),
                ),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("source", models.CharField(max_length=200)),
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
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, help_text="last day included", null=True)),
            ],
            options={
                "ordering": ["scheme", "order", "code", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scheme", "code", "valid_from"), name="eventclass_version"
                    ),
                    models.UniqueConstraint(
                        condition=Q(("valid_to__isnull", True)),
                        fields=("scheme", "code"),
                        name="eventclass_one_open_ended",
                    ),
                    models.CheckConstraint(
                        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                        name="eventclass_dates",
                    ),
                    models.CheckConstraint(
                        condition=Q(limit_amount__isnull=True, limit_unit="")
                        | (Q(limit_amount__gte=1) & Q(limit_unit__in=[unit for unit, _words in LIMIT_UNITS])),
                        name="eventclass_limit",
                    ),
                    models.CheckConstraint(
                        condition=~Q(scheme="") & ~Q(code="") & ~Q(name=""), name="eventclass_named"
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint("case", "case_state_known"),
        migrations.RemoveConstraint("case", "case_next_step_fits_state"),
        migrations.AlterField("case", "flow", models.CharField(choices=FLOWS, max_length=10)),
        migrations.AlterField("case", "channel", models.CharField(choices=CHANNELS, max_length=8)),
        migrations.AlterField(
            "callbackrule",
            "flow",
            models.CharField(blank=True, choices=FLOWS, default="", max_length=10),
        ),
        migrations.AlterField(
            "callbackscript",
            "flow",
            models.CharField(blank=True, choices=FLOWS, default="", max_length=10),
        ),
        migrations.AddField(
            "case", "event_class", _points_to("cases.eventclass", blank=True, db_index=False, null=True)
        ),
        migrations.AddField(
            "case",
            "reported_by",
            _points_to(
                USER,
                blank=True,
                db_index=False,
                help_text="the grid worker who reported the place",
                null=True,
            ),
        ),
        migrations.AddField(
            "case",
            "lng",
            models.FloatField(blank=True, help_text="degrees, WGS-84: one point a report", null=True),
        ),
        migrations.AddField("case", "lat", models.FloatField(blank=True, null=True)),
        migrations.AddField(
            "case",
            "crs",
            models.CharField(
                blank=True, db_default="", default="", help_text="the system it was given in", max_length=12
            ),
        ),
        migrations.AddField(
            "case",
            "device_at",
            models.DateTimeField(
                blank=True, help_text="the phone's own clock; limits run from received_at", null=True
            ),
        ),
        migrations.AddField(
            "case",
            "verified",
            models.CharField(
                blank=True, db_default="", default="", help_text="核实: yes, no, or not yet", max_length=3
            ),
        ),
        migrations.AddField(
            "case",
            "refusals",
            models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="不接, at the level where it lies now"
            ),
        ),
        migrations.AddField(
            "case",
            "settled_on_spot",
            models.BooleanField(db_default=False, default=False, help_text="自行处置"),
        ),
        _check("case_state_known", Q(("state__in", [*STEPS, *OVER]))),
        _check("case_next_step_fits_state", _fits()),
        _check("case_grid_has_a_class", ~Q(flow="grid") | Q(event_class__isnull=False)),
        _check(
            "case_point",
            Q(lng__isnull=True, lat__isnull=True)
            | (
                Q(lng__isnull=False, lat__isnull=False)
                & Q(lng__gte=-180, lng__lte=180, lat__gte=-90, lat__lte=90)
            ),
        ),
        _check("case_verified", Q(verified__in=["", "yes", "no"])),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("reported_by__isnull", False)),
                fields=["reported_by", "-received_at"],
                name="case_reported_by",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=Q(("event_class__isnull", False)),
                fields=["event_class", "-received_at"],
                name="case_event_class",
            ),
        ),
        migrations.CreateModel(
            name="Climb",
            fields=[
                _id(),
                ("from_level", models.CharField(choices=LEVELS, max_length=10)),
                ("to_level", models.CharField(choices=LEVELS, max_length=10)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("sent_up", "上送"),
                            ("sent_down", "下派"),
                            ("refused", "两次不接"),
                            ("nobody", "没有别人可接"),
                            ("overdue", "超过时限"),
                            ("signed", "领导签批"),
                            ("silent", "到期未批"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                ("by", _points_to(USER, null=True)),
                ("case", _points_to("cases.case")),
                ("clock", _points_to("cases.clock", null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(from_level=F("to_level")), name="climb_moves"),
                    models.UniqueConstraint(
                        condition=Q(("clock__isnull", False)),
                        fields=("case", "clock"),
                        name="climb_once_a_limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DistrictRequest",
            fields=[
                _id(),
                ("text", models.TextField()),
                ("prepared_at", models.DateTimeField()),
                ("decide_by", models.DateTimeField()),
                ("signed_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True, default="", help_text="why it was refused")),
                ("lapsed_at", models.DateTimeField(null=True)),
                ("gone_at", models.DateTimeField(null=True)),
                ("case", _points_to("cases.case")),
                ("leader", _points_to(USER, null=True)),
                ("prepared_by", _points_to(USER, null=True)),
                ("refused_by", _points_to(USER, null=True)),
                ("signed_by", _points_to(USER, null=True)),
                ("unit", _points_to("organisations.unit", help_text="the district body", null=True)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(condition=UNDECIDED, fields=["decide_by"], name="districtrequest_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=UNDECIDED, fields=("case",), name="districtrequest_one_open"
                    ),
                    models.CheckConstraint(
                        condition=Q(refused_at__isnull=True)
                        | (
                            Q(signed_at__isnull=True, gone_at__isnull=True, refused_by__isnull=False)
                            & ~Q(reason="")
                        ),
                        name="districtrequest_refused_with_reasons",
                    ),
                    models.CheckConstraint(
                        condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                        | Q(signed_at__isnull=False, signed_by__isnull=False),
                        name="districtrequest_signed_by_somebody",
                    ),
                ],
            },
        ),
    ]
