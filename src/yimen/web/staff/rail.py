"""The rail beside every staff page: worklists with their counts, the window's and the centre's doors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, can
from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.cases import changes, instructions, joint, letterbook, queries
from yimen.cases.access import UNIT_ROLES
from yimen.cases.actions import district
from yimen.cases.actions.filters import saved_filters
from yimen.cases.models import SavedFilter
from yimen.foundation import counting
from yimen.grids import duty as roster
from yimen.grids.models import DutyShift
from yimen.intake.queries import queue
from yimen.organisations.queries import memberships_of

from .auth.who import MAY_CONFIRM_LINK, MAY_END_SESSIONS, MAY_RESET
from .doors import doors
from .lists import CENTRE, DESK, WORKLISTS

# "g" and a letter leads to these; said on the page of keys (templates/staff/keys_list.html).
KEYS = {"mine": "g m", "due-soon": "g d", "overdue": "g o", "unit": "g u", "changes": "g w"}


@dataclass(frozen=True, slots=True)
class Item:
    """One door. `count` None means that nothing is counted there; above 999 it is said as 999+."""

    label: object
    url: str
    count: int | None = None
    key: str = ""
    late: bool = False
    current: bool = False

    @property
    def said(self) -> str:
        return counting.said(self.count or 0)


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Rail:
    """Everything the rail draws. `desk` says whether registering is offered, `news` how much others did."""

    unit: str
    desk: bool
    groups: list[Group] = field(default_factory=list)
    news: int = 0
    standing: list[str] = field(default_factory=list)


# The lists with a number beside them, in the order of the rail; the pressing ones only while there is something.
USUAL = ("mine", "due-soon", "overdue", "first-contact", "unit")
PRESSING = ("reminded", "urged", "extension", "charge", "unreported")
DESKS = ("callback", "screening", "triage", "history")


def of(grants: Grants, user_id: int, path: str) -> Rail:
    """The rail for one person on one page. Two statements: what is the person's own, then every number."""
    own = _own(grants, user_id)
    counts = _worded(grants, timezone.localdate(), own.mark is not None).ask(timezone.now(), own.mark)
    news = min(counts["news"], changes.MOST)
    groups = [
        Group(
            "",
            [
                *_before_me(grants, counts, path),
                *_lists(grants, counts, path, USUAL),
                *_pressing(grants, counts, path),
                *_helping(counts, path),
                *_writing(counts, path),
                _door("changes", _("有什么变化"), path, key=KEYS["changes"], count=news),
            ],
        ),
        Group(_("我的筛选"), _saved(own.filters)),
        Group(_("窗口"), _window(grants, counts, path)),
        Group(_("中心"), [*_on_duty(grants, own, path), *_centre(grants, counts, path)]),
        Group(_("管理"), _administration(grants, path)),
    ]
    shown = [group for group in groups if group.items]
    standing = [_("代%s") % name for name in own.standing]
    return Rail(own.unit, grants.has(*DESK), shown, news, standing)


@dataclass(frozen=True, slots=True)
class Own:
    """What is the person's own: the unit's name, for whom they stand in (代理), filters, how far changes were seen;
    and who is on duty now, with the phone."""

    unit: str
    standing: list[str]
    filters: list[SavedFilter]
    mark: int | None
    duty: list[str]


def _own(grants: Grants, user_id: int) -> Own:
    rows = _asked(grants, user_id).ask(timezone.now())
    filters = [SavedFilter(**json.loads(row)) for row in rows["filters"]]
    duty = [f"{one['name']} {one['phone']}".strip() for one in map(json.loads, rows["duty"])]
    return Own("".join(rows["unit"]), rows["standing"], filters, next(iter(rows["mark"]), None), duty)


