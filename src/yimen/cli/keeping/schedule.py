"""When backups and restore drills are due, and which backups are kept. Pure but for the folder it is given.

Settings of an office come from the environment of `./yimen up`: YIMEN_BACKUP_AT ("02:30", or "off"), YIMEN_BACKUP_DIR
(HOME/backups), YIMEN_BACKUP_KEEP_DAYS (35), YIMEN_RESTORE_DRILL_DAYS (7; 0 switches it off). A demonstration makes no
backups unless a time is set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from yimen.foundation.home import Home

from ..progress import Failed
from . import state
from .archive import read_head

NIGHT, KEEP_DAYS, DRILL_DAYS = "02:30", 35, 7
LEAST_KEPT = 3
"""Never fewer than so many backups are left, whatever the clock says."""
AGAIN = timedelta(hours=1)
"""After a backup that failed."""
NIGHTLY = "yimen-{:%Y%m%dT%H%M%SZ}.yimen"
OURS = re.compile(r"(yimen-\d{8}T\d{6}Z|before-.+)\.yimen")
STALE_DRAFT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settings:
    """`at` is None when no backups are made; days are whole."""

    folder: Path
    at: time | None
    zone: ZoneInfo
    keep_days: int = KEEP_DAYS
    drill_days: int = DRILL_DAYS


def settings(home: Home, env: Mapping[str, str] = os.environ) -> Settings:
    """Raises Failed for a value that cannot be meant."""
    said = env.get("YIMEN_BACKUP_AT") or ("off" if home.demo_mark.exists() else NIGHT)
    folder = env.get("YIMEN_BACKUP_DIR")
    keep = _days(env, "YIMEN_BACKUP_KEEP_DAYS", KEEP_DAYS)
    return Settings(
        folder=Path(folder).absolute() if folder else home.backups,
        at=_time(said),
        zone=ZoneInfo(env.get("YIMEN_TIME_ZONE", "Asia/Shanghai")),
        keep_days=max(1, keep),
        drill_days=_days(env, "YIMEN_RESTORE_DRILL_DAYS", DRILL_DAYS),
    )


def _time(said: str) -> time | None:
    if said == "off":
        return None
    try:
        return time.fromisoformat(said)
    except ValueError:
        raise Failed(f"YIMEN_BACKUP_AT={said}：应写成 02:30 或 off / write 02:30 or off") from None


def _days(env: Mapping[str, str], name: str, usual: int) -> int:
    said = env.get(name, str(usual))
    if not said.isdecimal() or len(said) > 4:
        raise Failed(f"{name}={said}：应是天数 / a number of days")
    return int(said)


def backup_due(home: Home, how: Settings, now: datetime) -> bool:
    """Whether the last planned moment has passed without a try since, or a failed try may be made again."""
    if how.at is None:
        return False
    planned, said = last_planned(how.at, how.zone, now), state.read(home).get("backup") or {}
    tried = state.moment(said)
    if tried is None or tried > now + timedelta(days=1):  # never, or the clock was wrong then
        return _made(home, now) <= planned
    return tried < planned or (said.get("ok") is not True and now - tried >= AGAIN)


def last_planned(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The latest moment of the day at `at` that is not after `now`."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    planned = today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)
    return planned.astimezone(UTC)


def _made(home: Home, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(home.created_mark.read_text().strip())
    except (OSError, ValueError):
        return now


def drill_due(home: Home, how: Settings, now: datetime) -> bool:
    """After a good backup: the last good drill is older than `drill_days`."""
    if how.drill_days == 0:
        return False
    last = state.moment(state.read(home).get("good_drill"))
    return last is None or last > now or now - last >= timedelta(days=how.drill_days) - AGAIN


def kept(folder: Path) -> list[tuple[datetime, Path]]:
    """The backups of a schedule or an upgrade in a folder, newest first, by what their heads say."""
    found = []
    for path in folder.glob("*.yimen"):
        if OURS.fullmatch(path.name) and (made := _made_at(path)):
            found.append((made, path))
    return sorted(found, reverse=True)


def _made_at(path: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(read_head(path)[0].made_at)
    except (Failed, ValueError):
        return None


def outdated(found: list[tuple[datetime, Path]], how: Settings, now: datetime) -> list[Path]:
    """Which of `kept` go: older than the days set, but never the newest three, and none while the clock runs behind."""
    if found and found[0][0] > now + timedelta(minutes=5):
        return []
    limit = now - timedelta(days=how.keep_days)
    return [path for made, path in found[LEAST_KEPT:] if made < limit]


def stale_drafts(folder: Path, now: datetime) -> list[Path]:
    """What a killed backup left behind."""
    limit = (now - STALE_DRAFT).timestamp()
    return [path for path in folder.glob(".*.yimen.*.part") if path.stat().st_mtime < limit]


def described(how: Settings) -> dict[str, Any]:
    """What doctor must know of the settings."""
    return {
        "folder": str(how.folder),
        "at": how.at.strftime("%H:%M") if how.at else "off",
        "keep_days": how.keep_days,
        "drill_days": how.drill_days,
    }
