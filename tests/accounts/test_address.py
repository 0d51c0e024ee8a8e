"""Which address a request counts for."""

from __future__ import annotations

import pytest

from yimen.accounts.address import client_address, network


@pytest.mark.parametrize(
    ("direct", "forwarded", "proxies", "expected"),
    [
        ("203.0.113.9", None, 0, "203.0.113.9"),
        ("203.0.113.9", "1.1.1.1", 0, "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 2.2.2.2, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", 2, "10.0.0.1"),
        ("10.0.0.1", None, 1, "10.0.0.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("10.0.0.1", " , ,", 1, "10.0.0.1"),
        ("10.0.0.1", "rubbish", 1, "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9:4711", 1, "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::7]:443", 1, "2001:db8::7"),
        ("::ffff:203.0.113.9", None, 0, "203.0.113.9"),
        ("fe80::1%eth0", None, 0, "fe80::1"),
        ("2001:DB8:0:0::7", None, 0, "2001:db8::7"),
        ("", None, 0, None),
        ("", "203.0.113.9", 0, None),
    ],
)
def test_only_our_own_proxies_are_believed(
    direct: str, forwarded: str | None, proxies: int, expected: str | None
) -> None:
    meta = {"REMOTE_ADDR": direct} | ({} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded})
    assert client_address(meta, proxies) == expected


def test_one_address_has_one_spelling() -> None:
    spellings = ["2001:db8::7", "2001:0db8::0007", "2001:DB8:0:0:0:0:0:7"]
    assert len({client_address({"REMOTE_ADDR": each}, 0) for each in spellings}) == 1


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::1", "::"),
        (None, None),
    ],
)
def test_tries_are_counted_by_the_network_one_subscriber_holds(
    address: str | None, counted: str | None
) -> None:
    assert network(address) == counted