@lru_cache(maxsize=256)
def _asked(grants: Grants, user_id: int) -> counting.Worded:
    return counting.worded_columns(
        {
            "unit": memberships_of(user_id).values("unit__name")[:1],
            "standing": User.objects.filter(pk__in=grants.stands_for()).order_by("name").values("name"),
            "filters": saved_filters(user_id).values_list(
                JSONObject(name="name", list="list", query="query")
            ),
            "mark": changes.read_up_to(grants).values("seq"),
            "duty": _shift_now(grants).values_list(JSONObject(name="person__name", phone="phone")),
        }
    )


def _shift_now(grants: Grants) -> QuerySet[DutyShift]:
    """今日值班, for everybody who may see the roster."""
    if not can(grants, "grids.duty"):
        return DutyShift.objects.none()
    return roster.running(counting.NOW)


@lru_cache(maxsize=256)
def _worded(grants: Grants, _today: date, marked: bool) -> counting.Worded:
    """The numbers of whoever holds this, for one day: what their conditions say is made of nothing else but the
    present and the mark, for which stand-ins are in them."""
    return counting.worded(_counted(grants, counting.MARK if marked else None))


def _counted(grants: Grants, mark: int | None) -> dict[str, QuerySet[Any, Any]]:
    """Everything that has a number for this person, as rows to count."""
    offered = [name for name in (*USUAL, *PRESSING, *DESKS) if WORKLISTS[name].offered(grants)]
    found: dict[str, QuerySet[Any, Any]] = {**queries.counted(grants, (*offered, "supervised"), counting.NOW)}
    found["news"] = changes.newest(grants, mark, counting.NOW)
    if can(grants, "cases.instruct"):
        found |= instructions.asked(grants)
    if grants.has(*DESK, *UNIT_ROLES):
        found["assisting"] = joint.parts_waiting_for(grants)
    if grants.has(*DESK, Role.HANDLER, Role.HEAD):
        found["letters"] = letterbook.waiting(grants)
    if can(grants, district.ACTION):
        found["referred"] = district.waiting().select_related(None).order_by()
    if grants.has(*DESK):
        found["queue"] = queue(grants)
    return found


def _before_me(grants: Grants, counts: dict[str, int], path: str) -> list[Item]:
    """待批示, for who gives instructions."""
    if not can(grants, "cases.instruct"):
        return []
    return [_door("instructions", _("待批示"), path, count=counts["instruct"] + counts["confirm"])]


def _helping(counts: dict[str, int], path: str) -> list[Item]:
    """协办, where a part is owed: by the own unit, at the desk by units without accounts."""
    item = _door("assisting", _("协办"), path, count=counts.get("assisting", 0))
    return [item] if item.count or item.current else []


def _writing(counts: dict[str, int], path: str) -> list[Item]:
    """文书待办, for who drafts, signs or seals letters."""
    return [_door("letters", _("文书待办"), path, count=counts["letters"])] if "letters" in counts else []


def list_url(name: str) -> str:
    return reverse("staff:home") if name == "mine" else reverse("staff:work", args=[name])


def filter_url(row: SavedFilter) -> str:
    """Where a saved filter leads: its list (or the search) with its filters in the address."""
    base = reverse("staff:search") if row.list == "search" else list_url(row.list)
    return f"{base}?{row.query}" if row.query else base


def _saved(rows: list[SavedFilter]) -> list[Item]:
    """Own filters by name, without counts; the last line leads to renaming and deleting."""
    last = [Item(_("改名或删除…"), reverse("staff:filters"))] if rows else []
    return [*(Item(row.name, filter_url(row)) for row in rows), *last]


def _lists(grants: Grants, counts: dict[str, int], path: str, names: tuple[str, ...]) -> list[Item]:
    found = []
    for name in names:
        row, url = WORKLISTS[name], list_url(name)
        if row.offered(grants):
            count = counts.get(name)
            late = row.late and bool(count)
            found.append(Item(row.title, url, count, key=KEYS.get(name, ""), late=late, current=url == path))
    return found


