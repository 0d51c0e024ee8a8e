"""What this room writes to the ledger. The subject is always ("user", id); 0 when nobody of that name exists.

Payloads hold no password, no code, no token, and never a sign-in name that nobody has: people type
passwords into the wrong field.
"""

from __future__ import annotations

SUBJECT = "user"
NOBODY = 0

CREATED = "accounts.created"  # sign_in, demo
ACTIVATED = "accounts.activated"
DEACTIVATED = "accounts.deactivated"
SIGNED_IN = "accounts.signed_in"  # address, session
SIGN_IN_FAILED = "accounts.sign_in_failed"  # address, step: password | factor
SIGN_IN_HELD = "accounts.sign_in_held"  # address, minutes: too many failures from there
SIGNED_OUT = "accounts.signed_out"  # session
SESSION_ENDED = (
    "accounts.session_ended"  # session, why: idle | absolute | self | administrator | password | factor
)
PASSWORD_CHANGED = "accounts.password_changed"  # ended: sessions ended with it
INVITED = "accounts.invited"  # expires_at, lost_factor
INVITATION_USED = "accounts.invitation_used"
FACTOR_ADDED = "accounts.factor_added"  # factor: totp | webauthn | recovery_codes
FACTOR_REMOVED = "accounts.factor_removed"  # factor, why: self | reset | invitation
RESET_ASKED = "accounts.reset_asked"  # reset, reason
RESET_CONFIRMED = "accounts.reset_confirmed"  # reset, asked_by, factors, sessions
LINK_ASKED = "accounts.link_asked"  # request, as, reason
LINK_CONFIRMED = "accounts.link_confirmed"  # request, asked_by, as
LINK_WITHDRAWN = "accounts.link_withdrawn"  # request
RESET_WITHDRAWN = "accounts.reset_withdrawn"  # reset
TOKEN_ISSUED = (
    "accounts.token_issued"  # token, name, scopes, expires_at; by the person, an administrator, the operator
)
TOKEN_COLLECTED = "accounts.token_collected"  # token, name: the key was shown, this once
TOKEN_ENDED = "accounts.token_ended"  # token, name, why: self | administrator
TOKEN_TRIES_HELD = (
    "accounts.token_tries_held"  # address, minutes: too many tokens from there that do not hold
)
