"""Letters of a matter with every wording kept, their service, and review and re-review by the level above.

A wording is append-only, like an instruction: the database refuses UPDATE, DELETE and TRUNCATE, and the app's role is
not given them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION letter_text_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'wordings of letters are append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$body$;

CREATE TRIGGER cases_lettertext_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_lettertext
  FOR EACH STATEMENT EXECUTE FUNCTION letter_text_refuse_change();

ALTER TABLE cases_lettertext ENABLE ALWAYS TRIGGER cases_lettertext_append_only;
"""

CHANGEABLE = """
DROP TRIGGER cases_lettertext_append_only ON cases_lettertext;
DROP FUNCTION letter_text_refuse_change();
"""

# Whoever was given the table on creation (default privileges: the app's role, whatever its name).
WITHHOLD = """
DO $body$
DECLARE app name;
BEGIN
  FOR app IN
    SELECT DISTINCT r.rolname FROM pg_class c, aclexplode(c.relacl) a, pg_roles r
    WHERE c.oid = 'cases_lettertext'::regclass AND a.grantee <> c.relowner AND r.oid = a.grantee
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON cases_lettertext FROM %I', app);
  END LOOP;
END
$body$;
REVOKE UPDATE, DELETE, TRUNCATE ON cases_lettertext FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_instructions"),
        ("organisations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(editable=False, unique=True)),
                ("kind", models.CharField(max_length=12)),
                ("issuer", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drafting", "拟稿"),
                            ("submitted", "送审"),
                            ("reviewed", "已审核"),
                            ("signed", "已签发"),
                            ("sealed", "已用印"),
                            ("served", "已送达"),
                            ("void", "已作废"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=0)),
                ("addressee", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("number", models.CharField(blank=True, default="", max_length=60)),
                ("prefix", models.CharField(blank=True, default="", max_length=20)),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("serial", models.PositiveIntegerField(null=True)),
                ("drafted_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "signatory",
                    models.CharField(blank=True, default="", help_text="签发人 on the paper", max_length=40),
                ),
                ("sealed_at", models.DateTimeField(null=True)),
                ("back_at", models.DateTimeField(null=True)),
                (
                    "back_reason",
                    models.TextField(blank=True, default="", help_text="why it was last sent back"),
                ),
                ("void_at", models.DateTimeField(null=True)),
                ("void_reason", models.TextField(blank=True, default="")),
                ("changed_at", models.DateTimeField()),
                (
                    "back_by",
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
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sealed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.unit"
                    ),
                ),
                (
                    "void_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LetterHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "issuer",
                    models.CharField(help_text="the unit that seals, never an inner office", max_length=80),
                ),
                ("prefix", models.CharField(help_text="mark of opinion letters, as 永街信", max_length=20)),
                ("notice_prefix", models.CharField(help_text="mark of notices, as 永街信告", max_length=20)),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LetterText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("received_on", models.DateField(blank=True, null=True)),
                ("forwarder", models.CharField(blank=True, default="", max_length=200)),
                ("request", models.TextField(blank=True, default="")),
                ("facts", models.TextField(blank=True, default="")),
                ("opinion", models.TextField(blank=True, default="")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("support", "予以支持"), ("explain", "解释说明"), ("reject", "不予支持")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("basis", models.TextField(blank=True, default="")),
                ("remedy", models.TextField(blank=True, default="")),
                ("received", models.TextField(blank=True, default="")),
                ("procedure", models.TextField(blank=True, default="")),
                ("sent_to", models.CharField(blank=True, default="", max_length=200)),
                ("competent", models.CharField(blank=True, default="", max_length=300)),
                ("extension", models.TextField(blank=True, default="")),
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
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.letter"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(choices=[(1, "复查"), (2, "复核")])),
                ("served_at", models.DateTimeField()),
                ("right_until", models.DateTimeField()),
                ("asked_on", models.DateField()),
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
                        max_length=8,
                    ),
                ),
                ("words", models.TextField()),
                ("authority", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("uphold", "维持"),
                            ("change", "变更"),
                            ("annul", "撤销，责令重新处理"),
                            ("withdrawn", "来访人撤回请求"),
                        ],
                        default="",
                        max_length=9,
                    ),
                ),
                ("number", models.CharField(blank=True, default="", max_length=60)),
                ("decided_on", models.DateField(null=True)),
                (
                    "told_at",
                    models.DateTimeField(help_text="when the person received the decision", null=True),
                ),
                ("note", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "authority_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
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
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.letter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("way", models.CharField(max_length=12)),
                ("place", models.CharField(blank=True, default="", max_length=200)),
                (
                    "received_at",
                    models.DateTimeField(help_text="收到日期: review runs from this day (条例 §35)"),
                ),
                (
                    "receiver",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("self", "本人"),
                            ("family", "同住成年家属"),
                            ("agent", "代理人或者指定的代收人"),
                            ("unit", "所在单位或者居（村）民委员会"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        blank=True, default="", help_text="与受送达人关系, no name", max_length=40
                    ),
                ),
                ("post_number", models.CharField(blank=True, default="", max_length=40)),
                (
                    "carrier",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="the body entrusted, or the board of a notice",
                        max_length=100,
                    ),
                ),
                ("refusal", models.CharField(blank=True, default="", help_text="拒收事由", max_length=200)),
                ("witnessed", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
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
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.letter"
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.attachment",
                    ),
                ),
                (
                    "server",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["case", "id"], name="letter_case"),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("state__in", ("drafting", "submitted", "reviewed", "signed", "sealed"))),
                fields=["unit", "state", "id"],
                name="letter_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("drafting", "submitted", "reviewed", "signed", "sealed"))),
                fields=("case", "kind"),
                name="letter_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("number",),
                name="letter_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                fields=("prefix", "year", "serial"), name="letter_serial_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_by__isnull", True),
                    models.Q(("signed_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="letter_not_signed_by_drafter",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["signed", "sealed", "served"]), _negated=True),
                    models.Q(
                        ("reviewed_by__isnull", False),
                        ("signed_by__isnull", False),
                        models.Q(("number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="letter_signed_has_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sealed", "served"]), _negated=True),
                    ("sealed_by__isnull", False),
                    _connector="OR",
                ),
                name="letter_sealed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "void"), _negated=True),
                    models.Q(("void_at__isnull", False), models.Q(("void_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="letter_void_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="lettertext",
            constraint=models.UniqueConstraint(fields=("letter", "version"), name="lettertext_version"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["case", "id"], name="review_case"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")), fields=("case",), name="review_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["", "withdrawn"]),
                    models.Q(
                        ("decided_on__gte", models.F("asked_on")),
                        ("decided_on__isnull", False),
                        ("ended_at__isnull", False),
                        ("told_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="review_decided_is_dated",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
        migrations.RunSQL(WITHHOLD, migrations.RunSQL.noop),
    ]
