"""What Django's own constraints cannot say: who answers for an open matter is an active member, its clock is its own.

`open` is true while a matter is open, else null; a null column switches a composite key off (MATCH SIMPLE). So a
membership cannot end, nor a clock stop, while an open matter still leans on it.
"""

from django.db import migrations

KEYS = """
ALTER TABLE cases_case
  ADD CONSTRAINT case_accountable_is_member FOREIGN KEY (accountable_person_id, accountable_unit_id, open)
    REFERENCES organisations_membership (user_id, unit_id, active),
  ADD CONSTRAINT case_holder_is_member FOREIGN KEY (holder_id, holder_unit_id, open)
    REFERENCES organisations_membership (user_id, unit_id, active),
  ADD CONSTRAINT case_clock_governs FOREIGN KEY (clock_id, id, due_at, open)
    REFERENCES cases_clock (id, case_id, due_at, running) DEFERRABLE INITIALLY DEFERRED
"""
DROP_KEYS = """
ALTER TABLE cases_case
  DROP CONSTRAINT case_accountable_is_member,
  DROP CONSTRAINT case_holder_is_member,
  DROP CONSTRAINT case_clock_governs
"""

# One sequence a year, made when first asked for. SECURITY DEFINER: the app's role may not create sequences itself.
NUMBERS = """
CREATE FUNCTION next_case_number(year integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := 'case_number_' || year;
  home text := 'public';
BEGIN
  IF year NOT BETWEEN 1900 AND 2200 THEN
    RAISE EXCEPTION 'no such year: %', year;
  END IF;
  IF to_regclass(format('%I.%I', home, name)) IS NULL THEN
    BEGIN
      EXECUTE format('CREATE SEQUENCE %I.%I', home, name);
    EXCEPTION WHEN duplicate_table OR unique_violation THEN
      NULL;  -- another connection made it first
    END;
  END IF;
  RETURN nextval(format('%I.%I', home, name)::regclass);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("organisations", "0001_initial")]

    operations = [
        migrations.RunSQL(KEYS, DROP_KEYS),
        migrations.RunSQL(NUMBERS, "DROP FUNCTION next_case_number(integer)"),
    ]
