"""Roles with their periods, and stand-ins. The security administrator gives them, never to himself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access import actions, queries
from yimen.access.actions import Granting
from yimen.access.models import RoleGrant
from yimen.access.registry import can, require
from yimen.access.roles import NAMES, Role
from yimen.foundation.errors import Refused
from yimen.grids.kinds import Level
from yimen.grids.queries import grids
from yimen.organisations.models import Unit

from ...door import StaffRequest, page
from ...forms.rows import LastDay, day, line, person, today, unit_choices
from ...forms.shape import Shape
from .saving import offered, person_of, posted, saved


class Grant(Shape):
    person = person(gettext_lazy("给谁（登录名）"))
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), choices=[("", gettext_lazy("请选择")), *NAMES.items()]
    )
    unit = forms.ChoiceField(label=gettext_lazy("管哪个单位的事"))
    grid_code = forms.ChoiceField(label=gettext_lazy("只管一个网格"), required=False)
    since = day(gettext_lazy("从哪天起"))
    until = day(gettext_lazy("到哪天止"), gettext_lazy("不填就一直有效，直到收回"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = unit_choices(_("请选择"))
        found = grids(Level.GRID)
        self.fields["grid_code"].choices = [("", _("不限")), *((grid.code, grid.name) for grid in found)]
        if not found:
            del self.fields["grid_code"]
        self.fields["since"].initial = today()


class StandIn(Shape):
    spoken_of = {"away": "until"}

    person = person(gettext_lazy("由谁代理（登录名）"))
    since = day(gettext_lazy("从哪天起"))
    until = day(gettext_lazy("到哪天止"), gettext_lazy("到期自动结束"))
    reason = line(gettext_lazy("原因"), 200, gettext_lazy("如：休假、外出学习"))


@page("admin.roles", methods=("GET", "HEAD"))
def roles(request: StaffRequest) -> HttpResponse:
    """Who holds what where, from when until when; by person, unit and role."""
    q, unit, role = (request.GET.get(name, "").strip() for name in ("q", "unit", "role"))
    rows = queries.grants(past=bool(request.GET.get("past")))
    if q:
        rows = rows.filter(user__name__icontains=q) | rows.filter(user__sign_in__icontains=q)
    if unit:
        rows = rows.filter(unit__key=unit)
    if role in NAMES:
        rows = rows.filter(role=role)
    shown = {
        "rows": rows[:500],
        "today": today(),
        "names": [(str(code), name) for code, name in NAMES.items()],
        "units": unit_choices(_("全部"))[1:],
        "q": q,
        "unit": unit,
        "role": role,
        "may_grant": can(request.grants, "admin.grant"),
        "may_end": request.grants.has(Role.SECURITY),
    }
    return render(request, "staff/admin/roles.html", shown)


@page("admin.roles")
def grant(request: StaffRequest) -> HttpResponse:
    """Give a role for a period."""
    require(request.grants, "admin.grant")
    form = Grant(posted(request), initial={name: request.GET[name] for name in request.GET})
    lead = _("三类管理员（系统、安全、审计）各由一人担任，不兼别的角色；不能给自己授角色。")

    def do(data: dict[str, Any]) -> None:
        require(request.grants, "admin.grant", data["role"])
        unit = Unit.objects.get(key=data["unit"])
        given = (person_of(data["person"]), Role(data["role"]), unit, data["since"], data["until"])
        actions.appoint(request.actor, Granting(*given, data.get("grid_code", "")))

    return saved(
        request, form, do, _("已授予。"), ("staff:admin-roles",), title=_("授予角色"), button=_("授予"), icon="shield",
        back="staff:admin-roles", lead=lead, people=offered(),
    )  # fmt: skip


@page("admin.roles")
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """End a role after a day."""
    row = _row(request, pk)
    lead = _("%(name)s在%(unit)s的角色：%(role)s") % _said(row)
    return saved(
        request, LastDay(posted(request)), lambda data: actions.revoke(request.actor, row.pk, data["last_day"]),
        _("已收回。"), ("staff:admin-roles",), title=_("收回角色"), button=_("收回"), icon="close", danger=True,
        back="staff:admin-roles", lead=lead,
    )  # fmt: skip


@page("admin.roles")
def stand_in(request: StaffRequest, pk: int) -> HttpResponse:
    """代理: another person holds this role while its owner is away."""
    row = _row(request, pk)
    form = StandIn(posted(request), initial={"since": today()})

    def do(data: dict[str, Any]) -> None:
        user = person_of(data["person"])
        actions.must_be_in_use(user)
        actions.stand_in(request.actor, row, user, data["since"], data["until"], reason=data["reason"])

    lead = _(
        "%(name)s不在时，由另一人代行%(unit)s的角色：%(role)s。页面和台账都注明代理，到期自动结束。"
    ) % _said(row)
    return saved(
        request, form, do, _("已安排代理。"), ("staff:admin-roles",), title=_("安排代理"), button=_("安排代理"),
        icon="swap", back="staff:admin-roles", lead=lead, people=offered(),
    )  # fmt: skip


def _row(request: StaffRequest, pk: int) -> RoleGrant:
    """A grant that the security administrator may change: never one of his own."""
    if not request.grants.has(Role.SECURITY):
        raise Refused(_("角色由安全管理员授予和收回"))
    row = get_object_or_404(RoleGrant.objects.select_related("user", "unit"), pk=pk)
    if row.user_id == request.user.pk:
        raise Refused(_("不能改自己的角色，请找另一位管理员"))
    return row


def _said(row: RoleGrant) -> dict[str, object]:
    return {"name": row.user.name, "unit": row.unit.name, "role": NAMES[Role(row.role)]}
