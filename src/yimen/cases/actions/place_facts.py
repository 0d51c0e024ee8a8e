"""What guards look at of a matter of a place, from its row; photos are counted only where a step asks for them."""

from __future__ import annotations

from typing import Final

from ..climbing import level_of
from ..models import Attachment, Case
from ..place_rules import PUBLIC, PlaceFacts
from ..states import Flow

_ASKED: Final = ("at_grid", "at_community", "handling")


def place_facts(case: Case) -> PlaceFacts:
    """Empty for a matter of another flow. At most one query."""
    kind = case.event_class
    if case.flow != Flow.GRID or kind is None:
        return PlaceFacts()
    wanted = "after" in kind.evidence and case.state in _ASKED
    return PlaceFacts(
        level=level_of(case),
        settles_at=kind.settles_at,
        public=case.channel in PUBLIC,
        verified=case.verified,
        placed=case.grid_id is not None,
        wants_after=wanted,
        after_photos=Attachment.objects.filter(case=case, purpose="after").count() if wanted else 0,
    )
