"""Forms for units, the office and who belongs to a unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.organisations.models import Office, Unit

from .rows import Column, day, form_of, line, person, today, unit_choices
from .shape import Shape


def _parent() -> forms.Field:
    return forms.TypedChoiceField(
        choices=unit_choices(_("没有上级单位"), key="pk"), coerce=int, empty_value=None, required=False
    )


UNIT = (
    Column("name", _("名称")),
    Column("kind", _("类别")),
    Column("parent", _("上级单位"), make=_parent),
    Column("online", _("有账号"), _("没有账号的单位（物业、供热等）由中心线下转办，代为录入答复")),
    Column("phone", _("电话")),
    Column("address", _("地址")),
    Column("hours", _("办公时间")),
    Column("order", _("排列次序"), _("小的在前")),
)
OFFICE = (
    Column("name", _("街道名称")),
    Column("centre_name", _("中心名称"), _("印在小票、登记表和答复文书上")),
    Column("number_prefix", _("编号首字"), _("新事项的编号以它开头，如“永”；已有编号不变")),
    Column("address", _("地址")),
    Column("phone", _("电话")),
    Column("hours", _("接待时间")),
    Column("duty_phone", _("值班电话"), _("昼夜有人接；印在网格公示牌上")),
    Column("supervision_phone", _("监督电话"), _("反映工作不到位的电话；印在网格公示牌上")),
    Column("division_code", _("行政区划代码"), _("12 位，见统计用区划代码")),
    Column("public_url", _("居民扫码打开的网址开头"), _("如 https://example.gov.cn；印在小票二维码里")),
    Column("note", _("名称旁的说明"), _("如“试运行”；没有就留空")),
)


def unit_form(data: Any = None, unit: Unit | None = None) -> Shape:
    initial = {column.name: getattr(unit, column.name) for column in UNIT} if unit else {}
    if unit:
        initial["parent"] = unit.parent_id
    return form_of(Unit, UNIT, data, initial)


def office_form(data: Any, office: Office | None) -> Shape:
    kept = office or Office()
    return form_of(Office, OFFICE, data, {column.name: getattr(kept, column.name) for column in OFFICE})


class Join(Shape):
    """Somebody enters a unit; a sign-in name that nobody has makes a new account."""

    person = person(_("登录名"), _("已有账号的选现成的；新同事写一个新的登录名，如 zhangsan"))
    name = line(_("姓名"), 64, _("只在建新账号时填写"))
    title = line(_("职务"), 40)
    window = line(_("窗口"), 20, _("在中心窗口接待的填写，如 2 号"))
    since = day(_("从哪天起"))
    liaison = forms.BooleanField(
        label=_("联络员"), required=False, help_text=_("转给本单位的事项先到联络员手里；一个单位只有一名")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = today()


class Seat(Shape):
    title = line(_("职务"), 40)
    window = line(_("窗口"), 20)
