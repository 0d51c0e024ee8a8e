"""Who acts. Plain value, passed from the door down to the ledger; it carries no permission itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """`user_id` is None for the system itself; `via` says by which door: web, cli, import, demo, job."""

    user_id: int | None
    label: str = ""
    via: str = "web"


SYSTEM = Actor(user_id=None, label="system", via="job")
