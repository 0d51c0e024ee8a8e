"""The worklists: their names in the address, their titles, and who is offered which."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yimen.access.registry import Grants
from yimen.access.roles import Role

DESK = (Role.CLERK, Role.DIRECTOR)
CENTRE = (*DESK, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Worklist:
    """One list. `roles` empty: everybody is offered it. `empty` is said when nothing is in it."""

    name: str
    title: object
    roles: tuple[Role, ...] = ()
    late: bool = False
    empty: object = _("这里现在没有事项。")

    def offered(self, grants: Grants) -> bool:
        return not self.roles or grants.has(*self.roles)


WORKLISTS = {
    row.name: row
    for row in (
        Worklist("mine", _("我的待办"), empty=_("没有轮到您的事项。")),
        Worklist("due-soon", _("临期"), empty=_("两天内没有到期的事项。")),
        Worklist("overdue", _("超期"), late=True, empty=_("没有超期的事项。")),
        Worklist("first-contact", _("我首问的"), DESK, empty=_("您还没有首问的在办事项。")),
        Worklist("unit", _("本单位"), empty=_("本单位没有在办事项。")),
        Worklist("callback", _("回访"), DESK, empty=_("没有等着回访的事项。")),
        Worklist("screening", _("待甄别"), (Role.DIRECTOR,), empty=_("没有待甄别的事项。")),
        Worklist("triage", _("待派遣"), DESK, empty=_("没有等着受理、立案、派遣的网格事件。")),
        Worklist("history", _("历史件待核对"), (Role.DIRECTOR,), empty=_("没有等着核对的历史件。")),
        Worklist("reminded", _("临期提醒"), empty=_("没有提醒您的事项。")),
        Worklist("urged", _("催办待回复"), late=True, empty=_("没有等您回复的催办。")),
        Worklist("extension", _("延期待批"), (Role.HEAD, Role.DIRECTOR), empty=_("没有等您批准的延期。")),
        Worklist("charge", _("我包案的"), (Role.LEADER, Role.DIRECTOR), empty=_("您现在没有包案的事项。")),
        Worklist("unreported", _("多人来访未报告"), DESK, late=True, empty=_("多人来访都已报告领导。")),
        Worklist("supervised", _("在督办的事项"), CENTRE, empty=_("没有在督办的事项。")),
        Worklist("all", _("全部在办"), CENTRE),
    )
}
