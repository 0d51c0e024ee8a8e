"""What must hold before anything slow begins: home not running, port free, options complete. Standard library only."""

from __future__ import annotations

import argparse
import errno
import fcntl
import json
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yimen.foundation.home import Home

from .progress import Failed

BOTH_ADDRESSES = (
    "DATABASE_URL（应用角色）与 DATABASE_ADMIN_URL（迁移用的属主角色）必须同时给出 / "
    "DATABASE_URL (the app's role) and DATABASE_ADMIN_URL (the owner, for migrations) must be given together"
)


def check(options: argparse.Namespace, env: Mapping[str, str] = os.environ) -> None:
    """Raises Failed with what to do. Leaves nothing behind."""
    home = Home(Path(options.home).resolve())
    refuse_running(home)
    check_addresses(env)
    check_tls(options)
    if running_record(home).get("port") != options.port:  # else it may be our own killed server: swept later
        reserve_port(options.host, options.port).close()


def refuse_running(home: Home) -> None:
    """The running installation holds a lock that no kill leaves behind."""
    if is_running(home):
        said = running_record(home)
        at = said.get("address", "")
        raise Failed(
            f"这个目录已在运行 / this home is already running: {home.root} {at} (pid {said.get('pid', '?')})"
        )


def is_running(home: Home) -> bool:
    try:
        with (home.run / "up.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def running_record(home: Home) -> dict[str, Any]:
    """What the running (or killed) installation wrote about itself: pid, host, port, address; {} after a clean stop."""
    try:
        said: dict[str, Any] = json.loads((home.run / "up.json").read_text())
    except (OSError, ValueError):
        return {}
    return said


def check_addresses(env: Mapping[str, str]) -> None:
    if bool(env.get("DATABASE_URL")) != bool(env.get("DATABASE_ADMIN_URL")):
        raise Failed(BOTH_ADDRESSES)


def check_tls(options: argparse.Namespace) -> None:
    if bool(options.tls_cert) != bool(options.tls_key):
        raise Failed("--tls-cert 与 --tls-key 必须同时给出 / must be given together")
    for file in filter(None, (options.tls_cert, options.tls_key)):
        if not os.access(file, os.R_OK):
            raise Failed(f"读不了证书文件 / cannot read: {file}")


def reserve_port(host: str, port: int) -> socket.socket:
    """Raises Failed for a taken port; else a mark that lasts while it is open and keeps other homes off the port.

    The server shares its port among its workers (SO_REUSEPORT), so the kernel would let a second Yimen join in. The
    mark is a name in the kernel's abstract namespace (Linux): no file, gone with its process however that ends.
    """
    mark = socket.socket(socket.AF_UNIX)
    try:
        if sys.platform.startswith("linux"):
            mark.bind(f"\0yimen {host} {port}")
        _try_port(host, port)
    except OSError as error:
        mark.close()
        raise Failed(_port_trouble(host, port, error)) from error
    return mark


def _try_port(host: str, port: int) -> None:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _port_trouble(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被占用，请用 --port 换一个 / port {port} is in use, choose another with --port "
            f"({host}:{port})"
        )
    if error.errno == errno.EACCES:
        return (
            f"没有权限使用端口 {port}，请用 1024 以上的 / no permission for port {port}, use one above 1024"
        )
    return f"地址不可用 / cannot use the address {host}:{port}: {error.strerror}"
