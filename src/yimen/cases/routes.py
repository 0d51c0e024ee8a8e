"""Reading the routing rules: where a matter goes now and why, and where past matters would have gone.

The rule itself is `routing` (pure); the rows are `RoutingRule`. A class is named "scheme:code".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation import counting
from yimen.grids.kinds import Level
from yimen.grids.models import Grid
from yimen.grids.queries import all_grids, in_business_hours
from yimen.organisations.models import Unit

from . import queries, routing
from .models import Case, EventClass, RoutingRule
from .models.routing import HOURS
from .routing import NOWHERE, Facts, Route, Rule
from .states import Flow

REPLAYED: Final = timedelta(days=365)
MOST: Final = 2_000  # so many past matters are tried, the newest
_PLACES: Final = (Level.COMMUNITY, Level.GRID)


def rules_on(day: date) -> list[Rule]:
    """The rules of a day whose unit exists then. One query."""
    rows = RoutingRule.objects.filter(valid_from__lte=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )
    there = Q(unit__valid_to__isnull=True) | Q(unit__valid_to__gte=day)
    return [rule_of(row) for row in rows.filter(there).select_related("unit")]


def rule_of(row: RoutingRule) -> Rule:
    return Rule(
        row.pk, row.subject, row.place_id, row.hours, row.unit.key, tuple(row.assisting), row.valid_from, row.valid_to
    )  # fmt: skip


def facts_of(case: Case, at: datetime) -> Facts | None:
    """What the rules look at, at a moment; None for what is no grid matter."""
    event_class = case.event_class
    if case.flow != Flow.GRID or event_class is None:
        return None
    return facts(event_class, case.grid, at)


def facts(event_class: EventClass, grid: Grid | None, at: datetime, *, business: bool | None = None) -> Facts:
    """The same for a class at a place, whether or not there is a matter. `business`: for these hours, not those of `at`."""
    inside = grid is not None and grid.level != Level.COMMUNITY
    return Facts(
        subject_of(event_class),
        grid.pk if grid and inside else None,
        (grid.parent_id if inside else grid.pk) if grid else None,
        event_class.owner_first,
        in_business_hours(at) if business is None else business,
        timezone.localtime(at).date(),
    )


def subject_of(event_class: EventClass) -> str:
    return event_class.key


def route_of(case: Case, at: datetime | None = None) -> Route:
    """Where the rules send a matter now. Empty: none fits, or it is no grid matter."""
    moment = at or timezone.now()
    found = facts_of(case, moment)
    return routing.route(rules_on(found.on), found) if found else NOWHERE


def proposed(case: Case, at: datetime | None = None) -> Route:
    """What the form of 派遣 begins with: the rule's answer, else the usual unit of the category, which binds nobody."""
    return route_of(case, at) or Route(case.category.default_unit)


# --- over what has been


@dataclass(frozen=True, slots=True)
class Changed:
    """A past matter that a new rule would have sent elsewhere; units by their names."""

    case: Case
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What a new rule would change: of `tried` matters those `changed`; `fitting` it speaks of, so much in all."""

    tried: int
    fitting: int
    changed: list[Changed]


def replay(grants: Grants, new: RoutingRule, instead_of: RoutingRule | None = None) -> Replay:
    """The grid matters of the last year, those that the reader may see, once with the rules of today and once with the
    new one beside them (in place of `instead_of`), as if it had always held."""
    today = timezone.localdate()
    before = rules_on(today)
    rule = routing.always(rule_of(new))
    kept = [one for one in before if instead_of is None or one.pk != instead_of.pk]
    after = [one for one in kept if one.says != rule.says] + [rule]
    past = _past(grants, today)
    names = dict(_unit_names())
    found = routing.differences(before, after, past)
    changed = [Changed(case, _named(was, names), _named(now, names)) for case, was, now in found]
    return Replay(len(past), sum(routing.fits(rule, facts) for _case, facts in past), changed)


def _past(grants: Grants, today: date) -> list[tuple[Case, Facts]]:
    """Each with what the rules look at, at the hour it was reported, on today's map of rules. Newest first."""
    rows = queries.visible_to(grants).filter(
        flow=Flow.GRID, event_class__isnull=False, received_at__gte=timezone.now() - REPLAYED
    )
    rows = rows.select_related("event_class", "grid").order_by("-received_at", "-id")[:MOST]
    return [(case, _as_of(case, today)) for case in rows]


def _as_of(case: Case, today: date) -> Facts:
    found = facts_of(case, case.received_at)
    assert found is not None
    return replace(found, on=today)


