"""How long a session lives, at its edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yimen.accounts.rules import over

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "quiet", "expected"),
    [
        (timedelta(hours=1), timedelta(minutes=30) - SECOND, ""),
        (timedelta(hours=1), timedelta(minutes=30), "idle"),
        (timedelta(hours=12) - SECOND, timedelta(0), ""),
        (timedelta(hours=12), timedelta(0), "absolute"),
        (timedelta(hours=13), timedelta(hours=1), "absolute"),
    ],
)
def test_half_an_hour_quiet_or_half_a_day_in_all(age: timedelta, quiet: timedelta, expected: str) -> None:
    assert over(NOW - age, NOW - quiet, NOW) == expected
