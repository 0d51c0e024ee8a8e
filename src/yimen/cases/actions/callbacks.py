"""The call-back desk: one form, the rule chooses the step. A matter of many is called back person by person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused

from .. import joint, queries, rules
from ..access import UNIT_ROLES, relations
from ..fields import OUTCOMES, RATINGS, SOLVED
from ..models import Case, PersonAnswer
from ..states import MAX_TRIES, TRANSITIONS, Who
from .persons import summary, which
from .record import record
from .transition import facts_of, run

_ASKED = ("outcome", "solved", "rating", "comment")


def waiting_for(grants: Grants) -> QuerySet[Case]:
    """The call-back list of this caller: drawn, told by others, of no unit of one's own; the first due first."""
    rows = queries.worklist(grants, "callback").exclude(
        Q(answered_by=grants.user_id) | Q(told_by=grants.user_id) | Q(lead_unit__in=grants.units(*UNIT_ROLES))
    )
    return rows.select_related(*queries.BELONGINGS).order_by("due_at", "id")


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

    Anonymous matters owe none. One transaction; the ledger shows each step. A matter of many is refused here
    (`record_persons`) unless nobody of it can be called.
    """
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True)
        if data.get("outcome") != "not_owed" and joint.answers_of(case):
            raise Conflict(_("这件事有几位列名，请逐人回访"))
        return _call(actor, grants, case, data, at, version)


def _call(
    actor: Actor,
    grants: Grants,
    case: Case,
    data: Mapping[str, Any],
    at: datetime | None,
    version: int | None,
) -> Case:
    if data.get("outcome") == "no_answer" and case.tries < MAX_TRIES - 1:
        kept = {name: value for name, value in data.items() if name in ("way", "comment") and value}
        return run(actor, grants, case.uuid, "attempt", kept, at=at, version=version)
    case = run(actor, grants, case.uuid, "call_back", data, at=at, version=version)
    with translation.override("zh-hans"):  # the ledger is kept in the office's language
        reason = {"reason": data.get("comment") or _("来访人说没有解决")}
    if case.redos == 0 and (verb := _way_back(actor, grants, case, reason)):
        return run(actor, grants, case.uuid, verb, reason, at=at)
    return case


def _way_back(actor: Actor, grants: Grants, case: Case, reason: Mapping[str, Any]) -> str:
    """Unsolved, and the table lets it be done again: by its unit, or out of the main matter. Not after a refusal."""
    facts = facts_of(grants, case, actor.user_id)
    for verb in ("redo", "rework", "take_up", "unmerge"):
        row = TRANSITIONS.get((case.flow, case.state, verb))
        if row and not rules.hindrance(row, facts, reason, case.changed_at):
            return verb
    return ""


def record_persons(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    answers: Mapping[int, Mapping[str, str]],
    *,
    way: str = "phone",
    at: datetime | None = None,
    version: int | None = None,
) -> Case:
    """Log what listed persons said (place → outcome, solved, rating, comment); those left out wait for another call.

    Once everybody answered or refused, or at the third try, the matter itself is called back: reached if anybody was,
    solved as the least satisfied say, its rating the lowest given. Before that it is one more try.
    Raises Invalid with the fields `person-<slot>-<name>` at fault.
    """
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True)
        _must_call(grants, case, version)
        rows = joint.answers_of(case)
        if not any(answers.values()) or set(answers) - {row.slot for row in rows}:
            raise Invalid(_("请至少登记一位"))
        now = at or timezone.now()
        for row in rows:
            if given := _asked(answers.get(row.slot, {})):
                _answer(actor, case, row, given, now)
        data = {"way": way, **_whole(rows, last=case.tries >= MAX_TRIES - 1)}
        return _call(actor, grants, case, data, at, None)


def _must_call(grants: Grants, case: Case, version: int | None) -> None:
    if (version is not None and version != case.version) or case.state != "told":
        raise Conflict(_("别人刚刚办过这件事，请看过最新情况再办"))
    if Who.CALLER not in relations(grants, case):
        raise Refused(_("这一步不由您办理"))


def _asked(given: Mapping[str, str]) -> dict[str, str]:
    return {name: str(rules.plain(given[name])) for name in _ASKED if given.get(name, "").strip()}


def _answer(actor: Actor, case: Case, row: PersonAnswer, given: dict[str, str], now: datetime) -> None:
    """Keep one person's answer; it is said once. Raises Invalid beside the person's fields."""
    if wrong := _wrong(row, given):
        fields = {f"person-{row.slot}-{name}": sentence for name, sentence in wrong.items()}
        raise Invalid(_("还有内容要补充或更正"), fields)
    row.outcome, row.solved = given["outcome"], given.get("solved", "")
    row.rating = int(given["rating"]) if given.get("rating") else None
    row.comment = given.get("comment", "")[:2000]
    row.called_by_id, row.called_at = actor.user_id, now
    row.save()
    payload = {**which(case, row.slot), "outcome": row.outcome, "solved": row.solved, "rating": row.rating}
    words = {"comment": row.comment} if row.comment else None
    record(actor, case, "case.person_called", at=now, payload=payload, words=words)


def _wrong(row: PersonAnswer, given: dict[str, str]) -> dict[str, object]:
    outcome = given.get("outcome", "")
    if row.outcome in ("reached", "refused"):
        return {"outcome": _("这一位已经回访过")}
    if outcome not in dict(OUTCOMES) or outcome == "not_owed":
        return {"outcome": _("请选择")}
    for name, options in (("solved", SOLVED), ("rating", RATINGS)):
        if given.get(name) and given[name] not in dict(options):
            return {name: _("请从所列选项中选择")}
    if outcome == "reached" and row.told_at is None:
        return {"outcome": _("还没有答复这一位，请先逐人答复")}
    if outcome == "reached" and not given.get("solved"):
        return {"solved": _("请问明是否解决")}
    if outcome != "reached" and (given.get("rating") or given.get("solved")):
        return {"rating": _("没有联系上，不能代为评价")}
    return {}


def _whole(rows: list[PersonAnswer], *, last: bool) -> dict[str, str]:
    """What the matter's own call-back says: a try while somebody is still to be called, else everybody's answers."""
    done = [row for row in rows if row.outcome in ("reached", "refused")]
    reached = sum(row.outcome == "reached" for row in rows)
    with translation.override("zh-hans"):
        comment = _("列名 %(all)d 位，已联系上 %(reached)d 位") % {"all": len(rows), "reached": reached}
    if len(done) < len(rows) and not last:
        return {"outcome": "no_answer", "comment": comment}
    return {**summary(rows), "comment": comment}
