"""One night's run: what is due is hidden, what was hidden long enough is destroyed. And the report of what would be.

The nightly run is in the worker, between 1 and 5 o'clock of the office's time, once a day; one process at a time (an
advisory lock), at most so many matters a night. `./yimen retention --run` does the same at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

from django.db import Error as AnyDatabaseError
from django.db import connection
from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation import counting
from yimen.foundation.errors import Conflict
from yimen.ledger.models import Entry

from .. import retention
from ..fates import of_kind
from ..models import Disposal, RetentionRun
from . import erasing, hiding

log = logging.getLogger(__name__)
LOCK: Final = 0x7965_7365  # one number of our own for pg_try_advisory_lock
NIGHT: Final = range(1, 5)  # hours in which the nightly run may begin
LISTED: Final = 1000  # matters a report names
ALL: Final = 10**12  # counts of a report are exact


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether this process is the one that works on it now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def run(now: datetime | None = None) -> RetentionRun:
    """Both stages and the rows of other kinds, once. Raises Conflict when another process is at it."""
    now = now or timezone.now()
    with _alone() as mine:
        if not mine:
            raise Conflict(_("另一个进程正在执行保存期限"))
        row = RetentionRun.objects.create(day=timezone.localdate(now), began_at=timezone.now())
        row.destroyed, row.failed = erasing.erase_ripe(now)
        row.hidden = hiding.hide_due(now)
        row.others = erasing.expire(now)
        row.held = held_count(now)
        row.ended_at = timezone.now()
        row.save()
        return row


def run_forever(stop: threading.Event, *, every: float = 600.0) -> None:
    """Look every ten minutes whether it is night and today's run is still to be done, until `stop` is set."""
    while not stop.wait(every):
        try:
            if is_time(timezone.now()):
                run()
        except Conflict:
            pass
        except (AnyDatabaseError, OSError) as error:
            log.error("retention: %s; trying again", str(error).strip())
        finally:
            connection.close()


def is_time(now: datetime) -> bool:
    """Night, and no run of this day came to its end yet."""
    local = timezone.localtime(now)
    return (
        local.hour in NIGHT
        and not RetentionRun.objects.filter(day=local.date(), ended_at__isnull=False).exists()
    )


# --- the report ----------------------------------------------------------------------------------------------------


def held_count(now: datetime | None = None) -> int:
    """Matters that would go, were they not held."""
    return sum(counting.counts(_held(now or timezone.now(), all_held=retention.all_held()), ALL).values())


def _held(now: datetime, *, all_held: bool, known: Any = None) -> dict[str, Any]:
    due, ripe = retention.due(timezone.localdate(now), known), retention.ripe(now)
    if not all_held:
        due, ripe = due.filter(retention.held()), ripe.filter(retention.held("case_id"))
    return {"held_due": due, "held_ripe": ripe}


def report(now: datetime | None = None) -> dict[str, Any]:
    """What a run at this moment would do, by class, with the list; what is held. Numbers of matters, nothing of people.

    `hide`: whose period is over; `destroy`: whose hidden days are over; `hidden`: waiting, with the day;
    `others`: rows of other kinds; `kept_beyond`: ledger entries older than their class, which the chain keeps.
    Three statements.
    """
    now = now or timezone.now()
    today, known = timezone.localdate(now), retention.rules(timezone.localdate(now))
    holds = list(retention.holds().select_related("case", "placed_by").order_by("placed_at"))
    stopped = any(row.case_id is None for row in holds)
    due, ripe = retention.due(today, known), retention.ripe(now)
    free, ready = (rows.none() if stopped else rows for rows in (due, ripe))
    free, ready = free.exclude(retention.held()), ready.exclude(retention.held("case_id"))
    waiting = Disposal.objects.filter(state="hidden", destroy_at__gt=now)
    others = {fate: erasing.expired(fate, known, today) for fate in of_kind("period") if fate.key in known}
    tables, counts = counting.tables_and_counts(
        {
            "hide": _by(free, "key"), "destroy": _by(ready, "rule__key"), "hidden": _by(waiting, "rule__key"),
            "hide_list": _due(free), "destroy_list": _disposals(ready), "hidden_list": _disposals(waiting),
        },
        {
            **_held(now, all_held=stopped, known=known), "ledger": _ledger(today, known),
            **{fate.label: rows for fate, rows in others.items()},
        },
        ALL,
    )  # fmt: skip
    return {
        "at": now.isoformat(timespec="seconds"),
        "rules": [_rule(row) for key, row in sorted(known.items())],
        "all_held": stopped,
        "hide": _stage(tables["hide"], [_said_due(row, known) for row in tables["hide_list"]]),
        "destroy": _stage(tables["destroy"], [_said(row) for row in tables["destroy_list"]]),
        "hidden": _stage(tables["hidden"], [_said(row) for row in tables["hidden_list"]]),
        "held": {"count": counts["held_due"] + counts["held_ripe"], "list": _holds(holds)},
        "others": {f"{fate.label} ({fate.key})": n for fate in others if (n := counts[fate.label])},
        "kept_beyond": counts["ledger"],
    }  # fmt: skip


def _stage(by_class: list[dict[str, Any]], listed: list[dict[str, object]]) -> dict[str, Any]:
    by = {row["class"]: row["n"] for row in by_class}
    return {"count": sum(by.values()), "by_class": by, "list": listed}


def _rule(row: Any) -> dict[str, object]:
    return {
        "class": row.key, "what": row.what, "amount": row.amount, "unit": row.unit, "from": row.counted_from,
        "certainty": row.certainty, "basis": row.basis, "row": row.pk,
    }  # fmt: skip


def _by(rows: Any, column: str) -> Any:
    return rows.order_by().values(**{"class": F(column)}).annotate(n=Count("pk"))


def _due(rows: Any) -> Any:
    """A sealed matter is counted and not named: its number is for those alone who were let in."""
    return rows.filter(sealed=False).values("number", "key", "ended")[:LISTED]


def _said_due(row: dict[str, Any], known: Any) -> dict[str, object]:
    ended = timezone.localdate(datetime.fromisoformat(row["ended"]))
    return {
        "number": row["number"], "class": row["key"],
        "due_on": retention.after(ended, known[row["key"]]).isoformat(),
    }  # fmt: skip


def _disposals(rows: Any) -> Any:
    return rows.filter(case__sealed=False).values("case__number", "rule__key", "due_on", "destroy_at")[
        :LISTED
    ]


def _said(row: dict[str, Any]) -> dict[str, object]:
    at = timezone.localdate(datetime.fromisoformat(row["destroy_at"]))
    return {"number": row["case__number"], "class": row["rule__key"], "due_on": row["due_on"],
            "destroy_on": at.isoformat()}  # fmt: skip


def _holds(rows: list[Any]) -> list[dict[str, object]]:
    """Which matters are held since when, by whom. The typed reason may name people: it stays on the matter's page."""
    return [
        {"number": row.case.number if row.case else None, "since": timezone.localdate(row.placed_at).isoformat(),
         "by": row.placed_by.name, "lifting_asked": row.lift_asked_at is not None}
        for row in rows if row.case is None or not row.case.sealed
    ][:LISTED]  # fmt: skip


def _ledger(today: date, known: Any) -> Any:
    """Entries older than their class. The chain keeps them; their typed words go with their matter."""
    rule = known.get("audit-log")
    if rule is None:
        return Entry.objects.none()
    return Entry.objects.filter(recorded_at__lt=retention.midnight(retention.before(today, rule)))
