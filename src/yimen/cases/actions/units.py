"""Ending what matters may still lean on."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.access.queries import is_last
from yimen.access.roles import NAMES
from yimen.accounts import actions as accounts
from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict
from yimen.organisations import actions as organisations
from yimen.organisations.models import Unit

from .. import leaning
from ..wording import several
from . import notes

NAMED = 10  # so many matters are named; of the others it is said how many


@transaction.atomic
def end_unit(actor: Actor, unit: Unit, last_day: date) -> Unit:
    """The unit exists until `last_day`. Raises Conflict naming the open matters that lean on it."""
    Unit.objects.select_for_update().get(pk=unit.pk)
    if numbers := leaning.on_unit(unit.pk):
        raise Conflict(refusal(numbers))
    return organisations.end_unit(actor, unit, last_day)


@transaction.atomic
def switch_off(actor: Actor, user: User, *, at_once: bool = False) -> User:
    """Switch an account off. Raises Conflict while open matters rest on the person; `at_once` is for security:
    the account is shut, the hand-over is done by the head or the director afterwards. The last system or security
    administrator stays."""
    if role := is_last(user.pk):
        raise Conflict(_("这是最后一位%s，请先授予另一个人") % NAMES[role])
    count = leaning.on_person(user.pk)
    if count and not at_once:
        raise Conflict(_("还有 %d 件未办结事项，请先交接") % count)
    if not at_once:  # who is shut out for safety may come back
        notes.forget_notes_by(user.pk)
    return accounts.set_active(actor, user.pk, False)


def refusal(numbers: list[str]) -> str:
    """Which matters are in the way, by number only."""
    shown, more = several(numbers[:NAMED]), len(numbers) - NAMED
    if more > 0:
        words = ngettext(
            "还有未办结事项：%(shown)s 等 %(n)d 件", "还有未办结事项：%(shown)s 等 %(n)d 件", len(numbers)
        )
        return words % {"shown": shown, "n": len(numbers)}
    return _("还有未办结事项：%(shown)s，请先办结或改由别的单位承办") % {"shown": shown}
