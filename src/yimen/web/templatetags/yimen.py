"""The few words templates speak beyond Django's own: icons, fields, tags and times as people say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..icons import ICONS

register = template.Library()
LONG, KEPT = 800, 400  # characters: a text longer than the one shows about the other
FOLDED = 10  # more choices than this stand behind a fold


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One inline drawing. With a label it speaks; without one it is decoration beside a word."""
    return _drawn(name, str(label))


@lru_cache(maxsize=512)
def _drawn(name: str, label: str) -> SafeString:
    drawing = mark_safe(ICONS[name])
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, drawing
        )
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


@register.simple_tag
def badge(clock: Any) -> SafeString:
    """A clock in a few words: `tone`, `icon`, `words` and, said by the mouse, `title`. A list has thirty of them."""
    title = format_html(' title="{}"', clock.title) if clock.title else ""
    return format_html('<span class="tag {}"{}>{}{}</span>', clock.tone, title, icon(clock.icon), clock.words)


@register.simple_tag
def options(offered: Iterable[tuple[str, object]], chosen: str) -> SafeString:
    """The options of a select, (value, words) each; the four filters of every list have sixty of them."""
    rows = ((value, mark_safe(" selected" if value == chosen else ""), words) for value, words in offered)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, rows: int = 0, hint: str = "") -> dict[str, Any]:
    """Label, hint, control and its error, tied together for screen readers. `hint` replaces the field's own."""
    return {
        "field": bound,
        "kind": _kind(bound),
        "long": any(len(str(option.choice_label)) > 10 for option in bound.subwidgets)
        if _kind(bound) == "choices"
        else False,
        "folded": _kind(bound) == "choices" and len(bound.subwidgets) > FOLDED and not bound.errors,
        "hint": hint or bound.help_text,
        "control": bound.as_widget(attrs=_attributes(bound, rows, bool(hint or bound.help_text))),
    }


@register.inclusion_tag("parts/folded.html")
def folded(text: str, css: str = "text") -> dict[str, Any]:
    """A text as it was typed; of a very long one the beginning, the rest behind a fold that opens without a script."""
    head, rest = (text, "") if len(text) <= LONG else _cut(text)
    return {"head": head, "rest": rest, "css": css, "length": len(text)}


def _cut(text: str) -> tuple[str, str]:
    """After a sentence near the place, so that nobody reads half a word; never more than the first part."""
    at = max(text.rfind(mark, KEPT // 2, KEPT) for mark in "。！？\n")
    at = at + 1 if at > 0 else KEPT
    return text[:at].rstrip(), text[at:].lstrip("\n")


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    return "check" if isinstance(widget, CheckboxInput) else "plain"


def _attributes(bound: BoundField, rows: int, has_hint: bool) -> dict[str, Any]:
    widget = bound.field.widget
    select = isinstance(widget, Select) and not isinstance(widget, RadioSelect)
    css = (
        "form-check-input"
        if isinstance(widget, CheckboxInput)
        else "form-select"
        if select
        else "form-control"
    )
    attrs: dict[str, Any] = {"class": css}
    told_by = [f"{bound.auto_id}_hint"] * has_hint + [f"{bound.auto_id}_error"] * bool(bound.errors)
    if told_by:
        attrs["aria-describedby"] = " ".join(told_by)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if rows:
        attrs["rows"] = rows
    return attrs


@register.filter
def moment(at: datetime | None) -> str:
    """今天 10:42, 昨天 16:05, 11月17日 15:02, and with its year when it is another one."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{_day(local.date(), timezone.localdate())} {local:%H:%M}"


@register.filter
def day(at: datetime | date | None) -> str:
    """The same without the hour."""
    if at is None:
        return ""
    local = timezone.localtime(at).date() if isinstance(at, datetime) else at
    return _day(local, timezone.localdate())


def _day(given: date, today: date) -> str:
    return _said(given, today, get_language())


@lru_cache(maxsize=2048)
def _said(given: date, today: date, _language: str | None) -> str:
    """The rows of a list share a few days; putting one into words costs more than looking it up."""
    ago = (today - given).days
    if ago in (0, 1, -1):
        return {0: _("今天"), 1: _("昨天"), -1: _("明天")}[ago]
    # Translators: date formats of Django (n month, j day, Y year); English: "j M" and "j M Y".
    return date_format(given, _("n月j日") if given.year == today.year else _("Y年n月j日"))


@register.filter
def iso(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes") if at else ""


@register.filter
def size(amount: int) -> str:
    """A file's size in the unit people read."""
    if amount < 1024 * 1024:
        return f"{max(1, round(amount / 1024))} KB"
    return f"{amount / 1024 / 1024:.1f} MB"
