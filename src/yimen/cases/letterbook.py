"""Reading letters: what a matter has, how it would begin, whose turn each is, in whose name it goes out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.queries import holding
from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.foundation.errors import Missing
from yimen.organisations.models import Office, Unit, UnitKind
from yimen.organisations.queries import office, units

from . import dossier, letters, queries, shipped
from .access import DESK_ROLES, UNIT_ROLES, relations
from .letters import OPEN, Hand, Kind
from .models import Case, Letter, LetterHead, LetterText, ServiceReceipt
from .states import STATES, Who

if TYPE_CHECKING:
    from uuid import UUID

# --- One matter -------------------------------------------------------------------------------------------------


def letters_of(case: Case) -> QuerySet[Letter]:
    people = ("drafted_by", "submitted_by", "reviewed_by", "signed_by", "sealed_by", "back_by", "void_by")
    return Letter.objects.filter(case=case).select_related("unit", *people).order_by("id")


def get(case: Case, ref: UUID) -> Letter:
    """One letter of a matter that the caller has fetched. Raises Missing."""
    found = next((row for row in dossier.of(case).letters if row.uuid == ref), None)
    if found is None:
        raise Missing(_("没有这份文书"))
    return found


def latest(case: Case, kind: str) -> Letter | None:
    """The newest letter of a kind that was not voided, served or still in the making."""
    rows = (row for row in reversed(dossier.of(case).letters) if row.kind == kind)
    return next((row for row in rows if row.state != "void"), None)


def text_of(letter: Letter) -> LetterText:
    """The wording that stands."""
    return LetterText.objects.get(letter=letter, version=letter.version)


def texts_of(letter: Letter) -> QuerySet[LetterText]:
    """Every wording, the newest first."""
    return LetterText.objects.filter(letter=letter).select_related("by").order_by("-version")


def receipt_of(letter: Letter) -> ServiceReceipt | None:
    return ServiceReceipt.objects.filter(letter=letter).select_related("server", "scan").first()


def before_telling(case: Case) -> str:
    """The letter that has to be served before the person may be told otherwise, in words; empty when there is none."""
    row = telling(case)
    if row is None:
        return ""
    named = {"kind": letters.kinds()[row.kind].words, "state": letters.STATES[row.state].waits}
    return _("%(kind)s，%(state)s") % named


def telling(case: Case) -> Letter | None:
    """The letter in the making by whose service the person is told."""
    if case.state not in ("verified", "not_accepted"):
        return None
    found = (row for row in reversed(dossier.of(case).letters) if row.state in OPEN)
    return next((row for row in found if letters.kinds()[row.kind].act == "tell"), None)


def startable(grants: Grants, case: Case, who: frozenset[Who] | None = None) -> list[Kind]:
    """Kinds that this person may begin now, for which none is in the making. `who`: the relations, where read."""
    if case.sealed or not STATES[case.state].open:
        return []
    there = {(row.kind, row.state) for row in dossier.of(case).letters if row.state != "void"}
    today = timezone.localdate()
    fitting = [kind for kind in letters.kinds().values() if kind.begins(case.flow, case.state, today)]
    wanted = [kind for kind in fitting if not _there(kind, there) and grounded(case, kind)]
    mine = (relations(grants, case) if who is None else who) if wanted else frozenset()
    return [kind for kind in wanted if Hand.WRITER in _hands(mine, case, unit_for(case, kind))]


def _there(kind: Kind, there: set[tuple[str, str]]) -> bool:
    """One is in the making; or a notice that is given once was given."""
    states = {state for key, state in there if key == kind.key}
    return bool(states & set(OPEN)) or (kind.act == "inform" and "served" in states)


def grounded(case: Case, kind: Kind) -> bool:
    """A notice of extension follows an extension that was approved."""
    return kind.notice != "extend" or any(row.state == "approved" for row in dossier.of(case).extensions)


def unit_for(case: Case, kind: Kind) -> int | None:
    """Which unit issues such a letter: the lead unit, or the centre."""
    return case.accountable_unit_id if kind.by == "centre" else case.lead_unit_id


# --- Whose turn --------------------------------------------------------------------------------------------------


def hands(grants: Grants, case: Case, unit_id: int | None) -> frozenset[Hand]:
    """How a person stands to letters that this unit issues on this matter."""
    return _hands(relations(grants, case), case, unit_id)


def _hands(who: frozenset[Who], case: Case, unit_id: int | None) -> frozenset[Hand]:
    if unit_id is None:
        return frozenset()
    if unit_id == case.lead_unit_id:
        return frozenset(_of_lead(who, case))
    centre = {Who.DESK: Hand.WRITER, Who.DIRECTOR: Hand.HEAD}
    return frozenset(
        hand for each, hand in centre.items() if each in who and unit_id == case.accountable_unit_id
    )


def _of_lead(who: frozenset[Who], case: Case) -> set[Hand]:
    found = {Hand.WRITER} if Who.LEAD in who else set()
    if Who.HEAD in who or (Who.DIRECTOR in who and not dossier.of(case).heads):
        found.add(Hand.HEAD)
    if Who.DESK in who and case.lead_unit is not None and not case.lead_unit.online:
        found.add(Hand.DESK)
    return found


def wrote(case: Case, letter: Letter, user_id: int | None) -> bool:
    """Whether this person wrote any wording of it: then somebody else reviews and signs."""
    wordings = (row for row in dossier.of(case).wordings if row.letter_id == letter.pk)
    return any(row.by_id == user_id for row in wordings)


def steps_for(
    grants: Grants, case: Case, letter: Letter, who: frozenset[Who] | None = None
) -> list[letters.Step]:
    """What this person may do with a letter now, the step that leads on first. `who`: the relations, where read."""
    if letter.state not in OPEN or case.sealed:
        return []
    mine = _hands(relations(grants, case) if who is None else who, case, letter.unit_id)
    own = wrote(case, letter, grants.user_id)
    found = [
        step
        for step in letters.STEPS.values()
        if letter.state in step.sources and mine & set(step.who) and not (step.other and own)
    ]
    return sorted(found, key=lambda step: step.verb != letters.STATES[letter.state].primary)


def waiting(grants: Grants) -> QuerySet[Letter]:
    """文书待办: letters whose next step is this person's: own drafts; to review and sign; to seal and serve."""
    seen = queries.visible_to(grants).filter(open=True).values("pk")
    rows = Letter.objects.filter(_turn(grants), state__in=OPEN, case__in=seen)
    return rows.select_related("case", "unit", "drafted_by").order_by("changed_at", "id")


