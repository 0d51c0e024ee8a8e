"""A person's own saved filters: kept from a list's page, renamed and deleted on a page of their own."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.cases.actions import filters as saved
from yimen.foundation.errors import Conflict, Invalid, Missing

from ..door import StaffRequest, page
from ..lists import WORKLISTS
from ..rail import filter_url

SEARCH = "search"
# Never kept: where in the list somebody was, and what is not a filter at all.
_PASSING = frozenset({"after", "csrfmiddlewaretoken", "as"})


@page()
def mine(request: StaffRequest) -> HttpResponse:
    """Own filters; posted: `do` is save (from a list), rename or delete."""
    if request.method != "POST":
        return _page(request)
    try:
        return _DOES.get(request.POST.get("do", ""), _save)(request)
    except (Invalid, Conflict) as error:
        wrong = next(iter(getattr(error, "fields", {}).values()), error)
        return _page(request, wrong, status=400)


def _save(request: StaffRequest) -> HttpResponse:
    name, query = request.POST.get("list", ""), _query(request.POST.get("query", ""))
    if name not in WORKLISTS and name != SEARCH:
        raise Missing(_("没有这个清单"))
    row = saved.save_filter(request.actor, name=request.POST.get("name", ""), list_name=name, query=query)
    messages.success(request, _("已保存筛选“%s”，在左边的清单下面。") % row.name)
    return redirect(filter_url(row))


def _query(text: str) -> str:
    pairs = [(key, value) for key, value in parse_qsl(text[:2000]) if key not in _PASSING and value]
    return urlencode(pairs)


def _rename(request: StaffRequest) -> HttpResponse:
    saved.rename_filter(request.actor, _which(request), request.POST.get("name", ""))
    messages.success(request, _("已改名。"))
    return redirect("staff:filters")


def _delete(request: StaffRequest) -> HttpResponse:
    saved.delete_filter(request.actor, _which(request))
    messages.success(request, _("已删除。"))
    return redirect("staff:filters")


_DOES = {"save": _save, "rename": _rename, "delete": _delete}


def _which(request: StaffRequest) -> int:
    text = request.POST.get("which", "")
    if not (text.isdecimal() and len(text) < 19):
        raise Missing(_("没有这个筛选，可能已经删去"))
    return int(text)


def _page(request: StaffRequest, wrong: object = "", status: int = 200) -> HttpResponse:
    """With what was typed for saving, when saving was refused."""
    rows = [(row, filter_url(row), _words(row.list)) for row in saved.filters_of(request.user.pk)]
    context = {"rows": rows, "wrong": wrong, "given": request.POST, "home": reverse("staff:home")}
    return render(request, "staff/filters_page.html", context, status=status)


def _words(name: str) -> object:
    return WORKLISTS[name].title if name in WORKLISTS else _("搜索")
