"""What a person of one matter may ask at the window (个人信息保护法 §§44–47): a copy, a correction, deletion.

Always of this one matter: nothing links people, so nobody is searched for elsewhere. Identity is checked by looking
(no copy of a card is kept). Each request is a row with its answer; the typed words are under the matter's key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, Missing, Refused

from .. import pressure_settings, queries, retention, rules
from ..models import (
    Attachment,
    Callback,
    Case,
    Contact,
    LetterText,
    Participant,
    PersonAnswer,
    PersonRequest,
    Result,
)
from ..states import STATES, words
from . import people
from .holding import choice, need
from .keys import key_of
from .people import LIMITS, Person
from .record import record

OPTIONAL: Final = ("phone", "address", "relation")  # what may go early: the matter itself must be kept
ANSWER_DAYS: Final = "person_request_days"


def _held(grants: Grants, ref: UUID, slot: int, checked: str) -> tuple[Case, Participant]:
    """The matter, locked, and one of its people. Inside a transaction. Raises Missing, Refused, Invalid."""
    require(grants, "cases.rights")
    case = queries.get_visible(grants, ref, lock=True)
    if case.sealed:
        raise Refused(_("密件由受理机关答复，窗口不办理"))
    choice(checked, dict(PersonRequest.CHECKS), "checked")
    row = Participant.objects.filter(case=case, slot=slot).first()
    if row is None:
        raise Missing(_("这件事没有这个人"))
    return case, row


def requests_of(case: Case) -> list[PersonRequest]:
    return list(PersonRequest.objects.filter(case=case).select_related("by", "answered_by").order_by("-id"))


def ask(
    actor: Actor, grants: Grants, ref: UUID, *, slot: int, kind: str, checked: str, said: str
) -> PersonRequest:
    """Take a request in that is answered later, within the days of the office's setting."""
    with transaction.atomic():
        case, _row = _held(grants, ref, slot, checked)
        choice(kind, dict(PersonRequest.KINDS), "kind")
        row = _request(actor, case, slot, kind, checked, need(said, "said", _("本人的请求"), 500))
        record(
            actor, case, "case.right_asked", at=row.asked_at, payload=_payload(row) | {"due_on": row.due_on}
        )
        return row


def copy(actor: Actor, grants: Grants, ref: UUID, *, slot: int, checked: str) -> dict[str, Any]:
    """What the office holds about one person in this one matter, as plain values; the other people's names blotted out."""
    with transaction.atomic():
        case, row = _held(grants, ref, slot, checked)
        found = _gathered(case, row)
        _answered(actor, case, slot, "copy", checked, "done", "case.right_copied")
        return found


def correct(
    actor: Actor, grants: Grants, ref: UUID, *, slot: int, checked: str, person: Person, reason: str
) -> None:
    """Put the person's own details right. What stood there is overwritten, and the ledger keeps no value of either."""
    with transaction.atomic():
        case, row = _held(grants, ref, slot, checked)
        said = need(reason, "reason", _("理由"), 500)
        before = people.opened(case, row)
        _fits(person)
        changed = [name for name in LIMITS if getattr(before, name) != getattr(person, name)]
        if not changed:
            raise Invalid(_("还有内容要补充或更正"), {"name": _("没有改动")})
        _put(case, row, person)
        more = {"fields": changed}
        _answered(actor, case, slot, "correct", checked, "done", "case.right_corrected", said, more)


def erase(
    actor: Actor, grants: Grants, ref: UUID, *, slot: int, checked: str, fields: Collection[str], reason: str
) -> None:
    """Delete optional details early. The matter itself is kept until its period ends: the answer says until when."""
    with transaction.atomic():
        case, row = _held(grants, ref, slot, checked)
        said = need(reason, "reason", _("理由"), 500)
        chosen = [name for name in OPTIONAL if name in fields]
        if not chosen:
            raise Invalid(_("还有内容要补充或更正"), {"fields": _("请选择要删除的内容")})
        _put(case, row, replace(people.opened(case, row), **dict.fromkeys(chosen, "")))
        more = {"fields": chosen}
        _answered(actor, case, slot, "erase", checked, "done", "case.right_erased", said, more)


def refuse(
    actor: Actor, grants: Grants, ref: UUID, *, slot: int, kind: str, checked: str, reason: str
) -> None:
    """Say no, with the reason, which the person is told (§50: 拒绝的应当说明理由)."""
    with transaction.atomic():
        case, _row = _held(grants, ref, slot, checked)
        choice(kind, dict(PersonRequest.KINDS), "kind")
        said = need(reason, "reason", _("不同意的理由"), 500)
        _answered(actor, case, slot, kind, checked, "refused", "case.right_refused", said)


