"""Whose home it is, its own database or the office's, and what the build makes."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import polib
import pytest

from yimen.cli import build, database, homes
from yimen.cli.database import Addresses, Seen
from yimen.cli.progress import Failed
from yimen.foundation.home import REPO, Home


def test_a_home_is_laid_out_privately_and_keys_are_made_once(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home")
    homes.lay_out(home)
    homes.make_keys(home)
    before = {key.name: key.read_bytes() for key in home.keys.iterdir()}
    homes.make_keys(home)
    assert {key.name: key.read_bytes() for key in home.keys.iterdir()} == before
    assert "django" in before and home.keys.stat().st_mode & 0o077 == 0


def test_lost_keys_of_a_home_with_data_are_not_replaced(tmp_path: Path) -> None:
    home = Home(tmp_path)
    homes.lay_out(home)
    home.created_mark.write_text("2026-01-01T00:00:00+00:00")
    with pytest.raises(Failed, match="restore"):
        homes.make_keys(home)
    assert list(home.keys.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a home to somebody else")
def test_a_living_home_of_another_user_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.created_mark.touch()
    os.chown(tmp_path, 4242, 4242)
    with pytest.raises(Failed, match="4242"):
        homes.lay_out(home)


def test_a_home_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Failed, match="cannot use the home"):
        homes.lay_out(Home(tmp_path / "file" / "home"))


def test_a_log_that_has_grown_makes_room(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("x" * 20)
    assert homes.rotate_log(log, limit=10) == log
    assert not log.exists() and (tmp_path / "web.log.1").read_text() == "x" * 20


def test_a_command_on_a_home_that_is_not_there_points_to_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_ADMIN_URL", raising=False)
    with pytest.raises(Failed, match=r"\./yimen up"), database.database(Home(tmp_path)):
        pass


def test_the_offices_own_database_is_taken_as_named() -> None:
    named = {"DATABASE_URL": "postgresql://app@/x", "DATABASE_ADMIN_URL": "postgresql://owner@/x"}
    assert database.own_addresses(named) == Addresses("postgresql://app@/x", "postgresql://owner@/x")
    assert database.own_addresses({}) is None


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Seen]:
    found = {
        "DATABASE_URL": Seen("app", "office", False),
        "DATABASE_ADMIN_URL": Seen("owner", "office", False),
    }
    monkeypatch.setattr(database, "_look", lambda address, name: found[name])
    return found


def test_two_roles_on_one_database_are_fine(seen: dict[str, Seen]) -> None:
    assert database.check_own(Addresses("a", "b")) == []


@pytest.mark.parametrize("role", [Seen("owner", "office", False), Seen("app", "office", True)])
def test_an_app_that_is_owner_or_superuser_is_warned_about(seen: dict[str, Seen], role: Seen) -> None:
    seen["DATABASE_URL"] = role
    assert len(database.check_own(Addresses("a", "b"))) == 1


def test_two_different_databases_are_refused(seen: dict[str, Seen]) -> None:
    seen["DATABASE_URL"] = Seen("app", "other", False)
    with pytest.raises(Failed, match="different databases"):
        database.check_own(Addresses("a", "b"))


def test_a_postgresql_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        info = SimpleNamespace(server_version=140012)

        def __enter__(self) -> Old:
            return self

        def __exit__(self, *error: object) -> None:
            return None

        def execute(self, question: str) -> SimpleNamespace:
            return SimpleNamespace(fetchone=lambda: ("app", "office", False))

    monkeypatch.setattr(database.psycopg, "connect", lambda address, connect_timeout: Old())
    with pytest.raises(Failed, match="PostgreSQL 14"):
        database.check_own(Addresses("a", "b"))


def test_a_database_that_cannot_be_reached_is_said() -> None:
    nowhere = "postgresql://a@/x?host=/nowhere"
    with pytest.raises(Failed, match="DATABASE_URL"):
        database.check_own(Addresses(nowhere, nowhere))


def test_vendor_files_come_without_source_maps(tmp_path: Path) -> None:
    for source in build.VENDOR:
        (tmp_path / "m" / source).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "m" / source).write_text(
            "a{}\n/*# sourceMappingURL=x.css.map */\n//# sourceMappingURL=y.js.map\n"
        )
    build.copy_vendor_files(tmp_path / "m", tmp_path / "v")
    assert sorted(file.name for file in (tmp_path / "v").iterdir()) == sorted(build.VENDOR.values())
    assert {file.read_text() for file in (tmp_path / "v").iterdir()} == {"a{}\n"}


def test_every_vendor_file_is_in_the_installed_packages() -> None:
    if not (REPO / "node_modules").is_dir():
        pytest.skip("node_modules is not installed")
    assert [source for source in build.VENDOR if not (REPO / "node_modules" / source).is_file()] == []


def test_translations_are_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "门"\nmsgstr "door"\n'
    )
    (made,) = build.compile_messages(tmp_path)
    assert polib.mofile(str(made)).find("门").msgstr == "door"
