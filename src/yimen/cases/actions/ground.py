"""What a registration stands on, asked in one prepared statement: who registers, under which category, what is in force.

Category and membership stay in the process in the version that the database names (`foundation.versions`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from yimen.calendars import queries as calendars
from yimen.foundation import prepared, versions
from yimen.foundation.actor import Actor
from yimen.grids import queries as grids
from yimen.organisations.models import Membership, UnitKind

from ..models import Category

_ASK: Final = """
SELECT (SELECT token FROM calendars_calendarversion ORDER BY id LIMIT 1),
  (SELECT token FROM grids_gridrevision ORDER BY id LIMIT 1),
  (SELECT number_prefix FROM organisations_office ORDER BY id LIMIT 1),
  EXISTS (SELECT FROM cases_case WHERE client_key = %s),
  category.id, category.version, member.id, member.version
FROM (SELECT) one
LEFT JOIN LATERAL (
  SELECT id, concat(ctid, xmin) AS version FROM cases_category
  WHERE key = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to >= %s)
  ORDER BY "order" DESC, id DESC LIMIT 1) category ON true
LEFT JOIN LATERAL (
  SELECT m.id, concat(m.ctid, m.xmin, u.ctid, u.xmin) AS version
  FROM organisations_membership m JOIN organisations_unit u ON u.id = m.unit_id
  WHERE m.user_id = %s AND m.active AND u.kind = %s ORDER BY m.id LIMIT 1) member ON true"""


@dataclass(frozen=True, slots=True)
class Ground:
    """`category` is the one valid that day, None when there is none of that key; `member` as `holders.first_contact`.

    `repeated`: a matter of this client key is there already.
    """

    calendar: UUID | None
    map: UUID | None
    prefix: str
    repeated: bool
    category: Category | None
    member: Membership | None

    @contextmanager
    def known(self) -> Iterator[None]:
        """Within the block calendar and map are those of the answer, and are not asked for again."""
        with calendars.known(self.calendar), grids.known(self.map):
            yield


def read(actor: Actor, category: str, client_key: UUID | None, today: date) -> Ground:
    """One statement, and one more for each row that changed since it was last asked for."""
    asked = (client_key, category, today, today, actor.user_id, str(UnitKind.CENTRE))
    calendar, drawn, prefix, repeated, kind_id, kind, member_id, member = prepared.ask(_ASK, asked)[0]
    return Ground(
        calendar, drawn, prefix or "永", repeated,
        versions.kept(("category", kind_id), kind, lambda: Category.objects.get(pk=kind_id)),
        versions.kept(("member", member_id), member, lambda: _member(member_id)),
    )  # fmt: skip


def _member(ref: int) -> Membership:
    return Membership.objects.select_related("unit").get(pk=ref)
