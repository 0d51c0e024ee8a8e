"""Demo accounts have a password that everyone knows, so they work on this machine alone."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yimen.accounts.models import User

FORWARDED = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def refusal(request: HttpRequest, user: User) -> str:
    """Why this demo account may not sign in by this request, in words; "" when it may, or is no demo account.

    Allowed only in a home created as a demonstration, when the browser asked for localhost, 127.x or ::1, no
    proxy left its mark (Forwarded, X-Forwarded-*, X-Real-IP, Via) and the connection itself comes from this machine:
    served on 0.0.0.0, a neighbour in the same network could write any Host.
    """
    if not user.demo:
        return ""
    if not settings.DEMO:
        return _("这不是演示环境，演示账号在这里不能登录。")
    if is_forwarded(request):
        return _("演示账号只能在装有一扇门的这台电脑上直接打开使用；这次访问经过了代理转发，所以不能登录。")
    if not is_here(request):
        return _(
            "演示账号只能在装有一扇门的这台电脑上使用，请在那台电脑上打开 http://localhost 或 http://127.0.0.1。"
        )
    return ""


def is_forwarded(request: HttpRequest) -> bool:
    """Whether any proxy's header is present, empty or not."""
    return any(name in FORWARDED or name.startswith("HTTP_X_FORWARDED") for name in request.META)


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine: localhost, 127.0.0.0/8 or [::1], with or without a port."""
    name = host.strip().lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    if name == "localhost":
        return True
    try:
        found = ipaddress.ip_address(name)
        return (getattr(found, "ipv4_mapped", None) or found).is_loopback
    except ValueError:
        return False


def is_here(request: HttpRequest) -> bool:
    """Whether browser and server are one machine: by the name that was asked for, and by the peer."""
    host, peer = request.META.get("HTTP_HOST", ""), request.META.get("REMOTE_ADDR", "")
    return is_loopback(host) and is_loopback(f"[{peer}]" if ":" in peer else peer)
