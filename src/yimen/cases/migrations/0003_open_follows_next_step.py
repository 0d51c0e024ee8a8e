"""`open` is read off the next step, so that a new state needs no new column; five more states.

PostgreSQL before 17 cannot change what a generated column is made of: it goes with all that leans on it and comes back.
"""

from django.db import migrations, models

INDEXES = {
    "case_holder_due": ["holder", "due_at", "id"],
    "case_accountable_due": ["accountable_person", "due_at", "id"],
    "case_lead_due": ["lead_unit", "due_at", "id"],
    "case_due": ["due_at", "id"],
}
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
}
OVER = ["closed", "withdrawn", "archived"]


def _fits() -> models.Q:
    steps = models.Q()
    for state, step in STEPS.items():
        steps |= models.Q(state=state, next_step=step)
    over = models.Q(state__in=OVER, next_step__isnull=True)
    return over | (models.Q(next_step__isnull=False) & steps)


OWNED = models.Q(
    ("open__isnull", True),
    models.Q(
        ("accountable_person__isnull", False),
        ("accountable_unit__isnull", False),
        ("clock__isnull", False),
        ("due_at__isnull", False),
        ("holder__isnull", False),
        ("holder_unit__isnull", False),
        ("next_step__isnull", False),
    ),
    _connector="OR",
)


def _check(name: str, condition: models.Q) -> migrations.AddConstraint:
    return migrations.AddConstraint("case", models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_accountability")]

    operations = [
        migrations.RunSQL(DROP_KEYS, KEYS),
        migrations.RemoveConstraint("case", "case_state_known"),
        migrations.RemoveConstraint("case", "case_next_step_fits_state"),
        migrations.RemoveConstraint("case", "case_open_is_owned"),
        *[migrations.RemoveIndex("case", name) for name in INDEXES],
        migrations.RemoveField("case", "open"),
        migrations.AddField(
            "case",
            "open",
            models.GeneratedField(
                db_persist=True,
                expression=models.Case(models.When(next_step__isnull=False, then=True), default=None),
                output_field=models.BooleanField(null=True),
            ),
        ),
        *[
            migrations.AddIndex(
                "case", models.Index(fields=fields, condition=models.Q(("open", True)), name=name)
            )
            for name, fields in INDEXES.items()
        ],
        _check("case_open_is_owned", OWNED),
        _check("case_state_known", models.Q(("state__in", [*STEPS, *OVER]))),
        _check("case_next_step_fits_state", _fits()),
        migrations.RunSQL(KEYS, DROP_KEYS),
    ]
