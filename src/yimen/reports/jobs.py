"""What happens after a commit in this room. Thin: call one action."""

from __future__ import annotations

from yimen.jobs import task
from yimen.jobs.door import SLOW

from . import exports


@task("reports.export", queue=SLOW)
def export_of(actor: int, export: int) -> None:
    """A long list that this person asked for; what they may see is asked now."""
    exports.make(export, actor)


@task("reports.export_over")
def export_over(export: int) -> None:
    """Its day is over. Acts for nobody."""
    exports.over(export)
