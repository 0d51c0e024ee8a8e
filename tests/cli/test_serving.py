"""How Yimen is served: address, banner, key file."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec

from yimen.accounts.actions import people
from yimen.cli import serving, up
from yimen.cli.database import Addresses
from yimen.cli.progress import Failed, follow, run
from yimen.cli.services import MARK
from yimen.foundation.home import Home
from yimen.settings import base


def options(*words: str) -> argparse.Namespace:
    return up.parse(list(words))


@pytest.fixture
def served(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    for folder in (home.keys, home.logs):
        folder.mkdir()
    return home


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ([], "http://127.0.0.1:8000"),
        (["--host", "0.0.0.0", "--port", "80"], "http://127.0.0.1:80"),
        (["--host", "::1"], "http://[::1]:8000"),
        (["--host", "door.example", "--tls-cert", "c", "--tls-key", "k"], "https://door.example:8000"),
    ],
)
def test_the_shown_address_can_be_opened(words: list[str], shown: str) -> None:
    assert serving.address(options(*words)) == shown


def test_a_demo_shows_its_sign_ins_and_their_password(served: Home) -> None:
    served.demo_mark.touch()
    shown = serving.banner(served, options())
    assert people.DEMO_PASSWORD == serving.DEMO_PASSWORD
    assert serving.DEMO_PASSWORD in shown and "clerk1" in shown and "admin" in shown


def test_an_office_is_told_how_to_make_its_administrator(served: Home) -> None:
    shown = serving.banner(served, options())
    assert "./yimen admin NAME" in shown and serving.DEMO_PASSWORD not in shown


def test_the_owners_address_is_kept_from_the_services(served: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://owner")
    for service in serving.services(served, options(), Addresses("postgresql://app", "postgresql://owner")):
        assert service.env["DATABASE_URL"] == "postgresql://app"
        assert "postgresql://owner" not in service.env.values()
        assert service.env[MARK] == str(served.root)
        assert "YIMEN_HTTPS" not in service.env


def pem(folder: Path, form: forms.PrivateFormat) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    file = folder / "key.pem"
    file.write_bytes(key.private_bytes(forms.Encoding.PEM, form, forms.NoEncryption()))
    return file


def test_a_key_in_an_older_form_is_rewritten_for_the_server(served: Home) -> None:
    old = pem(served.root, forms.PrivateFormat.TraditionalOpenSSL)
    web, *_ = serving.services(served, options("--tls-cert", "c", "--tls-key", str(old)), Addresses("a", "b"))
    given = Path(web.command[web.command.index("--ssl-keyfile") + 1])
    assert b"BEGIN PRIVATE KEY" in given.read_bytes()
    assert given.parent == served.keys and given.stat().st_mode & 0o777 == 0o600
    assert web.env["YIMEN_HTTPS"] == "1"


def test_a_key_in_the_right_form_is_used_where_it_is(served: Home) -> None:
    key = pem(served.root, forms.PrivateFormat.PKCS8)
    assert serving._server_key(key, served) == key


def test_a_file_that_is_no_key_is_said(served: Home) -> None:
    wrong = served.root / "key.pem"
    wrong.write_text("no key")
    with pytest.raises(Failed, match=r"key\.pem"):
        serving._server_key(wrong, served)


def test_a_failing_program_is_shown_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="the disk is full"):
        run(["sh", "-c", "echo the disk is full; exit 3"], cwd=tmp_path)
    with pytest.raises(Failed, match="cannot-be-found"):
        run(["cannot-be-found"], cwd=tmp_path)


def test_a_program_that_tells_its_progress_is_shown_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    follow(["sh", "-c", "echo one; echo two"], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"})
    assert capsys.readouterr().err.split() == ["one", "two"]
    with pytest.raises(Failed, match=r"\(1\)"):
        follow(["sh", "-c", "echo broken; exit 1"], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"})
    assert "broken" in capsys.readouterr().err


def test_every_service_has_its_own_deadline_at_the_database(
    served: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given() -> dict[str, str]:
        made = serving.services(served, options(), Addresses("postgresql://app", "postgresql://owner"))
        return {service.name: service.env["YIMEN_DB_SECONDS"] for service in made}

    assert given() == {"web": "60", "worker": "300", "jobs": "300"}
    monkeypatch.setenv("YIMEN_DB_SECONDS", "0")
    assert set(given().values()) == {"0"}


def test_the_deadline_reaches_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql:///x?host=/tmp"
    assert "options" not in base.database(url)["OPTIONS"]  # type: ignore[operator]
    monkeypatch.setenv("YIMEN_DB_SECONDS", "60")
    said = base.database(url)["OPTIONS"]["options"]  # type: ignore[index]
    assert "statement_timeout=60s" in said and "idle_in_transaction_session_timeout=60s" in said
    assert "work_mem=16MB" in said and "plan_cache_mode=force_generic_plan" in said
