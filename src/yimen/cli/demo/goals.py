"""How many invented matters stand where: every state of both flows, most within their clocks, a few late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Goal:
    """So many matters of a flow that now stand in `state`; their last step was `window` work days ago."""

    flow: str
    state: str
    count: int
    window: tuple[int, int]
    route: str = "dispatched"
    screened: bool = True
    late: bool = False


def _both(state: str, count: int, window: tuple[int, int], route: str = "dispatched") -> list[Goal]:
    return [Goal(flow, state, count, window, route) for flow in ("service", "petition")]


# Windows fit the limits of calendars/data/clock_rules.csv (one work day for most steps).
GOALS: Final = (
    Goal("petition", "registered", 4, (1, 1), screened=False),
    Goal("petition", "dispatched", 2, (1, 1), screened=False),
    *_both("registered", 2, (1, 1)),
    *_both("awaiting", 3, (1, 1), "submitted"),
    *_both("merged", 1, (1, 2), "merged"),
    *_both("answered", 2, (1, 1), "answered"),
    *_both("guided", 1, (1, 1), "guided"),
    *_both("return_requested", 1, (1, 1), "returned"),
    *_both("returned", 1, (1, 1), "returned"),
    *_both("reported", 2, (1, 1)),
    *_both("verified", 3, (1, 2)),
    *_both("called_back", 1, (1, 1)),
    *_both("rated", 1, (1, 1)),
    *_both("withdrawn", 5, (2, 40), "withdrawn"),
    Goal("service", "dispatched", 4, (1, 1)),
    Goal("service", "signed", 3, (1, 1)),
    Goal("service", "accepted", 1, (1, 1), "rescreened"),
    Goal("service", "in_hand", 16, (1, 3)),
    Goal("service", "in_hand", 3, (1, 2), "reopened"),
    Goal("service", "in_hand", 2, (1, 2), "redone"),
    Goal("service", "told", 7, (1, 3)),
    Goal("service", "closed", 88, (2, 52)),
    Goal("service", "closed", 34, (2, 55), "answered"),
    Goal("service", "closed", 6, (2, 55), "guided"),
    Goal("service", "archived", 54, (2, 35)),
    Goal("service", "archived", 14, (2, 40), "answered"),
    Goal("petition", "dispatched", 4, (1, 4)),
    Goal("petition", "signed", 4, (1, 3)),
    Goal("petition", "accepted", 4, (1, 2)),
    Goal("petition", "not_accepted", 2, (1, 2), "not_accepted"),
    Goal("petition", "in_hand", 30, (2, 24)),
    Goal("petition", "told", 4, (1, 3)),
    Goal("petition", "closed", 32, (2, 36)),
    Goal("petition", "closed", 3, (2, 40), "not_accepted"),
    Goal("petition", "closed", 5, (2, 50), "guided"),
    Goal("petition", "archived", 16, (2, 24)),
    Goal("petition", "reviewing", 1, (1, 4), "reviewed"),
    Goal("petition", "reviewed", 1, (1, 4), "reviewed"),
    Goal("petition", "re_reviewing", 1, (1, 4), "reviewed"),
    # Late on purpose: a street where nothing is ever late is not believed.
    Goal("service", "in_hand", 4, (4, 7), late=True),
    Goal("service", "dispatched", 1, (2, 2), late=True),
    Goal("service", "told", 2, (4, 5), late=True),
    Goal("petition", "signed", 1, (4, 5), late=True),
)

# One of each state and flow: enough for the suite.
SMALL: Final = tuple(
    Goal(goal.flow, goal.state, 1, goal.window, goal.route, goal.screened, goal.late)
    for index, goal in enumerate(GOALS)
    if (goal.flow, goal.state, goal.route) not in {(g.flow, g.state, g.route) for g in GOALS[:index]}
)
