"""What happens after a commit in this room. Thin: fetch, call one action."""

from __future__ import annotations

from yimen.jobs import task

from .actions import alikes


@task("cases.alikes")
def alikes_of(case: int) -> None:
    """Every new matter: look whether an open one may be the same. Acts for nobody; people decide."""
    alikes.keep(case)