def _turn(grants: Grants) -> Q:
    check, finish = Q(state__in=("submitted", "reviewed")), Q(state__in=("signed", "sealed"))
    turn = Q(drafted_by=grants.user_id, state="drafting")
    turn |= check & Q(unit__in=grants.units(Role.HEAD)) | finish & Q(unit__in=grants.units(*UNIT_ROLES))
    if grants.has(*DESK_ROLES):
        centre = Q(unit__kind=UnitKind.CENTRE)
        turn |= Q(unit__online=False) & ~Q(state="drafting") | finish & centre
    if grants.has(Role.DIRECTOR):
        headless = ~Exists(holding().filter(role=Role.HEAD, unit=OuterRef("unit")))
        turn |= check & headless
    return turn & ~(check & Exists(LetterText.objects.filter(letter=OuterRef("pk"), by=grants.user_id)))


def elsewhere(grants: Grants) -> QuerySet[Letter]:
    """In other hands, the longest untouched first: of the own unit for its head, of every unit for the director."""
    rows = Letter.objects.filter(state__in=OPEN, case__in=queries.visible_to(grants).values("pk"))
    if not grants.has(Role.DIRECTOR):
        rows = rows.filter(unit__in=grants.units(Role.HEAD))
    rows = rows.exclude(pk__in=waiting(grants).values("pk"))
    return rows.select_related("case", "unit", "drafted_by").order_by("changed_at", "id")


# --- In whose name -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """In whose name a unit's letters go out, and the marks of their numbers."""

    issuer: str
    prefix: str
    notice_prefix: str

    def mark(self, kind: Kind) -> str:
        return self.prefix if kind.form == "V06" else self.notice_prefix


def head_of(unit: Unit) -> Head:
    """The unit's own setting, else the shipped way: inner offices write in the street's name (V06: never an inner office)."""
    own = LetterHead.objects.filter(unit=unit).first()
    return _head(unit, own, None if own else office())


def heads() -> list[tuple[Unit, Head]]:
    """Every unit of today with its head. Three queries."""
    own = {row.unit_id: row for row in LetterHead.objects.all()}
    place = office()
    return [(unit, _head(unit, own.get(unit.pk), place)) for unit in units()]


def _head(unit: Unit, own: LetterHead | None, place: Office | None) -> Head:
    if own:
        return Head(own.issuer, own.prefix, own.notice_prefix)
    names = {
        "street": place.name if place else unit.name,
        "mark": (place.number_prefix if place else "") or queries.NUMBER_PREFIX,
        "unit": unit.name,
        "short": unit.name[:2],
    }
    row = _shipped().get(unit.kind) or _shipped()[""]
    return Head(*(row[name].format(**names) for name in ("issuer", "prefix", "notice_prefix")))


@cache
def _shipped() -> dict[str, dict[str, str]]:
    return {row["unit_kind"]: row for row in shipped.rows("letter_heads.csv")}
