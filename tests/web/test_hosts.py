"""Under which names the server answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cast import Cast
from yimen.foundation import hosts
from yimen.organisations.models import Office
from yimen.web.hosts import HostsMiddleware

TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     |-- 127.0.0.1
        /32 host LOCAL
     |-- 10.3.0.9
        /32 host LOCAL
     |-- 10.3.0.255
        /32 link BROADCAST
"""
SIX = "fd000000000000000000000000000002 02 40 00 80     eth0\n"


@pytest.fixture(autouse=True)
def _as_installed(settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.HOSTS_ARE_SET = ["localhost", "10.3.0.9"], False


def _status(host: str, path: str = "/staff/sign-in/") -> int:
    return Client(HTTP_HOST=host).get(path).status_code


def test_the_machines_own_names_are_answered(cast: Cast) -> None:
    for host in ("localhost", "localhost:8000", "10.3.0.9:8000"):
        assert _status(host) == 200


def test_a_strangers_name_gets_a_page_that_says_what_to_set(cast: Cast) -> None:
    answer = Client(HTTP_HOST="evil.example").get("/staff/sign-in/")
    page = answer.content.decode()
    assert answer.status_code == 421
    assert "evil.example" in page and "YIMEN_ALLOWED_HOSTS" in page and "yimen-demo" not in page


@pytest.mark.parametrize(
    "host", ["<b>x</b>", "a b", "localhost@evil.example", "10.3.0.9.evil.example", "[::1"]
)
def test_nonsense_is_no_name(cast: Cast, host: str) -> None:
    answer = Client(HTTP_HOST=host).get("/")
    assert answer.status_code == 421 and "<b>x" not in answer.content.decode()


def test_the_offices_public_address_is_learnt_while_running(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr("yimen.web.hosts.AGAIN", -1.0)
    assert _status("yimen.street.example") == 421
    Office.objects.update(public_url="https://Yimen.street.example/")
    assert _status("yimen.street.example") == 200
    assert _status("other.street.example") == 421


def test_the_office_is_not_asked_for_every_strange_name(
    cast: Cast, django_assert_num_queries: Any, rf: Any
) -> None:
    door = HostsMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    door(rf.get("/", HTTP_HOST="a.example"))
    with django_assert_num_queries(0):
        door(rf.get("/", HTTP_HOST="b.example"))


def test_health_is_answered_under_every_name(cast: Cast) -> None:
    assert _status("10.9.9.9", "/healthz") in (200, 503)


def test_own_names_are_loopback_the_machines_name_and_its_addresses(tmp_path: Path) -> None:
    (tmp_path / "trie").write_text(TRIE)
    (tmp_path / "six").write_text(SIX)
    found = hosts.own(tmp_path / "trie", tmp_path / "six")
    assert {"localhost", "127.0.0.1", "[::1]", "10.3.0.9", "[fd00::2]"} <= set(found)
    assert not {"0.0.0.0", "10.3.0.255", "*"} & set(found)


def test_without_proc_the_loopback_names_remain(tmp_path: Path) -> None:
    assert set(hosts.LOOPBACK) <= set(hosts.own(tmp_path / "none", tmp_path / "none"))
