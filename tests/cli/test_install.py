"""Set-up: skipped when the stamps fit, done again when a lock file changes. No registry is asked here."""

from __future__ import annotations

from pathlib import Path

import pytest

from yimen.cli import install
from yimen.cli.progress import Failed


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose tools are recorded instead of run."""
    (tmp_path / "requirements").mkdir()
    for name in (
        "requirements/base.txt",
        "requirements/dev.txt",
        "package-lock.json",
        "src/yimen/cli/build.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    for folder in (".venv", "node_modules"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(install, "REPO", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "_venv_works", lambda development: True)
    return tmp_path


@pytest.fixture
def ran(clone: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    commands: list[str] = []
    monkeypatch.setattr(install, "run", lambda command, **kw: commands.append(" ".join(map(str, command))))
    monkeypatch.setattr(install, "npm", lambda: ["npm"])
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    return commands


def test_a_fresh_clone_gets_every_part_with_hashes(ran: list[str]) -> None:
    install.ensure(development=False)
    pip, npm, build = ran
    assert "--require-hashes -r requirements/base.txt" in pip
    assert npm.startswith("npm ci") and npm.endswith("--omit=dev")
    assert build.endswith("-m yimen.cli.build")


def test_the_second_time_nothing_is_done(ran: list[str]) -> None:
    install.ensure(development=False)
    ran.clear()
    install.ensure(development=False)
    assert ran == []


def test_development_adds_its_own_and_serves_for_running_too(ran: list[str]) -> None:
    install.ensure(development=False)
    ran.clear()
    install.ensure(development=True)
    assert [word for word in ran if "dev.txt" in word]
    assert [word for word in ran if word.startswith("npm ci") and "--omit" not in word]
    ran.clear()
    install.ensure(development=False)
    assert ran == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements/base.txt", "pip"),
        ("package-lock.json", "npm ci"),
        ("src/yimen/cli/build.py", "yimen.cli.build"),
    ],
)
def test_a_changed_lock_file_brings_its_part_again(
    clone: Path, ran: list[str], changed: str, again: str
) -> None:
    install.ensure(development=False)
    ran.clear()
    (clone / changed).write_text("changed")
    install.ensure(development=False)
    assert any(again in command for command in ran)


def test_a_part_that_failed_is_tried_again(
    clone: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[str], **kw: object) -> None:
        raise Failed("registry down")

    with monkeypatch.context() as broken:
        broken.setattr(install, "run", fail)
        with pytest.raises(Failed, match="registry down"):
            install.ensure(development=False)
    install.ensure(development=False)
    assert len(ran) == 3


def test_uv_that_fails_gives_way_to_pip(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **kw: object) -> None:
        if command[0] == "/bin/uv":
            raise Failed("no")
        ran.append(" ".join(command))

    monkeypatch.setattr(install.shutil, "which", lambda name: "/bin/uv" if name == "uv" else None)
    monkeypatch.setattr(install, "run", run)
    install.ensure(development=False)
    assert "-m pip" in ran[0]


def test_no_lock_file_names_a_registry() -> None:
    from yimen.foundation.home import REPO

    for name in ("requirements/base.txt", "requirements/dev.txt", "package-lock.json", ".npmrc"):
        text = (REPO / name).read_text()
        assert "--index-url" not in text and "resolved" not in text.replace("registry-resolved", ""), name
