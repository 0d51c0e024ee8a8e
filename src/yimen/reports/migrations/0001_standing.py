"""The memory that figures are counted from: what was true of a matter after each change, written by the database.

One trigger on `cases_case`: rooms save a matter's clocks before the matter itself, so what is read here is whole.
When a step was done is the matter's own `changed_at`; a fact that is no step happened when it ended a clock, else
when it was taken in.
Matters that were there before this migration get what is true of them now, as known since they were taken in.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

FOLLOW = """
CREATE FUNCTION reports_follow() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  happened timestamptz := statement_timestamp();
  ended timestamptz;
BEGIN
  IF NEW.sealed THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    happened := NEW.changed_at;
    INSERT INTO reports_standing (case_id, at, known_at, was, state, flow, screened, history, category_id,
      unit_id, was_unit_id, told_at, outcome, solved, rating, tries, returns, redos)
    VALUES (NEW.id, happened, statement_timestamp(), '', NEW.state, NEW.flow, NEW.screened, NEW.history,
      NEW.category_id, NEW.lead_unit_id, NULL, NEW.told_at, NEW.last_outcome, NEW.last_solved, NEW.rating,
      NEW.tries, NEW.returns, NEW.redos);
  ELSE
    IF NEW.changed_at IS DISTINCT FROM OLD.changed_at OR NEW.state <> OLD.state THEN
      happened := NEW.changed_at;
    ELSE
      SELECT max(c.stopped_at) INTO ended FROM cases_clock c
      WHERE c.case_id = NEW.id AND c.stopped_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM reports_limit l WHERE l.clock_id = c.id AND l.stopped_at IS NOT NULL);
      happened := coalesce(ended, happened);
    END IF;
    IF ROW(NEW.state, NEW.flow, NEW.screened, NEW.history, NEW.category_id, NEW.lead_unit_id, NEW.told_at,
           NEW.last_outcome, NEW.last_solved, NEW.rating, NEW.tries, NEW.returns, NEW.redos)
       IS DISTINCT FROM
       ROW(OLD.state, OLD.flow, OLD.screened, OLD.history, OLD.category_id, OLD.lead_unit_id, OLD.told_at,
           OLD.last_outcome, OLD.last_solved, OLD.rating, OLD.tries, OLD.returns, OLD.redos) THEN
      INSERT INTO reports_standing (case_id, at, known_at, was, state, flow, screened, history, category_id,
        unit_id, was_unit_id, told_at, outcome, solved, rating, tries, returns, redos)
      VALUES (NEW.id, happened, statement_timestamp(), OLD.state, NEW.state, NEW.flow, NEW.screened,
        NEW.history, NEW.category_id, NEW.lead_unit_id, OLD.lead_unit_id, NEW.told_at, NEW.last_outcome,
        NEW.last_solved, NEW.rating, NEW.tries, NEW.returns, NEW.redos);
    END IF;
  END IF;
  INSERT INTO reports_limit (case_id, clock_id, at, known_at, kind, step, flow, start_at, due_at, extend,
    stopped_at, outcome, unit_id)
  SELECT c.case_id, c.id, happened, statement_timestamp(), c.kind, c.step, coalesce(c.rule->>'flow', ''),
    c.start_at, c.due_at, c.extend, c.stopped_at, c.outcome, c.charged_unit_id
  FROM cases_clock c
  LEFT JOIN LATERAL (
    SELECT l.id, l.due_at, l.stopped_at, l.outcome, l.unit_id FROM reports_limit l
    WHERE l.clock_id = c.id ORDER BY l.id DESC LIMIT 1
  ) last ON true
  WHERE c.case_id = NEW.id AND (last.id IS NULL OR ROW(last.due_at, last.stopped_at, last.outcome, last.unit_id)
    IS DISTINCT FROM ROW(c.due_at, c.stopped_at, c.outcome, c.charged_unit_id))
  ORDER BY c.id;
  RETURN NULL;
END
$body$;
CREATE TRIGGER reports_follow AFTER INSERT OR UPDATE ON cases_case
  FOR EACH ROW EXECUTE FUNCTION reports_follow();
