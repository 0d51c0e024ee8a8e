"""Where a home's database is kept, and whose it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from yimen.localdb import osuser, place
from yimen.localdb.errors import LocalDatabaseError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its database to another user")


@pytest.fixture(autouse=True)
def _outside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "OUTSIDE", folder / "outside")


def settle(home: Path, said: list[str] | None = None) -> place.Place:
    home.mkdir(exist_ok=True)
    return place.settle(home, home / "log", (said if said is not None else []).append)


def test_an_open_home_keeps_its_data_inside(folder: Path) -> None:
    home = folder / "a home with spaces"
    said: list[str] = []
    assert settle(home, said).data == home / "pg"
    assert not [line for line in said if "pg" in line.rsplit("/", 1)[-1]]


@as_root
def test_a_home_that_the_databases_user_cannot_enter_keeps_its_data_outside(folder: Path) -> None:
    home = folder / "private"
    home.mkdir(mode=0o700)
    said: list[str] = []
    settled = settle(home, said)
    assert settled.data == folder / "outside" / place.key_of(home) / "pg"
    assert str(settled.data) in "\n".join(said)


@as_root
def test_the_home_remembers_where_its_data_are(folder: Path) -> None:
    home = folder / "private"
    home.mkdir(mode=0o700)
    first = settle(home)
    home.chmod(0o711)  # it could now be inside, but the data are where they are
    said: list[str] = []
    assert settle(home, said).data == first.data
    assert said == []


@as_root
def test_a_copied_home_does_not_open_the_database_of_its_original(folder: Path) -> None:
    home = folder / "private"
    home.mkdir(mode=0o700)
    settle(home)
    copy = folder / "copy"
    copy.mkdir()
    (copy / place.RECORD).write_text((home / place.RECORD).read_text())
    with pytest.raises(LocalDatabaseError, match="another home"):
        settle(copy)


def test_a_moved_home_takes_its_data_along(folder: Path) -> None:
    settle(folder / "old")
    (folder / "old").rename(folder / "new")
    assert settle(folder / "new").data == folder / "new" / "pg"


def test_two_homes_have_two_socket_folders(folder: Path) -> None:
    user = osuser.current()
    assert place.socket_folder(folder / "a", user) != place.socket_folder(folder / "b", user)


def test_a_deep_home_still_has_a_short_socket(folder: Path) -> None:
    home = folder / ("深" * 60) / ("x" * 200)
    address = place.socket_folder(home, osuser.current()) / ".s.PGSQL.5432"
    assert len(os.fsencode(address)) <= 107


def test_a_socket_folder_that_is_too_long_is_refused(folder: Path) -> None:
    with pytest.raises(LocalDatabaseError, match="too long"):
        place.socket_folder(folder, osuser.current(), base=Path("/tmp") / ("x" * 100))


def test_the_socket_folder_is_private(folder: Path) -> None:
    user = osuser.current()
    place.make_socket_folder(folder / "s", user)
    found = (folder / "s").stat()
    assert (found.st_mode & 0o777, found.st_uid) == (0o700, user.uid)


def test_a_link_in_the_place_of_the_socket_folder_is_refused(folder: Path) -> None:
    (folder / "s").symlink_to("/tmp")
    with pytest.raises(LocalDatabaseError, match="somebody else"):
        place.make_socket_folder(folder / "s", osuser.current())


@as_root
def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    (folder / "s").mkdir()
    os.chown(folder / "s", 4242, 4242)
    with pytest.raises(LocalDatabaseError, match="somebody else"):
        place.make_socket_folder(folder / "s", osuser.current())


@as_root
def test_root_never_runs_the_database_itself() -> None:
    user = osuser.current()
    assert user.switch and user.uid != 0


@as_root
def test_without_an_own_user_the_fallbacks_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osuser, "OWN", "yimen-no-such-user")
    monkeypatch.setattr(osuser, "_make_own_user", lambda: None)
    assert osuser.current().name in osuser.FALLBACKS
