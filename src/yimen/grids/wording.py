"""Why somebody answers, and what the check of the map found, in words for people."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .answering import Answering, Reason, Why
from .coverage import Fault, Finding


def reasons(answering: Answering) -> list[str]:
    """One sentence for each thing that shaped the answer; empty when the posts say it all."""
    return list(_sentences(answering))


def _sentences(answering: Answering) -> Iterator[str]:
    for reason in answering.reasons:
        if reason.why == Why.AFTER_HOURS and answering.on_duty:
            yield _("现在不是上班时间，先由中心值班人员%s受理。") % answering.on_duty.person
        elif said := _said(reason):
            yield said


def _said(reason: Reason) -> str:
    sentence = {
        Why.STAND_IN: _("%(place)s的%(name)s不在岗，由%(other)s代理。"),
        Why.AWAY: _("%(place)s的%(name)s不在岗，没有人代理。"),
        Why.OFF: _("%(place)s的%(name)s账号已停用，不再负责。"),
        Why.NO_WORKER: _("%(place)s没有网格员。"),
        Why.NO_LEAD: _("%(place)s没有网格长。"),
        Why.ABOVE: _("改由上一级%(place)s的网格长%(other)s负责。"),
        Why.NOBODY: _("%(place)s和它的上级都没有人负责，请尽快指定。"),
        Why.NO_DUTY: _("现在不是上班时间，中心没有排值班。"),
    }.get(reason.why, "")
    return sentence % {"place": reason.place, "name": reason.name, "other": reason.other}


FAULTS = {
    Fault.NO_OUTLINE: lazy("没有画边界"),
    Fault.OUTSIDE: lazy("超出上级范围"),
    Fault.OVERLAP: lazy("互相重叠"),
    Fault.GAP: lazy("有空白"),
    Fault.NO_WORKER: lazy("今天没有网格员"),
    Fault.NO_LEAD: lazy("今天没有网格长"),
    Fault.LEFT: lazy("负责人账号已停用"),
    Fault.NOBODY: lazy("今天没有任何人负责"),
}


def finding(one: Finding) -> str:
    """What is wrong there, in one sentence without the grid's own name."""
    said = {"area": f"{one.area:,.0f}", "other": one.other.name if one.other else "", "name": one.name}
    sentence = {
        Fault.OUTSIDE: _("约 %(area)s 平方米在%(other)s的范围以外。"),
        Fault.OVERLAP: _("和%(other)s重叠约 %(area)s 平方米。"),
        Fault.GAP: _("约 %(area)s 平方米不在任何下级网格里。"),
        Fault.LEFT: _("%(name)s的账号已停用，请结束任职并另行指定。"),
    }.get(one.fault, "")
    return sentence % said
