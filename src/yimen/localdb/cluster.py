"""Start, watch and stop one PostgreSQL. Whether it runs is what `pg_isready` says, nothing else."""

from __future__ import annotations

import contextlib
import secrets
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from . import child
from .errors import LocalDatabaseError
from .place import Place, make_socket_folder

SUPERUSER = "yimen_super"
START_SECONDS = 90.0
"""A crash recovery may take a while; a healthy start takes a second."""
STALE_SECONDS = 5.0
"""How long a killed postmaster may linger as a zombie or in its shared memory."""

SETTINGS = """
# --- Yimen: sized for a small machine; put your own changes below these lines ---
listen_addresses = ''
max_connections = 60
shared_buffers = 128MB
effective_cache_size = 1GB
random_page_cost = 1.1
jit = off
synchronous_commit = on
password_encryption = scram-sha-256
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
lc_messages = 'C'
log_line_prefix = '%m [%p] %u@%d '
wal_compression = on
max_wal_size = 1GB
"""
FAST_AND_UNSAFE = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclass(slots=True)
class Cluster:
    """One data directory. `process` is set only while we are the parent of its postmaster."""

    place: Place
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def created(self) -> bool:
        return (self.place.data / "PG_VERSION").exists()

    def create(
        self, superuser_password: str | None, *, superuser: str = SUPERUSER, durable: bool = True
    ) -> None:
        """initdb. With a password the sockets ask for it (SCRAM); without one they trust (throw-away only).

        A half-made directory of a killed first start is made anew.
        """
        building = self.place.data.with_name(self.place.data.name + ".new")
        child.remove(building)
        building.mkdir(mode=0o700, parents=True)
        self.place.user.own(building)
        secret = building.with_name(f"{building.name}.{secrets.token_hex(4)}")
        try:
            self._initdb(building, superuser, superuser_password, secret, durable)
        finally:
            secret.unlink(missing_ok=True)
        with (building / "postgresql.conf").open("a") as conf:
            conf.write(SETTINGS + ("" if durable else FAST_AND_UNSAFE))
        building.rename(self.place.data)

    def _initdb(
        self, folder: Path, superuser: str, password: str | None, secret: Path, durable: bool
    ) -> None:
        command = [self.place.binaries.program("initdb"), "-D", str(folder), "-U", superuser, "-E", "UTF8"]
        command += ["--no-instructions", "--auth-host=reject", *_locale_options(self.place.binaries.major)]
        command += [] if durable else ["--no-sync"]
        if password is None:
            command += ["--auth-local=trust"]
        else:
            child.write_secret(secret, password)
            self.place.user.own(secret)
            command += ["--auth-local=scram-sha-256", f"--pwfile={secret}"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, **self.place.user.popen_options()
        )
        if done.returncode:
            raise LocalDatabaseError(f"initdb: {done.stderr.strip()[-800:]}")

    def set_aside(self) -> Path:
        """Stop it and keep its data under another name: nothing of ours opens them any more."""
        self.stop()
        old = self.place.data.with_name(f"{self.place.data.name}.old-{time.strftime('%Y%m%d-%H%M%S')}")
        self.place.data.rename(old)
        return old

    def check_version(self) -> None:
        """Refuse data of another major version, and say the way out."""
        version = (self.place.data / "PG_VERSION").read_text().strip()
        ours = self.place.binaries.major
        if version != str(ours):
            raise LocalDatabaseError(
                f"数据是 PostgreSQL {version} 的，现有程序是 {ours}，不能直接打开。办法：用 PG_BIN 指向 {version} 的 bin 目录，"
                f"运行 ./yimen backup；再不带 PG_BIN 运行 ./yimen restore 到一个新目录。\n"
                f"{self.place.data} was made by PostgreSQL {version}, the programs here are {ours}. Way out: with "
                f"PG_BIN=<bin folder of {version}> run ./yimen backup; without it ./yimen restore into a new home."
            )

    def ready(self) -> bool:
        """The only truth about a running server."""
        command = [self.place.binaries.program("pg_isready"), "-q", "-h", str(self.place.socket)]
        command += ["-p", str(self.place.port), "-t", "3"]
        return subprocess.run(command, check=False, **self.place.user.popen_options()).returncode == 0

    def start(self, *, die_with_parent: bool = False) -> None:
        """Run it, or adopt the one that already runs. Returns when it answers; LocalDatabaseError otherwise."""
        self.check_version()
        if self.ready():
            return
        make_socket_folder(self.place.socket, self.place.user)
        deadline = time.monotonic() + START_SECONDS
        stale_until = time.monotonic() + STALE_SECONDS
        while True:
            if self.ready() or self._try_start(deadline, die_with_parent):
                return
            if time.monotonic() > (deadline if self._postmaster_lives() else stale_until):
                raise LocalDatabaseError(self._failure())
            self._forget_stale_locks()
            time.sleep(0.25)

    def _try_start(self, deadline: float, die_with_parent: bool) -> bool:
        """One start of the postmaster: True when it answers, False when it gave up."""
        command = [self.place.binaries.program("postgres"), "-D", str(self.place.data)]
        command += ["-k", str(self.place.socket), "-p", str(self.place.port), "-c", "listen_addresses="]
        with self.place.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=child.dying_with_parent(signal.SIGINT) if die_with_parent else None,
                **self.place.user.popen_options(),
            )
        while self.process.poll() is None:
            if self.ready():
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        self.process = None
        return False

    def alive(self) -> bool:
        """Quick check for a supervisor: the postmaster's process is there (reaps it when it is our child)."""
        if self.process is not None:
            return self.process.poll() is None
        return self._postmaster_lives()

    def stop(self, seconds: float = 15.0) -> None:
        """Fast shutdown; immediate shutdown when that takes too long. Nothing happens when it does not run."""
        for how, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 2.0)):
            postmaster = self._postmaster()
            if postmaster is None:
                break
            postmaster.send_signal(how)
            if self._gone(postmaster, patience):
                break
        if self.process is not None:
            self.process.wait()
            self.process = None
        with contextlib.suppress(OSError):
            self.place.socket.rmdir()

    def _gone(self, postmaster: psutil.Process, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if (self.process is not None and self.process.poll() is not None) or not _lives(postmaster):
                return True
            time.sleep(0.05)
        return False

    def _postmaster(self) -> psutil.Process | None:
        """The live postmaster of exactly this data directory, by its pid file; None for a stale or reused pid."""
        try:
            pid = int((self.place.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = process.cwd() == str(self.place.data.resolve())
        except (OSError, ValueError, psutil.Error):
            return None
        return process if ours and _lives(process) else None

    def _postmaster_lives(self) -> bool:
        return self._postmaster() is not None

    def _forget_stale_locks(self) -> None:
        """Lock files whose process is dead or somebody else's would stop PostgreSQL from starting."""
        if not self._postmaster_lives():
            (self.place.data / "postmaster.pid").unlink(missing_ok=True)
            (self.place.socket / f".s.PGSQL.{self.place.port}.lock").unlink(missing_ok=True)

    def _failure(self) -> str:
        tail = self.place.log.read_text(errors="replace").splitlines()[-8:] if self.place.log.exists() else []
        return "\n".join(["PostgreSQL 没有启动 / did not start; log:", *tail])


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _locale_options(major: int) -> list[str]:
    """Text sorts by code point everywhere, whatever locales the machine has."""
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C"]
