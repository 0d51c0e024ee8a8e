"""What must happen after a commit. `enqueue` joins the caller's transaction, `task` names what a job does."""

from __future__ import annotations

from .door import Ref, enqueue, task

__all__ = ["Ref", "enqueue", "task"]
