"""How long a session lives. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
GRAIN = timedelta(seconds=30)  # how stale `last_seen` may be; a write per request would be waste


def over(started_at: datetime, last_seen: datetime, now: datetime) -> str:
    """Why a session may not go on: "absolute" after 12 hours, "idle" after 30 minutes without a request, else ""."""
    if now - started_at >= ABSOLUTE:
        return "absolute"
    return "idle" if now - last_seen >= IDLE else ""
