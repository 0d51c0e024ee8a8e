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
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

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
    due = retention.due(timezone.localdate(now))
    if retention.all_held():
        return due.count() + retention.ripe(now).count()
    return (
        due.filter(retention.held()).count() + retention.ripe(now).filter(retention.held("case_id")).count()
    )


def report(now: datetime | None = None) -> dict[str, Any]:
    """What a run at this moment would do, by class, with the list; what is held. Numbers of matters, nothing of people.

    `hide`: whose period is over; `destroy`: whose hidden days are over; `hidden`: waiting, with the day;
    `others`: rows of other kinds; `kept_beyond`: ledger entries older than their class, which the chain keeps.
    """
    now = now or timezone.now()
    today, known = timezone.localdate(now), retention.rules(timezone.localdate(now))
    stopped = retention.all_held()
    due, ripe = retention.due(today, known), retention.ripe(now)
    free, ready = (rows.none() if stopped else rows for rows in (due, ripe))
    free, ready = free.exclude(retention.held()), ready.exclude(retention.held("case_id"))
    waiting = Disposal.objects.filter(state="hidden", destroy_at__gt=now)
    return {
        "at": now.isoformat(timespec="seconds"),
        "rules": [_rule(row) for key, row in sorted(known.items())],
        "all_held": stopped,
        "hide": {"count": free.count(), "by_class": _by(free, "key"), "list": _due(free, known)},
        "destroy": {"count": ready.count(), "by_class": _by(ready, "rule__key"), "list": _disposals(ready)},
        "hidden": {"count": waiting.count(), "by_class": _by(waiting, "rule__key"), "list": _disposals(waiting)},
        "held": {"count": held_count(now), "list": _holds()},
        "others": {f"{fate.label} ({fate.key})": n for fate in of_kind("period")
                   if fate.key in known and (n := erasing.expired(fate, known, today).count())},
        "kept_beyond": _ledger(today, known),
    }  # fmt: skip


def _rule(row: Any) -> dict[str, object]:
    return {
        "class": row.key, "what": row.what, "amount": row.amount, "unit": row.unit, "from": row.counted_from,
        "certainty": row.certainty, "basis": row.basis, "row": row.pk,
    }  # fmt: skip


def _by(rows: Any, column: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(column).annotate(n=Count("pk")).values_list(column, "n"))


def _due(rows: Any, known: Any) -> list[dict[str, object]]:
    """A sealed matter is counted and not named: its number is for those alone who were let in."""
    found = rows.filter(sealed=False).values_list("number", "key", "ended")[:LISTED]
    return [
        {"number": number, "class": key, "due_on": retention.after(timezone.localdate(ended), known[key]).isoformat()}
        for number, key, ended in found
    ]  # fmt: skip


def _disposals(rows: Any) -> list[dict[str, object]]:
    found = rows.filter(case__sealed=False).values_list("case__number", "rule__key", "due_on", "destroy_at")
    return [
        {"number": number, "class": key, "due_on": due.isoformat(),
         "destroy_on": timezone.localdate(at).isoformat()}
        for number, key, due, at in found[:LISTED]
    ]  # fmt: skip


def _holds() -> list[dict[str, object]]:
    """Which matters are held since when, by whom. The typed reason may name people: it stays on the matter's page."""
    rows: Any = (
        retention.holds().exclude(case__sealed=True).select_related("case", "placed_by").order_by("placed_at")
    )
    return [
        {"number": row.case.number if row.case else None, "since": timezone.localdate(row.placed_at).isoformat(),
         "by": row.placed_by.name, "lifting_asked": row.lift_asked_at is not None}
        for row in rows[:LISTED]
    ]  # fmt: skip


def _ledger(today: date, known: Any) -> int:
    """Entries older than their class. The chain keeps them; their typed words go with their matter."""
    rule = known.get("audit-log")
    if rule is None:
        return 0
    limit = retention.midnight(retention.before(today, rule))
    return Entry.objects.filter(recorded_at__lt=limit).count()
