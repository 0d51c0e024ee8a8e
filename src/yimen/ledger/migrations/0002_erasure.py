"""One narrow door in the append-only wall: typed words of a matter whose destruction was decided and is due.

The trigger lets exactly one thing through: an UPDATE of an entry by the owner of the table while `yimen.erasing` is
set. Only the function `cases_erase` (migration cases 0013, SECURITY DEFINER) works as the owner with that setting,
and it asks first whether the destruction is decided and due. The app's role is not the owner: setting the word itself
gains it nothing. The chain refuses everything as before. `verify-ledger` compares the function with REFUSE below.
"""

from django.db import migrations

REFUSE = """
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'ledger_entry' AND current_setting('yimen.erasing', true) = 'decided'
     AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
"""
BEFORE = """
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
"""


def replace(body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(replace(REFUSE), replace(BEFORE))]