def _pressing(grants: Grants, counts: dict[str, int], path: str) -> list[Item]:
    """临期提醒, 催办, 延期待批 and the like: only when there is something, or on the page itself."""
    return [item for item in _lists(grants, counts, path, PRESSING) if item.count or item.current]


def _window(grants: Grants, counts: dict[str, int], path: str) -> list[Item]:
    doors = [("enquiry", _("咨询速记"))] if can(grants, "intake.tally") else []
    doors += [("event", _("网格上报"))] if can(grants, "cases.report_event") else []
    if not grants.has(*DESK):
        return [_door(name, label, path) for name, label in doors]
    items = [_door("register", _("来访登记"), path, key="n")]
    items += [_door(name, label, path) for name, label in (*doors, ("returning", _("再次来访")))]
    items += [*_lists(grants, counts, path, ("callback",)), _door("callbacks", _("逐件回访"), path)]
    items += [_door("offline", _("脱机登记表"), path)]
    return [*items, _door("queue", _("导入待接收"), path, count=counts["queue"])]


def _centre(grants: Grants, counts: dict[str, int], path: str) -> list[Item]:
    items = _lists(grants, counts, path, ("triage", "screening", "history", "all"))
    items += [_door("map", _("地图"), path)]
    items += _referred(grants, counts, path)
    items += [_door("supervision", _("督办"), path, count=counts.get("supervised"))]
    items += [_door("weekly", _("周例会清单"), path)] if can(grants, "cases.weekly") else []
    items += [_door("receptions", _("领导接访日"), path)]
    items += [_door("grids", _("网格"), path)]
    items += [_door("field-phones", _("网格手机"), path)] if can(grants, "intake.field") else []
    items += _reports(path) if can(grants, "reports.read") else []
    return [*items, _door("handover", _("工作交接"), path)] if can(grants, "cases.hand_over") else items


def _referred(grants: Grants, counts: dict[str, int], path: str) -> list[Item]:
    """提请区级协调: for leaders with how many wait; for others of the centre and the district the page alone."""
    if not grants.has(*CENTRE, Role.DISTRICT):
        return []
    return [_door("district", _("提请区级协调"), path, count=counts.get("referred"))]


def _on_duty(grants: Grants, own: Own, path: str) -> list[Item]:
    """今日值班 with name and phone; the register of premises for those who see some."""
    found = []
    if can(grants, "grids.duty"):
        label = _("今日值班：%s") % own.duty[0] if own.duty else _("今日值班：没有人")
        found.append(_door("duty", label, path))
    return found + ([_door("premises", _("楼宇和单位"), path)] if can(grants, "grids.premises") else [])


def _reports(path: str) -> list[Item]:
    url = reverse("staff:sheet", args=["day"])
    sheet = Item(_("日报和周报"), url, current=path in (url, reverse("staff:sheet", args=["week"])))
    return [sheet, _door("registers", _("台账"), path), _door("figures", _("指标"), path)]


def _administration(grants: Grants, path: str) -> list[Item]:
    """What the three administrators keep; a director finds the links to confirm here."""
    found = [Item(door.label, door.url, current=door.url == path) for door in doors(grants)]
    found += (
        [_door("pressure-figures", _("提醒、催办和督办的设定"), path)]
        if can(grants, "cases.set_pressure")
        else []
    )
    more = [("account_sessions", _("所有人的登录"))] if grants.has(*MAY_END_SESSIONS) else []
    if grants.has(*MAY_CONFIRM_LINK):
        more += [("account_people", _("同事忘了密码"))]
    if grants.has(*MAY_RESET):
        more += [("account_resets", _("同事丢了第二验证"))]
    return found + [Item(label, reverse(name), current=reverse(name) == path) for name, label in more]


def _door(name: str, label: str, path: str, *, key: str = "", count: int | None = None) -> Item:
    url = reverse(f"staff:{name}")
    return Item(label, url, count, key, current=url == path)
