"""Shapes of a matter of a place: 网格上报 (G01), and 受理立案派遣 in one step."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yimen.cases import routes
from yimen.cases.actions.events import EventReport
from yimen.cases.models.case import CHANNELS
from yimen.cases.routing import Route
from yimen.grids.kinds import Crs

from .register import _line, _tick
from .routing import grids_by_community
from .shape import Shape, grouped_units

_WAYS: Final = ("grid", "phone", "above", "visit", "online", "letter")
SYSTEMS: Final = (
    (Crs.WGS84.value, _("手机定位（WGS-84）")),
    (Crs.CGCS2000.value, _("天地图（CGCS2000）")),
    (Crs.GCJ02.value, _("高德、腾讯地图（GCJ-02）")),
    (Crs.BD09.value, _("百度地图（BD-09）")),
)


def class_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Classes in force by their large class."""
    rows = groupby(routes.today_classes(), key=lambda row: (row.scheme, row.big_name))
    return [(big, [(row.key, row.name) for row in group]) for (_scheme, big), group in rows]


class EventForm(Shape):
    """网格上报 for what comes by phone or from above, and for who has no phone page at hand."""

    spoken_of = {"lng": "point", "lat": "point", "grid_code": "grid"}

    text = forms.CharField(
        label=_("什么问题"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写地点和事情，不写居民的姓名和身份"), error_messages={"required": _("请写下是什么问题")},
    )  # fmt: skip
    event_class = forms.ChoiceField(label=_("哪一类"), required=False, help_text=_("不选则按写的内容推荐"))
    place = _line(_("位置"), 200, _("路名、楼号，或第几网格"))
    grid = forms.ChoiceField(label=_("哪个网格"), required=False, help_text=_("不选则按坐标和位置对应"))
    point = _line(_("坐标"), 60, _("先经度后纬度，如 102.4150,40.1050；可以不填"), inputmode="text")
    crs = forms.ChoiceField(label=_("坐标从哪里来"), choices=SYSTEMS, required=False)
    channel = forms.ChoiceField(
        label=_("怎么来的"), choices=[pair for pair in CHANNELS if pair[0] in _WAYS], initial="phone"
    )
    name = _line(_("反映人怎么称呼"), 60, _("要回访才留"), personal=True)
    phone = _line(_("反映人电话"), 40, _("要回访才留"), personal=True, inputmode="tel")
    from_body = _line(_("来文单位"), 100, _("上级转来的，写转来的单位"))
    from_number = _line(_("来文文号"), 60)
    urgent = _tick(_("紧急"))
    settled = forms.CharField(
        label=_("已经当场处置好了：做了什么"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写了就直接结案（自行处置）；没有就空着"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event_class"].choices = [("", gettext("按内容推荐")), *class_choices()]
        self.fields["grid"].choices = [("", gettext("自动对应")), *grids_by_community()]

    def clean_event_class(self) -> str:
        """As chosen; else what the words suggest."""
        chosen: str = self.cleaned_data["event_class"]
        if chosen:
            return chosen
        if found := routes.suggested(self.cleaned_data.get("text", "")):
            return found[0].key
        raise ValidationError(gettext("请选择是哪一类"))

    def clean_point(self) -> tuple[float, float] | None:
        """Longitude and latitude in degrees, or nothing."""
        words = self.cleaned_data["point"].replace("，", ",").replace(" ", ",")
        if not words:
            return None
        try:
            lng, lat = (float(part) for part in words.split(",") if part)
        except ValueError:
            raise ValidationError(gettext("坐标写成 经度,纬度，如 102.4150,40.1050")) from None
        if not (-180 <= lng <= 180 and -90 <= lat <= 90):
            raise ValidationError(gettext("经度在 -180 到 180 之间，纬度在 -90 到 90 之间"))
        return lng, lat

    def report(self, client_key: UUID | None) -> EventReport:
        data = self.cleaned_data
        lng, lat = data["point"] or (None, None)
        return EventReport(
            text=data["text"], event_class=data["event_class"], channel=data["channel"], place=data["place"],
            lng=lng, lat=lat, crs=data["crs"] or Crs.WGS84.value, urgent=data["urgent"], settled=data["settled"].strip(),
            name=data["name"], phone=data["phone"], from_body=data["from_body"], from_number=data["from_number"],
            grid_code=data["grid"], client_key=client_key,
        )  # fmt: skip


class DispatchForm(Shape):
    """受理、立案、派遣 in one click: to whom, with whom, what for."""

    unit = forms.ChoiceField(label=_("派给"), error_messages={"required": _("请选择单位")})
    reason = forms.CharField(
        label=_("为什么不派给规则定的单位"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("照规则派的不用写"),
    )  # fmt: skip
    assisting = forms.MultipleChoiceField(
        label=_("协办单位"), required=False, widget=forms.CheckboxSelectMultiple
    )
    require = forms.CharField(label=_("要求"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        super().__init__(*args, initial={"unit": route.lead, "assisting": list(route.assists)}, **kwargs)
        units = grouped_units()
        self.fields["unit"].choices = [("", gettext("请选择")), *units]
        self.fields["assisting"].choices = [choice for _kind, rows in units for choice in rows]
