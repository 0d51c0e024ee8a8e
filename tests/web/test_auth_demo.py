"""Demo accounts work on their own machine and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.web.auth_ground import SIGN_IN, is_in, make, sign_in, site

from yimen.accounts.models import User
from yimen.web import demo

__all__ = ["site"]


@pytest.fixture
def guest(db: None, settings: Any) -> User:
    settings.DEMO = True
    return make("clerk1", "张敏", demo=True)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "127.8.9.1", "[::1]:8000", "LOCALHOST"]
)
def test_on_this_machine_a_demo_account_comes_in(guest: User, host: str) -> None:
    client = Client(HTTP_HOST=host)
    assert sign_in(client, "clerk1").status_code == 302
    assert is_in(client)


@pytest.mark.parametrize(
    "host",
    [
        "yimen.example",
        "192.168.1.20:8000",
        "10.0.0.3",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "[2001:db8::1]",
    ],
)
def test_under_another_name_it_is_refused_with_a_reason(guest: User, host: str) -> None:
    client = Client(HTTP_HOST=host)
    answer = sign_in(client, "clerk1")
    assert answer.status_code == 403
    assert "只能在装有一扇门的这台电脑上使用" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(
    "header",
    [
        "HTTP_FORWARDED",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_REAL_IP",
        "HTTP_VIA",
    ],
)
@pytest.mark.parametrize("value", ["127.0.0.1", ""])
def test_through_a_proxy_it_is_refused_with_a_reason(guest: User, header: str, value: str) -> None:
    client = Client(HTTP_HOST="localhost", **{header: value})
    answer = sign_in(client, "clerk1")
    assert answer.status_code == 403 and "代理转发" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(
    "peer", ["8.8.8.8", "192.168.1.7", "10.0.0.3", "fe80::1", "::ffff:10.0.0.3", "", "unix"]
)
def test_from_another_machine_a_forged_host_does_not_help(guest: User, peer: str) -> None:
    """Served on 0.0.0.0, a neighbour in the same network can write any Host."""
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR=peer)
    assert sign_in(client, "clerk1").status_code == 403
    assert "yimen-demo" not in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.4.5.6", "::1", "::ffff:127.0.0.1"])
def test_from_this_machine_every_loopback_address_counts(guest: User, peer: str) -> None:
    assert sign_in(Client(HTTP_HOST="localhost", REMOTE_ADDR=peer), "clerk1").status_code == 302


def test_in_a_home_that_is_no_demo_it_is_refused_everywhere(guest: User, settings: Any) -> None:
    settings.DEMO = False
    client = Client(HTTP_HOST="localhost")
    answer = sign_in(client, "clerk1")
    assert answer.status_code == 403 and "这不是演示环境" in answer.content.decode()


def test_a_refused_sign_in_leaves_no_half_open_session(guest: User) -> None:
    client = Client(HTTP_HOST="yimen.example")
    sign_in(client, "clerk1")
    assert "account_login" not in client.session


def test_an_ordinary_account_comes_in_under_any_name(guest: User) -> None:
    make("wang", "王清")
    client = Client(HTTP_HOST="yimen.example", HTTP_X_FORWARDED_FOR="1.1.1.1")
    assert sign_in(client, "wang").status_code == 302


def test_the_page_shows_the_demo_password_only_where_it_works(guest: User, settings: Any) -> None:
    shown = Client(HTTP_HOST="localhost").get(SIGN_IN).content.decode()
    assert "yimen-demo" in shown
    for elsewhere in (
        Client(HTTP_HOST="yimen.example"),
        Client(HTTP_HOST="localhost", HTTP_X_FORWARDED_FOR="1.1.1.1"),
    ):
        assert "yimen-demo" not in elsewhere.get(SIGN_IN).content.decode()
    settings.DEMO = False
    assert "yimen-demo" not in Client(HTTP_HOST="localhost").get(SIGN_IN).content.decode()


@pytest.mark.parametrize(
    "host", ["", "localhost.", "localhost@evil", "127.0.0.1@evil", "0x7f.1", "evil:127.0.0.1"]
)
def test_hosts_that_only_look_like_this_machine_are_not(host: str) -> None:
    assert not demo.is_loopback(host)