def kept_until(case: Case) -> str:
    """Until when the matter is kept, in words: a day once it is over, else the period; empty where no class holds."""
    row = retention.over().filter(pk=case.pk).first()
    rule = retention.rules().get(row.key if row else retention.MATTERS[0])
    if rule is None:
        return ""
    if row is None:
        return _("办结后%s") % rule.length
    return retention.after(timezone.localdate(row.ended), rule).isoformat()


# --- inside --------------------------------------------------------------------------------------------------------


def _fits(person: Person) -> None:
    wrong: dict[str, object] = {}
    for name, limit in LIMITS.items():
        if (now := len(getattr(person, name))) > limit:
            wrong[name] = _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": limit, "now": now}
    if person.phone and not people.looks_like_phone(person.phone):
        wrong["phone"] = _("请填写电话号码，只用数字、空格和短横")
    if not person:
        wrong["name"] = _("姓名、电话、地址至少留一项；要删除请选“删除”")
    if wrong:
        raise Invalid(_("还有内容要补充或更正"), wrong)


def _put(case: Case, row: Participant, person: Person) -> None:
    """Sealed anew in the old one's place; phones are findable only while the matter is open."""
    sealed = people.seal_person(case.pk, row.slot, key_of(case), person)
    Participant.objects.filter(pk=row.pk).update(sealed=sealed)
    people.forget_phones(case.pk)
    everybody = people.everybody(case)
    phones = [one.phone for role, one in everybody if role != "witness" and one.phone]
    if STATES[case.state].open:
        people.index_phones(case.pk, phones)
    Case.objects.filter(pk=case.pk).update(reachable=bool(phones))


def _request(actor: Actor, case: Case, slot: int, kind: str, checked: str, said: str) -> PersonRequest:
    now = timezone.now()
    row = PersonRequest.objects.create(
        case=case, slot=slot, kind=kind, checked=checked, asked_at=now, by_id=actor.user_id,
        due_on=timezone.localdate(now) + timedelta(days=pressure_settings.number(ANSWER_DAYS)),
    )  # fmt: skip
    if said:
        _keep_words(case, row, said)
    return row


def _keep_words(case: Case, row: PersonRequest, said: str) -> None:
    place = f"cases_personrequest.said.{row.pk}"
    row.said = crypto.seal(key_of(case), rules.plain(said).encode(), place)
    row.save(update_fields=["said"])


def _answered(
    actor: Actor, case: Case, slot: int, kind: str, checked: str, answer: str, done: str, said: str = "",
    more: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Close the waiting request of this kind and person, or write one that is answered at once."""
    waiting = PersonRequest.objects.filter(case=case, slot=slot, kind=kind, answer="").first()
    row = waiting or _request(actor, case, slot, kind, checked, said)
    row.answer, row.answered_at, row.answered_by_id = answer, timezone.now(), actor.user_id
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    words = {"reason": said} if said else None
    record(actor, case, done, at=row.answered_at, payload=_payload(row) | dict(more or {}), words=words)


def _payload(row: PersonRequest) -> dict[str, Any]:
    """Which of the matter's people by place, how identity was checked; no value of anything."""
    return {"slot": row.slot, "request": row.kind, "checked": row.checked}


def _gathered(case: Case, row: Participant) -> dict[str, Any]:
    me = people.opened(case, row)
    others = [one.name for _role, one in people.everybody(case) if one.name and one.name != me.name]

    def own(text: str) -> str:
        return people.blotted(text, others)

    return {
        "number": case.number,
        "made_at": timezone.localtime().isoformat(timespec="minutes"),
        "person": asdict(me) | {"role": str(row.get_role_display())},
        "matter": {
            "received_at": _moment(case.received_at), "category": case.category.name, "state": str(words(case.flow, case.state)),
            "title": own(case.title), "text": own(case.text), "wish": own(case.wish), "place": case.place,
            "closed_at": _moment(case.closed_at),
        },
        "answers": [own(text) for text in Result.objects.filter(case=case).values_list("text", flat=True)],
        "contacts": [
            {"at": _moment(one.at), "way": one.way, "outcome": str(one.get_outcome_display())}
            for one in Contact.objects.filter(case=case).order_by("id")
        ],
        "callbacks": [
            {"at": _moment(one.at), "outcome": one.outcome, "solved": one.solved, "rating": one.rating, "comment": own(one.comment)}
            for one in Callback.objects.filter(case=case).order_by("id")
        ] if row.role == "visitor" else [],
        "own_answers": list(
            PersonAnswer.objects.filter(case=case, slot=row.slot).values("outcome", "solved", "rating", "comment")
        ),
        "letters": [
            own(one.title) for one in LetterText.objects.filter(letter__case=case, letter__addressee=row.slot)
        ],
        "files": [own(one.name) for one in Attachment.objects.filter(case=case).order_by("id")],
        "kept_until": kept_until(case),
    }  # fmt: skip


def _moment(at: Any) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes") if at else ""
