"""What a resident sees: where the door is, and what a slip's number is good for."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from yimen.cases import pressure_settings, retention
from yimen.cases.leaders import published_receptions

from ..context import TEXT_SIZES, chosen_text_size
from ..handbook import phones

_NUMBER = re.compile(r"^\w{1,4}〔\d{4}〕[0-9A-Z-]{1,16}$")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The office's public page: hours, how to come, phones. `?text=large` enlarges it."""
    shown = {"phones": phones(emergency=False), "receptions": published_receptions()}
    return render(request, "portal/home.html", _page(request, shown))


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """个人信息处理规则 (个人信息保护法 §17): from the office's own name, phone and periods; also to be printed."""
    shown = {
        "kept": list(retention.told()),
        "days": pressure_settings.number("person_request_days"),
        "today": timezone.localdate(),
    }
    return render(request, "portal/privacy.html", _page(request, shown))


@require_safe
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """Where a slip's code leads. Says the same for every number: whether one exists is nobody's business here.

    The slip's secret stands in the address's fragment, which browsers never send.
    """
    shown = number if _NUMBER.match(number) else ""
    response = render(request, "portal/matter.html", _page(request, {"number": shown}))
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, more: dict[str, object]) -> dict[str, object]:
    return {"emergency": phones(emergency=True), "large": _large(request), **more}


def _large(request: HttpRequest) -> bool:
    """By the link on the page, which needs no cookie; else as chosen in this browser on the staff's pages."""
    asked = request.GET.get("text", "")
    return asked == "large" if asked else chosen_text_size(request) > TEXT_SIZES[0]
