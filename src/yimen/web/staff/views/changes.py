"""有什么变化: what others did on one's matters; and 更新说明: what is new in the program itself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from yimen.cases import changes as news
from yimen.cases.events import KINDS

from ..door import StaffRequest, page
from ..show.releases import releases
from ..show.row import rows_of
from ..show.words import who


@page()
def changes(request: StaffRequest) -> HttpResponse:
    """Grouped by matter, the latest first. Posted: everything up to the number the page showed is marked as seen."""
    if request.method == "POST":
        seq = request.POST.get("seq", "")
        if seq.isdecimal() and len(seq) < 19:
            news.mark_read(request.actor, int(seq))
        return redirect("staff:changes")
    found = news.news(request.grants)
    context = {
        "groups": _grouped(request, found),
        "seq": found[0].seq if found else 0,
        "full": len(found) >= news.MOST,
    }
    return render(request, "staff/changes.html", context)


def _grouped(request: StaffRequest, found: list[news.Change]) -> list[dict[str, object]]:
    """One row a matter with what was done to it: kind, who, when. No text that was typed."""
    cases = {change.case.pk: change.case for change in found}
    rows = dict(zip(cases, rows_of(cases.values(), request.user.pk), strict=True))
    told: dict[int, list[dict[str, object]]] = {pk: [] for pk in cases}
    for change in found:
        entry = change.entry
        words = KINDS.get(entry.kind, entry.kind)
        told[change.case.pk].append({"what": words, "who": who(entry), "at": entry.at})
    return [{"row": rows[pk], "told": told[pk]} for pk in cases]


@page(methods=("GET", "HEAD"))
def released(request: StaffRequest) -> HttpResponse:
    return render(request, "staff/released.html", {"releases": releases()})


@page(methods=("GET", "HEAD"))
def help_page(request: StaffRequest) -> HttpResponse:
    """Keys, drafts, text size: what the pages do besides, on one page."""
    return render(request, "staff/help.html")
