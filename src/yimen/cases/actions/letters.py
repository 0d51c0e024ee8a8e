"""The verbs on letters: begun, worded anew, submitted, reviewed, signed and numbered, sealed, served, sent back, void.

Each is one transaction with the matter held and one ledger entry that names the letter. Serving also takes the
matter's own step (答复 or 告知), so that dates and clocks are those of the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.foundation.ids import uuid7
from yimen.ledger.actions import append
from yimen.organisations.models import Unit

from .. import letter_fields, letterbook, letters
from ..letters import Hand, Kind, Way
from ..models import Attachment, Case, Letter, LetterHead, LetterText, Participant, ServiceReceipt
from ..states import TRANSITIONS, Who
from . import limits
from . import transition as engine
from .holding import choice, held, need
from .record import record

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK: Final = 0x59_4D_4C_54  # one lock for the numbers of letters
_DONE: Final = {"submit": "submitted", "review": "reviewed", "sign": "signed", "seal": "sealed", "serve": "served",
                "send_back": "sent_back", "void": "voided"}  # fmt: skip
_WORDED: Final = tuple(letter_fields.FIELDS)


# --- Drafting ----------------------------------------------------------------------------------------------------


def begin(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    kind: str,
    data: Mapping[str, Any],
    *,
    addressee: int | None = None,
    at: datetime | None = None,
) -> Letter:
    """拟稿: a letter of this kind with its first wording. One of a kind is in the making at a time.

    `addressee` is a slot among the matter's people. Raises Conflict when one was begun already, Invalid by field.
    """
    now = at or timezone.now()
    choice(kind, letters.kinds(), "kind")
    with held(grants, ref, Who.DESK, Who.LEAD) as case:
        row = letters.kinds()[kind]
        _may_begin(grants, case, row, now)
        clean = letter_fields.check_letter(row, case.flow, data)
        unit = Unit.objects.get(pk=letterbook.unit_for(case, row))
        letter = Letter(
            uuid=uuid7(), case=case, kind=kind, unit=unit, issuer=letterbook.head_of(unit).issuer, state="drafting",
            addressee=_slot(case, addressee), drafted_by_id=actor.user_id, drafted_at=now, changed_at=now,
        )  # fmt: skip
        letter.save()
        _write(actor, letter, clean, now)
        _record(actor, case, letter, "drafted", now, words=_spoken(clean))
        return letter


def _may_begin(grants: Grants, case: Case, kind: Kind, now: datetime) -> None:
    if not kind.begins(case.flow, case.state, timezone.localdate(now)):
        raise Refused(_("这件事现在不出这种文书"))
    if not letterbook.grounded(case, kind):
        raise Refused(_("还没有批准延期，不能出延期告知书"))
    if Hand.WRITER not in letterbook.hands(grants, case, letterbook.unit_for(case, kind)):
        raise Refused(_("这份文书不由您起草"))
    if Letter.objects.filter(case=case, kind=kind.key, state__in=letters.OPEN).exists():
        raise Conflict(_("已有一份%s在拟稿或等着送达") % kind.words)


def _slot(case: Case, slot: int | None) -> int | None:
    if (
        slot is not None
        and not Participant.objects.filter(case=case, slot=slot).exclude(role="witness").exists()
    ):
        raise Invalid(_("还有内容要补充或更正"), {"addressee": _("请从所列选项中选择")})
    return slot


def edit(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    letter: UUID,
    data: Mapping[str, Any],
    *,
    addressee: int | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> Letter:
    """A new wording while the letter is drafted; `version` is the one the writer had before him."""
    now = at or timezone.now()
    with _on(grants, ref, letter) as (case, row):
        if row.state != "drafting":
            raise Conflict(_("这份文书现在是“%s”，退回修改以后才能改") % letters.STATES[row.state].zh)
        if Hand.WRITER not in letterbook.hands(grants, case, row.unit_id):
            raise Refused(_("这份文书不由您起草"))
        _still(row, version)
        clean = letter_fields.check_letter(letters.kinds()[row.kind], case.flow, data)
        row.addressee, row.changed_at = _slot(case, addressee), now
        _write(actor, row, clean, now)
        _record(actor, case, row, "edited", now, words=_spoken(clean))
        return row


def _write(actor: Actor, letter: Letter, clean: Mapping[str, Any], now: datetime) -> None:
    title = clean.get("title") or letters.kinds()[letter.kind].zh
    letter.version += 1
    LetterText.objects.create(
        letter=letter, version=letter.version, by_id=actor.user_id, at=now,
        **{**{name: clean[name] for name in _WORDED if name in clean}, "title": title},
    )  # fmt: skip
    letter.save()


def _spoken(clean: Mapping[str, Any]) -> dict[str, str]:
    """What the ledger keeps of a wording; all of it stands in its own row."""
    return {
        name: value
        for name, value in clean.items()
        if isinstance(value, str) and name in ("title", "opinion")
    }


# --- On its way --------------------------------------------------------------------------------------------------


def move(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    letter: UUID,
    verb: str,
    *,
    reason: str = "",
    signatory: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> Letter:
    """One step of the table but service. Raises Conflict (not in this state), Refused (not this person), Invalid.

    `signatory` names who signed on paper for a unit without accounts; else it is the one who signs here.
    """
    now = at or timezone.now()
    if verb not in letters.STEPS or verb == "serve":
        raise Invalid(_("没有这一步：%s") % verb)
    with _on(grants, ref, letter) as (case, row):
        step = _permitted(grants, case, row, verb, version)
        if step.reason:
            reason = need(reason, "reason", _("理由"), limit=500)
        _stamp(actor, row, step, now, reason)
        if verb == "sign":
            _sign(actor, row, signatory, now)
        row.save()
        _record(actor, case, row, _DONE[verb], now, words={"reason": reason} if step.reason else None)
        return row


def _permitted(grants: Grants, case: Case, row: Letter, verb: str, version: int | None) -> letters.Step:
    step = letters.STEPS[verb]
    if complaint := letters.hindrance(row.state, verb):
        raise Conflict(complaint)
    _still(row, version)
    if not letterbook.hands(grants, case, row.unit_id) & set(step.who):
        raise Refused(_("这一步不由您办理"))
    if step.other and letterbook.wrote(case, row, grants.user_id):
        raise Refused(_("这份文书您起草过，请另一位负责人审核签发"))
    return step


def _still(row: Letter, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict(_("别人刚刚改过这份文书，请看过最新文稿再办"))


def _stamp(actor: Actor, row: Letter, step: letters.Step, now: datetime, reason: str) -> None:
    row.state, row.changed_at = step.target, now
    if step.verb == "send_back":
        for name in letters.CLEARED:
            setattr(row, f"{name}_by", None)
            setattr(row, f"{name}_at", None)
    setattr(row, f"{step.stamp}_by_id", actor.user_id)
    setattr(row, f"{step.stamp}_at", now)
    if step.reason:
        setattr(row, f"{step.stamp}_reason", reason)


def _sign(actor: Actor, row: Letter, signatory: str, now: datetime) -> None:
    """Signed, it has a number; sent back and signed again, it keeps the one it had."""
    if row.unit.online:
        row.signatory = actor.label
    else:
        row.signatory = need(signatory, "signatory", _("签发人"), limit=40)
    head = letterbook.head_of(row.unit)
    row.issuer = head.issuer
    if not row.number:
        row.prefix, row.year = head.mark(letters.kinds()[row.kind]), timezone.localdate(now).year
        row.serial = _next_serial(row.prefix, row.year)
        row.number = f"{row.prefix}〔{row.year}〕{row.serial}号"


def _next_serial(prefix: str, year: int) -> int:
    """One after the last of this mark and year; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, year])
    last = Letter.objects.filter(prefix=prefix, year=year).aggregate(Max("serial"))["serial__max"]
    return int(last or 0) + 1