def _unit_names() -> Iterable[tuple[str, str]]:
    return Unit.objects.values_list("key", "name")


def _named(route: Route, names: Mapping[str, str]) -> str:
    return names.get(route.lead, route.lead) or _("由人选择")


# --- in words


@dataclass(frozen=True, slots=True)
class Names:
    """What rules speak of, by name: units by key, classes and large classes as they are called lately."""

    units: Mapping[str, str]
    classes: Mapping[str, str]

    @classmethod
    def read(cls) -> Names:
        """One query. Of a class's versions the newest wording."""
        found = counting.tables(
            {
                "units": Unit.objects.values("key", "name"),
                "classes": EventClass.objects.order_by("valid_from", "id").values(
                    "scheme", "code", "name", "big_name"
                ),
            }
        )
        classes: dict[str, str] = {}
        for row in found["classes"]:
            classes[f"{row['scheme']}:{row['code'][:2]}"] = row["big_name"]
            classes[f"{row['scheme']}:{row['code']}"] = row["name"]
        return cls({row["key"]: row["name"] for row in found["units"]}, classes)


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as a list shows it."""

    row: RoutingRule
    what: str
    where: str
    when: str
    unit: str
    assisting: list[str]
    ahead: bool


def lines(rows: Sequence[RoutingRule], names: Names | None = None) -> list[Line]:
    """Rules in the order in which they decide: what says more stands first."""
    known, today = names or Names.read(), timezone.localdate()
    ordered = sorted(rows, key=lambda row: (-len(row.subject), row.subject, row.place_id is None, row.pk))
    return [
        Line(
            row, known.classes.get(row.subject, row.subject) or _("各类"), str(row.place or _("各处")),
            str(dict(HOURS)[row.hours]), row.unit.name, [known.units.get(key, key) for key in row.assisting],
            row.valid_from > today,
        )
        for row in ordered
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a class in a place would go, and by which rule."""

    unit: str
    assisting: list[str]
    why: str


def answers(kind: EventClass, grid: Grid | None, at: datetime, names: Names) -> list[tuple[object, Answer]]:
    """In office hours and after: where matters of a class in a place would go. One query."""
    day = timezone.localtime(at).date()
    known, found = rules_on(day), []
    for hours, business in ((routing.BUSINESS, True), (routing.AFTER, False)):
        one = routing.route(known, facts(kind, grid, at, business=business))
        why = because(one, names) or _("没有规则管到，由人选择")
        helping = [names.units.get(key, key) for key in one.assists]
        found.append((dict(HOURS)[hours], Answer(_named(one, names.units), helping, why)))
    return found


def subjects() -> list[tuple[str, str]]:
    """What a rule may be about: large classes with their classes below, as they are today."""
    found: dict[str, str] = {}
    for row in today_classes():
        found.setdefault(f"{row.scheme}:{row.code[:2]}", row.big_name)
        found[subject_of(row)] = row.name
    return list(found.items())


def today_classes() -> list[EventClass]:
    """The classes in force today, events before facilities."""
    day = timezone.localdate()
    rows = EventClass.objects.filter(valid_from__lte=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )
    return list(rows.order_by("kind", "scheme", "code"))


def suggested(text: str, size: int = 4) -> list[EventClass]:
    """Classes whose name or words occur in the text, those with the most and longest words first."""
    scored = [
        (sum(len(word) for word in {row.name, *row.words} if word in text), row) for row in today_classes()
    ]
    return [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score][:size]


def places() -> list[Grid]:
    """Communities and grids that exist today, each community before its grids."""
    today = timezone.localdate()
    there = [g for g in all_grids() if g.level in _PLACES and g.valid_from <= today <= (g.valid_to or today)]
    return sorted(there, key=lambda grid: (grid.code[:18], grid.level, grid.code))


def because(route: Route, names: Names | None = None) -> str:
    """Why the rules say so, in a sentence; empty where no rule spoke."""
    rule = route.rule
    if rule is None:
        return ""
    known = names or Names.read()
    said = {
        "what": known.classes.get(rule.subject, rule.subject) or _("各类"), "where": _where(rule.place),
        "when": dict(HOURS)[rule.hours], "unit": known.units.get(rule.lead, rule.lead),
    }  # fmt: skip
    return _("按派遣规则（%(what)s，%(where)s，%(when)s）派给%(unit)s") % said


def _where(place: int | None) -> str:
    return next((grid.name for grid in all_grids() if grid.pk == place), _("各处"))
