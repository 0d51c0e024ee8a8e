"""The administrators' first page: what a new home still lacks, and every door of one's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.queries import holding
from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.calendars.queries import held, missing_year
from yimen.foundation import counting
from yimen.organisations.models import Membership, Office, Unit, UnitKind
from yimen.organisations.queries import units

from ...door import StaffRequest, page
from ...doors import doors
from ...show import alarms


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a centre needs before it can register, who does it, and whether it is done."""

    words: str
    who: str
    url: str
    done: bool
    needed: bool = True


@page("admin.enter", methods=("GET", "HEAD"))
def home(request: StaffRequest) -> HttpResponse:
    own = [door for door in doors(request.grants) if door.route != "staff:admin"]
    with held():  # steps and alarms look at the same calendar
        steps = [] if request.grants.has(Role.AUDITOR) else _steps()
        rung = alarms.sentences()
    left = [step for step in steps if not step.done]
    ready = not any(step.needed for step in left)
    shown = {
        "alarms": rung,
        "doors": own,
        "steps": left if ready else steps,
        "left": len(left),
        "ready": ready,
    }
    return render(request, "staff/admin/home.html", shown)


def _steps() -> list[Step]:
    """From an empty home to the first registration, in the order in which it is done."""
    system, security = _("系统管理员"), _("安全管理员")
    others = units().exclude(kind=UnitKind.CENTRE)
    rows = counting.columns(
        {
            "held": holding().select_related(None).order_by().values("role").distinct(),
            "office": Office.objects.order_by("id").values("name")[:1],
            "others": others.order_by().values("name")[:1],
            "members": Membership.objects.filter(active=True).values("unit__name")[:1],
            "lacking": _without_liaison().order_by().values("name")[:1],
        }
    )
    given = set(rows["held"])
    roles = reverse("staff:admin-roles")
    return [
        Step(_("写好街道和中心的名称"), system, reverse("staff:admin-office"), rows["office"] not in ([], [_("本街道")])),
        Step(_("增设要转办的单位"), system, reverse("staff:admin-units"), bool(rows["others"])),
        Step(_("让同事加入单位，当面交给一次性链接"), system, reverse("staff:admin-units"), bool(rows["members"])),
        Step(_("指定安全管理员（另一个人）"), system, reverse("staff:admin-grant"), Role.SECURITY in given),
        Step(_("指定审计员"), security, roles, Role.AUDITOR in given),
        Step(_("授予窗口接待和中心主任的角色"), security, roles, {Role.CLERK, Role.DIRECTOR} <= given),
        Step(_("每个有账号的单位都有联络员，并有经办人和负责人"), system, reverse("staff:admin-units"), not rows["lacking"]),
        Step(_("今年（十一月起也要明年）的工作日历已载入"), system, reverse("staff:admin-calendar"), missing_year(timezone.localdate()) is None, needed=False),
    ]  # fmt: skip


def _without_liaison() -> QuerySet[Unit]:
    """Units with accounts to which nothing can be sent yet."""
    has = Membership.objects.filter(active=True, liaison=True, user__in=User.objects.filter(is_active=True))
    return units().filter(online=True).exclude(kind=UnitKind.CENTRE).exclude(pk__in=has.values("unit"))
