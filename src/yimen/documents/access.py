"""Who may change what the office's papers look like."""

from __future__ import annotations

from yimen.access.registry import register, role_only
from yimen.access.roles import Role


def register_all() -> None:
    """Called once when the apps are ready."""
    register("documents.templates", role_only(Role.ADMIN, Role.DIRECTOR))
