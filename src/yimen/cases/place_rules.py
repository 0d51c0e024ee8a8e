"""Guards of the flow *grid*: what stands in the way of a step of a matter of a place. Pure, as `rules`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid

from .states import MAX_RETURNS

if TYPE_CHECKING:
    from .rules import CaseFacts

# Doors through which residents report: verified on the spot before 受理. A superior's item is filed directly (桂林手册 2016).
PUBLIC: Final = frozenset({"visit", "phone", "letter", "online", "fax"})
_LEVELS: Final = ("grid", "community", "street")


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """`settles_at`: the lowest level that may settle its class; `after_photos`: pictures of the place afterwards."""

    level: str = ""
    settles_at: str = "grid"
    public: bool = False
    verified: str = ""
    placed: bool = True
    wants_after: bool = False
    after_photos: int = 0


Guard = Callable[["CaseFacts", Mapping[str, Any], datetime], object]


def _settled_here(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    place = facts.place
    if place.level in _LEVELS and _LEVELS.index(place.settles_at) <= _LEVELS.index(place.level):
        return ""
    return _("这一类事件不在本级处置权限内，请上送")


def _nobody_waits(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return _("有居民反映并留了电话，请答复后再结案") if facts.reachable else ""


def _somebody_waits(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.reachable else _("没有居民等答复，直接结案即可")


def _after_photo(facts: CaseFacts, data: Mapping[str, Any], _at: datetime) -> object:
    """A class that wants evidence: a photo of this round of handling, or why there is none."""
    if facts.place.wants_after and facts.place.after_photos <= facts.redos and not data.get("no_photo"):
        return Invalid(_("这一类事件要有处置后照片"), {"no_photo": _("请先添加处置后照片，或写明为什么没有")})
    return ""


def _has_grid(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.place.placed else _("还不知道在哪个网格，不能下派；请先更正地点")


def _verified_first(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.place.verified == "no":
        return _("核实不属实，请不予受理")
    if facts.place.public and facts.place.verified != "yes":
        return _("公众反映的事件先到现场核实，再受理")
    return ""


def _way_when_waiting(facts: CaseFacts, data: Mapping[str, Any], _at: datetime) -> object:
    if facts.reachable and not data.get("way"):
        return Invalid(_("有居民等答复"), {"way": _("请写明怎样告知了反映人")})
    return ""


def _director_after_returns(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.returns >= MAX_RETURNS and not facts.actor_is_director:
        return _("已被退回两次，请中心主任指定承办单位")
    return ""


def _settled_below(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    """Of a place, settled by the grid or the community: no unit to go back to, so the street takes it on."""
    if facts.followed:
        return _("来访人说没有解决，先取消并案，单独办理")
    return _("有承办单位的，退回承办单位返工") if facts.may_redo else ""


GUARDS: Final[dict[str, Guard]] = {
    "settled_here": _settled_here,
    "nobody_waits": _nobody_waits,
    "somebody_waits": _somebody_waits,
    "after_photo": _after_photo,
    "has_grid": _has_grid,
    "verified_first": _verified_first,
    "way_when_waiting": _way_when_waiting,
    "director_after_returns": _director_after_returns,
    "settled_below": _settled_below,
}
