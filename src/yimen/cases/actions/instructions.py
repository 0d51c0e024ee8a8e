"""批示 without a change of state: written of a leader's own accord, recorded for one, confirmed, struck; 补批; phrases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger import actions as ledger

from .. import instructions, queries, rules
from ..access import LEADERS, relations
from ..fields import RECORDED
from ..models import Case, Instruction, InstructionMark, Phrase, Submission
from ..states import STATES, Who, words
from . import approvals, holders, transition
from .holding import choice, held, need
from .proposals import paper_of, signed
from .record import record

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "instruction_phrases.txt"
WORDS = 500  # characters of an instruction, as the field `instruction` says


def write_instruction(
    actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None
) -> Instruction:
    """批示 of the leader's own, on any open matter that does not await one, or the 补批 of an urgent one."""
    require(grants, "cases.instruct")
    now, words = at or timezone.now(), need(words, "instruction", _("批示内容"), WORDS)
    with _instructable(grants, ref) as case:
        asked = _answered_by(case, actor.user_id, actor, now)
        row = approvals.write(
            case, asked, words=words, leader_id=actor.user_id, by_id=actor.user_id, at=now, unit=_unit(case)
        )
        _record(actor, case, "case.instruction_written", row)
        return row


def enter_instruction(
    actor: Actor, grants: Grants, ref: UUID, data: Mapping[str, Any], *, at: datetime | None = None
) -> Instruction:
    """代录批示: what a leader wrote on paper (with its photo) or said, entered by the desk; 待本人确认.

    `data`: leader, instruction, recorded, and as they apply paper and signed_on.
    """
    now, words = at or timezone.now(), need(data.get("instruction", ""), "instruction", _("批示内容"), WORDS)
    choice(data.get("recorded", ""), dict(RECORDED), "recorded")
    if wrong := rules.recorded_wrong(data, now):
        raise wrong  # type: ignore[misc]
    with _instructable(grants, ref, Who.DESK) as case:
        leader_id = _leader(case, data.get("leader"))
        if leader_id == actor.user_id:
            raise Invalid(_("您自己的批示不必代录"), {"leader": _("请直接写批示")})
        asked = _answered_by(case, leader_id, actor, now)
        row = approvals.write(
            case, asked, words=words, leader_id=leader_id, by_id=actor.user_id, at=now, unit=_unit(case),
            signed_at=data.get("signed_on"), recorded=data["recorded"], paper=paper_of(case, data.get("paper")),
        )  # fmt: skip
        _record(actor, case, "case.instruction_entered", row)
        return row


def sign(
    actor: Actor, grants: Grants, ref: UUID, *, words: str, unit: str = "", version: int | None = None
) -> None:
    """Sign one matter of the list 待批示: with the version that was read the instruction it awaits, without one 补批."""
    if version is not None:
        data = {"instruction": words, **({"unit": unit} if unit else {})}
        transition.run(actor, grants, ref, "instruct", data, version=version)
        return
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True)
        if instructions.owed(case) is None:
            raise Conflict(_("这件事没有待办的补批"))
        write_instruction(actor, grants, ref, words=words)


@contextmanager
def _instructable(grants: Grants, ref: UUID, *who: Who) -> Iterator[Case]:
    """An open matter that awaits no instruction, or a closed one for which 补批 is still owed."""
    with held(grants, ref, *who, open_only=False) as case:
        if case.state == "awaiting":
            raise Conflict(_("这件事正在待批示，请在“批示”一步办理"))
        if not STATES[case.state].open and not instructions.owed(case):
            raise Conflict(_("这件事已经是“%s”") % words(case.flow, case.state))
        yield case


def _unit(case: Case) -> str:
    return case.lead_unit.name if case.lead_unit else ""


def _leader(case: Case, given: Any) -> int:
    found = holders.leaders(case).filter(user_id=int(given)).first() if str(given or "").isdecimal() else None
    if found is None:
        raise Invalid(_("还有内容要补充或更正"), {"leader": _("请选择在岗的领导")})
    return found.user_id


def _answered_by(case: Case, leader_id: int | None, actor: Actor, at: datetime) -> Submission | None:
    """The 补批 that an instruction settles: put before this leader, or before nobody; a higher one settles it too."""
    asked = instructions.owed(case)
    if asked is None:
        return None
    asked.outcome, asked.ended_by_id, asked.ended_at = "instructed", actor.user_id, at
    asked.recipient_id = leader_id
    asked.save(update_fields=["outcome", "ended_by", "ended_at", "recipient"])
    return asked


def _record(actor: Actor, case: Case, kind: str, row: Instruction) -> None:
    words = {"instruction": row.words, "recorded": row.recorded}
    payload = signed(row) | ({"approval": True} if row.submission_id else {})
    record(actor, case, kind, at=row.at, payload=payload, words=words)


# What is said of an instruction later


