"""Reading matters: everything goes through `visible_to`, so that fetching is the permission check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, visible
from yimen.access.roles import Role
from yimen.foundation import counting
from yimen.foundation.among import keys
from yimen.foundation.errors import Missing
from yimen.organisations.models import Office

from . import dossier, pressed
from .access import CENTRE_ROLES, UNIT_ROLES, reach, relations
from .fields import WRITTEN
from .models import Assignment, Case, Category, Clock, Result
from .models.case import Bigrams
from .place_rules import PUBLIC
from .pressed import Ways, either
from .states import HIDDEN_VERBS, MAX_RETURNS, OPEN_STATES, STATES, VERBS, Flow, Transition, Who, rows_from

PAGE = 30
SHOWN = ("category", "lead_unit", "holder", "holder_unit", "clock")  # what a row of a list shows
NUMBER_PREFIX = "永"  # until the office has set its own
DUE_SOON = timedelta(days=2)
TRIAGED = ("raised", "admitted", "filed")  # 受理, 立案, 派遣: before the centre


BELONGINGS = (
    "lead_unit",
    "category",
    "accountable_unit",
    "accountable_person",
    "holder",
    "holder_unit",
    "grid",
    "clock",
    "event_class",
    "reported_by",
)
_WORKED_WITH = (
    "lead_unit",
    "category",
    "accountable_unit",
)  # few joins: planning ten costs more than the step


def visible_to(grants: Grants) -> QuerySet[Case]:
    """The matters this person may see."""
    return Case.objects.filter(visible(grants, "cases.view"))


def counted_for(grants: Grants) -> QuerySet[Case]:
    """The matters that count in this person's figures: also those whose period is over, of which only facts are left."""
    return Case.objects.filter(visible(grants, "cases.count"))


def get_visible(grants: Grants, ref: UUID, *, lock: bool = False) -> Case:
    """One matter with its units and category; with `lock` its row is held until the transaction ends.

    Raises Missing when it is not there or not for this person: the two are the same.
    """
    seen = visible_to(grants).filter(uuid=ref)
    if lock:  # first the row alone, then what belongs to it: a join read before the wait would be stale
        seen.select_for_update(of=("self",)).values_list("pk", flat=True).first()
    return _there(seen.select_related(*(_WORKED_WITH if lock else BELONGINGS)))


def get_opened(grants: Grants, ref: UUID, story: int = dossier.STORY) -> Case:
    """One matter as its page shows it, with its dossier open: the row by itself, then all that it names and has
    together. Planning one statement with ten joins would cost more than reading everything. Raises Missing as above."""
    case = _there(visible_to(grants).filter(uuid=ref))
    dossier.open_(case, grants, story=story, joined=BELONGINGS)
    return case


def _there(rows: QuerySet[Case]) -> Case:
    case = rows.first()
    if case is None:
        raise Missing(_("没有这件事，或者不在您的办理范围内"))
    return case


def by_number(grants: Grants, number: str) -> Case | None:
    """A matter by its number, forgiving brackets and spaces: 永〔2026〕01187, 永(2026)1187, 2026 01187, 1187 of this year."""
    return visible_to(grants).filter(number=number.strip()).first() or _by_loose_number(grants, number)


def _by_loose_number(grants: Grants, number: str) -> Case | None:
    digits = "".join(c if c.isdigit() else " " for c in number).split()
    if len(digits) == 1 and len(digits[0]) <= 5:
        digits.insert(0, str(timezone.localdate().year))
    if len(digits) != 2 or len(digits[0]) != 4:
        return None
    return visible_to(grants).filter(number=f"{number_prefix()}〔{digits[0]}〕{digits[1].zfill(5)}").first()


def number_prefix() -> str:
    """First character of every number, from the office's settings: a change holds at once in every process."""
    return Office.objects.values_list("number_prefix", flat=True).first() or NUMBER_PREFIX


# --- worklists -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page: rows in order, and the address parts of the next (empty at the end)."""

    rows: list[Case]
    after: str


def worklist(grants: Grants, name: str) -> QuerySet[Case]:
    """A named list (`lists.WORKLISTS` of the staff face; what presses on whom in `pressed`). Open matters, by clock.

    What was imported with its answer stays in `history` until somebody takes a step, so that no daily list drowns.
    """
    return visible_to(grants).filter(open=True).filter(reduce(or_, _ways(grants, name)))


