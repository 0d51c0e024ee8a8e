"""Search, and the lists that other systems need to fill in a matter: units and categories."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from ninja import Query

from yimen.cases import queries
from yimen.organisations.queries import units

from .cases import MOST
from .declared import operation
from .told import Categories, Found, Units, category, row, unit


@operation("GET", "/search", name="search", scope="read", response=Found, summary=gettext_lazy("搜索事项"))
def search_cases(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=100)],
    limit: Annotated[int, Query(ge=1, le=MOST)] = queries.PAGE,
) -> Any:
    """Open and closed matters by number, title, words, place or unit, the newest first; two characters are enough."""
    found = queries.search(request.auth.grants, q.strip(), limit)
    return {"items": [row(case) for case in found], "full": len(found) >= limit}


@operation("GET", "/units", name="units", scope="read", response=Units, summary=gettext_lazy("单位"))
def list_units(request: HttpRequest) -> Any:
    """Units that a matter can be sent to today, in their printed order."""
    return {"items": [unit(one) for one in units()]}


@operation(
    "GET", "/categories", name="categories", scope="read", response=Categories, summary=gettext_lazy("类别")
)
def list_categories(request: HttpRequest) -> Any:
    """Categories that hold today, in the office's order."""
    return {"items": [category(one) for one in queries.categories()]}
