"""Units and who belongs to them: added, changed, ended by date; never deleted."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from yimen.access.queries import grants
from yimen.accounts import actions as accounts
from yimen.accounts.models import User
from yimen.accounts.queries import by_sign_in
from yimen.cases import leaning
from yimen.cases.actions.handover import end_membership
from yimen.cases.actions.units import end_unit
from yimen.foundation.errors import Invalid
from yimen.organisations import actions
from yimen.organisations.models import Membership, Unit, UnitKind
from yimen.organisations.queries import members, office

from ...door import StaffRequest, page
from ...forms.rows import LastDay, today
from ...forms.units import Join, Seat, office_form, unit_form
from .people import link_page
from .saving import offered, posted, pressed, saved, try_to


@page("admin.settings")
def units(request: StaffRequest) -> HttpResponse:
    """All units by kind, those that ended last."""
    rows = list(Unit.objects.order_by("order", "id").select_related("parent"))
    there = Membership.objects.filter(active=True)
    people = dict(there.values_list("unit").annotate(n=Count("pk")))
    liaisons = dict(there.filter(liaison=True).values_list("unit", "user__name"))
    now = [row for row in rows if row.valid_to is None or row.valid_to >= today()]
    order = list(UnitKind.values)
    now.sort(key=lambda row: (order.index(row.kind), row.order, row.pk))
    groups = [
        (UnitKind(kind).label, [(row, people.get(row.pk, 0), liaisons.get(row.pk)) for row in found])
        for kind, found in groupby(now, key=lambda row: row.kind)
    ]
    over = [row for row in rows if row not in now]
    return render(request, "staff/admin/units.html", {"groups": groups, "over": over})


@page("admin.settings")
def add_unit(request: StaffRequest) -> HttpResponse:
    def do(data: dict[str, Any]) -> None:
        parent = data.pop("parent")
        actions.add_unit(request.actor, Unit(**data, parent_id=parent, key=_key(), valid_from=today()))

    return saved(
        request, unit_form(posted(request), Unit()), do, _("已增设单位。"), ("staff:admin-units",),
        title=_("增设单位"), button=_("增设"), icon="plus", back="staff:admin-units",
    )  # fmt: skip


def _key() -> str:
    """The next free short key; it stands in addresses and never changes."""
    taken = set(Unit.objects.filter(key__startswith="unit-").values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 2) if (key := f"unit-{n}") not in taken)


@page("admin.settings", methods=("GET", "HEAD"))
def unit(request: StaffRequest, key: str) -> HttpResponse:
    """One unit: what is kept of it, its people, their roles."""
    row = get_object_or_404(Unit.objects.select_related("parent"), key=key)
    roles: dict[int, list[Any]] = {}
    for grant in grants().filter(unit=row):
        roles.setdefault(grant.user_id, []).append(grant)
    shown = [(member, roles.get(member.user_id, [])) for member in members(row.pk)]
    return render(request, "staff/admin/unit.html", {"unit": row, "members": shown, "over": row.valid_to})


@page("admin.settings")
def edit_unit(request: StaffRequest, key: str) -> HttpResponse:
    row = get_object_or_404(Unit, key=key)

    def do(data: dict[str, Any]) -> None:
        changes = data | {
            "parent": Unit.objects.filter(pk=data["parent"]).first() if data["parent"] else None
        }
        actions.edit_unit(request.actor, row, changes)

    return saved(
        request, unit_form(posted(request), row), do, _("已修改。"), ("staff:admin-unit", key),
        title=_("修改单位：%s") % row.name, button=_("保存"), icon="check", back="staff:admin-unit", ref=key,
    )  # fmt: skip


@page("admin.settings")
def stop_unit(request: StaffRequest, key: str) -> HttpResponse:
    """End a unit by date; refused, with their numbers, while open matters lean on it."""
    row = get_object_or_404(Unit, key=key)
    leaning_on = leaning.on_unit(row.pk)
    return saved(
        request, LastDay(posted(request)), lambda data: end_unit(request.actor, row, data["last_day"]),
        _("已停用。"), ("staff:admin-units",), title=_("停用单位：%s") % row.name, button=_("停用"), icon="close",
        danger=True, back="staff:admin-unit", ref=key, numbers=leaning_on,
        lead=_("停用以后不能再转办给它；以前的事项照常显示它的名字。"),
    )  # fmt: skip


@page("admin.settings")
def join(request: StaffRequest, key: str) -> HttpResponse:
    """Somebody enters the unit. For a new colleague the account is made and its one-time link shown, this once."""
    row = get_object_or_404(Unit, key=key)
    form = Join(posted(request))
    answer, status = try_to(form, lambda data: _joined(request, row, data))
    shown = {
        "form": form, "people": offered(), "title": _("加入%s") % row.name, "button": _("加入"), "icon": "plus",
        "back": "staff:admin-unit", "ref": key,
    }  # fmt: skip
    return answer or render(request, "staff/admin/form.html", shown, status=status)


def _joined(request: StaffRequest, unit: Unit, data: dict[str, Any]) -> HttpResponse:
    with transaction.atomic():
        user = by_sign_in(data["person"])
        fresh = user is None
        user = user or _made(request, data)
        joining = actions.Joining(user, unit, data["since"], data["title"], data["window"], data["liaison"])
        actions.admit(request.actor, joining)
        if fresh:
            return link_page(
                request, user, accounts.invite(request.actor, user), ("staff:admin-unit", unit.key)
            )
    return pressed(request, lambda: None, _("%s已加入。") % user.name, ("staff:admin-unit", unit.key))


def _made(request: StaffRequest, data: dict[str, Any]) -> User:
    if not data["name"]:
        raise Invalid(_("还不能保存"), {"name": _("没有这个登录名；建新账号请写姓名")})
    try:
        return accounts.create_user(request.actor, data["person"], data["name"])
    except Invalid as error:
        said = {{"sign_in": "person"}.get(name, name): text for name, text in error.fields.items()}
        raise Invalid(str(error), said) from error


@page("admin.settings")
def member(request: StaffRequest, pk: int) -> HttpResponse:
    """Title and window of one member."""
    row = _member(pk)
    form = Seat(posted(request), initial={"title": row.title, "window": row.window})
    return saved(
        request, form, lambda data: actions.edit_member(request.actor, row, **data), _("已修改。"),
        ("staff:admin-unit", row.unit.key), title=f"{row.user.name} · {row.unit.name}", button=_("保存"), icon="check",
        back="staff:admin-unit", ref=row.unit.key,
    )  # fmt: skip


@page("admin.settings", methods=("POST",))
def liaison(request: StaffRequest, pk: int) -> HttpResponse:
    """Make this member the unit's 联络员."""
    row = _member(pk)
    done = _("联络员改为%s；以后转来的事项先到此人手里。") % row.user.name
    return pressed(
        request, lambda: actions.move_liaison(request.actor, row), done, ("staff:admin-unit", row.unit.key)
    )


@page("admin.settings")
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    """End a membership; refused while open matters rest on the person: they are handed over first."""
    row = _member(pk)
    lead = _(
        "此人在本单位的角色和别人对他的代理同日结束。未办结的事项要先由科室负责人或中心主任在“工作交接”里交给别人。"
    )
    return saved(
        request, LastDay(posted(request)),
        lambda data: end_membership(request.actor, request.grants, row, on=data["last_day"]),
        _("已办理结束任职。"), ("staff:admin-unit", row.unit.key), title=_("结束任职：%s") % row.user.name,
        button=_("结束任职"), icon="leave", danger=True, back="staff:admin-unit", ref=row.unit.key, lead=lead,
        numbers=leaning.on_member(row.user_id, row.unit_id),
    )  # fmt: skip


def _member(pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "unit"), pk=pk, active=True)


@page("admin.settings")
def the_office(request: StaffRequest) -> HttpResponse:
    """What letterheads, slips and the residents' page say."""
    return saved(
        request, office_form(posted(request), office()),
        lambda data: actions.set_office(request.actor, **data), _("已保存，以后打印的都用新的。"), ("staff:admin",),
        title=_("本单位信息"), button=_("保存"), icon="check", back="staff:admin",
    )  # fmt: skip