def _ways(grants: Grants, name: str, now: datetime | None = None) -> Ways:
    """The conditions by which a matter comes into this list; each has an index of its own."""
    at = now or timezone.now()
    conditions: dict[str, Callable[[Grants], Ways]] = {
        "mine": lambda who: (Q(holder=who.user_id),),
        "due-soon": lambda who: _each(_concerns(who), Q(due_at__gte=at, due_at__lt=at + DUE_SOON)),
        "overdue": lambda who: _each(_concerns(who), Q(due_at__lt=at)),
        "first-contact": lambda who: (Q(accountable_person=who.user_id),),
        "unit": _of_my_units,
        "callback": lambda _who: (Q(state="told", sampled=True),),
        "screening": lambda _who: (Q(screened=False),),
        "triage": lambda _who: (Q(flow=Flow.GRID, state__in=TRIAGED),),
        "history": lambda _who: (Q(history=True),),
        **pressed.conditions(),
        "all": lambda _who: (Q(),),
    }
    if name not in conditions:
        raise Missing(_("没有这个清单"))
    found = conditions[name](grants)
    return found if name in ("history", "all") else _each(found, Q(history=False))


def _each(ways: Ways, besides: Q) -> Ways:
    return tuple(way & besides for way in ways)


def _everything(grants: Grants) -> Q:
    """All that may be seen; for who sees few, with the way to those few."""
    near = reach(grants)
    return Q() if near is None else Q(pk__in=near)


def _of_my_units(grants: Grants) -> Ways:
    if grants.has(*CENTRE_ROLES):
        units = grants.units(*CENTRE_ROLES)
        return either(Q(holder_unit__in=units), Q(accountable_unit__in=units))
    units = grants.units(*UNIT_ROLES)
    return either(Q(lead_unit__in=units), Q(holder_unit__in=units))


def _concerns(grants: Grants) -> Ways:
    """What a person is to keep an eye on: the director the whole street, a head the unit, others what they hold."""
    if grants.has(Role.DIRECTOR, Role.LEADER):
        return (Q(),)
    if grants.has(Role.HEAD):
        return _of_my_units(grants)
    return (Q(holder=grants.user_id),)


