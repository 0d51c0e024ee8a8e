"""Who may read registers and figures: the centre, and heads for what their units may see."""

from __future__ import annotations

from yimen.access.registry import register, role_only
from yimen.access.roles import Role


def register_all() -> None:
    """Called once when the apps are ready. Which matters are counted is decided by `cases.view`, not here."""
    register("reports.read", role_only(Role.CLERK, Role.DIRECTOR, Role.LEADER, Role.HEAD))
