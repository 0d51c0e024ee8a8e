"""Signing in: allauth, axes, sessions, cookies, passwords. Imported at the end of `base`."""

from __future__ import annotations

import os
from datetime import timedelta

_https = os.environ.get("YIMEN_HTTPS", "") == "1"
_proxies = int(os.environ.get("YIMEN_TRUSTED_PROXIES", "0"))
# GB/T 22239-2019 level 3 asks for composition and expiry, which OWASP ASVS advises against.
MLPS3 = os.environ.get("YIMEN_MLPS3", "") == "1"

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "account_login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"yimen.accounts.passwords.{name}"}
    for name in ("Length", "NotKnown", "NotAboutYou", *(["Composition"] if MLPS3 else []))
]

# --- allauth: staff only, by sign-in name; nothing by mail, no sign-up ---------------------------------
ACCOUNT_ADAPTER = "yimen.web.staff.auth.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_TIMEOUT = 300
# Tries are counted by axes in the database; allauth's counters live in one process's memory and its
# count per name would let a stranger lock the owner out.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "yimen.web.staff.auth.forms.SignInForm",
    "reauthenticate": "yimen.web.staff.auth.forms.AgainForm",
    "change_password": "yimen.web.staff.auth.forms.NewPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = _proxies

MFA_ADAPTER = "yimen.web.staff.auth.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Yimen"
MFA_TOTP_TOLERANCE = 1  # one step of 30 s either way: office clocks drift
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}  # a whole office may share one address
MFA_FORMS = {
    "authenticate": "yimen.web.staff.auth.forms.CodeForm",
    "reauthenticate": "yimen.web.staff.auth.forms.CodeAgainForm",
    "activate_totp": "yimen.web.staff.auth.forms.FirstCodeForm",
    "add_webauthn": "yimen.web.staff.auth.forms.AddKeyForm",
    "login_webauthn": "yimen.web.staff.auth.forms.KeySignInForm",
    "authenticate_webauthn": "yimen.web.staff.auth.forms.KeyForm",
    "reauthenticate_webauthn": "yimen.web.staff.auth.forms.KeyAgainForm",
}

# --- axes: five failures in fifteen minutes per person and address -------------------------------------
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# In the same time for one person from all addresses, and from one address for all people (an office may share one).
# Neither holds the owner at an address from which they came in before (web/staff/auth/flood.py).
AXES_HANDLER = "yimen.web.staff.auth.flood.Handler"
SIGN_IN_TRIES_PER_NAME = 20
SIGN_IN_TRIES_PER_ADDRESS = 50
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True  # fires only after the last step, so a known password resets nothing
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "yimen.web.staff.auth.tries.counted_address"
AXES_USERNAME_CALLABLE = "yimen.web.staff.auth.tries.name"
AXES_LOCKOUT_CALLABLE = "yimen.web.staff.auth.tries.held_page"
AXES_DISABLE_ACCESS_LOG = True  # the ledger is the log
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = [
    "login", "username", "code", "credential", "oldpassword", "password1", "password2", "csrfmiddlewaretoken",
]  # fmt: skip

# --- tokens of the machines' door ----------------------------------------------------------------------
TOKEN_DAYS, TOKEN_MOST_DAYS = 90, int(os.environ.get("YIMEN_TOKEN_DAYS", "366"))
TOKEN_PER_MINUTE = int(os.environ.get("YIMEN_TOKEN_PER_MINUTE", "600"))  # requests of one token
TOKEN_TRIES_PER_ADDRESS = 60  # tokens that do not hold, from one address in fifteen minutes

# --- sessions and cookies ------------------------------------------------------------------------------
SESSION_COOKIE_NAME = "yimen_session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_NAME = "yimen_csrf"
CSRF_COOKIE_HTTPONLY = False  # htmx reads it
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _https
LANGUAGE_COOKIE_NAME = "yimen_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _https
# Behind our own proxy its word on the scheme counts; without one anybody could write the header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _proxies else None
SECURE_REFERRER_POLICY = "same-origin"  # see web/headers.py
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