def in_rows(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With what a row of a list shows."""
    return rows.select_related(*SHOWN)


def filtered(rows: QuerySet[Case], filters: dict[str, str]) -> QuerySet[Case]:
    """Narrow a list by what stands in the address: state, flow, category, unit, channel, grid."""
    simple = {
        "state": "state",
        "flow": "flow",
        "category": "category__key",
        "unit": "lead_unit__key",
        "channel": "channel",
        "grid": "grid__code",
    }
    for name, column in simple.items():
        if filters.get(name):
            rows = rows.filter(**{column: filters[name]})
    if filters.get("q"):
        rows = matching(rows, filters["q"])
    return rows


def most_urgent(rows: QuerySet[Case], size: int) -> list[Case]:
    """The first by (due, id), with what a row shows. What belongs to a matter is read for these, not for everything that
    had to be sorted to find them."""
    first = rows.select_related(None).order_by("due_at", "id").values("pk")[:size]
    return list(in_rows(Case.objects.filter(pk__in=first)).order_by("due_at", "id"))


def page(rows: QuerySet[Case], after: str = "", size: int = PAGE) -> Page:
    """Keyset page by (due, id); `after` is what the page before gave."""
    if after:
        due, ref = _cursor(after)
        last_id = Case.objects.filter(uuid=ref).values("pk")
        rows = rows.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=last_id))
    found = most_urgent(rows, size + 1)
    more = len(found) > size
    last = found[size - 1] if more else None
    return Page(found[:size], f"{last.due_at.isoformat()}~{last.uuid}" if last and last.due_at else "")


def _cursor(after: str) -> tuple[datetime, UUID]:
    """Where the page before ended. Never by the row's id: a gap in ids would tell of a sealed matter."""
    due, _sep, ref = after.partition("~")
    try:
        at = datetime.fromisoformat(due)
        return at.replace(tzinfo=at.tzinfo or UTC), UUID(ref)
    except ValueError:
        raise Missing(_("翻页的地址不对，请从第一页看起")) from None


COUNTED = (
    "mine", "due-soon", "overdue", "first-contact", "unit", "callback", "screening", "triage", "history", "reminded", "urged",
    "extension", "supervised", "charge", "unreported",
)  # fmt: skip


def counted(
    grants: Grants, names: Iterable[str] = COUNTED, now: datetime | None = None
) -> dict[str, QuerySet[Case]]:
    """The lists whose counts are shown, as rows to count. `now`: what stands for the present in them."""
    seen = visible_to(grants).filter(open=True)
    return {name: _in_turn(seen, _ways(grants, name, now)) for name in names}


def _in_turn(rows: QuerySet[Case], ways: Ways) -> QuerySet[Case]:
    """What comes in by the first way, then by the next: a count that stops seldom gets that far."""
    first, *others = (rows.filter(way) for way in ways)
    if not others:
        return first
    return first.values("pk").union(*(each.values("pk") for each in others), all=True)


def counts(grants: Grants, names: Iterable[str] = COUNTED) -> dict[str, int]:
    """How many open matters each list shows: exact to 999, 1000 for more (`counting.said`). One query for all."""
    if grants.user_id is None:
        return dict.fromkeys(names, 0)
    return counting.counts(counted(grants, names))


# --- search ----------------------------------------------------------------------------------------------------


LATEST = 5_000  # so many of the newest matters are read for a word before the index is asked
FURTHER = 20_000  # and so many, where a third of the page was among those: for such a word the index has thousands to sort
WITHIN_REACH = 10_000  # whoever sees no more matters than these has all of them read
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_NEWEST = ("-received_at", "-id")
# The same order, said so that no index gives it: the database takes the few that match and sorts them.
_SORTED = (ExpressionWrapper(F("received_at") + timedelta(0), output_field=DateTimeField()).desc(), "-id")


def matching(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Matters whose number, title, words, place or unit contain every word of `text` (two characters or more).

    The index answers by pairs of characters, the LIKE after it makes the answer exact.
    """
    return containing(_indexed(rows, text), text)


def containing(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """The same rows, found by reading: for words that stand in so many matters that an index is in the way."""
    for word in _words(text):
        cased = word.lower() != word.upper()
        rows = rows.filter(**{f"search_text__{'icontains' if cased else 'contains'}": word})
    return rows


def _indexed(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    for word in _words(text):
        if len(word) >= 2:
            rows = rows.alias(pairs=Bigrams(F("search_text"))).filter(pairs__contains=Bigrams(Value(word)))
    return rows


def _words(text: str) -> list[str]:
    return text.split()[:8]


def _newest(grants: Grants, text: str, size: int) -> list[int]:
    """The first `size` matters that match, newest first, found in the way that is quick here; all three find the same.

    Who sees few matters: those are read. Else the newest are read, where a frequent word is soon found often enough, and
    further back while it is worth it; a word that is not found so is rare, and the index has few to sort.
    """
    seen, near = visible_to(grants), reach(grants)
    if near is not None and counting.counts({"near": near}, WITHIN_REACH)["near"] <= WITHIN_REACH:
        return _first(containing(seen.filter(pk__among=keys(near)), text).order_by(*_SORTED), size)
    edge = _edge(LATEST)
    found = _first(containing(seen.filter(received_at__gte=edge), text).order_by(*_NEWEST), size)
    if size // 3 <= len(found) < size:
        older = seen.filter(received_at__lt=edge, received_at__gte=_edge(FURTHER))
        found += _first(containing(older, text).order_by(*_NEWEST), size - len(found))
    if len(found) >= size:
        return found
    if any(len(word) > 1 for word in _words(text)):
        return _first(matching(seen, text).order_by(*_SORTED), size)
    return _first(containing(seen, text).order_by(*_NEWEST), size)


def _edge(many: int) -> Coalesce:
    """When the oldest of so many newest matters came in; before all of them where there are not so many."""
    rows = Case.objects.order_by("-received_at").values("received_at")
    return Coalesce(Subquery(rows[many - 1 : many]), Value(_EARLIEST))


def _first(rows: QuerySet[Case], size: int) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:size])


def search(grants: Grants, text: str, size: int = PAGE) -> list[Case]:
    """The newest matters that match, open or closed, inside what the person may see; at most `size`."""
    if not text.strip():
        return []
    exact = by_number(grants, text)
    if exact:
        return [exact]
    hits = _newest(grants, text, size)
    return list(in_rows(visible_to(grants).filter(pk__in=hits)).order_by(*_NEWEST))


def found_by(grants: Grants, text: str) -> QuerySet[Case]:
    """Every matter that `search` would find with a page without end, newest first: for the workbook of a search."""
    rows = visible_to(grants)
    exact = by_number(grants, text) if text.strip() else None
    if exact:
        return rows.filter(pk=exact.pk)
    return matching(rows, text).order_by("-received_at", "-id") if text.strip() else rows.none()


def similar_open(grants: Grants, *, place: str, category: str = "", size: int = 5) -> list[Case]:
    """Open matters at the same place, for the clerk to judge whether it is the same one."""
    if len(place.strip()) < 2:
        return []
    rows = matching(visible_to(grants).filter(open=True), place)
    if category:
        rows = rows.filter(category__key=category)
    return list(rows.select_related("category", "lead_unit", "clock").order_by("-received_at")[:size])


# --- one matter ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """A step this person may take now. `primary` is the one the next-step line offers."""

    verb: str
    words: object
    row: Transition
    primary: bool


def moves(grants: Grants, case: Case, who: frozenset[Who] | None = None) -> list[Move]:
    """Only what this person may do now, the primary step first. `who`: the relations, where they were read already."""
    mine = relations(grants, case) if who is None else who
    first = _primary(case)
    found = [
        Move(row.verb, VERBS[row.verb], row, row.verb == first)
        for row in rows_from(case.flow, case.state)
        if row.verb not in HIDDEN_VERBS and mine & set(row.who)
    ]
    if found and not any(move.primary for move in found) and first in ("start",):
        found = [Move(m.verb, m.words, m.row, m.verb == "accept") for m in found]
    return sorted(found, key=lambda move: not move.primary)


def _primary(case: Case) -> str:
    """The verb of the button: the state's own; twice returned, only the director's 指定承办 leads on."""
    if case.state == "returned" and case.returns >= MAX_RETURNS:
        return "designate"
    if case.state == "told" and not case.sampled:
        return "close"
    if case.flow == Flow.GRID and (found := _primary_of_place(case)):
        return found
    if case.state == "reviewed" and _annulled(case):
        return "redo"
    return STATES[case.state].primary


def _primary_of_place(case: Case) -> str:
    """Where somebody waits for an answer, the step that gives it; what the public reported is verified first."""
    told = {"at_grid": "settle_told", "at_community": "settle_told", "checking": "pass_told"}
    if case.reachable and case.state in told:
        return told[case.state]
    if case.state == "raised" and case.verified == "no":
        return "decline"
    unverified = case.channel in PUBLIC and case.verified != "yes"
    return "ask_verify" if case.state == "raised" and unverified else ""


def _annulled(case: Case) -> bool:
    """Whether the level above annulled the opinion and ordered the matter to be handled anew."""
    last = next((row for row in reversed(dossier.of(case).reviews) if row.outcome != "withdrawn"), None)
    return last is not None and last.outcome == "annul"


def clocks_of(case: Case) -> list[Clock]:
    """Every clock of a matter, running ones first."""
    return sorted(dossier.of(case).clocks, key=lambda clock: (not clock.running, clock.pk))


def assignments_of(case: Case) -> list[Assignment]:
    return dossier.of(case).parts


def lead_assignment(case: Case) -> Assignment | None:
    """The lead unit's running part, None before dispatch and after an agreed return."""
    leads = (row for row in dossier.of(case).parts if row.role == "lead")
    return next((row for row in leads if row.state not in ("returned", "ended")), None)


def return_refused(case: Case) -> bool:
    """Whether the lead unit's present part was already asked back and refused."""
    lead = lead_assignment(case)
    return lead is not None and any(
        row.assignment_id == lead.pk and row.agreed is False for row in dossier.of(case).returns
    )


def last_result(case: Case) -> Result | None:
    return next((row for row in reversed(dossier.of(case).results) if row.case_id == case.pk), None)


def written_opinion_served(case: Case) -> bool:
    """A petition with a decision (处理意见), its own or its main matter's, that was served in writing: the way on is
    review, not reopening."""
    return (
        case.flow == "petition"
        and case.served_at is not None
        and case.served_way in WRITTEN
        and any(row.decision for row in dossier.of(case).results)
    )


def categories(on: datetime | None = None) -> list[Category]:
    """Categories valid today, in the office's order."""
    return list(valid_categories(on))


def valid_categories(on: datetime | None = None) -> QuerySet[Category]:
    day = timezone.localdate(on)
    return Category.objects.filter(valid_from__lte=day).exclude(valid_to__lt=day)


def suggest(text: str, size: int = 4) -> list[Category]:
    """Categories whose words occur in the text, those with the most and longest words first."""
    scored = [(sum(len(word) for word in row.words if word in text), row) for row in categories()]
    return [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score][:size]


def open_matters_of(user_id: int) -> QuerySet[Case]:
    """Open matters a person answers for or holds: what must be handed over before leave or departure."""
    return Case.objects.filter(Q(accountable_person=user_id) | Q(holder=user_id), state__in=OPEN_STATES)


def open_loads(users: Iterable[int]) -> dict[int, int]:
    """How many open matters rest on each of these people; nobody is named on whom none does. One query."""
    ids = list(users)
    rows = Case.objects.filter(Q(accountable_person__in=ids) | Q(holder__in=ids), state__in=OPEN_STATES)
    pairs = rows.order_by().values_list("accountable_person", "holder").annotate(number=Count("pk"))
    found: dict[int, int] = {}
    for accountable, holder, number in pairs:
        for person in {accountable, holder} & set(ids):
            found[person] = found.get(person, 0) + number
    return found
