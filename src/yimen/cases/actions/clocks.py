"""Starting, stopping and recomputing the clocks of a matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from yimen.calendars import queries as calendars
from yimen.calendars.rules import ClockResult, freeze

from ..models import Case, Clock, Suspension
from ..states import WINDOW, Flow

Pauses = Sequence[tuple[date, date | None]]

# Clocks that do not decide a matter's own due date: the director's screening, an assisting unit's part.
ASIDE = ("screen", "assignment")
# What a suspension stops: the unit's work. Notice (条例 §23) and screening know no suspension.
PAUSABLE = ("step", "conclude", "assignment")


def new_clock(
    case: Case,
    kind: str,
    step: str,
    start_at: datetime,
    charged_unit_id: int,
    *,
    flow: str = "",
    extend: int = 0,
    pauses: Pauses = (),
) -> Clock:
    """An unsaved clock by the rule in force; 待甄别 takes the stricter of both flows' rules (PRACTICE).

    `flow` names one flow's rule where the act belongs to it alone (受理 starts the petition's 60 days).
    """
    flows = [flow] if flow else _flows(case)
    rules = _rules(case, flows, step, start_at)
    if not rules:
        raise LookupError(f"no clock rule for {flows} {step}")
    found = [(rule, _result(rule, start_at, pauses, extend)) for rule in rules]
    never = datetime.max.replace(tzinfo=start_at.tzinfo)
    rule, result = min(found, key=lambda pair: pair[1].due_at or never)
    clock = Clock(case_id=case.pk, kind=kind, step=step, rule=rule, start_at=start_at, extend=extend,
                  charged_unit_id=charged_unit_id)  # fmt: skip
    _take(clock, result)
    return clock


STREET, DISTRICT = "street", "district"  # whole limits of two levels of the ladder, in clock_rules.csv


def class_clock(case: Case, kind: str, step: str, at: datetime, unit_id: int) -> Clock:
    """An unsaved clock of what a unit owes on a matter of a place: the limit of its class, else the flow's own."""
    clock, row = new_clock(case, kind, step, at, unit_id), case.event_class
    if row is None or row.limit_amount is None:
        return clock
    said = {"article": f"{row.name}（{row.limit_source[:80] or row.key}）", "article_en": f"class {row.key}"}
    limit = {
        "code": row.key,
        "amount": row.limit_amount,
        "unit": row.limit_unit,
        "extend_max": row.limit_amount,
    }
    clock.rule = clock.rule | limit | said | {"certainty": _sure(row.limit_source)}
    compute(clock)
    return clock


def _sure(source: str) -> str:
    return source[0] if source[:1] in ("S", "X", "M") else "D"


def ordered_clock(case: Case, step: str, days: int, at: datetime) -> Clock:
    """An unsaved step clock of so many work days that a person set (下派)."""
    unit_id = case.holder_unit_id
    assert unit_id is not None
    clock = Clock(case_id=case.pk, kind="step", step=step, rule=_ordered(case, days, at), start_at=at,
                  charged_unit_id=unit_id)  # fmt: skip
    compute(clock)
    return clock


ORDERED = "ordered"  # the step of a limit that a leader's instruction set, in clock_rules.csv


def part_clock(case: Case, unit_id: int, at: datetime, days: int | None = None) -> Clock:
    """An unsaved clock of one unit's part: by the rule, or the days of an instruction where they end earlier."""
    make = class_clock if case.flow == Flow.GRID else new_clock
    usual = make(case, "assignment", "assignment", at, unit_id)
    if not days:
        return usual
    ordered = Clock(case_id=case.pk, kind="assignment", step="assignment", rule=_ordered(case, days, at),
                    start_at=at, charged_unit_id=unit_id)  # fmt: skip
    compute(ordered)
    assert ordered.due_at
    return ordered if usual.due_at is None or ordered.due_at < usual.due_at else usual


def _ordered(case: Case, days: int, at: datetime) -> dict[str, Any]:
    flow = case.flow if case.screened else Flow.PETITION
    on = timezone.localdate(at)
    rule = calendars.rule_for(flow, ORDERED, category=case.category.key, urgency=case.urgency, on=on)
    said = {"article": rule.what, "article_en": rule.what_en}  # what the explanation names
    return freeze(rule) | {"amount": days, "unit": "work_day"} | said


def _flows(case: Case) -> list[str]:
    return [case.flow] if case.screened else [each.value for each in WINDOW]


