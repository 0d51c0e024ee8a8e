"""Setting up and changing units and who belongs to them. Each verb is one transaction and one ledger entry."""

from __future__ import annotations

from .members import Joining, admit, edit_member, join, join_many, move_liaison
from .office import set_office
from .units import add_unit, edit_unit, end_unit, ensure_centre

__all__ = [
    "Joining",
    "add_unit",
    "admit",
    "edit_member",
    "edit_unit",
    "end_unit",
    "ensure_centre",
    "join",
    "join_many",
    "move_liaison",
    "set_office",
]
