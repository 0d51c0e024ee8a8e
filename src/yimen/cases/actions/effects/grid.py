"""What the steps of a matter of a place write: settled where it was found, sent up and down, verified, declined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import climbing
from ...models import Climb, DistrictRequest, Result
from ...states import GRID_LEVELS, MAX_REFUSALS, Flow
from .. import clocks, grid_holders
from . import afterwards, joint

if TYPE_CHECKING:
    from ..transition import Step


def settle(step: Step) -> None:
    """处置完成 by the grid or the community: the result is theirs, and nobody waits to be told."""
    _write_result(step)
    afterwards.close(step)


def settle_told(step: Step) -> None:
    """处置并答复: who reported it is told in the same step."""
    _write_result(step)
    afterwards.tell(step)


def _write_result(step: Step) -> None:
    case = step.case
    assert case.holder_unit_id is not None
    Result.objects.create(
        case=case, unit_id=case.holder_unit_id, text=step.data["result"], by_id=step.actor.user_id, at=step.at
    )  # fmt: skip
    case.answered_by_id = step.actor.user_id
    step.payload["level"] = GRID_LEVELS[step.row.source]


def send_up(step: Step) -> None:
    _climb(step, "sent_up")


def climb(step: Step) -> None:
    """By itself: the rules say why, and by which limit (`step.data`)."""
    _climb(step, step.data["why"])


def send_down(step: Step) -> None:
    """下派 with an answer due: the days are the limit of the level below. The street's own limit ends without a verdict."""
    case = step.case
    _climb(step, "sent_down")
    step.limit = clocks.ordered_clock(case, step.row.target, int(step.data["days"]), step.at)
    clocks.stop([c for c in step.clocks if c.running and c.step == clocks.STREET], step.at, void=True)
    step.payload["days"] = int(step.data["days"])


def _climb(step: Step, why: str) -> None:
    case, row = step.case, step.row
    below, above = GRID_LEVELS[row.source], GRID_LEVELS[row.target]
    Climb.objects.create(
        case=case, from_level=below, to_level=above, why=why, reason=step.data.get("reason", ""),
        clock_id=step.data.get("clock"), at=step.at, by_id=step.actor.user_id,
    )  # fmt: skip
    case.refusals = 0
    step.payload |= {"level": above, "why": why}
    arrive(step)


def arrive(step: Step) -> None:
    """At the street a limit begins for all that it owes until filing, unless one runs already."""
    known = [c for c in step.clocks if c.kind == "conclude" and c.running]
    if GRID_LEVELS.get(step.row.target) == "street" and not known:
        assert step.case.accountable_unit_id is not None
        unit = step.case.accountable_unit_id
        step.started.append(clocks.new_clock(step.case, "conclude", clocks.STREET, step.at, unit))


def decline_task(step: Step) -> None:
    """不接: it passes to the next who answers at this level; the second time, or when there is nobody, it climbs."""
    case = step.case
    case.refusals += 1
    found = (grid_holders.at_grid if step.row.source == "at_grid" else grid_holders.at_community)(
        case.grid, step.at
    )
    others = [person for person in found if person != step.actor.user_id]
    following = grid_holders.first_seat(others, case.grid.unit_id if case.grid else None)
    step.payload["refusals"] = case.refusals
    if case.refusals >= MAX_REFUSALS or following is None:
        step.then = "climb", {"why": "refused" if case.refusals >= MAX_REFUSALS else "nobody"}
    else:
        case.holder_unit_id, case.holder_id = following


def confirm(step: Step) -> None:
    step.case.verified = "yes"


def deny(step: Step) -> None:
    step.case.verified = "no"


def admit(step: Step) -> None:
    step.case.accepted_at = step.case.accepted_at or step.at


def decline(step: Step) -> None:
    """不予受理: over, and who waits was told why in the way that is written down."""
    case = step.case
    if step.data.get("way"):
        case.served_at, case.served_way = step.at, step.data["way"]
        case.told_at = case.told_at or step.at
        case.told_by_id = case.answered_by_id = step.actor.user_id
    afterwards.close(step)


def file(step: Step) -> None:
    """立案: the limit of the class begins; the street's own ends as it stands. Filed before, its limit runs on."""
    case = step.case
    clocks.stop([c for c in step.clocks if c.running and c.step == clocks.STREET], step.at, void=True)
    if not any(c.kind == "conclude" and c.running for c in step.clocks):
        step.started.append(clocks.class_clock(case, "conclude", "conclude", step.at, clocks.owing(case)))
    assert case.event_class is not None
    step.payload["class"] = case.event_class.key


def reopen(step: Step) -> None:
    afterwards.reopen(step)
    _anew_at_the_street(step)


def take_up(step: Step) -> None:
    """Unsolved at the call-back of what the grid or the community settled: the street takes it on, with its own limit."""
    afterwards.once_more(step)
    _anew_at_the_street(step)


def _anew_at_the_street(step: Step) -> None:
    step.case.refusals, step.case.verified, step.case.settled_on_spot = 0, "yes", False
    _to_the_street(step)


def unmerge(step: Step) -> None:
    joint.unmerge(step)
    _to_the_street(step)


def _to_the_street(step: Step) -> None:
    """What goes on at the street, wherever it was: the path says so."""
    before = climbing.last_level(step.case)
    if before != "street":
        why = "sent_down" if before == climbing.DISTRICT else "sent_up"
        Climb.objects.create(
            case=step.case, from_level=before, to_level="street", why=why, reason=step.data.get("reason", ""),
            at=step.at, by_id=step.actor.user_id,
        )  # fmt: skip
    arrive(step)


def lapse(step: Step) -> None:
    """A request that nobody decided lapses when the matter leaves the street: solved, declined, sent down."""
    if GRID_LEVELS.get(step.row.target) == "street" or step.row.flow != Flow.GRID:
        return
    rows = DistrictRequest.objects.filter(case=step.case, gone_at=None, refused_at=None, lapsed_at=None)
    if rows.update(lapsed_at=step.at):
        step.payload["request_lapsed"] = True
