"""`./yimen pack`: what is in it, and that an office with its network cut off installs and serves from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from yimen.cli import install, pack, packed
from yimen.cli.progress import Failed
from yimen.foundation.home import REPO
from yimen.foundation.release import release

HERE = pack.HERE
CUT = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PIP_INDEX_URL"), "http://127.0.0.1:9")
CUT |= {name.lower(): CUT[name] for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
CUT |= {"npm_config_registry": "http://127.0.0.1:9", "UV_DEFAULT_INDEX": "http://127.0.0.1:9"}

# Serves the unpacked clone in a network of its own that holds nothing but its loopback, where the kernel lets us.
OFFICE = """
import ctypes, fcntl, json, signal, socket, struct, subprocess, sys, time, urllib.request
CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP = 0x40000000, 0x8914, 1
alone = ctypes.CDLL(None).unshare(CLONE_NEWNET) == 0
if alone:
    with socket.socket() as lo:
        fcntl.ioctl(lo, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))
said = open("said", "wb+")
up = subprocess.Popen([sys.executable, "./yimen", "up", "--no-demo", "--port", sys.argv[2], "--home", sys.argv[1]],
                      stdout=said, stderr=subprocess.STDOUT)
while "is running" not in open("said", errors="replace").read() and up.poll() is None:
    time.sleep(0.2)
assert up.poll() is None
def get(path):
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{sys.argv[2]}{path}", timeout=20)
pages = [get(path).status for path in ("/healthz", "/staff/sign-in/", "/")]
up.send_signal(signal.SIGTERM)
print(json.dumps({"alone": alone, "pages": pages, "ended": up.wait(60), "said": open("said").read()}))
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pack") / "yimen.tar.gz"
    subprocess.run(
        [sys.executable, "-m", "yimen.cli", "pack", str(file)], cwd=REPO, env=environment(), check=True
    )
    return file


@pytest.fixture(scope="module")
def clone(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("office")
    folder.parent.chmod(0o711)  # the database's own OS user passes through
    folder.chmod(0o711)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    yield folder / f"yimen-{release()}"


def environment() -> dict[str, str]:
    ours = ("DJANGO_", "DATABASE_", "YIMEN_")
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(ours)},
        "PYTHONPATH": str(REPO / "src"),
    }


def test_an_office_without_a_network_installs_and_serves_from_the_pack(clone: Path, tmp_path: Path) -> None:
    from yimen.cli.drills.stage import free_port

    env = {name: value for name, value in environment().items() if name != "PYTHONPATH"} | CUT
    python = getattr(sys, "_base_executable", sys.executable)
    words = [python, "-c", OFFICE, str(clone.parent / "home"), str(free_port())]
    done = subprocess.run(words, cwd=clone, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr + (clone / "said").read_text()
    told = json.loads(done.stdout)
    assert told["pages"] == [200, 200, 200]
    assert told["ended"] == 0
    assert told["alone"] or os.geteuid() != 0, "root can cut the network off"
    assert not (clone / "node_modules" / ".package-lock.json").exists()  # npm never ran


def test_a_pack_holds_the_program_its_licences_and_every_hash(clone: Path) -> None:
    listed = json.loads((clone / packed.LIST).read_text())
    assert listed["release"] == release()
    there = {str(f.relative_to(clone)) for f in clone.rglob("*") if f.is_file()} - {packed.LIST, "said"}
    made = {
        name for name in there if name.split("/")[0] in {".venv", "build"} or name.endswith((".mo", ".pyc"))
    }
    assert there - made - {".setup.lock"} == set(listed["files"])
    assert {"yimen", "LICENSE", "requirements/base.txt", "node_modules/bootstrap/LICENSE"} <= set(
        listed["files"]
    )
    assert not [name for name in listed["files"] if name.startswith((".git/", "var/", "keys/"))]


def test_a_changed_or_missing_file_is_named_before_anything_is_installed(tmp_path: Path) -> None:
    said = {
        "python": [HERE],
        "platform": "",
        "files": {"a": packed.digest_of(REPO / "LICENSE"), "b": "0" * 64},
    }
    (tmp_path / packed.LIST).write_text(json.dumps(said))
    (tmp_path / "a").write_bytes((REPO / "LICENSE").read_bytes())
    pack_there = packed.found(tmp_path)
    assert pack_there is not None
    with pytest.raises(Failed, match=r": b$"):
        packed.check(pack_there)


def test_a_pack_for_another_python_says_which(tmp_path: Path) -> None:
    (tmp_path / packed.LIST).write_text(json.dumps({"python": ["3.99"], "platform": "", "files": {}}))
    pack_there = packed.found(tmp_path)
    assert pack_there is not None
    with pytest.raises(Failed, match=rf"3\.99.*--python {HERE}".replace(".*", r"[\s\S]*")):
        packed.check(pack_there)


def test_a_broken_list_is_an_error_not_a_plain_clone(tmp_path: Path) -> None:
    assert packed.found(tmp_path) is None
    (tmp_path / packed.LIST).write_text("{")
    with pytest.raises(Failed, match=r"PACK\.json"):
        packed.found(tmp_path)


def test_a_pack_is_never_written_over_a_file(tmp_path: Path) -> None:
    there = tmp_path / "yimen.tar.gz"
    there.write_text("mine")
    words = [sys.executable, "-m", "yimen.cli", "pack", str(there)]
    done = subprocess.run(words, cwd=REPO, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "已经存在" in done.stderr
    assert there.read_text() == "mine"


def test_pip_is_told_to_ask_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[list[str]] = []
    (tmp_path / packed.LIST).write_text(json.dumps({"python": [HERE], "platform": "", "files": {}}))
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("")
    monkeypatch.setattr(install, "REPO", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(install, "run", lambda words, **_: asked.append(list(words)))
    install._install_packages(development=False)
    assert {"--isolated", "--no-index", "--require-hashes", str(tmp_path / "wheels")} <= set(asked[0])
