"""Codes of roles as people read them."""

from __future__ import annotations

from django import template

from yimen.access.roles import NAMES, Role

register = template.Library()


@register.filter
def role_name(code: str) -> object:
    return NAMES[Role(code)] if code in NAMES else code


@register.filter
def item(table: dict[str, object], key: str) -> object:
    """The word that a table has for a code."""
    return table.get(key, key)
