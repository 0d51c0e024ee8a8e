"""The call-back desk: one form, the rule chooses the step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor

from .. import queries, rules
from ..models import Case
from ..states import MAX_TRIES, TRANSITIONS
from .transition import facts_of, run


def record_callback(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    data: Mapping[str, Any],
    *,
    at: datetime | None = None,
    version: int | None = None,
) -> Case:
    """Log one call-back: a missed call is a try (three in all), unsolved goes back once by rule, a rating is kept.

    Anonymous matters owe none. One transaction; the ledger shows each step.
    """
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True)
        if data.get("outcome") == "no_answer" and case.tries < MAX_TRIES - 1:
            kept = {name: value for name, value in data.items() if name in ("way", "comment") and value}
            return run(actor, grants, ref, "attempt", kept, at=at, version=version)
        case = run(actor, grants, ref, "call_back", data, at=at, version=version)
        with translation.override("zh-hans"):  # the ledger is kept in the office's language
            reason = {"reason": data.get("comment") or _("来访人说没有解决")}
        if case.redos == 0 and _may_go_back(actor, grants, case, reason, case.changed_at):
            return run(actor, grants, ref, "redo", reason, at=at)
        return case


def _may_go_back(actor: Actor, grants: Grants, case: Case, reason: Mapping[str, Any], at: datetime) -> bool:
    """Unsolved, and the table lets it be done again (not after a refusal, nor a written opinion that was served)."""
    row = TRANSITIONS[(case.flow, case.state, "redo")]
    return not rules.hindrance(row, facts_of(grants, case, actor.user_id), reason, at)
