"""Leave with stand-ins: one row for a person and day, and no chain of stand-ins that comes back to its beginning.

The trigger holds both also against writers at the same moment: it takes a lock of its own before it looks, and a
statement inside a function sees what others have committed meanwhile.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION grids_leave_guard() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('grids_leave'));
  IF EXISTS (SELECT 1 FROM grids_leave l WHERE l.user_id = NEW.user_id AND l.id IS DISTINCT FROM NEW.id
      AND l.since <= NEW.until AND l.until >= NEW.since) THEN
    RAISE EXCEPTION 'two leaves of one person on one day'
      USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'leave_once_a_day', TABLE = 'grids_leave';
  END IF;
  IF EXISTS (
    WITH RECURSIVE chain(person, since, until) AS (
      SELECT NEW.stand_in_id, NEW.since, NEW.until WHERE NEW.stand_in_id IS NOT NULL
      UNION
      SELECT l.stand_in_id, greatest(c.since, l.since), least(c.until, l.until)
        FROM chain c JOIN grids_leave l ON l.user_id = c.person AND l.id IS DISTINCT FROM NEW.id
       WHERE l.since <= c.until AND l.until >= c.since AND l.stand_in_id IS NOT NULL
         AND c.person <> NEW.user_id)
    SELECT 1 FROM chain WHERE person = NEW.user_id) THEN
    RAISE EXCEPTION 'a chain of stand-ins that loops'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'leave_no_loop', TABLE = 'grids_leave';
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER grids_leave_guard BEFORE INSERT OR UPDATE ON grids_leave
  FOR EACH ROW EXECUTE FUNCTION grids_leave_guard();
"""
NO_GUARD = "DROP TRIGGER grids_leave_guard ON grids_leave; DROP FUNCTION grids_leave_guard();"


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Leave",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(help_text="last day away")),
                (
                    "stand_in",
                    models.ForeignKey(
                        blank=True,
                        help_text="who answers instead; without one, the level above",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["until", "since"], name="leave_days")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="leave_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stand_in__isnull", True),
                            models.Q(("stand_in", models.F("user")), _negated=True),
                            _connector="OR",
                        ),
                        name="leave_not_oneself",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