"""

SO_FAR = """
INSERT INTO reports_standing (case_id, at, known_at, was, state, flow, screened, history, category_id,
  unit_id, was_unit_id, told_at, outcome, solved, rating, tries, returns, redos)
SELECT c.id, e.at, e.recorded_at, coalesce(e.payload->>'from', ''),
  coalesce(e.payload->>'to', e.payload->'set'->>'state', 'registered'),
  coalesce(e.payload->'set'->>'flow', c.flow), coalesce((e.payload->'set'->>'screened')::boolean, c.screened),
  e.kind = 'case.imported' OR c.history, c.category_id,
  (e.payload->'set'->>'lead_unit')::bigint,
  lag((e.payload->'set'->>'lead_unit')::bigint) OVER life,
  CASE WHEN e.kind = 'case.opened' THEN (e.payload->>'told_at')::timestamptz ELSE c.told_at END,
  CASE WHEN e.kind IN ('case.call_back', 'case.attempt') THEN coalesce(e.payload->'words'->>'outcome', '') ELSE '' END,
  coalesce(e.payload->'words'->>'solved', ''), (e.payload->'words'->>'rating')::smallint,
  coalesce((e.payload->>'attempt')::smallint, 0),
  count(*) FILTER (WHERE e.kind = 'case.agree_return') OVER life,
  count(*) FILTER (WHERE e.kind = 'case.redo') OVER life
FROM ledger_entry e JOIN cases_case c ON c.id = e.subject_id
WHERE e.subject = 'case' AND NOT c.sealed AND (e.payload ? 'verb' OR e.kind IN ('case.opened', 'case.imported'))
WINDOW life AS (PARTITION BY c.id ORDER BY e.id)
ORDER BY e.id;
INSERT INTO reports_limit (case_id, clock_id, at, known_at, kind, step, flow, start_at, due_at, extend,
  stopped_at, outcome, unit_id)
SELECT k.case_id, k.id, greatest(k.start_at, c.received_at), c.recorded_at, k.kind, k.step,
  coalesce(k.rule->>'flow', ''), k.start_at, k.due_at, k.extend, k.stopped_at, k.outcome, k.charged_unit_id
FROM cases_clock k JOIN cases_case c ON c.id = k.case_id WHERE NOT c.sealed ORDER BY k.id;
"""

FORGET = "DROP TRIGGER reports_follow ON cases_case; DROP FUNCTION reports_follow();"


def to(model: str, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=model,
    )


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cases", "0003_open_follows_next_step"),
        ("organisations", "0001_initial"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("known_at", models.DateTimeField()),
                ("was", models.CharField(blank=True, default="", max_length=20)),
                ("state", models.CharField(max_length=20)),
                ("flow", models.CharField(max_length=10)),
                ("screened", models.BooleanField()),
                ("history", models.BooleanField()),
                ("told_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=10)),
                ("solved", models.CharField(blank=True, default="", max_length=8)),
                ("rating", models.PositiveSmallIntegerField(null=True)),
                ("tries", models.PositiveSmallIntegerField()),
                ("returns", models.PositiveSmallIntegerField()),
                ("redos", models.PositiveSmallIntegerField()),
                ("case", to("cases.case")),
                ("category", to("cases.category")),
                ("unit", to("organisations.unit", null=True)),
                ("was_unit", to("organisations.unit", null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "id"], name="standing_case"),
                    models.Index(fields=["state", "at"], name="standing_moved"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["known_at"], name="standing_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("known_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=12)),
                ("step", models.CharField(max_length=20)),
                ("flow", models.CharField(help_text="of the rule that set it", max_length=10)),
                ("start_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("extend", models.PositiveIntegerField()),
                ("stopped_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=4)),
                ("case", to("cases.case")),
                ("clock", to("cases.clock")),
                ("unit", to("organisations.unit")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["clock", "id"], name="limit_clock"),
                    models.Index(fields=["kind", "due_at"], name="limit_due"),
                    models.Index(fields=["at"], condition=models.Q(extend__gt=0), name="limit_extended"),
                ],
            },
        ),
        migrations.RunSQL(FOLLOW, FORGET),
        migrations.RunSQL(SO_FAR, migrations.RunSQL.noop),
    ]
