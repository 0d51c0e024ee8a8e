"""A browser's long name in a few words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()
# The first match wins: every browser also claims to be others.
BROWSERS = (
    ("MicroMessenger", "微信"), ("360", "360"), ("QAXBrowser", "奇安信"), ("Edg", "Edge"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS", "Mac"), ("Kylin", "麒麟"), ("UOS", "统信"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def device(agent: str) -> str:
    """ "Chrome · Windows", or that it is unknown; the raw text is never shown."""
    words = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    return " · ".join(word for word in words if word) or _("未知浏览器")


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((word for mark, word in table if mark in agent), "")
