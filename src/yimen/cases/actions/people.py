"""People of a matter: sealed on the way in, masked on the page, revealed only with a reason that stays."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation import crypto, together
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, Refused
from yimen.foundation.masking import is_id_number

from .. import dossier, queries
from ..models import Case, CaseKey, Participant, PersonAnswer, PhoneIndex
from ..states import MAX_REPRESENTATIVES, STATES
from .keys import data_key, key_of, unwrapped
from .record import record

if TYPE_CHECKING:
    from .open import Registration

_PHONE = re.compile(r"^\+?[\d \-()（）]{5,25}$")


@dataclass(frozen=True, slots=True)
class Person:
    """One person of one matter. All fields are free text; no identity-card number has a place here."""

    name: str = ""
    phone: str = ""
    address: str = ""
    relation: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.address)


@dataclass(frozen=True, slots=True)
class Shown:
    """A participant as a reader may see it; masked unless revealed."""

    role: str
    role_words: str
    name: str
    phone: str
    address: str
    relation: str = ""


def looks_like_phone(text: str) -> bool:
    """Digits with spaces, dashes, brackets; 5 to 25 characters with at least 5 digits, no identity-card number."""
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    return bool(_PHONE.match(text)) and len(digits) >= 5 and not is_id_number(digits)


def store(case_id: int, key: bytes, form: Registration) -> None:
    """Seal the people of a new matter and index their phones blindly while it is open."""
    rows, phones = drafts(case_id, key, form)
    Participant.objects.bulk_create(rows)
    PhoneIndex.objects.bulk_create(phones)


def drafts(case_id: int, key: bytes, form: Registration) -> tuple[list[Participant], list[PhoneIndex]]:
    """What `store` writes, unsaved."""
    kept = [(_ROLES[name], person) for name, person in named(form) if person]
    rows = [
        Participant(case_id=case_id, slot=slot, role=role, sealed=seal_person(case_id, slot, key, person))
        for slot, (role, person) in enumerate(kept)
    ]
    return rows, _phone_rows(case_id, (person.phone for role, person in kept if role != "witness"))


_ROLES = {
    "phone": "visitor",
    "representatives": "representative",
    "on_behalf": "on_behalf",
    "witness": "witness",
}


def named(form: Registration) -> list[tuple[str, Person]]:
    """The people of a registration with the field where the door asks for them; some may be empty."""
    visitor = Person(form.name.strip(), form.phone.strip(), form.address.strip())
    rows = [("phone", visitor), *(("representatives", person) for person in form.representatives)]
    return [*rows, ("on_behalf", form.on_behalf or Person()), ("witness", form.witness or Person())]


def index_phones(case_id: int, phones: Iterable[str]) -> None:
    PhoneIndex.objects.bulk_create(_phone_rows(case_id, phones), ignore_conflicts=True)


def _phone_rows(case_id: int, phones: Iterable[str]) -> list[PhoneIndex]:
    digests = {crypto.blind_index(phone) for phone in phones if phone}
    return [PhoneIndex(case_id=case_id, digest=digest) for digest in digests]


def forget_phones(case_id: int) -> None:
    """At closing: from now on no call finds this matter by its phone."""
    PhoneIndex.objects.filter(case_id=case_id).delete()


def seal_person(case_id: int, slot: int, key: bytes, person: Person) -> bytes:
    text = json.dumps(asdict(person), ensure_ascii=False)
    return crypto.seal(key, text.encode(), f"cases_participant.sealed.{case_id}.{slot}")


def _open(case_id: int, key: bytes, row: Participant) -> Person:
    plain = crypto.open_sealed(key, bytes(row.sealed), f"cases_participant.sealed.{case_id}.{row.slot}")
    return Person(**json.loads(plain))


def opened(case: Case, row: Participant) -> Person:
    """One person of a matter in hand, in full: for actions that keep who looked."""
    return _open(case.pk, key_of(case), row)


def everybody(case: Case) -> list[tuple[str, Person]]:
    """Every person of a matter as (role, person), read anew."""
    return [(row.role, opened(case, row)) for row in Participant.objects.filter(case=case).order_by("slot")]


def mask_name(name: str) -> str:
    """陈女士 → 陈**; one character stays."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 4)) if name else ""