# --- Service -----------------------------------------------------------------------------------------------------


def serve(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    letter: UUID,
    way: str,
    data: Mapping[str, Any],
    *,
    version: int | None = None,
    at: datetime | None = None,
) -> ServiceReceipt:
    """送达 with its receipt (送达回证): the letter is served and the matter told, in one transaction.

    `way` is a key of data/service_ways.csv; `data` are the columns of the receipt, `scan` the uuid of an attachment.
    """
    now = at or timezone.now()
    chosen = {row.key: row for row in letters.ways_on(timezone.localdate(now))}
    choice(way, chosen, "way")
    with _on(grants, ref, letter) as (case, row):
        _permitted(grants, case, row, "serve", version)
        kind = letters.kinds()[row.kind]
        _told_next(case, kind)
        assert row.signed_at
        clean = letter_fields.check_service(chosen[way], data, row.signed_at, now)
        receipt = _keep(actor, case, row, chosen[way], clean, now)
        row.state, row.changed_at = "served", now
        row.save()
        served = {"way": chosen[way].counts_as, "service": way, "served_at": receipt.received_at}
        _record(actor, case, row, "served", now, payload=served)
        _tell(actor, grants, case, kind, receipt, chosen[way], at)
        return receipt


def _told_next(case: Case, kind: Kind) -> None:
    """A letter that answers can only be served where answering is the next step."""
    if kind.act == "tell" and (case.flow, case.state, "tell") not in TRANSITIONS:
        raise Refused(_("办理结果还没有审核通过，不能送达这份文书"))


