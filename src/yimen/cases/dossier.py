"""Everything that belongs to one matter, each kind of row read once: the one place that says how each is asked for.

The small reads of a matter (`instructions`, `joint`, `ladder`, `letterbook`, `reviews`, `leaders`, …) decide on these
rows and ask for none themselves: `of(case).letters`. A page opens the dossier first (`open_`), which reads every kind
together in two round trips; whoever did not gets the same rows, each kind asked for when it is first needed. The row
that an action locks was just fetched and never has an open dossier, so it decides on what is true now.

Rows here are of a matter that was fetched by `queries.get_visible`; `others` are those that the reader may see too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

from django.db.models import F, Func, Model, Q, QuerySet
from django.utils import timezone

from yimen.access.models import RoleGrant
from yimen.access.queries import holding
from yimen.access.registry import Grants, visible
from yimen.access.roles import Role
from yimen.foundation import together
from yimen.foundation.together import Question, question
from yimen.ledger.models import Entry
from yimen.ledger.queries import entries_of
from yimen.organisations.models import Membership, Unit
from yimen.organisations.queries import members
from yimen.organisations.queries import units as existing_units

from .access import LEADERS
from .events import LOOKED, SUBJECT
from .models import (
    Alike,
    Assignment,
    AssistResult,
    AssistReturn,
    Attachment,
    Callback,
    Case,
    CaseKey,
    CaseLeader,
    Category,
    Climb,
    Clock,
    Contact,
    DistrictRequest,
    Extension,
    Instruction,
    InstructionMark,
    LegalHold,
    Letter,
    LetterText,
    Link,
    MajorReport,
    MaterialReceipt,
    Merge,
    Note,
    OutsideNumber,
    Participant,
    PersonAnswer,
    Phrase,
    PressureSetting,
    ReceptionDay,
    ReceptionVisit,
    Reminder,
    Result,
    ReturnRequest,
    Review,
    Sampling,
    Submission,
    Supervision,
    SupervisionFeedback,
    Suspension,
    SuspensionReason,
    UnsolvedDecision,
    Urge,
)
from .states import Flow

if TYPE_CHECKING:
    from .reviews import Right

M = TypeVar("M", bound=Model)
TIED = timedelta(days=30)  # a matter is tied to a day of reception of the last weeks, not of last year
STORY = 60  # entries of the timeline that a page shows before "show earlier"
# Entries whose words or moment a paper or a copied text needs, the earliest first.
_DEEDS: Final = ("opened", "event_reported", "answer", "guide", "sign", "designate", "not_accept", "redo")
_ANY: Final = -(10**9)  # stands for a matter's id in a compiled question
_OPEN: Final = "_dossier"  # where a matter keeps its open dossier


class Kind(Generic[M]):
    """One kind of row, as an attribute: the list in its order. `query` says which rows, with what they are read with.

    `fixed`: it depends on the matter's id and nothing else, so that it is compiled once a process.
    """

    def __init__(self, query: Callable[[Dossier], QuerySet[M]], *, fixed: bool = True) -> None:
        self.query = query
        self.fixed = fixed
        self.compiled: Question | None = None

    def __set_name__(self, owner: type[Dossier], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, dossier: None, owner: type[Dossier]) -> Kind[M]: ...
    @overload
    def __get__(self, dossier: Dossier, owner: type[Dossier]) -> list[M]: ...
    def __get__(self, dossier: Dossier | None, owner: type[Dossier]) -> Kind[M] | list[M]:
        if dossier is None:
            return self
        if self.name not in dossier.read:
            dossier.read[self.name] = list(self.query(dossier))
        found: list[M] = dossier.read[self.name]
        return found

    def question(self, dossier: Dossier) -> Question:
        if not self.fixed:
            return question(self.query(dossier))
        if self.compiled is None:
            self.compiled = question(self.query(Dossier(Case(pk=_ANY))))
        return self.compiled.about(_ANY, dossier.case.pk)


def _of(model: type[M], *joined: str, by: str = "case", order: str = "id") -> Kind[M]:
    """Every row of a table that names the matter (by `case`, or by way of another row), with what it joins."""

    def rows(dossier: Dossier) -> QuerySet[M]:
        found = model._default_manager.filter(**{by: dossier.case}).order_by(order)
        return found.select_related(*joined) if joined else found

    return Kind(rows)


class Dossier:
    """The rows of one matter for one reader (None: for an action, which asks as it needs)."""

    def __init__(self, case: Case, grants: Grants | None = None, story: int = STORY) -> None:
        self.case = case
        self.grants = grants
        self.story = story
        self.read: dict[str, list[Any]] = {}
        self.rights: dict[int, Right | None] = {}  # 复查, 复核: worked out once, see `reviews.right`

    # Who works on it, and against which time
    clocks = _of(Clock, "charged_unit")
    parts = _of(Assignment, "unit", "clock", "sent_by")
    returns = _of(ReturnRequest)
    extensions = _of(Extension, "asked_by", "clock")
    suspensions = _of(Suspension)
    reminders = _of(Reminder, "to_user", "liaison")
    urges = _of(Urge, "to_user", "unit")
    orders = _of(Supervision, "unit", "signed_by", "instructed_by", "lead_leader", "contact")
    feedbacks = _of(SupervisionFeedback, "by", by="supervision__case")
    charges = _of(CaseLeader, "leader")
    visits = _of(ReceptionVisit, "reception__leader", order="reception__day")
    reports = _of(MajorReport, "by")
    climbs = _of(Climb, "by")
    requests = _of(DistrictRequest, "unit", "leader", "signed_by", "refused_by")
    heads: Kind[RoleGrant] = Kind(
        lambda d: (
            holding().select_related(None).filter(role=Role.HEAD, unit=d.case.lead_unit_id).order_by("id")
        ),
        fixed=False,
    )
    seated: Kind[Membership] = Kind(
        lambda d: Membership.objects.filter(unit=d.case.lead_unit_id, active=True, user__is_active=True),
        fixed=False,
    )
    # What is said of it
    submissions = _of(Submission, "unit", "recipient", "by", "ended_by")
    told = _of(Instruction, "leader", "by", "paper", "submission__recipient")
    marks = _of(InstructionMark, "by", by="instruction__case")
    standing_in: Kind[RoleGrant] = Kind(
        lambda d: RoleGrant.objects.filter(
            role__in=LEADERS, stands_for__in=Submission.objects.filter(case=d.case).values("recipient")
        )
    )
    proposed_units: Kind[Unit] = Kind(
        lambda d: Unit.objects.filter(
            key__in=Submission.objects.filter(case=d.case)
            .annotate(each=Func(F("assisting"), function="unnest"))
            .values("each")
        )
    )
    results: Kind[Result] = Kind(
        lambda d: (
            Result.objects.filter(case__in=d._own().union(d._main()))
            .select_related("unit", "by")
            .order_by("id")
        )
    )
    callbacks = _of(Callback, "by")
    samplings = _of(Sampling, order="turn")
    decisions = _of(UnsolvedDecision, "by")
    reviews = _of(Review, "by", "authority_unit")
    # On paper
    letters = _of(
        Letter,
        "unit",
        "drafted_by",
        "submitted_by",
        "reviewed_by",
        "signed_by",
        "sealed_by",
        "back_by",
        "void_by",
    )
    wordings: Kind[LetterText] = Kind(
        lambda d: LetterText.objects.filter(letter__case=d.case).only("id", "letter", "by")
    )
    materials = _of(MaterialReceipt, "taken_by")
    files = _of(Attachment)
    # Together with others
    merges: Kind[Merge] = Kind(
        lambda d: Merge.objects.filter(Q(case=d.case) | Q(main=d.case), ended_at__isnull=True).order_by("id")
    )
    main: Kind[Case] = Kind(lambda d: Case.objects.filter(pk__in=d._main()))
    alikes: Kind[Alike] = Kind(lambda d: _undecided(d))
    links: Kind[Link] = Kind(lambda d: Link.objects.filter(Q(case=d.case) | Q(other=d.case)).order_by("id"))
    others: Kind[Case] = Kind(lambda d: d._others(), fixed=False)
    assist_results = _of(AssistResult, "by", by="assignment__case")
    assist_returns = _of(AssistReturn, "asked_by", "answered_by", by="assignment__case")
    # Its people, under its own key
    people = _of(Participant)
    keys: Kind[CaseKey] = Kind(lambda d: CaseKey.objects.filter(case=d.case))
    answers = _of(PersonAnswer, "told_by", order="slot")
    # The reader's own
    notes: Kind[Note] = Kind(lambda d: Note.objects.filter(case=d.case, user=d.reader), fixed=False)
    # What keeps it from being destroyed: its own hold, and one on everything
    holds: Kind[LegalHold] = Kind(
        lambda d: (
            LegalHold.objects.filter(Q(case=d.case) | Q(case__isnull=True), lifted_at__isnull=True)
            .select_related("placed_by", "lift_asked_by")
            .order_by("placed_at")
        )
    )
    # Elsewhere, and how it came about
    contacts = _of(Contact, "by", order="at")
    outside = _of(OutsideNumber)
    deeds: Kind[Entry] = Kind(
        lambda d: entries_of(SUBJECT, d.case.pk).filter(kind__in=[f"case.{verb}" for verb in _DEEDS])
    )
    entries: Kind[Entry] = Kind(lambda d: d._entries(), fixed=False)
    # What the office keeps and a page of one matter needs of it
    figures: Kind[PressureSetting] = Kind(lambda _d: PressureSetting.objects.all())
    grounds: Kind[SuspensionReason] = Kind(
        lambda _d: SuspensionReason.objects.order_by("order", "valid_from", "id")
    )
    units: Kind[Unit] = Kind(lambda _d: existing_units(), fixed=False)
    office_leaders: Kind[RoleGrant] = Kind(lambda _d: leaders_in_office(), fixed=False)
    lead_members: Kind[Membership] = Kind(lambda d: members(d.case.lead_unit_id or 0), fixed=False)
    colleagues: Kind[Membership] = Kind(lambda d: members(d.case.accountable_unit_id or 0), fixed=False)
    phrases: Kind[Phrase] = Kind(lambda _d: Phrase.objects.filter(retired=False))
    categories: Kind[Category] = Kind(lambda _d: Category.objects.filter(valid_today()), fixed=False)
    receptions: Kind[ReceptionDay] = Kind(lambda d: d._receptions(), fixed=False)

    @property
    def reader(self) -> int | None:
        return self.grants.user_id if self.grants else None

    def last_deed(self, verb: str) -> Entry | None:
        """The latest entry of one of `_DEEDS`."""
        return next((row for row in reversed(self.deeds) if row.kind == f"case.{verb}"), None)

    def _own(self) -> QuerySet[Case, dict[str, Any]]:
        """For a union: "this matter's or the main one's" said by OR reads every result there is."""
        return Case.objects.filter(pk=self.case.pk).values("pk")

    def _main(self) -> QuerySet[Merge, dict[str, Any]]:
        """并案: the main matter that this one is merged into, also after it was told and closed."""
        return Merge.objects.filter(case=self.case, ended_at__isnull=True).values("main")

    def _others(self) -> QuerySet[Case]:
        """Matters linked to this one, merged with it or like it, newest first: only those that the reader may see."""
        if self.grants is None:
            raise LookupError("other matters are read for somebody: dossier.of(case, grants)")
        links = Link.objects.filter(case=self.case).values("other")
        linked = Link.objects.filter(other=self.case).values("case")
        members = Merge.objects.filter(main=self.case, ended_at__isnull=True).values("case")
        near = Q(pk__in=links.union(linked, members, self._main(), _undecided(self).values("other")))
        rows = Case.objects.filter(near, visible(self.grants, "cases.view")).order_by("-id")
        return rows.select_related("lead_unit")

    def _entries(self) -> QuerySet[Entry]:
        """The latest of its story, one more than is shown; that somebody looked is kept, not told."""
        rows = entries_of(SUBJECT, self.case.pk).exclude(kind__in=LOOKED).order_by("-at", "-id")
        return rows[: self.story + 1]

    def _receptions(self) -> QuerySet[ReceptionDay]:
        """Days of reception between some weeks before its receipt and today, to tie it to one."""
        since = timezone.localdate(self.case.received_at) - TIED
        rows = ReceptionDay.objects.filter(day__gte=since, day__lte=timezone.localdate(), cancelled=False)
        return rows.select_related("leader")


def _undecided(dossier: Dossier) -> QuerySet[Alike]:
    """可能是同一件事: what resembles it, where nobody has said no."""
    return Alike.objects.filter(case=dossier.case, dismissed_at__isnull=True)


def valid_today() -> Q:
    """Of rows that the office keeps by date."""
    today = timezone.localdate()
    return Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))


def leaders_in_office() -> QuerySet[RoleGrant]:
    """Who may give instructions today."""
    rows = holding().select_related(None).filter(role__in=LEADERS, user__is_active=True)
    return rows.select_related("user").order_by("id")


def of(case: Case, grants: Grants | None = None) -> Dossier:
    """The open dossier of a matter; else a new one that asks for each kind when it is needed.

    `grants` where it matters who reads (other matters, one's own note): never somebody else's.
    """
    kept: Dossier | None = vars(case).get(_OPEN)
    return kept if kept and grants in (None, kept.grants) else Dossier(case, grants)


def open_(
    case: Case,
    grants: Grants,
    kinds: Iterable[str] | None = None,
    story: int = STORY,
    joined: Iterable[str] = (),
) -> Dossier:
    """Read these kinds (everything that such a matter can have) together, and let every reading function decide on
    them for as long as this very row is in hand. With none at all, each is read once, when it is needed. `joined`:
    what the row names and nobody has read yet."""
    found = Dossier(case, grants, story)
    kinds = everything(case) if kinds is None else kinds
    questions = {name: getattr(Dossier, name).question(found) for name in kinds}
    found.read = together.read(questions, {case: {name: {} for name in joined}})
    case.__dict__[_OPEN] = found
    return found


@contextmanager
def kept(case: Case, grants: Grants) -> Iterator[None]:
    """Within the block each kind is read once, when it is needed: for deciding, before anything is written."""
    open_(case, grants, ())
    try:
        yield
    finally:
        case.__dict__.pop(_OPEN, None)


def everything(case: Case) -> list[str]:
    """What the page of a matter shows or decides on. What such a matter cannot have is not asked for here; should
    somebody ask all the same, it is read then."""
    kinds = [*_ALWAYS, *(() if case.sealed else _ORDINARY)]
    kinds += _WITH_UNIT if case.lead_unit_id is not None else ("deeds",)
    if case.party_size > 1:
        kinds += ("answers", "figures")
    if case.served_at is not None:
        kinds.append("samplings")
    if case.flow == Flow.PETITION:
        kinds.append("reviews")
    if case.flow == Flow.GRID:
        kinds += ("climbs", "requests", *(("deeds",) if "deeds" not in kinds else ()))
    return kinds


_ALWAYS: Final = (
    "holds", "clocks", "parts", "people", "keys", "links", "alikes", "others", "merges", "main", "files", "entries",
    "submissions", "told", "marks", "outside", "notes",
)  # fmt: skip
_WITH_UNIT: Final = ("returns", "heads", "seated", "assist_results", "assist_returns")
_ORDINARY: Final = (
    "extensions", "suspensions", "reminders", "urges", "orders", "feedbacks", "charges", "visits", "reports",
    "standing_in", "proposed_units", "results", "callbacks", "decisions", "letters", "wordings", "materials", "grounds",
    "receptions",
)  # fmt: skip
