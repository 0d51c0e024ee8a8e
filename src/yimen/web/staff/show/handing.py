"""Acts on papers handed in with a matter: taken, given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from yimen.access.registry import Grants
from yimen.cases.actions import materials
from yimen.cases.states import Who
from yimen.foundation.actor import Actor

from .scene import Act, Scene, ask

Data = Mapping[str, Any]


def _take(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    given = {"lines": data.get("materials", ""), "return_on": data.get("return_on")}
    return materials.take(actor, grants, scene.case.uuid, **given)


def _give_back(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return materials.give_back(actor, grants, scene.case.uuid, ids=data.get("materials", ()))


def _may_take(scene: Scene) -> bool:
    return bool(scene.case.open) and not scene.case.sealed


def _holds(scene: Scene) -> bool:
    return not scene.case.sealed and bool(materials.held_of(scene.case))


_WHO = frozenset({Who.DESK, Who.LEAD})
HANDING: Final = (
    Act("take_materials", _("收下材料"), "paperclip", _WHO, _may_take,
        (ask("materials", "longtext", _("材料"), _("一行一件：名称 原件或复印件 页数，如：租房合同 复印件 3 页")),
         ask("return_on", "date", _("原件应还日期"), _("不归还的不填"))),
        frozenset({"materials"}), _take, _("当面清点，收下后在“打印”里出材料收据，一式两份。")),
    Act("return_materials", _("归还材料"), "undo", _WHO, _holds,
        (ask("materials", "held", _("归还哪几件")),), frozenset({"materials"}), _give_back),
)  # fmt: skip
