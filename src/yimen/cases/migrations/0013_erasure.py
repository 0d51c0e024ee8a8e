"""Retention: matters on their way out, legal hold, requests of persons, and the one door through which what is
append-only may leave: `cases_erase(matter)`.

`cases_erase` runs as the owner. It asks itself whether the destruction of this very matter was decided, was hidden
first and is due, and whether nothing holds it; then it deletes the matter's instructions, wordings of letters and
grants of a sealed matter, and takes the typed words out of ledger entries of before this release (later ones hold
them as ciphertext). `disposal_wait` keeps the app's role from shortening the days in which a matter is only hidden.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LET = """
  IF TG_OP = 'DELETE' AND current_setting('yimen.erasing', true) = 'decided'
     AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN
    RETURN NULL;
  END IF;"""

REFUSE = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN{let}
  RAISE EXCEPTION '{what} are append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$body$;
"""
GUARDED = (
    ("instruction_refuse_change", "instructions"),
    ("letter_text_refuse_change", "wordings of letters"),
)
OPENED = "".join(REFUSE.format(name=name, what=what, let=LET) for name, what in GUARDED)
SHUT = "".join(REFUSE.format(name=name, what=what, let="") for name, what in GUARDED)

ERASE = """
CREATE FUNCTION cases_erase(matter bigint) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $body$
DECLARE
  gone jsonb := '{}';
  n bigint;
BEGIN
  PERFORM FROM cases_disposal d WHERE d.case_id = matter AND d.state = 'dying' AND d.destroy_at <= now() FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no destruction of matter % is decided and due', matter USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM FROM cases_legalhold h WHERE h.lifted_at IS NULL AND (h.case_id = matter OR h.case_id IS NULL)
    AND NOT EXISTS (SELECT FROM cases_disposal d WHERE d.case_id = matter AND d.state = 'dying' AND d.counts ? 'replayed');
  IF FOUND THEN
    RAISE EXCEPTION 'matter % is held', matter USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('yimen.erasing', 'decided', true);  -- not by SET above: only a superuser may name it there
  DELETE FROM cases_instructionmark m USING cases_instruction i WHERE i.id = m.instruction_id AND i.case_id = matter;
  GET DIAGNOSTICS n = ROW_COUNT;
  gone := gone || jsonb_build_object('cases.InstructionMark', n);
  DELETE FROM cases_instruction WHERE case_id = matter;
  GET DIAGNOSTICS n = ROW_COUNT;
  gone := gone || jsonb_build_object('cases.Instruction', n);
  DELETE FROM cases_lettertext t USING cases_letter l WHERE l.id = t.letter_id AND l.case_id = matter;
  GET DIAGNOSTICS n = ROW_COUNT;
  gone := gone || jsonb_build_object('cases.LetterText', n);
  DELETE FROM cases_sealedgrant WHERE case_id = matter;
  GET DIAGNOSTICS n = ROW_COUNT;
  gone := gone || jsonb_build_object('cases.SealedGrant', n);
  DELETE FROM cases_sealedexclusion WHERE case_id = matter;
  GET DIAGNOSTICS n = ROW_COUNT;
  gone := gone || jsonb_build_object('cases.SealedExclusion', n);
  UPDATE ledger_entry SET payload = payload - 'words'
    WHERE subject = 'case' AND subject_id = matter AND payload ? 'words';
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM set_config('yimen.erasing', '', true);
  RETURN gone || jsonb_build_object('ledger.words', n);
END
$body$;
"""

WAIT = """
CREATE FUNCTION disposal_wait() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE') THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.state := 'hidden';
    NEW.hidden_at := now();
    NEW.destroy_at := greatest(NEW.destroy_at, now() + interval '1 day');
  ELSE
    NEW.case_id := OLD.case_id;
    NEW.hidden_at := OLD.hidden_at;
    NEW.destroy_at := greatest(NEW.destroy_at, OLD.destroy_at);
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER cases_disposal_wait BEFORE INSERT OR UPDATE ON cases_disposal
  FOR EACH ROW EXECUTE FUNCTION disposal_wait();
ALTER TABLE cases_disposal ENABLE ALWAYS TRIGGER cases_disposal_wait;
"""
NO_WAIT = "DROP TRIGGER cases_disposal_wait ON cases_disposal; DROP FUNCTION disposal_wait();"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_reading"),
        ("ledger", "0002_erasure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="erased_at",
            field=models.DateTimeField(
                blank=True,
                help_text="destroyed: only number, dates, kind and outcome are left, for counting",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="hidden_at",
            field=models.DateTimeField(
                blank=True, help_text="its period is over: in no list, search or export any more", null=True
            ),
        ),
        migrations.AlterField(
            model_name="retentionclass",
            name="unit",
            field=models.CharField(choices=[("day", "天"), ("month", "个月"), ("year", "年")], max_length=5),
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("hidden", models.PositiveIntegerField(default=0)),
                ("destroyed", models.PositiveIntegerField(default=0)),
                (
                    "others",
                    models.PositiveIntegerField(
                        default=0, help_text="rows of other kinds whose period was over"
                    ),
                ),
                ("held", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["-began_at"], name="retentionrun_began")],
            },
        ),
        migrations.CreateModel(
            name="Disposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("hidden", "已隐藏"),
                            ("restored", "已恢复"),
                            ("dying", "正在销毁"),
                            ("emptied", "正在删除文件"),
                            ("destroyed", "已销毁"),
                        ],
                        default="hidden",
                        max_length=10,
                    ),
                ),
                ("due_on", models.DateField(help_text="the first day on which it is no longer kept")),
                ("hidden_at", models.DateTimeField()),
                ("destroy_at", models.DateTimeField(help_text="not before this moment")),
                ("restored_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True, default="", help_text="why it was brought back")),
                (
                    "keep_until",
                    models.DateField(help_text="brought back: kept at least until this day", null=True),
                ),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("counts", models.JSONField(default=dict)),
                ("files", models.JSONField(default=list)),
                ("destroyed_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "restored_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.retentionclass",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "destroy_at"], name="disposal_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["hidden", "dying", "emptied"])),
                        fields=("case",),
                        name="disposal_one_running",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField()),
                ("lift_reason", models.TextField(blank=True, default="")),
                ("lift_asked_at", models.DateTimeField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "lift_asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("case",),
                        name="legalhold_one",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_at__isnull", True),
                            models.Q(
                                ("lift_asked_by__isnull", False),
                                models.Q(("lifted_by", models.F("lift_asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="legalhold_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slot",
                    models.PositiveSmallIntegerField(
                        help_text="which of the matter's people; nothing says who"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("copy", "查阅、复制"), ("correct", "更正、补充"), ("erase", "删除")],
                        max_length=8,
                    ),
                ),
                (
                    "checked",
                    models.CharField(
                        choices=[
                            ("seen", "当面核对证件，不留复印件"),
                            ("known", "回拨登记的电话核对"),
                            ("entrusted", "核对委托书和受托人证件"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "said",
                    models.BinaryField(
                        help_text="what was asked and answered, under the matter's key", null=True
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("", "待答复"), ("done", "已办理"), ("refused", "未同意")],
                        default="",
                        max_length=8,
                    ),
                ),
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
            options={
                "indexes": [models.Index(fields=["case", "id"], name="personrequest_case")],
            },
        ),
        migrations.RunSQL(OPENED, SHUT),
        migrations.RunSQL(ERASE, "DROP FUNCTION cases_erase(bigint)"),
        migrations.RunSQL(WAIT, NO_WAIT),
    ]
