"""Whose turn it is after a step: the row says how it is found, `holders` and `grid_holders` find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..states import Holder
from . import grid_holders, holders

if TYPE_CHECKING:
    from .transition import Step

_CHOOSE = {**holders.CHOOSE, **grid_holders.CHOOSE}


def pass_on(step: Step) -> None:
    """Set holder and holder unit by the row's rule; always an active member of the unit."""
    case, how = step.case, step.row.holder
    if how == Holder.KEEP or how == Holder.NONE:
        return
    case.holder_unit_id, case.holder_id = _CHOOSE[how](step)
