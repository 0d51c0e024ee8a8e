"""Matters: register, list, read."""

# Shapes are made from the lists of the rooms, which the type checker cannot follow.
# mypy: disable-error-code="valid-type"

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Header, Query, Schema, Status
from pydantic import Field

from yimen.cases import queries
from yimen.cases.actions.accusations import sealed_words
from yimen.cases.actions.attach import attachments_of
from yimen.cases.actions.open import open_case
from yimen.cases.actions.people import participants
from yimen.cases.models.case import CHANNELS
from yimen.cases.states import FLOWS, OPEN_STATES
from yimen.foundation.errors import Invalid, Missing

from .declared import operation
from .given import CaseIn, one_of
from .told import Detail, Page, Receipt, detail, row

MOST = 100
JSON = "application/json"
Word = Annotated[str, Field(max_length=80)]
Key = Annotated[
    UUID, Header(alias="Idempotency-Key", description="One UUID per matter; send it again to ask again.")
]


class Filters(Schema):
    """Narrow the list as the pages do."""

    list: Literal[(*queries.COUNTED, "all")] = "all"
    state: Literal[OPEN_STATES] | None = None
    flow: Literal[tuple(flow.value for flow in FLOWS)] | None = None
    category: Word = ""
    unit: Word = ""
    channel: one_of(CHANNELS) | None = None
    grid: Word = ""
    q: Word = ""
    after: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9_-]*$")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = queries.PAGE

    def chosen(self) -> dict[str, str]:
        names = ("state", "flow", "category", "unit", "channel", "grid", "q")
        return {name: (getattr(self, name) or "").strip() for name in names}


@operation(
    "POST", "/cases", name="cases", scope="create", policy="cases.open", takes=JSON, response={201: Receipt},
    errors=(409,), summary=gettext_lazy("登记一件事项"),
)  # fmt: skip
def create_case(request: HttpRequest, response: HttpResponse, body: CaseIn, key: Key) -> Any:
    """Register a matter. The same key with the same body gives the same answer; with another body 409."""
    caller = request.auth
    case = open_case(caller.actor, caller.grants, body.registration(key))
    url = reverse("api:case", args=[case.uuid])
    response.headers["Location"] = url
    return Status(201, {"id": case.uuid, "number": case.number, "received_at": case.received_at, "url": url})


@operation("GET", "/cases", name="cases", scope="read", response=Page, summary=gettext_lazy("在办事项的清单"))
def list_cases(request: HttpRequest, asked: Annotated[Filters, Query()]) -> Any:
    """Open matters that the token's person may see, those due first; `after` of one page asks for the next."""
    rows = queries.filtered(queries.worklist(request.auth.grants, asked.list), asked.chosen())
    try:
        found = queries.page(rows, _opened(asked.after), asked.limit)
    except (Missing, ValueError):
        raise Invalid(_("翻页的记号不对"), {"after": _("请用上一页给的记号，或从第一页看起")}) from None
    after = urlsafe_b64encode(found.after.encode()).decode().rstrip("=")
    return {"items": [row(case) for case in found.rows], "after": after or None}


def _opened(after: str) -> str:
    """The cursor of the lists inside ours, which may stand in an address as it is. Raises ValueError."""
    return urlsafe_b64decode(after.encode("ascii") + b"=" * (-len(after) % 4)).decode()


@operation(
    "GET", "/cases/{uuid:ref}", name="case", scope="read", response=Detail, errors=(404,),
    summary=gettext_lazy("一件事项"),
)  # fmt: skip
def read_case(request: HttpRequest, ref: UUID) -> Any:
    """One matter, its people masked. What may not be seen is not there (404)."""
    case = queries.get_visible(request.auth.grants, ref)
    text = sealed_words(case) if case.sealed else case.text
    parts = [part for part in queries.assignments_of(case) if part.state not in ("returned", "ended")]
    return detail(case, text, participants(case), queries.clocks_of(case), parts, attachments_of(case))
