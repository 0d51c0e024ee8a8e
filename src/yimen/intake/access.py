"""Who tallies enquiries and who works the import queue. Registered with `access` at start."""

from __future__ import annotations

from yimen.access.registry import register, role_only
from yimen.access.roles import Role


def register_all() -> None:
    """Called once when the apps are ready."""
    register("intake.tally", role_only(Role.CLERK, Role.DIRECTOR, Role.OFFICER))
    register("intake.queue", role_only(Role.CLERK, Role.DIRECTOR))
    register("intake.raise_need", role_only(Role.CLERK, Role.DIRECTOR))