def mask_phone(phone: str) -> str:
    """13800002071 → 138****2071; short numbers keep only the last two digits."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) >= 10:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[-2:] if digits else ""


def _shown(row: Participant, person: Person, *, full: bool) -> Shown:
    words = str(row.get_role_display())
    if full:
        return Shown(row.role, words, person.name, person.phone, person.address, person.relation)
    return Shown(
        row.role, words, mask_name(person.name), mask_phone(person.phone), "***" if person.address else ""
    )


def participants(case: Case, *, full: bool = False) -> list[Shown]:
    """The matter's people, masked by default. `full` is for `reveal` and for papers, which record who looked."""
    rows = dossier.of(case).people
    if not rows:
        return []
    key = key_of(case)
    return [_shown(row, _open(case.pk, key, row), full=full) for row in rows]


def reveal(
    actor: Actor, grants: Grants, case: Case, reason: str, *, at: datetime | None = None
) -> list[Shown]:
    """Show names and phones in full, once, and keep in the ledger who looked and why."""
    require(grants, "cases.reveal", case)
    if not reason.strip():
        raise Invalid(_("请写明查看理由"), {"reason": _("请填写理由")})
    with transaction.atomic():
        record(actor, case, "case.revealed", at=at or timezone.now(), words={"reason": reason.strip()[:500]})
        return participants(case, full=True)


