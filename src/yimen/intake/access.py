"""Who tallies enquiries and who works the import queue. Registered with `access` at start."""

from __future__ import annotations

from yimen.access.registry import register, role_only
from yimen.access.roles import Role

# Who lets phones in and switches them off, and reads the daily logs: each for the own people (field/workers.py).
FIELD_KEEPERS = (Role.CLERK, Role.DIRECTOR, Role.COMMUNITY, Role.GRIDLEAD, Role.ADMIN)


def register_all() -> None:
    """Called once when the apps are ready."""
    register("intake.tally", role_only(Role.CLERK, Role.DIRECTOR, Role.OFFICER))
    register("intake.queue", role_only(Role.CLERK, Role.DIRECTOR))
    register("intake.raise_need", role_only(Role.CLERK, Role.DIRECTOR))
    register("intake.field", role_only(*FIELD_KEEPERS))
    register("intake.field_import", role_only(Role.CLERK, Role.DIRECTOR, Role.COMMUNITY))
    register("intake.own_log", role_only(Role.WORKER, Role.GRIDLEAD, Role.COMMUNITY))
