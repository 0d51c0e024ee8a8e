"""Every data key in the database wrapped under the current master key. Each room does its own."""

from __future__ import annotations

from yimen.accounts.actions.rewrapping import rewrap_factors
from yimen.cases.actions import rewrapping as cases
from yimen.grids import contacts
from yimen.intake.actions import rewrapping as intake
from yimen.intake.field import rewrapping as field
from yimen.web.staff.auth.adapter import SEAL


def everything() -> dict[str, int]:
    """How many of each were wrapped anew. May be cut short and run again."""
    return {
        "matters": cases.rewrap(),
        "waiting": intake.rewrap(),
        "phones": field.rewrap(),
        "premises": contacts.rewrap(),
        "factors": rewrap_factors(SEAL),
    }
