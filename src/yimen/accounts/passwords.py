"""What a password must be. OWASP ASVS 5.0 §6.2 by default; MLPS 2.0 level 3 when the office asks for it.

ASVS: at least 8 characters, up to at least 64, any character, no composition, no expiry, checked against
known passwords and words of the context. GB/T 22239-2019 8.1.4.1 wants complexity and a regular change:
`YIMEN_MLPS3=1` switches `Composition` and the 90 days on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .models import User

MIN_LENGTH = 8
MAX_LENGTH = 128
EXPIRES_AFTER = timedelta(days=90)
DATA = Path(__file__).parent / "data"
_DISGUISE = str.maketrans({"@": "a", "$": "s", "!": "i", "0": "o", "1": "l", "3": "e", "5": "s"})


class Length:
    """8 to 128 characters; the upper end only keeps hashing cheap."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < MIN_LENGTH:
            raise ValidationError(_("密码至少要 %(n)d 位。") % {"n": MIN_LENGTH}, code="password_too_short")
        if len(password) > MAX_LENGTH:
            raise ValidationError(_("密码最多 %(n)d 位。") % {"n": MAX_LENGTH}, code="password_too_long")

    def get_help_text(self) -> str:
        return _("至少 %(n)d 位，可以用一句话，中文、空格和符号都可以。") % {"n": MIN_LENGTH}


class NotKnown:
    """Not one of the passwords that are tried first: world-wide list, Chinese list, dates and phone numbers."""

    def validate(self, password: str, user: User | None = None) -> None:
        if is_known(password):
            raise ValidationError(_("这个密码太常见，别人容易猜到，请换一个。"), code="password_too_common")

    def get_help_text(self) -> str:
        return _("不要用生日、手机号、连续数字或常见的组合。")


class NotAboutYou:
    """Not made of the sign-in name, the person's name or this product's name and a few more characters."""

    def validate(self, password: str, user: User | None = None) -> None:
        words = ["yimen", *([user.sign_in, user.name] if user else [])]
        if any(_is_mostly(password.casefold(), word.casefold()) for word in words):
            raise ValidationError(_("密码不能就是登录名或姓名加几个字。"), code="password_about_user")

    def get_help_text(self) -> str:
        return _("不要用登录名或姓名。")


class Composition:
    """Three of four kinds of characters. Only with the level-3 rules on: ASVS advises against it."""

    def validate(self, password: str, user: User | None = None) -> None:
        if _kinds(password) < 3:
            raise ValidationError(_("密码要有大写、小写、数字、符号中的三种。"), code="password_composition")

    def get_help_text(self) -> str:
        return _("要有大写、小写、数字、符号中的三种。")


def is_known(password: str) -> bool:
    """Whether a guesser would have it in the first list: case, trailing marks and 0-for-o do not help."""
    plain = password.casefold()
    forms = {plain, plain.rstrip("!.。@#*?"), plain.translate(_DISGUISE)}
    return _is_number(plain) or _is_repeated(plain) or any(_listed(form) for form in forms)


def is_expired(user: User, now: datetime) -> bool:
    """Whether the level-3 rules ask for a new password: older than 90 days, or of unknown age."""
    return user.password_changed_at is None or now - user.password_changed_at > EXPIRES_AFTER


def _listed(form: str) -> bool:
    if form in _worldwide() or form in _entries("known"):
        return True
    return any(
        form.startswith(stem) and form[len(stem) :] in _entries("endings") for stem in _entries("stems")
    )


def _is_number(plain: str) -> bool:
    """All digits up to 12: dates, phone numbers and keypad rows are tried in full by any guesser."""
    return plain.isdigit() and len(plain) <= 12


def _is_repeated(plain: str) -> bool:
    """One to four characters over and over: aaaaaaaa, abcabcabc, 1a1a1a1a."""
    return any((plain[:n] * len(plain))[: len(plain)] == plain for n in range(1, 5) if len(plain) > n)


def _is_mostly(password: str, word: str) -> bool:
    """Whether at most three characters are left when the word is taken out."""
    return len(word) >= 2 and word in password and len(password.replace(word, "")) <= 3


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
    return sum(any(test(char) for char in password) for test in tests)


@lru_cache(maxsize=1)
def _worldwide() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


@lru_cache(maxsize=3)
def _entries(name: str) -> frozenset[str]:
    """One list of `data/passwords.txt`: `[known]` whole passwords, `[stems]` and `[endings]` to be combined."""
    found: set[str] = set()
    section = ""
    for line in (DATA / "passwords.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif section == name and not line.startswith("#"):
            found.update(line.split())
    return frozenset(found)
