"""uv learns where packages come from by pip's configuration."""

from __future__ import annotations

from pathlib import Path

from yimen.cli.indexes import pip_files, uv_environment


def conf(folder: Path, text: str) -> Path:
    file = folder / "pip.conf"
    file.write_text(text)
    return file


def test_without_configuration_uv_keeps_its_own_default() -> None:
    assert uv_environment({}, []) == {"UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_a_configured_index_is_passed_on(tmp_path: Path) -> None:
    file = conf(
        tmp_path, "[global]\nindex-url = file:///mirror/simple\nfind-links = /a\n  /b\ncert = /c.pem\n"
    )
    added = uv_environment({}, [file])
    assert added["UV_DEFAULT_INDEX"] == "file:///mirror/simple"
    assert added["UV_FIND_LINKS"] == "/a,/b"
    assert added["SSL_CERT_FILE"] == "/c.pem"


def test_several_extra_indexes_are_passed_on(tmp_path: Path) -> None:
    file = conf(tmp_path, "[global]\nextra-index-url = file:///x file:///y\n")
    assert uv_environment({}, [file])["UV_EXTRA_INDEX_URL"] == "file:///x file:///y"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = conf(tmp_path, "[global]\nindex-url = file:///old\n")
    assert uv_environment({"PIP_INDEX_URL": "file:///new"}, [file])["UV_DEFAULT_INDEX"] == "file:///new"


def test_what_uv_was_told_itself_is_left_alone(tmp_path: Path) -> None:
    file = conf(tmp_path, "[global]\nindex-url = file:///pip\n")
    assert "UV_DEFAULT_INDEX" not in uv_environment({"UV_INDEX_URL": "file:///uv"}, [file])


def test_the_install_section_counts_and_broken_files_do_not(tmp_path: Path) -> None:
    broken = tmp_path / "broken.conf"
    broken.write_text("not a file of this kind")
    file = conf(tmp_path, "[install]\nno_index = true\n")
    assert uv_environment({}, [broken, file])["UV_NO_INDEX"] == "1"


def test_pips_files_are_looked_for_where_pip_looks(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": "/named.conf"}
    files = pip_files(env)
    assert tmp_path / ".config" / "pip" / "pip.conf" in files
    assert files[-1] == Path("/named.conf")
    assert pip_files({"PIP_CONFIG_FILE": "/dev/null"}) == []
