"""The words of the table of steps: flows, who may, whose turn follows, and the shape of a row. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _


class Flow(StrEnum):
    PETITION = "petition"  # 信访事项
    SERVICE = "service"  # 服务诉求(非信访)
    GRID = "grid"  # 网格事件: a problem of a place


FLOWS: Final = {Flow.PETITION: _("信访事项"), Flow.SERVICE: _("服务诉求"), Flow.GRID: _("网格事件")}
WINDOW: Final = (Flow.PETITION, Flow.SERVICE)  # what a person brings; between these two a matter is screened


class Who(StrEnum):
    """How a person stands to one matter. `access.relations` works them out from roles and rows."""

    ACCOUNTABLE = "accountable"  # 首问责任人
    DESK = "desk"  # 窗口人员、中心主任
    DIRECTOR = "director"  # 中心主任
    LEAD = "lead"  # 主办单位成员; for a unit without accounts: the desk
    HEAD = "head"  # 主办单位负责人; for a unit without accounts: the director
    ASSIST = "assist"  # 协办单位成员
    RECIPIENT = "recipient"  # 呈送的领导, while the matter awaits the instruction
    CALLER = "caller"  # 回访人: desk member who neither answered nor belongs to the handling unit
    GRID = (
        "grid"  # posted today at the matter's grid or at its community, or the holder while it lies with them
    )
    CHECKER = "checker"  # 核查: posted there, or of the desk, and did not handle it


class Holder(StrEnum):
    """Whose turn it is after a step (当前承办人)."""

    KEEP = "keep"
    ACCOUNTABLE = "accountable"
    LIAISON = "liaison"  # the lead unit's 联络员; for a unit without accounts: the accountable person
    ACTOR = "actor"
    HANDLER = "handler"  # the field `handler`, else the actor when of the unit, else the liaison
    HEAD = "head"  # the lead unit's 负责人; for a unit without accounts: the director
    ROUTER = "router"  # the accountable person; after the second return the director
    CALLER = "caller"  # the accountable person; who told the resident himself: a colleague, else the director
    RECIPIENT = "recipient"  # the leader a matter is submitted to: the field `leader`
    NONE = "none"
    GRID = "grid"  # who answers for the grid now: its lead, else a worker, else the level above
    COMMUNITY = "community"  # the community's lead, else its unit's liaison
    DUTY = "duty"  # the centre's person on duty, if a member of the centre, else the director
    VERIFIER = "verifier"  # the grid's worker, else its lead, else DUTY
    CHECKER = "checker"  # the grid's worker who did not handle it, else its lead, else DUTY
    FILER = "filer"  # DUTY; after the second return the director


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: in `flow`, from state `source`, `verb` leads to `target`.

    `needs`/`may` are names in `fields.FIELDS`; `holder` says whose turn follows; `guards` and `effect` are named
    functions of `rules` and `actions.effects`; `ends` are whole-case clocks that this step stops as met.
    """

    flow: Flow
    source: str
    verb: str
    target: str
    who: tuple[Who, ...]
    holder: Holder
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    effect: str = ""
    ends: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The ledger kind of this step."""
        return f"case.{self.verb}"


def rows_of(flows: Iterable[Flow], sources: str, verb: str, target: str, who: tuple[Who, ...], holder: Holder, **names: str) -> list[Transition]:  # fmt: skip
    """One row for each flow and each of the (space-separated) sources; target "=" stays where it is."""
    lists = {name: tuple(value.split()) for name, value in names.items() if name != "effect"}
    return [
        Transition(flow, source, verb, source if target == "=" else target, who, holder, effect=names.get("effect", ""), **lists)
        for flow in flows
        for source in sources.split()
    ]  # fmt: skip
