"""Worklists and their counts are read from indexes alone; 临期提醒 stands with the matter; what nobody reads by goes.

Six foreign keys lose their own index. Open matters of a unit or category have theirs, registers go by date; every
statement about matters was planned over them and every registration written into them.
"""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

_INCLUDED = ("lead_unit", "holder", "accountable_person", "sealed", "hidden_at", "history", "suspended")
_LISTS = {
    "case_holder_due": (["holder"], Q()),
    "case_accountable_due": (["accountable_person"], Q()),
    "case_lead_due": (["lead_unit"], Q()),
    "case_holder_unit_due": (["holder_unit"], Q()),
    "case_category_due": (["category"], Q()),
    "case_grid_due": (["grid"], Q()),
    "case_due": ([], Q()),
    "case_unscreened": ([], Q(screened=False)),
    "case_history_due": ([], Q(history=True)),
    "case_to_call": ([], Q(state="told", sampled=True)),
}
_LIMITS = ("clock", "reminded_clock", "reminded_due")
_NEW = {
    "case_accountable_unit_due": (["accountable_unit"], Q(), ("holder_unit",)),
    "case_reminded": (["holder"], Q(reminded_due__isnull=False), _LIMITS),
    "case_reminded_liaison": (["reminded_liaison"], Q(reminded_liaison__isnull=False), _LIMITS),
}
_FOREIGN = {
    "accountable_unit": ("organisations.unit", {"null": True}),
    "holder_unit": ("organisations.unit", {"null": True}),
    "lead_unit": ("organisations.unit", {"null": True, "blank": True}),
    "category": ("cases.category", {}),
    "answered_by": (settings.AUTH_USER_MODEL, {"null": True, "blank": True}),
    "told_by": (settings.AUTH_USER_MODEL, {"null": True, "blank": True}),
}
# What was reminded of before: of the limits that govern now.
_CARRY_OVER = """
UPDATE cases_case SET reminded_clock = r.clock_id, reminded_due = r.due_at, reminded_liaison = r.liaison_id
  FROM cases_reminder r
 WHERE r.case_id = cases_case.id AND cases_case.open
   AND r.clock_id = cases_case.clock_id AND r.due_at = cases_case.due_at
"""


def _index(name: str, fields: list[str], only: Q, more: tuple[str, ...] = ()) -> migrations.AddIndex:
    index = models.Index(
        fields=[*fields, "due_at", "id"],
        include=[each for each in (*_INCLUDED, *more) if each not in fields],
        condition=Q(open=True) & only,
        name=name,
    )
    return migrations.AddIndex(model_name="case", index=index)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("cases", "0019_looked_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        *(migrations.RemoveIndex(model_name="case", name=name) for name in _LISTS),
        *(
            migrations.AlterField(
                model_name="case",
                name=name,
                field=models.ForeignKey(
                    to=to,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    db_index=False,
                    **how,
                ),
            )
            for name, (to, how) in _FOREIGN.items()
        ),
        migrations.AddField(
            model_name="case",
            name="reminded_clock",
            field=models.BigIntegerField(
                null=True,
                editable=False,
                help_text="临期提醒: which limit was reminded of last",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="reminded_due",
            field=models.DateTimeField(null=True, editable=False, help_text="and when it was due"),
        ),
        migrations.AddField(
            model_name="case",
            name="reminded_liaison",
            field=models.BigIntegerField(
                null=True, editable=False, help_text="and who was told beside the holder"
            ),
        ),
        migrations.RunSQL(_CARRY_OVER, migrations.RunSQL.noop),
        *(_index(name, *how) for name, how in (_LISTS | _NEW).items()),
    ]
