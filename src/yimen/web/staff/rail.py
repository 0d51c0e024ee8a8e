"""The rail beside every staff page: worklists with their counts, the window's and the centre's doors."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, can
from yimen.cases import queries
from yimen.intake.queries import queue
from yimen.organisations.queries import memberships_of

from .auth.who import MAY_END_SESSIONS, MAY_RESET
from .lists import DESK, WORKLISTS


@dataclass(frozen=True, slots=True)
class Item:
    """One door. `count` None means that nothing is counted there."""

    label: object
    url: str
    count: int | None = None
    key: str = ""
    late: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Rail:
    """Everything the rail draws. `desk` says whether registering is offered."""

    unit: str
    desk: bool
    groups: list[Group] = field(default_factory=list)


def of(grants: Grants, user_id: int, path: str) -> Rail:
    """The rail for one person on one page: one query for all counts, one for the unit's name."""
    counts = queries.counts(grants)
    groups = [
        Group("", _lists(grants, counts, path, ("mine", "due-soon", "overdue", "first-contact", "unit"))),
        Group(_("窗口"), _window(grants, counts, path)),
        Group(_("中心"), _centre(grants, counts, path)),
        Group(_("管理"), _administration(grants, path)),
    ]
    membership = memberships_of(user_id).first()
    name = membership.unit.name if membership else ""
    return Rail(name, grants.has(*DESK), [group for group in groups if group.items])


def list_url(name: str) -> str:
    return reverse("staff:home") if name == "mine" else reverse("staff:work", args=[name])


def _lists(grants: Grants, counts: dict[str, int], path: str, names: tuple[str, ...]) -> list[Item]:
    found = []
    for name in names:
        row, url = WORKLISTS[name], list_url(name)
        if row.offered(grants):
            count = counts.get(name)
            found.append(Item(row.title, url, count, late=row.late and bool(count), current=url == path))
    return found


def _window(grants: Grants, counts: dict[str, int], path: str) -> list[Item]:
    doors = [("enquiry", _("咨询速记"))] if can(grants, "intake.tally") else []
    if not grants.has(*DESK):
        return [_door(name, label, path) for name, label in doors]
    items = [_door("register", _("来访登记"), path, key="n")]
    items += [_door(name, label, path) for name, label in (*doors, ("returning", _("再次来访")))]
    items += _lists(grants, counts, path, ("callback",))
    return [*items, _door("queue", _("导入待接收"), path, count=queue(grants).count())]


def _centre(grants: Grants, counts: dict[str, int], path: str) -> list[Item]:
    items = _lists(grants, counts, path, ("screening", "history", "all"))
    items += [_door("figures", _("指标"), path)] if can(grants, "reports.read") else []
    return [*items, _door("handover", _("工作交接"), path)] if can(grants, "cases.hand_over") else items


def _administration(grants: Grants, path: str) -> list[Item]:
    doors = [("account_sessions", _("所有人的登录"))] if grants.has(*MAY_END_SESSIONS) else []
    if grants.has(*MAY_RESET):
        doors += [("account_people", _("同事忘了密码")), ("account_resets", _("同事丢了第二验证"))]
    return [Item(label, reverse(name), current=reverse(name) == path) for name, label in doors]


def _door(name: str, label: str, path: str, *, key: str = "", count: int | None = None) -> Item:
    url = reverse(f"staff:{name}")
    return Item(label, url, count, key, current=url == path)