def confirm(
    actor: Actor, grants: Grants, ref: UUID, one: UUID, *, at: datetime | None = None
) -> InstructionMark:
    """本人确认: the leader finds what was recorded in the own name to be so. Twice is once."""
    now = at or timezone.now()
    with held(grants, ref, open_only=False) as case:
        told = _told(case, one)
        if told.row.leader_id != actor.user_id or not told.row.recorded:
            raise Refused(_("只有批示的领导本人可以确认"))
        if told.struck:
            raise Conflict(_("这条批示已经划去"))
        return told.confirmed or _mark(actor, case, told.row, "confirmed", "", now)


def strike(
    actor: Actor, grants: Grants, ref: UUID, one: UUID, *, reason: str, at: datetime | None = None
) -> InstructionMark:
    """划去: the words stay, struck through, with who, when and why.

    By the leader; what was recorded and not confirmed, also by who recorded it or the director. A matter that was
    dispatched on it alone then owes the leader's approval (补批).
    """
    now, reason = at or timezone.now(), need(reason, "reason", _("划去的理由"), WORDS)
    with held(grants, ref, open_only=False) as case:
        told = _told(case, one)
        if not may_strike(told, actor.user_id, director=Who.DIRECTOR in relations(grants, case)):
            raise Refused(_("只有批示的领导本人可以划去；代录而未确认的，代录人和中心主任也可以"))
        if told.struck:
            raise Conflict(_("这条批示已经划去"))
        mark = _mark(actor, case, told.row, "struck", reason, now)
        if STATES[case.state].open and case.category.dispatch_mode != "direct":
            approvals.owe(case, by_id=actor.user_id, at=now, opinion=reason, leader_id=told.row.leader_id)
        return mark


def may_strike(told: instructions.Told, user_id: int | None, *, director: bool) -> bool:
    """Whether this person may strike it: the leader always, others only what nobody confirmed."""
    if told.row.leader_id == user_id:
        return True
    return bool(told.row.recorded) and not told.confirmed and (director or told.row.by_id == user_id)


def _told(case: Case, one: UUID) -> instructions.Told:
    found = next((told for told in instructions.told(case) if told.row.uuid == one), None)
    if found is None:
        raise Missing(_("没有这条批示"))
    return found


def _mark(
    actor: Actor, case: Case, row: Instruction, kind: str, reason: str, at: datetime
) -> InstructionMark:
    mark = InstructionMark.objects.create(
        instruction=row, kind=kind, reason=reason, by_id=actor.user_id, at=at
    )
    words = {"instruction": row.words, "reason": reason} if reason else {"instruction": row.words}
    record(actor, case, f"case.instruction_{kind}", at=at, payload={"instruction": str(row.uuid), "leader": row.leader.name},
           words=words)  # fmt: skip
    return mark


def redirect_approval(
    actor: Actor, grants: Grants, ref: UUID, *, leader: str, at: datetime | None = None
) -> Submission:
    """改送补批: the approval is owed by another leader; until when does not change."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, open_only=False) as case:
        asked = instructions.owed(case)
        if asked is None:
            raise Conflict(_("这件事没有待办的补批"))
        asked.recipient_id = _leader(case, leader)
        asked.save(update_fields=["recipient"])
        record(actor, case, "case.approval_redirected", at=now,
               payload={"recipient": holders.name_of(asked.recipient_id), "due_at": asked.due_at})  # fmt: skip
        return asked


def may_instruct(grants: Grants) -> bool:
    return grants.has(*LEADERS)


# The office's quick phrases


def load_phrases(path: Path = SHIPPED) -> int:
    """Fill in the shipped phrases of an installation that never had any; gives how many."""
    if Phrase.objects.exists():
        return 0
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [Phrase(text=line, order=order) for order, line in enumerate(filter(None, lines))]
    Phrase.objects.bulk_create(rows)
    return len(rows)


def set_phrases(actor: Actor, grants: Grants, lines: Iterable[str]) -> None:
    """Put the office's own phrases in place of the present ones, in this order. At least one, at most 60 characters each."""
    require(grants, "cases.set_phrases")
    wanted = list(dict.fromkeys(filter(None, (rules.plain(line) for line in lines))))
    if not wanted:
        raise Invalid(_("还有内容要补充或更正"), {"phrases": _("至少留一条常用语")})
    if long := next((line for line in wanted if len(line) > 60), ""):
        raise Invalid(_("还有内容要补充或更正"), {"phrases": _("每条最多 60 字：%s") % long})
    with transaction.atomic():
        before = instructions.phrases()
        Phrase.objects.exclude(text__in=wanted).update(retired=True)
        for order, line in enumerate(wanted):
            Phrase.objects.update_or_create(text=line, defaults={"order": order, "retired": False})
        ledger.append(actor, "cases.phrases_set", "office", 0, {"before": before, "after": wanted})
