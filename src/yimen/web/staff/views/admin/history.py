"""变更记录: every change of the set-up, of accounts and roles, with before and after. Reading it is noted too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yimen.access.roles import NAMES, Role
from yimen.accounts.models import User
from yimen.cases.wording import several
from yimen.ledger.actions import append
from yimen.ledger.models import Entry
from yimen.organisations.models import Unit

from ...door import StaffRequest, page
from ...show.words import who
from .wording import KINDS, SUBJECTS, label_of

PER_PAGE = 50
READ = "audit.read"
_PEOPLE = ("user", "stands_for", "from_person", "to_person", "asked_by")
_UNITS = ("unit", "parent")
_HIDDEN = (
    "session",
    "token",
    "grant",
    "request",
    "reset",
    "replaces",
    "digest",
    "version",
    "demo",
)  # numbers of rows


@dataclass(frozen=True, slots=True)
class Change:
    """One column: what stood there and what stands there now, as people read it."""

    label: object
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Record:
    """One entry as it is shown."""

    at: datetime
    who: str
    words: object
    thing: str
    changes: list[Change]
    facts: list[tuple[object, str]]


@page("admin.history", methods=("GET", "HEAD"))
def history(request: StaffRequest) -> HttpResponse:
    """Filtered by thing, by one object, by person and by date; newest first."""
    asked = {name: request.GET.get(name, "").strip() for name in ("subject", "id", "who", "from", "to")}
    found = Paginator(_entries(asked), PER_PAGE).get_page(request.GET.get("page"))
    _note(request, asked)
    names = _Names(found)
    shown = {
        "page": found,
        "records": [_record(entry, names) for entry in found],
        "subjects": [(code, words) for code, words in SUBJECTS.items()],
        "asked": asked,
        "query": "&".join(f"{name}={value}" for name, value in asked.items() if value),
    }
    return render(request, "staff/admin/history.html", shown)


def _entries(asked: dict[str, str]) -> Any:
    """No matter's entry is ever among them: subjects are named one by one."""
    subject = asked["subject"]
    rows = Entry.objects.filter(subject__in=[subject] if subject in SUBJECTS else list(SUBJECTS))
    if asked["id"].isdecimal() and len(asked["id"]) < 19:
        rows = rows.filter(subject_id=int(asked["id"]))
    if asked["who"]:
        rows = rows.filter(actor_label__icontains=asked["who"])
    if since := _moment(asked["from"], time.min):
        rows = rows.filter(recorded_at__gte=since)
    if until := _moment(asked["to"], time.max):
        rows = rows.filter(recorded_at__lte=until)
    return rows.order_by("-id")


def _moment(text: str, at: time) -> datetime | None:
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text), at))
    except ValueError:
        return None


def _note(request: StaffRequest, asked: dict[str, str]) -> None:
    """Who read the audit log and what was looked for (SECURITY.md 5)."""
    with transaction.atomic():
        said = {name: value for name, value in asked.items() if value}
        append(request.actor, READ, "history", request.user.pk, said)


class _Names:
    """Names of the people and units that the shown entries speak of: two queries for a page."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        people: set[int] = set()
        units: set[int] = set()
        for entry in entries:
            people |= {entry.subject_id} if entry.subject in ("user", "history") else set()
            units |= {entry.subject_id} if entry.subject == "unit" else set()
            for values in (entry.payload, entry.payload.get("before"), entry.payload.get("after")):
                for name, value in (values or {}).items() if isinstance(values, dict) else ():
                    people |= {value} if name in (*_PEOPLE, "liaison") and type(value) is int else set()
                    units |= {value} if name in _UNITS and type(value) is int else set()
        self.people = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
        self.units = dict(Unit.objects.filter(pk__in=units).values_list("pk", "name"))

    def subject(self, entry: Entry) -> str:
        if entry.subject in ("user", "history"):
            return self.people.get(entry.subject_id, "")
        return self.units.get(entry.subject_id, "") if entry.subject == "unit" else ""

    def said(self, name: str, value: Any) -> str:
        if type(value) is int and name in (*_PEOPLE, "liaison"):
            return self.people.get(value, str(value))
        if name == "role" and value in NAMES:
            return str(NAMES[Role(value)])
        if type(value) is int and name in _UNITS:
            return self.units.get(value, str(value))
        if isinstance(value, list):
            return several(value)
        return (
            ""
            if value is None
            else {True: "✓", False: "—"}.get(value, str(value))
            if type(value) is bool
            else str(value)
        )


def _sides(payload: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after of an entry, taken out of its payload; rooms that keep one value keep it bare, or as was/now."""
    before, after = payload.pop("before", None) or {}, payload.pop("after", None) or {}
    if "was" in payload and "now" in payload:
        name = str(payload.get("key", "words"))
        return {name: payload.pop("was")}, {name: payload.pop("now")}
    if isinstance(after, dict):
        return (before if isinstance(before, dict) else {}), after
    return {"words": before}, {"words": after}


def _record(entry: Entry, names: _Names) -> Record:
    payload = dict(entry.payload)
    before, after = _sides(payload)
    changes = [
        Change(label_of(name), names.said(name, before.get(name)), names.said(name, after.get(name)))
        for name in after
    ]
    facts = [
        (label_of(name), names.said(name, value))
        for name, value in payload.items()
        if value not in (None, "", []) and not isinstance(value, dict) and name not in _HIDDEN
    ]
    thing = names.subject(entry) or str(
        after.get("name") or after.get("question") or payload.get("code") or ""
    )
    return Record(entry.recorded_at, who(entry), KINDS.get(entry.kind, entry.kind), thing, changes, facts)
