"""The doors of administration: for the rail and for the administrators' first page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yimen.access.registry import Grants, can


@dataclass(frozen=True, slots=True)
class Door:
    """One page and whom it is offered: holders of one action of the registry. `about` stands on the first page."""

    route: str
    args: tuple[str, ...]
    label: object
    policy: str
    about: object

    @property
    def url(self) -> str:
        return reverse(self.route, args=self.args)


DOORS = (
    Door("staff:admin", (), _("管理首页"), "admin.enter", ""),
    Door(
        "staff:admin-office",
        (),
        _("本单位信息"),
        "admin.settings",
        _("街道和中心的名称、编号首字、电话、时间"),
    ),
    Door("staff:admin-units", (), _("单位与人员"), "admin.settings", _("单位、在岗人员、联络员、一次性链接")),
    Door("staff:admin-people", (), _("账号"), "admin.people", _("谁有账号，启用和停用")),
    Door("staff:admin-roles", (), _("角色与代理"), "admin.roles", _("谁在哪里、从哪天到哪天、担任什么")),
    Door(
        "staff:admin-rows",
        ("categories",),
        _("类别"),
        "admin.settings",
        _("名称、通常主办单位、转办方式、提示词"),
    ),
    Door(
        "staff:admin-rows",
        ("classes",),
        _("事件和部件"),
        "admin.settings",
        _("立案条件、时限、哪一级可以处置"),
    ),
    Door("staff:admin-rules", (), _("时限规则"), "admin.settings", _("每一步的期限和依据的条款")),
    Door("staff:admin-calendar", (), _("工作日历"), "admin.settings", _("每年的放假调休，先比较再发布")),
    Door("staff:admin-rows", ("hours",), _("工作时间"), "admin.settings", _("办公时段和延时服务")),
    Door(
        "staff:admin-templates",
        (),
        _("文书模板"),
        "documents.templates",
        _("用 WPS 或 Word 改的 DOCX，每一版都留着"),
    ),
    Door("staff:admin-rows", ("suspensions",), _("中止理由"), "admin.settings", _("为哪些事可以中止计时")),
    Door("staff:admin-rows", ("answers",), _("常用答复"), "admin.settings", _("居民常问的事和要带的材料")),
    Door("staff:admin-rows", ("phones",), _("公布电话"), "admin.settings", _("窗口和居民页面上的电话")),
    Door("staff:admin-rows", ("bodies",), _("有权机关"), "admin.settings", _("引导单上的去处")),
    Door("staff:admin-rows", ("retention",), _("保存期限"), "admin.settings", _("每类记录保存多久")),
    Door(
        "staff:admin-callbacks",
        (),
        _("回访规则和用语"),
        "cases.callback_rules",
        _("抽多少、哪些一律回访、怎么问"),
    ),
    Door("staff:instruction-phrases", (), _("批示常用语"), "cases.set_phrases", _("领导一点就写上的话")),
    Door("staff:letter-heads", (), _("发文字号"), "cases.set_letter_heads", _("以谁的名义发文，字号怎么写")),
    Door(
        "staff:routing",
        (),
        _("派遣规则"),
        "cases.set_routing",
        _("网格事件按类别、地点、时间派给谁，先试算再起用"),
    ),
    Door(
        "staff:pressure-figures",
        (),
        _("催办督办的数字"),
        "cases.set_pressure",
        _("提前几天提醒、隔多久升一级"),
    ),
    Door("staff:admin-tokens", (), _("令牌"), "admin.tokens", _("哪些系统以谁的身份使用接口，签发和停用")),
    Door("staff:retention", (), _("保存期限和销毁"), "cases.retention", _("到期隐藏和销毁的，暂停销毁的")),
    Door("staff:processing", (), _("处理活动记录"), "cases.retention", _("处理哪些个人信息、依据、保存多久")),
    Door("staff:admin-history", (), _("变更记录"), "admin.history", _("谁在什么时候改了什么，改前改后")),
)


def doors(grants: Grants) -> list[Door]:
    """The pages that this person may open."""
    return [door for door in DOORS if can(grants, door.policy)]
