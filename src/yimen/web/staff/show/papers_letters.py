"""Letters of a matter as values for paper: 告知书, 处理意见书, and the receipt of their service (送达回证).

A letter that is not yet signed says on its face that it is a draft. Places that are not known yet are left to the pen.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases import dossier, letterbook, letters
from yimen.cases.actions.people import participants
from yimen.cases.models import Case, Letter, ServiceReceipt
from yimen.documents.forms import V05, V06, Notice
from yimen.documents.receipts import R02

from .papers_units import Desk

_DRAFTS = ("drafting", "submitted", "reviewed")
_SERVED = ("signed", "sealed", "served")


def is_notice(row: Letter) -> bool:
    return letters.kinds()[row.kind].form == "V05"


def is_decision(row: Letter) -> bool:
    return letters.kinds()[row.kind].form == "V06"


def is_served(row: Letter) -> bool:
    """It is to be served, or was."""
    return row.state in _SERVED


def about(row: Letter) -> str:
    """Which letter: its number, or how far it has come."""
    kind = letters.kinds()[row.kind].words
    return f"{kind} {row.number or letters.STATES[row.state].zh}"


def v05_of(case: Case, row: Letter, desk: Desk) -> V05:
    words, notice = letterbook.text_of(row), letters.kinds()[row.kind].notice
    kinds: dict[str, Notice] = {
        "accept": "accept",
        "forward": "forward",
        "refuse": "refuse",
        "extend": "extend",
    }
    return V05(
        issuer=row.issuer, kind=kinds[notice], doc_no=row.number, name=addressee(case, row, desk), summary=words.request,
        received=words.received, procedure=words.procedure, date=_day(row.signed_at), served=_served(row),
        sent_to=words.sent_to, competent=words.competent, extension=words.extension, approved_by=_signatory(row),
        no=case.number, draft=row.state in _DRAFTS,
    )  # fmt: skip


def v06_of(case: Case, row: Letter, desk: Desk) -> V06:
    words = letterbook.text_of(row)
    return V06(
        title=words.title, received=words.received_on, request=words.request, facts=words.facts,
        opinion=_opinion(str(words.get_decision_display()) if words.decision else "", words.opinion),
        basis=words.basis, remedy=words.remedy, seal=row.issuer, signed_by=_signatory(row), served=_served(row),
        forwarder=words.forwarder, name=addressee(case, row, desk), doc_no=row.number, date=_day(row.signed_at),
        no=case.number, draft=row.state in _DRAFTS,
    )  # fmt: skip


def _opinion(decision: str, words: str) -> str:
    """The decision in the law's own words (§32), then the office's."""
    return words if not decision or words.startswith(decision) else f"{decision}。{words}"


def r02_of(case: Case, row: Letter, desk: Desk) -> R02:
    """The receipt as recorded; before service, ready to be signed."""
    receipt = letterbook.receipt_of(row)
    words = letterbook.text_of(row)
    known: dict[str, Any] = (
        {"way": "", "sent_by": "", "received_at": None} if receipt is None else _receipt(receipt)
    )
    return R02(
        **desk.head(), no=case.number, letter=_("%(title)s（%(number)s）") % {"title": words.title, "number": row.number},
        recipient=addressee(case, row, desk), **known,
    )  # fmt: skip


def _receipt(row: ServiceReceipt) -> dict[str, Any]:
    proxy = "" if row.receiver in ("", "self") else f"{row.get_receiver_display()} {row.relation}".strip()
    witness = _("有见证人") if row.witnessed else ""
    return {
        "way": letters.ways()[row.way].printed, "sent_by": row.server.name, "received_at": row.received_at,
        "place": row.place, "proxy": proxy, "refused": " ".join(filter(None, (row.refusal, witness))),
        "remark": " ".join(filter(None, (row.post_number, row.carrier, row.note))),
    }  # fmt: skip


def _served(row: Letter) -> str:
    receipt = letterbook.receipt_of(row)
    if receipt is None:
        return ""
    on = timezone.localtime(receipt.received_at)
    return f"{letters.ways()[receipt.way].printed}，{on.year}年{on.month}月{on.day}日"


def _signatory(row: Letter) -> str:
    return row.signatory or (row.signed_by.name if row.signed_by else "")


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def addressee(case: Case, row: Letter, desk: Desk) -> str:
    """The person a letter greets, masked unless the printing may show names."""
    slots = (row.slot for row in dossier.of(case).people)
    people = dict(zip(slots, participants(case, full=desk.full), strict=True))
    return people[row.addressee].name if row.addressee in people else ""
