"""The names and addresses under which this very machine can be asked. No DNS: that may hang where there is no network."""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import Final

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
_ROUTES: Final = Path("/proc/net/fib_trie")  # IPv4 addresses of this machine are its LOCAL routes
_SIX: Final = Path("/proc/net/if_inet6")
_LOCAL: Final = re.compile(r"\|-- (\d+\.\d+\.\d+\.\d+)\n\s+/32 host LOCAL")


def own(routes: Path = _ROUTES, six: Path = _SIX) -> list[str]:
    """As `Host` headers name them: loopback, the machine's name (also in .local), its addresses, IPv6 in brackets."""
    node = os.uname().nodename.lower()
    names = {*LOOPBACK, node, node.partition(".")[0], f"{node.partition('.')[0]}.local"}
    return sorted({name for name in names if name} | _fours(routes) | _sixes(six))


def _fours(file: Path) -> set[str]:
    try:
        return set(_LOCAL.findall(file.read_text()))
    except OSError:
        return set()


def _sixes(file: Path) -> set[str]:
    """Lines of `if_inet6` begin with 32 hex digits."""
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return set()
    return {f"[{ipaddress.IPv6Address(int(line.split()[0], 16))}]" for line in lines if line.strip()}
