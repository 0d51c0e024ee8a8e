"""Leave with stand-ins. The reason for a leave is nobody's business here and is not asked for."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.actions import append

from ..answering import Absence, loop
from ..models import Leave


@transaction.atomic
def take_leave(actor: Actor, user: User, since: date, until: date, stand_in: User | None = None) -> Leave:
    """`user` is away from `since` to `until`; `stand_in` answers at all their posts, else the level above.

    Raises Invalid by field: a period upside down, days on which they are away already, oneself or an account that
    is off as stand-in, or a chain of stand-ins that would come back to `user`. One ledger entry `grids.leave_taken`.
    """
    if until < since:
        raise Invalid(_("还不能保存"), {"until": _("结束日期早于开始日期")})
    _check_stand_in(user, stand_in)
    _lock()
    others = list(Leave.objects.filter(since__lte=until, until__gte=since).select_related("user"))
    if any(other.user_id == user.pk for other in others):
        raise Invalid(_("还不能保存"), {"since": _("这几天里已有登记过的不在岗日期")})
    _check_loop(Absence(user.pk, stand_in.pk if stand_in else None, since, until), others)
    row = Leave.objects.create(user=user, stand_in=stand_in, since=since, until=until)
    append(actor, "grids.leave_taken", "user", user.pk, _payload(row))
    return row


@transaction.atomic
def end_leave(actor: Actor, leave_id: int, last_day: date) -> Leave:
    """Back earlier: `last_day` is the last day away. A leave that would end before it began is taken out.

    Raises Conflict when it has ended by then. One ledger entry `grids.leave_ended`.
    """
    row = Leave.objects.select_for_update().get(pk=leave_id)
    if row.until <= last_day:
        raise Conflict(_("不在岗的日期到那天已经结束"))
    append(actor, "grids.leave_ended", "user", row.user_id, _payload(row) | {"until": last_day.isoformat()})
    if last_day < row.since:
        row.delete()
        return row
    row.until = last_day
    row.save(update_fields=["until"])
    return row


def _check_stand_in(user: User, stand_in: User | None) -> None:
    if stand_in is None:
        return
    if stand_in.pk == user.pk:
        raise Invalid(_("还不能保存"), {"stand_in": _("不能代理自己")})
    if not stand_in.is_active:
        raise Invalid(_("还不能保存"), {"stand_in": _("这个账号已停用")})


def _check_loop(new: Absence, others: list[Leave]) -> None:
    found = loop((Absence(row.user_id, row.stand_in_id, row.since, row.until) for row in others), new)
    if not found:
        return
    names = dict(User.objects.filter(pk__in=found).values_list("pk", "name"))
    way = " → ".join(names[pk] for pk in found)
    sentence = _("这样代理会绕回本人：%s。请另选一人") % way
    raise Invalid(_("还不能保存"), {"stand_in": sentence})


def _lock() -> None:
    """The same lock as the table's trigger takes: two people never plan a loop at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('grids_leave'))")


def _payload(row: Leave) -> dict[str, object]:
    return {
        "user": row.user_id,
        "stands_in": row.stand_in_id,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
    }
