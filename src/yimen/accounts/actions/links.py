"""A lost password: nobody hands out a link alone. One administrator asks, somebody of another role confirms."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.actions import append

from .. import events
from ..models import LinkRequest, User
from .invitations import invite


@transaction.atomic
def ask_link(actor: Actor, user_id: int, role: str, reason: str) -> LinkRequest:
    """The first of two, in the role of `role`. Nothing changes yet.

    Raises Invalid without a reason or for an account that is off, Refused for oneself, Conflict when already asked.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(_("请写明原因。"), {"reason": _("请写明怎样核实了是本人，例如：本人持工作证到场。")})
    if actor.user_id is None or actor.user_id == user_id:
        raise Refused(_("自己的密码请在“登录与安全”里更换。"))
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Invalid(_("这个账号已停用。"))
    row = _insert(user, actor.user_id, role, reason[:300])
    payload = {"request": row.pk, "as": role, "reason": row.reason}
    append(actor, events.LINK_ASKED, events.SUBJECT, user_id, payload)
    return row


@transaction.atomic
def confirm_link(actor: Actor, request_id: int, role: str) -> tuple[LinkRequest, str]:
    """The second of two, in another role: the request and the token of the one-time link, shown this once.

    Raises Refused for whoever asked, for the person concerned and for the same role, Conflict when it is decided.
    """
    row = _open(request_id)
    if actor.user_id is None or actor.user_id in (row.asked_by_id, row.user_id) or role == row.asked_as:
        raise Refused(_("要由另一类管理员或中心主任确认：申请人、本人和同类管理员都不能确认。"))
    row.confirmed_by_id, row.confirmed_as, row.confirmed_at = actor.user_id, role, timezone.now()
    row.save(update_fields=["confirmed_by", "confirmed_as", "confirmed_at"])
    payload = {"request": row.pk, "asked_by": row.asked_by_id, "as": role}
    append(actor, events.LINK_CONFIRMED, events.SUBJECT, row.user_id, payload)
    return row, invite(actor, row.user)


@transaction.atomic
def withdraw_link(actor: Actor, request_id: int) -> LinkRequest:
    """Call the request off."""
    row = _open(request_id)
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    append(actor, events.LINK_WITHDRAWN, events.SUBJECT, row.user_id, {"request": row.pk})
    return row


def _insert(user: User, asked_by: int, role: str, reason: str) -> LinkRequest:
    try:
        with transaction.atomic():
            return LinkRequest.objects.create(
                user=user, asked_by_id=asked_by, asked_as=role, reason=reason, asked_at=timezone.now()
            )
    except IntegrityError as error:
        raise Conflict(_("已有一份申请在等另一个人确认。")) from error


def _open(request_id: int) -> LinkRequest:
    row = LinkRequest.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise Missing(_("没有这份申请。"))
    if row.confirmed_at or row.withdrawn_at:
        raise Conflict(_("这份申请已经处理过了。"))
    return row
