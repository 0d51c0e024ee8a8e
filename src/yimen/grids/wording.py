"""Why somebody answers, in words for people."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .answering import Answering, Reason, Why


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
