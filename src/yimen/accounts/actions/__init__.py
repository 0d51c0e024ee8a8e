"""The verbs of this room. Each is one transaction with its ledger entry; who may call them is asked at the door."""

from __future__ import annotations

from .factors import ask_reset, confirm_reset, factor_added, factor_removed, remove_factors, withdraw_reset
from .invitations import invite, redeem
from .links import ask_link, confirm_link, withdraw_link
from .people import (
    change_password,
    create_demo_users,
    create_user,
    password_changed,
    set_active,
    set_language,
    set_text_size,
)
from .sessions import end, end_all, seen, sign_in_failed, sign_in_held, signed_in, signed_out
from .tokens import collect, end_token, end_tokens, issue, take, token_failed, used_today

__all__ = [
    "ask_link",
    "ask_reset",
    "change_password",
    "collect",
    "confirm_link",
    "confirm_reset",
    "create_demo_users",
    "create_user",
    "end",
    "end_all",
    "end_token",
    "end_tokens",
    "factor_added",
    "factor_removed",
    "invite",
    "issue",
    "password_changed",
    "redeem",
    "remove_factors",
    "seen",
    "set_active",
    "set_language",
    "set_text_size",
    "sign_in_failed",
    "sign_in_held",
    "signed_in",
    "signed_out",
    "take",
    "token_failed",
    "used_today",
    "withdraw_link",
    "withdraw_reset",
]
