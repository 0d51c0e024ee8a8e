"""What must wake somebody: old jobs, dead jobs, a ledger that lags, restores not proved, holidays, disk. Never a matter."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import connection
from django.utils import timezone

from yimen.calendars.queries import years_loaded
from yimen.jobs import queries as jobs
from yimen.ledger import queries as ledger

log = logging.getLogger(__name__)
HOLIDAYS_DAYS = 60
GIGABYTE = 1024**3


@dataclass(frozen=True, slots=True)
class Alarm:
    """`kind`: job, dead, ledger, restore, holidays, disk. `figure` is in the unit that its sentence names.

    `subject` says which queue or year it is about.
    """

    kind: str
    figure: int
    subject: str = ""


def ringing(now: datetime | None = None) -> list[Alarm]:
    """Every alarm that rings now; none is well."""
    at = now or timezone.now()
    return [*_jobs(), *_ledger(), *_restore(at), *_holidays(timezone.localdate(at)), *_disk()]


def _jobs() -> Iterator[Alarm]:
    """The oldest job of each queue, in minutes; dead ones, counted."""
    for queue in jobs.queues():
        if queue.oldest.total_seconds() > settings.ALARM_JOB_SECONDS:
            yield Alarm("job", round(queue.oldest.total_seconds() / 60), queue.name)
    if dead := jobs.count_dead():
        yield Alarm("dead", dead)


def _ledger() -> Iterator[Alarm]:
    """Outbox and chain are one queue here: entries that have no number yet. Minutes."""
    lag = ledger.lag()
    if lag.oldest.total_seconds() > settings.ALARM_LEDGER_SECONDS:
        yield Alarm("ledger", round(lag.oldest.total_seconds() / 60))


def _restore(now: datetime) -> Iterator[Alarm]:
    """Days since a backup was last restored and compared; a home that never made a backup is `doctor`'s to warn."""
    state = _backup_state()
    if "backup" not in state:
        return
    proved = _moment(state.get("good_drill")) or _moment(state.get("good_backup")) or _moment(state["backup"])
    if proved and now - proved > timedelta(days=settings.ALARM_RESTORE_DAYS):
        yield Alarm("restore", (now - proved).days)


def _backup_state() -> dict[str, Any]:
    """What `./yimen backup` and its restore drill leave in the home (cli/keeping/state.py)."""
    try:
        said = json.loads(settings.HOME.backup_state.read_text())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _moment(said: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(said["at"])
    except (TypeError, KeyError, ValueError):
        return None


def _holidays(today: date) -> Iterator[Alarm]:
    """Days that the loaded holiday tables still cover, when they are fewer than sixty."""
    loaded = years_loaded()
    last = max(loaded, default=today.year - 1)
    left = (date(last, 12, 31) - today).days
    if left < HOLIDAYS_DAYS:
        yield Alarm("holidays", max(left, 0), str(last + 1))


def _disk() -> Iterator[Alarm]:
    free = shutil.disk_usage(settings.HOME.root).free
    if free < settings.ALARM_DISK_GB * GIGABYTE:
        yield Alarm("disk", free // GIGABYTE)


def watch(stop: threading.Event, *, every: float = 60.0) -> None:
    """Write a line to the log for every alarm, until `stop` is set: for whoever watches logs."""
    while not stop.wait(every):
        try:
            for alarm in ringing():
                log.error("ALARM %s %s %s", alarm.kind, alarm.subject or "-", alarm.figure)
        except (AnyDatabaseError, OSError) as error:
            log.error("alarms: %s; trying again", str(error).strip())
        finally:
            connection.close()
