"""The second factor: added, removed by its owner, or taken away by two administrators when it is lost."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.actions import append

from .. import events, queries
from ..models import MfaReset, User
from .sessions import end_all


@transaction.atomic
def factor_added(actor: Actor, user_id: int, factor: str) -> None:
    """Note a new factor (totp, webauthn, recovery_codes). The row itself is the library's."""
    append(actor, events.FACTOR_ADDED, events.SUBJECT, user_id, {"factor": factor})


@transaction.atomic
def factor_removed(actor: Actor, user_id: int, factor: str, why: str = "self") -> None:
    append(actor, events.FACTOR_REMOVED, events.SUBJECT, user_id, {"factor": factor, "why": why})


@transaction.atomic
def remove_factors(actor: Actor, user_id: int, why: str) -> int:
    """Take every factor of a person away, recovery codes too. Answers how many; one ledger entry each."""
    rows = list(Authenticator.objects.select_for_update().filter(user_id=user_id))
    for row in rows:
        factor_removed(actor, user_id, row.type, why)
        row.delete()
    return len(rows)


@transaction.atomic
def ask_reset(actor: Actor, user_id: int, reason: str) -> MfaReset:
    """The first of two: ask that a person's lost factor be taken away. Nothing changes yet.

    Raises Invalid without a reason or when there is nothing to take away, Refused for oneself,
    Conflict when a request is already open.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(_("请写明原因。"), {"reason": _("请写明原因，例如：手机丢失，已当面核实本人。")})
    if actor.user_id == user_id or actor.user_id is None:
        raise Refused(_("不能为自己申请重置，请找另一位管理员。"))
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not queries.has_factor(user_id):
        raise Invalid(_("这个人没有启用两步验证。"), {"sign_in": _("这个人没有启用两步验证。")})
    row = _insert_reset(user, actor.user_id, reason[:300])
    append(actor, events.RESET_ASKED, events.SUBJECT, user_id, {"reset": row.pk, "reason": row.reason})
    return row


@transaction.atomic
def confirm_reset(actor: Actor, reset_id: int) -> MfaReset:
    """The second of two: the factors are removed and every session of that person ends.

    Raises Refused for whoever asked and for the person concerned, Conflict when it is already decided.
    """
    row = _open_reset(reset_id)
    if actor.user_id is None or actor.user_id in (row.asked_by_id, row.user_id):
        raise Refused(_("要由另一位管理员确认：申请人和本人都不能确认。"))
    row.confirmed_by_id, row.confirmed_at = actor.user_id, timezone.now()
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    factors = remove_factors(actor, row.user_id, "reset")
    sessions = end_all(actor, row.user_id, "factor")
    payload = {"reset": row.pk, "asked_by": row.asked_by_id, "factors": factors, "sessions": sessions}
    append(actor, events.RESET_CONFIRMED, events.SUBJECT, row.user_id, payload)
    return row


@transaction.atomic
def withdraw_reset(actor: Actor, reset_id: int) -> MfaReset:
    """Call the request off. Any administrator may; the person concerned may too, the factor is still there."""
    row = _open_reset(reset_id)
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    append(actor, events.RESET_WITHDRAWN, events.SUBJECT, row.user_id, {"reset": row.pk})
    return row


def _insert_reset(user: User, asked_by: int, reason: str) -> MfaReset:
    try:
        with transaction.atomic():
            return MfaReset.objects.create(
                user=user, asked_by_id=asked_by, reason=reason, asked_at=timezone.now()
            )
    except IntegrityError as error:
        raise Conflict(_("已有一份申请在等另一位管理员确认。")) from error


def _open_reset(reset_id: int) -> MfaReset:
    row = MfaReset.objects.select_for_update().filter(pk=reset_id).first()
    if row is None:
        raise Missing(_("没有这份申请。"))
    if row.confirmed_at or row.withdrawn_at:
        raise Conflict(_("这份申请已经处理过了。"))
    return row
