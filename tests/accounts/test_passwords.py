"""Which passwords hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from yimen.accounts import passwords
from yimen.accounts.models import User

PERSON = User(sign_in="wangqing", name="王清")


@pytest.mark.parametrize(
    "typed",
    [
        "password", "Password1", "P@ssw0rd", "P@ssw0rd!", "qwertyuiop", "iloveyou", "a123456", "a1234567", "a123456789",
        "woaini1314", "WOAINI1314", "woaini520", "5201314a", "1314520a", "qq123456", "wang123456", "lili1314",
        "zhang1990", "admin@123", "Admin@2025", "huawei@123", "1qaz2wsx", "zaq12wsx", "147258369", "88888888",
        "19870611", "13800138000", "aaaaaaaa", "abcabcabc", "1a1a1a1a", "shequ123", "yimen-demo", "yimen2026",
        "woshishui", "beijing2008", "asd123456", "123456abc", "xiaoming123",
    ],
)  # fmt: skip
def test_what_guessers_try_first_does_not_hold(typed: str) -> None:
    assert passwords.is_known(typed), typed


@pytest.mark.parametrize(
    "typed",
    [
        "水桶在门后第三格",
        "correct horse battery",
        "tv7Kq-mmx2",
        "六点半去接孩子",
        "zhe ge mi ma hen chang",
        "9r!fTq0w",
    ],
)
def test_what_nobody_would_guess_holds(typed: str) -> None:
    assert not passwords.is_known(typed)


def test_the_local_lists_are_large() -> None:
    assert len(passwords._worldwide()) > 15_000
    assert len(passwords._entries("stems")) * len(passwords._entries("endings")) > 15_000


def _reasons(typed: str, settings: Any, mlps3: bool = False) -> str:
    names = ["Length", "NotKnown", "NotAboutYou", *(["Composition"] if mlps3 else [])]
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"yimen.accounts.passwords.{name}"} for name in names]
    try:
        validate_password(typed, PERSON)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def test_seven_characters_are_too_few_and_eight_are_enough(settings: Any) -> None:
    assert "至少要 8 位" in _reasons("tv7Kq-m", settings)
    assert _reasons("tv7Kq-mm", settings) == ""


def test_a_long_sentence_holds_and_a_book_does_not(settings: Any) -> None:
    assert _reasons("这是一句很长很长的话" * 8, settings) == ""
    assert "最多 128 位" in _reasons("这是一句很长很长的话" * 13, settings)


@pytest.mark.parametrize("typed", ["wangqing1", "WangQing88", "王清王清王清王清", "xyimenx1"])
def test_the_own_name_and_a_digit_do_not_hold(typed: str, settings: Any) -> None:
    assert "登录名或姓名" in _reasons(typed, settings)


def test_composition_is_asked_for_only_with_the_level_three_rules(settings: Any) -> None:
    assert _reasons("tvkqmmxrwz", settings) == ""
    assert "三种" in _reasons("tvkqmmxrwz", settings, mlps3=True)
    assert _reasons("tvKqmm-rwz", settings, mlps3=True) == ""


def test_the_settings_ask_for_no_composition_by_default() -> None:
    from yimen.settings import auth

    assert [each["NAME"].rpartition(".")[2] for each in auth.AUTH_PASSWORD_VALIDATORS] == [
        "Length", "NotKnown", "NotAboutYou",
    ]  # fmt: skip


def test_ninety_days_are_counted_from_the_last_change() -> None:
    now = datetime(2026, 4, 1, tzinfo=UTC)
    user = User(password_changed_at=now - timedelta(days=90))
    assert not passwords.is_expired(user, now)
    assert passwords.is_expired(user, now + timedelta(seconds=1))
    assert passwords.is_expired(User(), now)


def test_every_rule_explains_itself() -> None:
    rules = [passwords.Length(), passwords.NotKnown(), passwords.NotAboutYou(), passwords.Composition()]
    assert all(rule.get_help_text() for rule in rules)
