"""The street in grids: who answers where, posting people, leave with stand-ins."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from yimen.access.registry import can, require
from yimen.foundation.errors import Missing
from yimen.grids import actions, queries, wording
from yimen.grids.kinds import PostRole
from yimen.grids.models import Grid, GridPost, Leave

from ..door import StaffRequest, page
from ..forms.grids import Away, Posting
from ..forms.rows import LastDay, today
from ..show import grids as show
from .admin.saving import offered, person_of, posted, saved


@page(methods=("GET", "HEAD"))
def street(request: StaffRequest) -> HttpResponse:
    """The communities and their grids with who answers at this moment."""
    with queries.held():
        (tops, parts), drawing = show.street(), show.overview()
    shown = {
        "tops": tops,
        "parts": parts,
        "duty": next((line.answering.on_duty for line in tops), None),
        "drawing": drawing,
        "may_draw": can(request.grants, "grids.draw"),
        "may_post": can(request.grants, "grids.post"),
    }
    return render(request, "staff/grids/street.html", shown)


@page(methods=("GET", "HEAD"))
def grid(request: StaffRequest, pk: int) -> HttpResponse:
    """One grid: its place on the map, who answers now and why, its posts past and to come."""
    held = show.posts(pk)
    with queries.held():
        known = {each.pk: each for each in queries.all_grids()}
        if pk not in known:
            raise Missing(_("没有这个网格"))
        row = known[pk]
        found, drawing = queries.answering(row), show.around(row)
    shown = {
        "grid": row,
        "parent": known.get(row.parent_id) if row.parent_id else None,
        "below": [each for each in known.values() if each.parent_id == row.pk and each.valid_to is None],
        "answering": found,
        "reasons": wording.reasons(found),
        "drawing": drawing,
        "posts": [one for one in held if not one.over],
        "past": [one for one in held if one.over],
        "may_post": can(request.grants, "grids.post", row),
    }
    return render(request, "staff/grids/grid.html", shown)


@page("grids.post")
def post(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody answers for this grid from a day on."""
    row = _grid(pk)
    require(request.grants, "grids.post", row)

    def do(data: dict[str, Any]) -> None:
        user = person_of(data["person"])
        actions.post(request.actor, user, row, PostRole(data["role"]), data["since"], data["until"])

    return saved(
        request, Posting(posted(request), row), do, _("已指定。"), ("staff:grid", pk),
        title=_("指定负责人：%s") % row.name, button=_("指定"), icon="plus", back="staff:grid", ref=pk,
        people=offered(),
    )  # fmt: skip


@page("grids.post")
def end_post(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody answers for a grid until a day."""
    row = _post(request, pk)
    return saved(
        request, LastDay(posted(request)), lambda data: actions.end_post(request.actor, pk, data["last_day"]),
        _("已结束任职。"), ("staff:grid", row.grid_id), title=_("结束任职：%s") % row.user.name, button=_("结束任职"),
        icon="leave", danger=True, back="staff:grid", ref=row.grid_id,
        lead=_("%(role)s · %(grid)s。以前的任职照样留着。") % {"role": row.get_role_display(), "grid": row.grid.name},
    )  # fmt: skip


@page("grids.post")
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    """The person of this post is away for some days; a stand-in answers at all their posts."""
    row = _post(request, pk)

    def do(data: dict[str, Any]) -> None:
        stand_in = person_of(data["stand_in"], "stand_in") if data["stand_in"] else None
        actions.take_leave(request.actor, row.user, data["since"], data["until"], stand_in)

    places = _("、").join(each.grid.name for each in queries.posts_of(row.user_id, today()))
    return saved(
        request, Away(posted(request)), do, _("已登记。"), ("staff:grid", row.grid_id),
        title=_("登记不在岗：%s") % row.user.name, button=_("登记"), icon="calendar", back="staff:grid",
        ref=row.grid_id, people=offered(),
        lead=_("只记日期，不记事由。代理人代其全部任职：%s。") % places,
    )  # fmt: skip


@page("grids.post")
def end_leave(request: StaffRequest, pk: int, away: int) -> HttpResponse:
    """Back earlier than planned."""
    row = _post(request, pk)
    kept = get_object_or_404(Leave, pk=away, user=row.user_id)
    return saved(
        request, LastDay(posted(request)), lambda data: actions.end_leave(request.actor, kept.pk, data["last_day"]),
        _("已保存。"), ("staff:grid", row.grid_id), title=_("提前回岗：%s") % row.user.name, button=_("保存"),
        icon="check", back="staff:grid", ref=row.grid_id,
        lead=_("最后一天不在岗的日期；早于开始日期就是取消。"),
    )  # fmt: skip


def _grid(pk: int) -> Grid:
    return get_object_or_404(Grid.objects.select_related("unit"), pk=pk)


def _post(request: StaffRequest, pk: int) -> GridPost:
    """A post that this person may change; refused where they may not."""
    row = get_object_or_404(GridPost.objects.select_related("user", "grid__unit"), pk=pk)
    require(request.grants, "grids.post", row.grid)
    return row
