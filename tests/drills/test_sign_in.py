"""A small `./yimen drill sign-in`: guessing from many addresses, under headers that lie, before the real server."""

from __future__ import annotations

from typing import Any

import pytest

from yimen.accounts.actions import create_user
from yimen.cli.drills.guessing import AT_ONCE, Tally, Visitor, guess
from yimen.cli.drills.sign_in import HOME_ADDRESS, PER_NAME, PER_PAIR, report
from yimen.foundation.actor import SYSTEM

PASSWORD = "a-long-one-nobody-has-2026"
NAMES = ["owner01", "owner02", "owner03"]
ADDRESSES = [f"127.0.3.{host}" for host in range(2, 10)]


@pytest.fixture
def site(transactional_db: None, live_server: Any, settings: Any) -> str:
    settings.DEMO = False
    for name in NAMES:
        create_user(SYSTEM, name, name, PASSWORD)
    return str(live_server.url)


def sign_in(site: str, address: str = HOME_ADDRESS) -> list[int]:
    return [Visitor(site, address).try_password(name, PASSWORD) for name in NAMES]


def test_no_pair_gets_more_than_five_looks_and_every_owner_still_comes_in(site: str) -> None:
    before = sign_in(site)
    tally = guess(site, NAMES, ADDRESSES, 240, seed=1, tell=lambda done: None)
    name, address = next(pair for pair, _ in tally.held.most_common() if pair[0] in NAMES)
    in_hold = Visitor(site, address).try_password(name, PASSWORD)
    found = report(tally, before, sign_in(site), in_hold)
    assert found["ok"], str(found)
    assert found["tries"] == 240
    assert found["held_off"] > 0


def test_the_verdict_is_no_when_a_pair_was_looked_at_once_too_often() -> None:
    tally = Tally()
    for _ in range(PER_PAIR + 1):
        tally.note("owner01", "127.0.3.2", 200)
    assert not report(tally, [302], [302], 429)["ok"]


def test_the_verdict_is_no_when_an_owner_stays_outside() -> None:
    assert report(Tally(), [302], [302], 429)["ok"]
    assert not report(Tally(), [302], [429], 429)["ok"]
    assert not report(Tally(), [302], [302], 302)["ok"]


def test_the_verdict_is_no_when_many_addresses_got_too_many_looks_at_one_name() -> None:
    tally = Tally()
    for number in range(PER_NAME + AT_ONCE):
        tally.note("owner01", f"127.0.4.{number}", 200)
    assert not report(tally, [302], [302], 429)["ok"]
