"""The life of a letter (拟稿 → 审核 → 签发 → 用印 → 送达), its kinds, and the ways of serving it. Plain Python, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .shipped import Listed, listed


class Hand(StrEnum):
    """How a person stands to a letter. `letterbook.hands` works it out from the matter and the letter's unit."""

    WRITER = "writer"  # member of the unit that issues it; for a unit without accounts: the desk
    HEAD = "head"  # that unit's 负责人; for a unit without accounts or the centre: the director
    DESK = "desk"  # for a unit without accounts: who records that its people signed


@dataclass(frozen=True, slots=True)
class State:
    """`waits` is said in lists; `primary` is the step its button offers."""

    zh: object
    waits: object = ""
    primary: str = ""


STATES: Final[dict[str, State]] = {
    "drafting": State(_("拟稿"), _("待送审"), "submit"),
    "submitted": State(_("送审"), _("待审核"), "review"),
    "reviewed": State(_("已审核"), _("待签发"), "sign"),
    "signed": State(_("已签发"), _("待用印"), "seal"),
    "sealed": State(_("已用印"), _("待送达"), "serve"),
    "served": State(_("已送达")),
    "void": State(_("已作废")),
}
OPEN: Final = ("drafting", "submitted", "reviewed", "signed", "sealed")


@dataclass(frozen=True, slots=True)
class Step:
    """One row: from `sources`, `verb` leads to `target`, by one of `who`. `stamp` names the columns of who and when."""

    verb: str
    zh: object
    sources: tuple[str, ...]
    target: str
    who: tuple[Hand, ...]
    stamp: str
    reason: bool = False
    other: bool = False  # not by somebody who wrote a version of it


_WRITERS, _HEADS = (Hand.WRITER,), (Hand.HEAD, Hand.DESK)
STEPS: Final[dict[str, Step]] = {
    step.verb: step
    for step in (
        Step("submit", _("送审"), ("drafting",), "submitted", _WRITERS, "submitted"),
        Step("review", pgettext_lazy("letter", "审核通过"), ("submitted",), "reviewed", _HEADS, "reviewed", other=True),
        Step("sign", _("签发"), ("reviewed",), "signed", _HEADS, "signed", other=True),
        Step("seal", _("登记用印"), ("signed",), "sealed", _WRITERS, "sealed"),
        Step("serve", _("登记送达"), ("sealed",), "served", _WRITERS, ""),
        Step("send_back", _("退回修改"), ("submitted", "reviewed", "signed"), "drafting", (*_WRITERS, *_HEADS), "back", reason=True),
        Step("void", _("作废"), OPEN, "void", (*_WRITERS, *_HEADS), "void", reason=True),
    )
}  # fmt: skip
# What a letter loses again when it goes back to its drafter; its number stays with it.
CLEARED: Final = ("submitted", "reviewed", "signed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Listed):
    """One kind of letter. `by` is lead or centre; `act` what serving it does to the matter: tell, inform or nothing."""

    form: str
    notice: str
    flows: frozenset[str]
    states: frozenset[str]
    by: str
    act: str

    def begins(self, flow: str, state: str, on: date) -> bool:
        """Whether such a letter may be begun for a matter of this flow in this state on a day."""
        return flow in self.flows and state in self.states and self.valid(on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Listed):
    """One way of service. `counts_as` is the matter's own way; `needs` are columns of the receipt to be filled."""

    printed: str
    counts_as: str
    needs: tuple[str, ...]


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its key, ended ones too."""
    return listed(Kind, "letter_kinds.csv", flows=frozenset, states=frozenset)


@cache
def ways() -> dict[str, Way]:
    """Every way of service by its key, ended ones too."""
    return listed(Way, "service_ways.csv", needs=tuple)


def ways_on(day: date) -> list[Way]:
    return [way for way in ways().values() if way.valid(day)]


def hindrance(state: str, verb: str) -> object:
    """Why a step cannot be taken on a letter in this state, or an empty string."""
    step = STEPS[verb]
    if state in step.sources:
        return ""
    return _("这份文书现在是“%(state)s”，不能%(verb)s") % {"state": STATES[state].zh, "verb": step.zh}
