"""The worker's walls: what a decoder that went astray cannot do any more. Skipped where the kernel has no filter."""

from __future__ import annotations

import platform
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from yimen.cases.media import confine

SOURCES = str(Path(confine.__file__).parents[3])

ATTEMPTS = {
    "a socket": "import socket; socket.socket()",
    "a pair of sockets": "import socket; socket.socketpair()",
    "reading a file": "open('/etc/hostname')",
    "writing a file": "open('/tmp/yimen-escape', 'w')",
    "a folder": "os.mkdir('/tmp/yimen-escape')",
    "removing": "os.unlink('/tmp/yimen-escape')",
    "another program": "os.execv('/bin/true', ['true'])",
    "another process": "os.fork()",
    "a shell": "os.system('true') == 0 or 1 / 0",
    "a signal": "os.kill(os.getppid(), 0)",
    "more rights": "os.chmod('/tmp', 0o777)",
    "a namespace": "ctypes.CDLL(None, use_errno=True).unshare(0x10000000) == 0 or 1 / 0",
}


def _run(body: str) -> subprocess.CompletedProcess[str]:
    script = f"""
import ctypes, os, socket, subprocess, threading, sys
from yimen.cases.media.worker import limit
from yimen.cases.media.confine import confine
limit()
if not confine():
    sys.exit(77)
{textwrap.dedent(body)}
"""
    env = {"PYTHONPATH": SOURCES, "LANG": "C.UTF-8"}
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, timeout=30)


@pytest.fixture(scope="module", autouse=True)
def _a_kernel_with_filters() -> None:
    if _run("pass").returncode == 77:
        pytest.skip("no seccomp filter on this machine")


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_the_worker_cannot(attempt: str) -> None:
    done = _run(
        f"""
try:
    {attempt}
except (PermissionError, ZeroDivisionError):
    print("refused")
else:
    print("done")
"""
    )
    assert done.stdout == "refused\n", done.stderr


def test_it_can_still_read_its_input_compute_use_threads_and_answer() -> None:
    done = _run(
        """
found = []
one = threading.Thread(target=lambda: found.append(sum(range(10**5))))
one.start(); one.join()
print(found[0], sys.stdin.read())
"""
    )
    assert done.stdout.startswith("4999950000"), done.stderr


def test_a_child_keeps_the_walls_and_no_program_gives_more_rights() -> None:
    done = _run("print(ctypes.CDLL(None).prctl(39, 0, 0, 0, 0))")  # PR_GET_NO_NEW_PRIVS
    assert done.stdout == "1\n"


def test_the_numbers_of_this_machine_are_the_kernels(tmp_path: Path) -> None:
    """The C library's own call by name is refused by our number of it."""
    assert platform.machine() in confine.CALLS
    done = _run(
        """
libc = ctypes.CDLL(None, use_errno=True)
for name, arguments in {"mkdir": (b"/tmp/x", 0), "rmdir": (b"/tmp/x",), "symlink": (b"a", b"/tmp/x"),
                        "link": (b"/tmp", b"/tmp/x"), "rename": (b"/tmp/x", b"/tmp/y"), "mount": (0, 0, 0, 0, 0),
                        "chroot": (b"/",), "truncate": (b"/tmp/x", 0), "setns": (0, 0)}.items():
    ctypes.set_errno(0)
    assert getattr(libc, name)(*arguments) == -1 and ctypes.get_errno() == 1, name
print("all refused")
"""
    )
    assert done.stdout == "all refused\n", done.stderr
