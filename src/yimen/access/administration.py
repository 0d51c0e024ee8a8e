"""Who administers what. Registered at start; the three administrators are separate and see no matter's content."""

from __future__ import annotations

from typing import Any

from .queries import has_security_administrator
from .registry import Grants, Predicate, nothing, register, role_only
from .roles import Role


def register_all() -> None:
    """System: units, members, categories, rules, calendars, texts. Security: roles, resets, sessions. Auditor: reads."""
    register("admin.enter", role_only(Role.ADMIN, Role.SECURITY, Role.AUDITOR))
    register("admin.settings", role_only(Role.ADMIN))
    register("admin.people", role_only(Role.ADMIN, Role.SECURITY))
    register("admin.roles", role_only(Role.SECURITY, Role.ADMIN))
    register("admin.grant", Predicate(lambda _grants: nothing(), _may_grant))
    register("admin.tokens", role_only(Role.SECURITY))
    register("admin.history", role_only(Role.ADMIN, Role.SECURITY, Role.AUDITOR))


def _may_grant(grants: Grants, role: Any) -> bool:
    """The security administrator gives roles. In a new home, which has none yet, the system administrator names the
    first: that role alone, and never again once there was one."""
    if grants.has(Role.SECURITY):
        return True
    return grants.has(Role.ADMIN) and role in (None, Role.SECURITY) and not has_security_administrator()
