"""From which address a request really comes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping


def client_address(meta: Mapping[str, object], trusted_proxies: int) -> str | None:
    """The address to count tries against, or None when the connection has none (a Unix socket).

    Without proxies the forwarded header is not read at all: anyone can write it. With `n` proxies in
    front, the n-th entry from the right is the one the outermost of ours wrote; everything further
    left came from outside. A header that is too short or no address falls back to the connection.
    """
    direct = _clean(str(meta.get("REMOTE_ADDR") or ""))
    if trusted_proxies < 1:
        return direct
    hops = [hop for hop in str(meta.get("HTTP_X_FORWARDED_FOR") or "").split(",") if hop.strip()]
    if len(hops) < trusted_proxies:
        return direct
    return _clean(hops[-trusted_proxies]) or direct


def network(address: str | None) -> str | None:
    """The address itself, or of an IPv6 one the first address of its /64 (what one subscriber holds)."""
    if address is None or ":" not in address:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def _clean(text: str) -> str | None:
    """One canonical form of an address: brackets, ports and zones off, IPv4 out of its IPv6 coat."""
    text = text.strip().partition("%")[0]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
