"""`column = ANY(ARRAY(…))`: the keys are gathered first, then the index is walked once in their order.

For keys that lie near each other, as those of the newest entries do: a join descends the index anew for each of
them, and the planner, who believes in thousands of rows, chooses the join.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Field, Lookup, QuerySet


@Field.register_lookup
class Among(Lookup):
    """`filter(pk__among=keys(rows))`: the same rows as `filter(pk__in=rows)`."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """As Django asks it of a lookup."""
        left, given = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        return f"{left} = ANY ({right})", (*given, *more)


def keys(rows: QuerySet[Any, Any]) -> ArraySubquery:
    """What `among` takes: a queryset of one column (`values`)."""
    return ArraySubquery(rows)
