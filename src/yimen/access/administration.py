"""Who administers what. Registered at start; the three administrators are separate and see no matter's content."""

from __future__ import annotations

from .registry import register, role_only
from .roles import Role


def register_all() -> None:
    """System: units, members, categories, rules, calendars, texts. Security: roles, resets, sessions. Auditor: reads."""
    register("admin.enter", role_only(Role.ADMIN, Role.SECURITY, Role.AUDITOR))
    register("admin.settings", role_only(Role.ADMIN))
    register("admin.people", role_only(Role.ADMIN, Role.SECURITY))
    register("admin.roles", role_only(Role.SECURITY, Role.ADMIN))
    register("admin.history", role_only(Role.ADMIN, Role.SECURITY, Role.AUDITOR))
