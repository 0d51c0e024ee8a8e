"""呈批 and 批示: proposals, instructions that nobody changes, what was said of them later, quick phrases.

Instructions and their marks are append-only, like the ledger: the database refuses UPDATE, DELETE and TRUNCATE, and the
app's role is not given them. Triggers are ENABLE ALWAYS, so that `session_replication_role` does not pass them by.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION instruction_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'instructions are append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$body$;

CREATE TRIGGER cases_instruction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_instruction
  FOR EACH STATEMENT EXECUTE FUNCTION instruction_refuse_change();
CREATE TRIGGER cases_instructionmark_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_instructionmark
  FOR EACH STATEMENT EXECUTE FUNCTION instruction_refuse_change();

ALTER TABLE cases_instruction ENABLE ALWAYS TRIGGER cases_instruction_append_only;
ALTER TABLE cases_instructionmark ENABLE ALWAYS TRIGGER cases_instructionmark_append_only;
"""

CHANGEABLE = """
DROP TRIGGER cases_instruction_append_only ON cases_instruction;
DROP TRIGGER cases_instructionmark_append_only ON cases_instructionmark;
DROP FUNCTION instruction_refuse_change();
"""

# Whoever was given the tables on creation (default privileges: the app's role, whatever its name).
WITHHOLD = """
DO $body$
DECLARE app name;
BEGIN
  FOR app IN
    SELECT DISTINCT r.rolname FROM pg_class c, aclexplode(c.relacl) a, pg_roles r
    WHERE c.oid IN ('cases_instruction'::regclass, 'cases_instructionmark'::regclass)
      AND a.grantee <> c.relowner AND r.oid = a.grantee
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON cases_instruction, cases_instructionmark FROM %I', app);
  END LOOP;
END
$body$;
REVOKE UPDATE, DELETE, TRUNCATE ON cases_instruction, cases_instructionmark FROM PUBLIC;
"""


def _id() -> tuple[str, models.Field]:
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _key(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to, **more)


def _user(**more: object) -> models.ForeignKey:
    return _key(settings.AUTH_USER_MODEL, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_open_follows_next_step"),
        ("organisations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Phrase",
            fields=[
                _id(),
                ("text", models.CharField(max_length=60, unique=True)),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("retired", models.BooleanField(default=False)),
            ],
            options={"ordering": ["order", "id"]},
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                _id(),
                ("case", _key("cases.case")),
                ("kind", models.CharField(choices=[("before", "呈批"), ("after", "补批")], default="before", max_length=6)),
                ("opinion", models.TextField(help_text="拟办意见")),
                ("unit", _key("organisations.unit")),
                ("assisting", django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=48), blank=True, default=list, help_text="keys of units", size=None)),
                ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("recipient", _user(help_text="null only for 补批 in an office without a leader", null=True)),
                ("by", _user()),
                ("at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, help_text="补批: until when; 呈批 has the step's clock", null=True)),
                ("rule", models.JSONField(blank=True, help_text="补批: the rule that set due_at, frozen", null=True)),
                ("explain", models.TextField(blank=True, default="")),
                ("explain_en", models.TextField(blank=True, default="")),
                ("outcome", models.CharField(
                    blank=True, choices=[("instructed", "已批示"), ("sent_back", "退回重拟"), ("withdrawn", "已撤回")], default="", max_length=10)),
                ("ended_by", _user(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, default="", help_text="why it was sent back or withdrawn")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")), fields=("case", "kind"), name="submission_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", False), ("kind", "after")),
                            models.Q(("due_at__isnull", True), ("kind", "before"), ("recipient__isnull", False)),
                            _connector="OR",
                        ),
                        name="submission_fits_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="submission_open_or_ended",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "")), fields=["recipient", "kind", "id"], name="submission_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Instruction",
            fields=[
                _id(),
                ("uuid", models.UUIDField(editable=False, unique=True)),
                ("case", _key("cases.case")),
                ("submission", _key("cases.submission", blank=True, null=True)),
                ("words", models.CharField(max_length=500)),
                ("leader", _user()),
                ("signed_at", models.DateTimeField()),
                ("by", _user()),
                ("at", models.DateTimeField()),
                ("recorded", models.CharField(
                    blank=True, choices=[("paper", "纸面批示"), ("voice", "口头批示")], default="", max_length=5)),
                ("paper", _key("cases.attachment", blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("leader", models.F("by")), ("recorded", "")),
                            models.Q(
                                models.Q(("recorded", ""), _negated=True),
                                models.Q(("leader", models.F("by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="instruction_own_or_recorded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recorded", "paper"), _negated=True), ("paper__isnull", False), _connector="OR"
                        ),
                        name="instruction_paper_has_photo",
                    ),
                ],
                "indexes": [models.Index(fields=["case", "id"], name="instruction_case")],
            },
        ),
        migrations.CreateModel(
            name="InstructionMark",
            fields=[
                _id(),
                ("instruction", _key("cases.instruction")),
                ("kind", models.CharField(choices=[("confirmed", "本人已确认"), ("struck", "划去")], max_length=9)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("by", _user()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("instruction", "kind"), name="instruction_marked_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "struck"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="instruction_struck_with_reason",
                    ),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
        migrations.RunSQL(WITHHOLD, migrations.RunSQL.noop),
    ]  # fmt: skip