def _keep(
    actor: Actor, case: Case, letter: Letter, way: Way, clean: Mapping[str, Any], now: datetime
) -> ServiceReceipt:
    values = dict(clean)
    scan = values.pop("scan", None)
    found = Attachment.objects.filter(case=case, uuid=scan).first() if scan else None
    return ServiceReceipt.objects.create(
        letter=letter, way=way.key, scan=found, server_id=actor.user_id, by_id=actor.user_id, at=now, **values
    )


def _tell(
    actor: Actor,
    grants: Grants,
    case: Case,
    kind: Kind,
    receipt: ServiceReceipt,
    way: Way,
    at: datetime | None,
) -> None:
    """The matter's own step: 答复 for what answers it, 告知 where that is still owed. Both by their own rules."""
    if kind.act == "tell":
        given = {"way": way.counts_as, "served_on": receipt.received_at}
        engine.run(actor, grants, case.uuid, "tell", given, at=at)
    elif kind.act == "inform" and case.told_at is None:
        limits.inform(actor, grants, case.uuid, way=way.counts_as, said=kind.zh, at=receipt.received_at)


# --- In whose name -----------------------------------------------------------------------------------------------


@transaction.atomic
def set_head(
    actor: Actor, grants: Grants, unit: Unit, *, issuer: str, prefix: str, notice_prefix: str
) -> LetterHead:
    """发文字号 of one unit, for the director. Letters signed already keep their numbers."""
    require(grants, "cases.set_letter_heads")
    given = {
        "issuer": need(issuer, "issuer", _("发文单位"), limit=80),
        "prefix": need(prefix, "prefix", _("意见书字号"), limit=20),
        "notice_prefix": need(notice_prefix, "notice_prefix", _("告知书字号"), limit=20),
    }
    before = letterbook.head_of(unit)
    row, _created = LetterHead.objects.update_or_create(unit=unit, defaults=given)
    append(actor, "cases.letter_head_set", "unit", unit.pk,
           {name: [getattr(before, name), value] for name, value in given.items() if getattr(before, name) != value})  # fmt: skip
    return row


# --- Shared ------------------------------------------------------------------------------------------------------


@contextmanager
def _on(grants: Grants, ref: UUID, letter: UUID) -> Iterator[tuple[Case, Letter]]:
    """One letter of a held matter; the matter's lock is the letter's too."""
    with held(grants, ref, Who.DESK, Who.LEAD, Who.HEAD, Who.DIRECTOR) as case:
        yield case, letterbook.get(case, letter)


def _record(
    actor: Actor,
    case: Case,
    letter: Letter,
    done: str,
    now: datetime,
    *,
    payload: Mapping[str, Any] | None = None,
    words: Mapping[str, Any] | None = None,
) -> None:
    said = {"letter": str(letter.uuid), "kind": letter.kind, "version": letter.version} | dict(payload or {})
    if letter.number:
        said["number"] = letter.number
    record(actor, case, f"case.letter_{done}", at=now, payload=said, words=words)
