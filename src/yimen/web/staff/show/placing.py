"""Acts on a matter of a place that add a fact: 提请区级协调 prepared by the desk, signed or refused by a leader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from yimen.access.registry import Grants
from yimen.cases import climbing
from yimen.cases.actions import district
from yimen.cases.fields import FIELDS
from yimen.cases.states import Flow, Who
from yimen.foundation.actor import Actor

from .place import request_of
from .scene import Act, Scene, ask


def _prepare(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    return district.prepare(actor, grants, scene.case.uuid, text=data.get("text", ""), version=scene.version)


def _sign(actor: Actor, grants: Grants, scene: Scene, _data: Mapping[str, Any]) -> object:
    return district.sign(actor, grants, scene.case.uuid)


def _refuse(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    return district.refuse(actor, grants, scene.case.uuid, reason=data["reason"])


def _may_prepare(scene: Scene) -> bool:
    place = scene.case.flow == Flow.GRID and bool(scene.case.open) and scene.case.state != "merged"
    return place and climbing.level_of(scene.case) == "street" and climbing.request_of(scene.case) is None


def _may_decide(scene: Scene) -> bool:
    found = request_of(scene.grants, scene.case)
    return found is not None and found.may


PLACING: Final = (
    Act(
        "prepare_district", _("提请区级协调"), "send", frozenset({Who.DESK}), _may_prepare,
        (ask("text", "longtext", _("提请的内容"), _("不写就用系统拟好的：什么事、在哪里、谁承办过、为什么解决不了"), limit=2000),),
        frozenset(), _prepare, _("呈分管领导签批；到期既没有签批也没有说明理由不同意的，自动提请。"),
    ),
    Act(
        "sign_district", _("同意提请区级协调"), "check", frozenset(), _may_decide, (), frozenset(), _sign,
        _("签批后马上转到区级单位，由区级单位签收、处置或退回。"),
    ),
    Act(
        "refuse_district", _("不同意提请区级协调"), "close", frozenset(), _may_decide, (FIELDS["reason"],),
        frozenset({"reason"}), _refuse, _("写明理由，由街道继续办理；这一轮系统不再自动提请。"),
    ),
)  # fmt: skip
