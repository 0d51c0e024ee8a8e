"""Letters that nobody needs any more: void with the step that leaves the unit's work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from ... import letters
from ...models import Letter
from ...states import words

if TYPE_CHECKING:
    from ..transition import Step

# States in which some letter may be in the making; outside of them, what was not served is void.
_MAKING: Final = frozenset(
    {
        "dispatched",
        "signed",
        "accepted",
        "not_accepted",
        "in_hand",
        "reported",
        "verified",
        "return_requested",
    }
)


def lapse(step: Step) -> None:
    """Void the letters that were not served, with the reason; the step's ledger entry names them."""
    if step.row.target in _MAKING:
        return
    rows = Letter.objects.filter(case=step.case, state__in=letters.OPEN)
    if names := [row.number or letters.kinds()[row.kind].zh for row in rows]:
        reason = _("事项已经是“%s”，这份文书没有送达") % words(step.row.flow, step.row.target)
        rows.update(state="void", void_at=step.at, void_reason=reason, changed_at=step.at)
        step.payload["letters_void"] = names
