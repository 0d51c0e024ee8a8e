"""`./yimen token SIGN-IN`: the token alone on standard output, or the reason on standard error."""

from __future__ import annotations

import argparse
from datetime import timedelta

import pytest
from django.utils import timezone

from cast import Cast, play
from yimen.access.tokens import knock
from yimen.accounts import tokens
from yimen.cli import token
from yimen.ledger.models import Entry


@pytest.fixture
def cast(db: None) -> Cast:
    return play()


def asked(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    token.add_arguments(parser)
    return parser.parse_args(words)


def test_it_prints_the_token_and_nothing_else(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert token.run(asked("clerk1")) == 0
    out, err = capsys.readouterr()
    row, _grants = knock(out.strip()) or (None, None)
    assert err == "" and out == out.strip() + "\n" and row is not None
    assert row.user == cast["clerk1"].user and row.scopes == list(tokens.SCOPES) and row.issued_by is None
    assert abs(row.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert list(Entry.objects.filter(subject="user").values_list("kind", "via")) == [
        ("accounts.token_issued", "cli"),
        ("accounts.token_collected", "cli"),
    ]


def test_scope_days_and_name_are_taken(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "CLERK1",
        "--scope",
        "read",
        "--scope",
        "create",
        "--days",
        "3",
        "--name",
        "导入",
        "--per-minute",
        "9",
    )
    assert token.run(asked(*words)) == 0
    row, _grants = knock(capsys.readouterr().out.strip()) or (None, None)
    assert row and (row.scopes, row.name, row.per_minute) == (["read", "create"], "导入", 9)


@pytest.mark.parametrize(
    "words", [("nobody",), ("clerk2",), ("clerk1", "--days", "0"), ("clerk1", "--name", " ")]
)
def test_what_may_not_be_is_told_on_standard_error(
    cast: Cast, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    cast["clerk2"].user.is_active = False
    cast["clerk2"].user.save()
    assert token.run(asked(*words)) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.strip()
