"""The first stage: a matter whose period is over leaves every list; a director may bring it back while it is hidden."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require, visible
from yimen.foundation.actor import SYSTEM, Actor
from yimen.foundation.errors import Conflict, Invalid, Missing

from .. import retention, rules
from ..models import Case, Disposal, RetentionClass
from .people import forget_phones
from .record import record

AT_ONCE = 500
LONGEST_BACK = timedelta(days=366)


def hide_due(now: datetime | None = None, most: int = AT_ONCE) -> int:
    """Hide the matters whose period is over, at most so many; answers how many. Held ones stay."""
    now = now or timezone.now()
    if retention.all_held():
        return 0
    known = retention.rules(timezone.localdate(now))
    rows = retention.due(timezone.localdate(now), known).exclude(retention.held())
    return sum(_hide(pk, known[key], known, now) for pk, key in rows.values_list("pk", "key")[:most])


def _hide(pk: int, rule: RetentionClass, known: dict[str, RetentionClass], now: datetime) -> bool:
    """One matter in one transaction; asked again under its lock."""
    with transaction.atomic():
        Case.objects.select_for_update().filter(pk=pk).first()
        case = retention.due(timezone.localdate(now), known).exclude(retention.held()).filter(pk=pk).first()
        if case is None or retention.all_held():
            return False
        due_on = retention.after(timezone.localdate(case.ended), rule)
        days = retention.after(timezone.localdate(now), known[retention.HIDDEN])
        row = Disposal.objects.create(
            case=case, rule=rule, due_on=due_on, hidden_at=now, destroy_at=retention.midnight(days)
        )
        Case.objects.filter(pk=pk).update(hidden_at=now)
        forget_phones(pk)
        said = {"class": rule.key, "rule": rule.pk, "due_on": due_on, "destroy_on": days}
        record(SYSTEM, case, "case.hidden", at=row.hidden_at, payload=said)
        return True


def hidden_for(grants: Grants) -> list[Disposal]:
    """Hidden matters that this director may bring back, the next to be destroyed first."""
    require(grants, "cases.restore")
    seen = Case.objects.filter(visible(grants, "cases.restore"))
    rows = Disposal.objects.filter(state="hidden", case__in=seen).select_related("case__category", "rule")
    return list(rows.order_by("destroy_at", "pk")[:AT_ONCE])


def restore(
    actor: Actor, grants: Grants, ref: UUID, *, reason: str, until: date | None, now: datetime | None = None
) -> Case:
    """Bring a hidden matter back, kept at least until a day. Raises Missing, Conflict (too late), Invalid."""
    now = now or timezone.now()
    seen = Case.objects.filter(visible(grants, "cases.restore"), uuid=ref)
    if not seen.exists():
        raise Missing(_("没有这件事，或者已经不能恢复"))
    said = rules.plain(reason)[:500]
    wrong = {} if said else {"reason": _("请填写理由")}
    today = timezone.localdate(now)
    if until is None or not today < until <= today + LONGEST_BACK:
        wrong["until"] = _("请填写保留到哪一天，一年以内")
    if wrong:
        raise Invalid(_("还有内容要补充或更正"), wrong)
    with transaction.atomic():
        case = seen.select_for_update().first()
        if case is None:
            raise Missing(_("没有这件事，或者已经不能恢复"))
        done = Disposal.objects.filter(case=case, state="hidden").update(
            state="restored", restored_by_id=actor.user_id, restored_at=now, reason=said, keep_until=until
        )
        if not done:
            raise Conflict(_("已经开始销毁，不能恢复"))
        Case.objects.filter(pk=case.pk).update(hidden_at=None)
        record(actor, case, "case.brought_back", at=now, payload={"until": until}, words={"reason": said})
        return case
