"""How Yimen is served: the two services, their environment, the address, and when it answers."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from yimen.foundation.home import REPO, Home

from . import homes, install
from .answering import health
from .database import Addresses
from .progress import Failed
from .services import MARK, Service

WORKERS, THREADS = 2, 4
DB_SECONDS = {"web": 60, "worker": 300, "jobs": 300}
"""Every client of the database has its own deadline: a statement of a request, of the worker, of a job."""
ANSWER_SECONDS = 60.0
DEMO_PASSWORD = "yimen-demo"  # accounts.actions.people has it; tests/cli holds the two equal
SIGN_INS = f"""\
  演示账号（人物均为虚构）Demo sign-ins (everybody is invented)    密码 Password: {DEMO_PASSWORD}
    clerk1 … clerk5       窗口 window            director              中心主任 director
    leader1 leader2       分管领导 leaders       officer1              派驻人员 stationed officer
    handler.KEY head.KEY  部门 units (zhifa …)   community01 … 13      社区 communities
    gridlead01 … 28       网格长 grid leads      worker001 … 349       网格员 grid workers
    mediator1 … 3         调解员 mediators       lawyer1 counsellor1   律师、咨询师 lawyer, counsellor
    district1             区级 district          auditor security      审计、安全 audit, security
    admin                 系统管理员 administrator"""


def command(*words: str) -> list[str]:
    """One of our own commands as a program of its own."""
    return [sys.executable, "-m", "yimen.cli", *words]


def environment(home: Home) -> dict[str, str]:
    """For everything below a supervisor: which home, and whose child it is.

    Where `setproctitle` is installed (a development tool brings it) the server writes its title over its environment,
    and an orphan could not be known by MARK any more: SPT_NOENV keeps it off.
    """
    marks = {"YIMEN_HOME": str(home.root), MARK: str(home.root), "SPT_NOENV": "1"}
    return {**install.environment(), **marks}


def services(home: Home, args: argparse.Namespace, addresses: Addresses) -> list[Service]:
    """They know the app's role only: the owner's address is not in their environment."""
    env = environment(home) | {"DJANGO_SETTINGS_MODULE": "yimen.settings.base", "DATABASE_URL": addresses.app}
    env.pop("DATABASE_ADMIN_URL", None)
    if args.tls_cert:
        env["YIMEN_HTTPS"] = "1"
    return [
        Service("web", _granian(home, args), _within(env, "web"), homes.rotate_log(home.logs / "web.log")),
        Service(
            "worker", command("worker"), _within(env, "worker"), homes.rotate_log(home.logs / "worker.log")
        ),
        Service("jobs", command("runner"), _within(env, "jobs"), homes.rotate_log(home.logs / "jobs.log")),
    ]


def _within(env: dict[str, str], name: str) -> dict[str, str]:
    """With the service's own deadline for the database; the operator's YIMEN_DB_SECONDS goes before."""
    return {"YIMEN_DB_SECONDS": str(DB_SECONDS[name]), **env}


def _granian(home: Home, args: argparse.Namespace) -> list[str]:
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    words += ["--host", args.host, "--port", str(args.port)]
    words += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS)]
    words += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10"]
    if args.tls_cert:
        key = _server_key(Path(args.tls_key), home)
        words += [
            "--ssl-certificate",
            args.tls_cert,
            "--ssl-keyfile",
            str(key),
            "--ssl-protocol-min",
            "tls1.2",
        ]
    return [*words, "yimen.web.wsgi:application"]


def _server_key(given: Path, home: Home) -> Path:
    """The server reads PKCS#8 only; a key in an older form is rewritten into the home (0600)."""
    from cryptography.hazmat.primitives import serialization as forms

    data = given.read_bytes()
    if b"BEGIN PRIVATE KEY" in data:
        return given
    try:
        key = forms.load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise Failed(f"读不了私钥 / cannot read the private key {given}: {error}") from error
    target = home.keys / "tls.key"
    target.touch(mode=0o600)
    target.write_bytes(key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()))
    return target


def start(started: Sequence[Service], args: argparse.Namespace) -> None:
    """Start them and wait until `/healthz` says 200."""
    for service in started:
        service.start()
    web = started[0]
    deadline = time.monotonic() + ANSWER_SECONDS
    said = ""
    while time.monotonic() < deadline:
        if web.process is not None and web.process.poll() is not None:
            break
        status, said = health(args.host, args.port, tls=bool(args.tls_cert))
        if status == 200:
            return
        time.sleep(0.1)
    tail = "\n".join(web.log.read_text(errors="replace").splitlines()[-20:])
    raise Failed(f"服务没有启动 / the server does not answer ({said})\n{tail}")


def address(args: argparse.Namespace) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(args.host, args.host)
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{'https' if args.tls_cert else 'http'}://{host}:{args.port}"


def banner(home: Home, args: argparse.Namespace) -> str:
    """What the operator reads when all is well: where to go, as whom, how to stop."""
    at = address(args)
    lines = ["", "一扇门 Yimen 已启动 / is running", f"  工作人员 Staff      {at}/staff/"]
    lines += [
        f"  居民     Residents  {at}/",
        f"  日志     Logs       {home.logs}",
        "  停止     Stop       Ctrl-C",
    ]
    if home.demo_mark.exists():
        lines += ["", SIGN_INS]
    else:
        lines += ["", "  第一位管理员 First administrator: ./yimen admin NAME --home " + _quoted(home.root)]
    return "\n".join(lines) + "\n\n"


def _quoted(path: Path) -> str:
    try:
        short = str(path.relative_to(REPO))
    except ValueError:
        short = str(path)
    return f"'{short}'" if " " in short else short
