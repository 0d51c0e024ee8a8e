"""Which roles one person may hold at the same time. Pure.

The three administrators are separate people (GB/T 22239-2019 8.1.5), and none of them works on matters: whoever
holds one of the three roles holds nothing else on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .roles import ADMINISTRATORS, Role


@dataclass(frozen=True, slots=True)
class Period:
    """A role for a time; both days included, `until` None while open."""

    role: str
    since: date
    until: date | None = None

    def meets(self, other: Period) -> bool:
        """Whether there is a day in both."""
        return (other.until is None or self.since <= other.until) and (
            self.until is None or other.since <= self.until
        )


def clash(wanted: Period, held: Iterable[Period]) -> Role | None:
    """A role held in the same time that the wanted one excludes, or None."""
    for other in held:
        if other.role != wanted.role and wanted.meets(other) and {wanted.role, other.role} & ADMINISTRATORS:
            return Role(other.role)
    return None