def names_of(case_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of each matter's own people, for blotting them out of what leaves the house. One query."""
    return names_in(together.read(named_by(case_ids)))


def named_by(case_ids: Collection[int]) -> dict[str, together.Question]:
    """What `names_in` needs, to be read together with other rows."""
    return {
        "keys": together.question(CaseKey.objects.filter(case__in=case_ids)),
        "people": together.question(Participant.objects.filter(case__in=case_ids)),
    }


def names_in(read: Mapping[str, list[Any]]) -> dict[int, list[str]]:
    keys = {row.case_id: unwrapped(row) for row in read["keys"]}
    names: dict[int, list[str]] = {}
    for row in read["people"]:
        if row.case_id not in keys:
            continue
        name = _open(row.case_id, keys[row.case_id], row).name.strip()
        if len(name) > 1:
            names.setdefault(row.case_id, []).append(name)
    return names


def blotted(text: str, names: Iterable[str]) -> str:
    """The text with 某某 in place of these names, the longest first."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "某某")
    return text


def title_of(case: Case) -> str:
    """The title of one matter, fit for a paper that is passed round."""
    names = (one.name.strip() for one in participants(case, full=True))
    return blotted(case.title, [name for name in names if len(name) > 1])


def unnamed(cases: Iterable[Case]) -> dict[int, str]:
    """Titles fit for a paper that is passed round: the names of each matter's own people are blotted out."""
    titles = {case.pk: case.title for case in cases}
    names = names_of(titles)
    return {ref: blotted(title, names.get(ref, ())) for ref, title in titles.items()}


def reindex(case: Case) -> None:
    """At reopening: the phones are findable again while the matter is open."""
    index_phones(
        case.pk, (person.phone for person in participants(case, full=True) if person.role != "witness")
    )


def written_twice(case: Case) -> set[int]:
    """Places of visitors who stand among this matter's representatives too, by name and phone. This matter alone."""
    rows = [row for row in dossier.of(case).people if row.role in ("visitor", "representative")]
    if {row.role for row in rows} != {"visitor", "representative"}:
        return set()
    key = key_of(case)
    who = {row.slot: (row.role, _open(case.pk, key, row)) for row in rows}
    speakers = {(one.name, one.phone) for role, one in who.values() if role == "representative"}
    return {
        slot for slot, (role, one) in who.items() if role == "visitor" and (one.name, one.phone) in speakers
    }


def _places_stay(case: Case, roles: list[str]) -> None:
    """Once listed persons were answered one by one, nobody moves to another's place: the answers stand by place."""
    if not PersonAnswer.objects.filter(case=case).exists():
        return
    now = list(Participant.objects.filter(case=case).order_by("slot").values_list("role", flat=True))
    if roles[: len(now)] != now:
        raise Invalid(_("已逐人答复过，列名的人可以更正、增加，不能减少或换位置"))


def copy(origin: Case, new: Case, key: bytes) -> None:
    """拆分: the same people in the new matter, sealed anew under its own key. Nobody sees them on the way."""
    rows = list(Participant.objects.filter(case=origin).order_by("slot"))
    if not rows:
        return
    opened = [(row.slot, row.role, _open(origin.pk, data_key(origin.pk), row)) for row in rows]
    Participant.objects.bulk_create(
        [
            Participant(case=new, slot=slot, role=role, sealed=seal_person(new.pk, slot, key, person))
            for slot, role, person in opened
        ]
    )
    index_phones(new.pk, (person.phone for _slot, role, person in opened if role != "witness"))


# What a name, phone, address and relation may hold, at registration as in corrections.
LIMITS = {"name": 60, "phone": 40, "address": 200, "relation": 40}


def _wrong_people(case: Case, kept: list[tuple[str, Person]]) -> dict[str, object]:
    """The same limits as at registration (`open.check`): lengths, phones, five representatives, nobody of an anonymous matter."""
    wrong: dict[str, object] = {}
    for name, limit in LIMITS.items():
        longest = max((len(getattr(person, name)) for _role, person in kept), default=0)
        if longest > limit:
            wrong[name] = _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": limit, "now": longest}
    if any(person.phone and not looks_like_phone(person.phone) for _role, person in kept):
        wrong["phone"] = _("请填写电话号码，只用数字、空格和短横")
    count = sum(role == "representative" for role, _person in kept)
    if count > MAX_REPRESENTATIVES:
        wrong["representatives"] = _("代表不超过五人（信访工作条例第二十条）")
    elif count > case.party_size:
        wrong["representatives"] = _("人数不能少于代表人数")
    if sum(role == "visitor" for role, _person in kept) > 1:
        wrong["role"] = _("来访人只能有一位，其余请选代表")
    if case.anonymous and any(role != "witness" for role, _person in kept):
        wrong["anonymous"] = _("匿名事项不记姓名和电话")
    return wrong


def correct_people(
    actor: Actor, grants: Grants, case: Case, people: Iterable[tuple[str, Person]], reason: str
) -> None:
    """Put other people in place of those registered by mistake; what stood there stays in the ledger as ciphertext."""
    require(grants, "cases.open")
    require(grants, "cases.reveal", case)
    if case.sealed:
        raise Refused(_("密件只保留移交记录，不能办理"))
    kept = [(role, person) for role, person in people if person]
    if wrong := _wrong_people(case, kept) | ({} if reason.strip() else {"reason": _("请填写更正理由")}):
        raise Invalid(_("还有内容要补充或更正"), wrong)
    with transaction.atomic():
        case = queries.get_visible(
            grants, case.uuid, lock=True
        )  # whether it is open still is asked under the lock
        _places_stay(case, [role for role, _person in kept])
        before = [asdict(person) for person in participants(case, full=True)]
        Participant.objects.filter(case=case).delete()
        key = data_key(case.pk)
        Participant.objects.bulk_create(
            [
                Participant(case=case, slot=slot, role=role, sealed=seal_person(case.pk, slot, key, person))
                for slot, (role, person) in enumerate(kept)
            ]
        )
        phones = [person.phone for role, person in kept if role != "witness" and person.phone]
        forget_phones(case.pk)
        if STATES[case.state].open:
            index_phones(case.pk, phones)
        Case.objects.filter(pk=case.pk).update(reachable=bool(phones))
        record(
            actor,
            case,
            "case.people_corrected",
            at=timezone.now(),
            words={"reason": reason.strip()[:500]},
            private={"before": before},
        )