def _rules(case: Case, flows: Iterable[str], step: str, at: datetime) -> list[dict[str, Any]]:
    """The frozen rule of each flow that has one for this step."""
    on, category, found = timezone.localdate(at), case.category.key, []
    for flow in flows:
        try:
            rule = calendars.rule_for(flow, step, category=category, urgency=case.urgency, on=on)
        except LookupError:
            continue
        found.append(freeze(rule))
    return found


def owing(case: Case) -> int:
    """The unit that owes the conclusion: the lead unit once dispatched, else the accountable one."""
    unit_id = case.lead_unit_id or case.accountable_unit_id
    assert unit_id
    return unit_id


def has_rule(case: Case, step: str, at: datetime) -> bool:
    """Whether a whole-case limit exists for this matter (a service matter owes no 告知)."""
    return bool(_rules(case, _flows(case), step, at))


def compute(clock: Clock, pauses: Pauses = ()) -> None:
    """Set target, due, provisional and explanation from the frozen rule. A pause without end keeps the last due.

    Pauses are dates: a limit in hours runs on (a suspension takes days out of day and month limits only).
    """
    _take(clock, _result(clock.rule, clock.start_at, pauses, clock.extend))


def _result(rule: Mapping[str, Any], start_at: datetime, pauses: Pauses, extend: int) -> ClockResult:
    in_hours = str(rule.get("unit", "")).endswith("_hour")
    return calendars.run_rule(rule, start_at, pauses=() if in_hours else pauses, extend=extend)


def _take(clock: Clock, result: ClockResult) -> None:
    clock.target_at, clock.provisional = result.target_at, result.provisional
    clock.due_at = result.due_at or clock.due_at
    clock.explain, clock.explain_en = result.explain, result.explain_en


def pauses_of(case: Case) -> list[tuple[date, date | None]]:
    """The matter's suspensions as [since, until) pairs of dates."""
    return list(Suspension.objects.filter(case=case).order_by("since").values_list("since", "until"))


def running(case: Case) -> list[Clock]:
    return list(Clock.objects.filter(case_id=case.pk, running=True).order_by("id"))


def stop(clocks: Iterable[Clock], at: datetime, *, void: bool = False, pauses: Pauses = ()) -> None:
    """Stop clocks at the moment the act was done: late after the due, else met, or void where nothing was owed any more.

    What was late stays late, also when the matter is withdrawn. With an open pause the due is first computed as if
    the pause had ended that day.
    """
    for clock in clocks:
        if pauses and clock.kind in PAUSABLE:
            compute(clock, cut(pauses, at))
        late = clock.due_at is not None and at > clock.due_at
        clock.running, clock.stopped_at = None, at
        clock.outcome = "late" if late else "void" if void else "met"
        clock.save(
            update_fields=["running", "stopped_at", "outcome", "target_at", "due_at", "explain", "explain_en"]
        )


def end_pause(case: Case, at: datetime, by: int | None = None) -> date:
    """End the open suspension on the day of `at` and say so on the matter (not saved); gives that day."""
    row = Suspension.objects.get(case=case, until__isnull=True)
    row.until, row.ended_by_id = max(timezone.localdate(at), row.since), by
    row.save()
    case.suspended = False
    return row.until


def cut(pauses: Pauses, at: datetime) -> list[tuple[date, date | None]]:
    """The pauses with an open one ended on the day of `at`."""
    day = timezone.localdate(at)
    return [(since, until or max(since, day)) for since, until in pauses]


def govern(case: Case, clocks: Iterable[Clock]) -> None:
    """Let the earliest of the running clocks govern the matter (sets `clock`, `due_at`; does not save)."""
    deciding = [clock for clock in clocks if clock.running and clock.kind not in ASIDE and clock.due_at]
    first = min(deciding, key=lambda clock: (clock.due_at, clock.pk), default=None)
    case.clock, case.due_at = first, first.due_at if first else None


def recompute(case: Case) -> list[Clock]:
    """Compute every running clock anew (a suspension ended, a year was published) and let the earliest govern."""
    clocks, pauses = running(case), pauses_of(case)
    for clock in clocks:
        compute(clock, pauses if clock.kind in PAUSABLE else ())
        clock.save(update_fields=["target_at", "due_at", "provisional", "explain", "explain_en"])
    govern(case, clocks)
    return clocks
