"""The ledger: entries, their chain, and what waits for a number. The database itself refuses changes.

Triggers are ENABLE ALWAYS, so that `session_replication_role` does not pass them by.
`verify-ledger` compares the functions in the database with REFUSE and ENQUEUE below.
"""

import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

REFUSE = """
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
"""

ENQUEUE = """
BEGIN
  INSERT INTO ledger_pending (entry_id) SELECT id FROM fresh;
  RETURN NULL;
END
"""

TRIGGERS = f"""
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body${REFUSE}$body$;
CREATE FUNCTION ledger_enqueue() RETURNS trigger LANGUAGE plpgsql AS $body${ENQUEUE}$body$;

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_chain
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_entry_enqueue AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_enqueue();

ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_enqueue;
ALTER TABLE ledger_chain ENABLE ALWAYS TRIGGER ledger_chain_append_only;
"""

NO_TRIGGERS = """
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP TRIGGER ledger_entry_enqueue ON ledger_entry;
DROP TRIGGER ledger_chain_append_only ON ledger_chain;
DROP FUNCTION ledger_refuse_change();
DROP FUNCTION ledger_enqueue();
"""

# Whoever was given the tables on creation (default privileges: the app's role, whatever its name).
WITHHOLD = """
DO $body$
DECLARE app name;
BEGIN
  FOR app IN
    SELECT DISTINCT r.rolname FROM pg_class c, aclexplode(c.relacl) a, pg_roles r
    WHERE c.oid IN ('ledger_entry'::regclass, 'ledger_chain'::regclass)
      AND a.grantee <> c.relowner AND r.oid = a.grantee
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry, ledger_chain FROM %I', app);
  END LOOP;
END
$body$;
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry, ledger_chain FROM PUBLIC;
"""

# A queue that is emptied all day: clean it by count, not by share.
QUEUE = """
ALTER TABLE ledger_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                (
                    "subject",
                    models.TextField(help_text='which kind of thing it happened to: "case", "user", …'),
                ),
                ("subject_id", models.BigIntegerField()),
                (
                    "actor_id",
                    models.BigIntegerField(
                        null=True, help_text="no foreign key: this room lies below the people"
                    ),
                ),
                ("actor_label", models.TextField(blank=True, default="")),
                ("via", models.TextField()),
                (
                    "at",
                    models.DateTimeField(
                        help_text="when it happened; earlier than recorded_at for late paper"
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="when the database took it in",
                    ),
                ),
                ("payload", models.JSONField(default=dict, help_text="state in plain; no personal field")),
                (
                    "sealed",
                    models.BinaryField(
                        null=True, help_text="personal fields, encrypted under the case's key"
                    ),
                ),
                (
                    "origin",
                    models.BinaryField(help_text="nonce and HMAC of the application over what it wrote"),
                ),
            ],
            options={
                "db_table": "ledger_entry",
                "indexes": [
                    models.Index(fields=["subject", "subject_id", "id"], name="ledger_entry_of_subject"),
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["recorded_at"], name="ledger_entry_recorded", pages_per_range=32
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind", ""), _negated=True)
                        & models.Q(("subject", ""), _negated=True),
                        name="ledger_entry_says_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("mac", models.BinaryField()),
            ],
            options={"db_table": "ledger_chain"},
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[("entry_id", models.BigIntegerField(primary_key=True, serialize=False))],
            options={"db_table": "ledger_pending"},
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(WITHHOLD, migrations.RunSQL.noop),
        migrations.RunSQL(QUEUE, migrations.RunSQL.noop),
    ]
