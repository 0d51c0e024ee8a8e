"""Accounts themselves: made, switched off and on, their password and language."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, Refused
from yimen.ledger.actions import append

from .. import events
from ..models import StaffSession, User
from .sessions import end_all
from .tokens import end_tokens

DEMO_PASSWORD = "yimen-demo"


@transaction.atomic
def create_user(actor: Actor, sign_in: str, name: str, password: str | None = None) -> User:
    """Make one account; without a password nobody can sign in to it until an invitation is used.

    Raises Invalid when the sign-in name is taken or malformed, or the password does not hold.
    """
    user = User(sign_in=sign_in.strip(), name=name.strip())
    _check_names(user)
    _set_password(user, password)
    _insert(user)
    append(actor, events.CREATED, events.SUBJECT, user.pk, {"sign_in": user.sign_in, "demo": False})
    return user


@transaction.atomic
def create_demo_users(rows: Iterable[tuple[str, str]]) -> dict[str, User]:
    """Make the demo accounts `(sign_in, name)`, all with one password hashed once; answers them by sign-in name.

    Those already there stay as they are. Raises Refused outside a home created as a demonstration.
    """
    if not settings.DEMO:
        raise Refused(_("演示账号只能建在演示环境里。"))
    hashed, now = make_password(DEMO_PASSWORD), timezone.now()
    wanted = dict(rows)
    there = set(User.objects.filter(sign_in__in=wanted).values_list("sign_in", flat=True))
    made = User.objects.bulk_create(
        User(sign_in=sign_in, name=name, password=hashed, demo=True, password_changed_at=now)
        for sign_in, name in wanted.items()
        if sign_in not in there
    )
    actor = Actor(None, "demo", "demo")
    for user in made:
        append(actor, events.CREATED, events.SUBJECT, user.pk, {"sign_in": user.sign_in, "demo": True})
    return {user.sign_in: user for user in User.objects.filter(sign_in__in=wanted)}


@transaction.atomic
def set_active(actor: Actor, user_id: int, active: bool) -> User:
    """Switch an account off (its sessions and tokens end at once) or on again. Nobody switches off themselves."""
    if actor.user_id == user_id and not active:
        raise Refused(_("不能停用自己的账号。"))
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_active == active:
        return user
    user.is_active = active
    user.save(update_fields=["is_active"])
    append(actor, events.ACTIVATED if active else events.DEACTIVATED, events.SUBJECT, user.pk, {})
    if not active:
        end_all(actor, user.pk, "administrator")
        end_tokens(actor, user.pk, "administrator")
    return user


@transaction.atomic
def change_password(actor: Actor, user: User, password: str) -> None:
    """Set a new password after checking it, and end every session. Raises Invalid with the reasons."""
    _set_password(user, password)
    user.save(update_fields=["password", "password_changed_at"])
    password_changed(actor, user)


@transaction.atomic
def password_changed(actor: Actor, user: User, old_key: str = "", new_key: str = "") -> None:
    """Note that the password is new and end the person's other sessions.

    The session that goes on got a new key with the change; its row and its 12 hours go with it.
    """
    StaffSession.objects.filter(session_key=old_key, user=user).update(session_key=new_key)
    ended = end_all(actor, user.pk, "password", keep_key=new_key)
    append(actor, events.PASSWORD_CHANGED, events.SUBJECT, user.pk, {"ended": ended})


def set_language(user: User, language: str) -> None:
    """Remember in which language this person reads. Not worth a ledger entry."""
    if language in dict(settings.LANGUAGES):
        User.objects.filter(pk=user.pk).update(language=language)


def set_text_size(user: User, size: int) -> None:
    """Remember how large this person wants the text. Not worth a ledger entry."""
    if size in dict(User._meta.get_field("text_size").choices or ()):
        User.objects.filter(pk=user.pk).update(text_size=size)


def _check_names(user: User) -> None:
    try:
        user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        fields = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise Invalid(_("登录名和姓名都要填写。"), fields) from error


def _set_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(_("这个密码不能用。"), {"password": " ".join(error.messages)}) from error
    user.set_password(password)
    user.password_changed_at = timezone.now()


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(_("已有这个登录名。"), {"sign_in": _("已有这个登录名。")}) from error
