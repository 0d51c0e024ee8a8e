"""What reading and writing at a million matters leans on: indexes, and nothing that changes a row's meaning.

Partial ones hold the open matters only, a small part of all, so that they cost little as matters grow.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

OPEN = Q(open=True)


def _index(model: str, name: str, fields: list[str], condition: Q) -> migrations.AddIndex:
    return migrations.AddIndex(model, models.Index(fields=fields, condition=condition, name=name))


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_suspension_reasons")]

    operations = [
        _index("case", "case_holder_unit_due", ["holder_unit", "due_at", "id"], OPEN),
        _index("case", "case_category_due", ["category", "due_at", "id"], OPEN),
        _index("case", "case_grid_due", ["grid", "due_at", "id"], OPEN),
        _index("case", "case_unscreened", ["due_at", "id"], Q(open=True, screened=False)),
        _index("case", "case_history_due", ["due_at", "id"], Q(open=True, history=True)),
        _index("case", "case_groups", ["party_size"], Q(open=True, party_size__gt=1)),
        _index("urge", "urge_unanswered", ["case"], Q(replied_at__isnull=True)),
        _index("supervision", "supervision_open", ["case"], Q(concluded_at__isnull=True)),
    ]
