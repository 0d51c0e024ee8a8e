"""What administrators keep as dated rows, each described once (`thing.Thing`)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yimen.calendars import hours
from yimen.calendars.models import BusinessHours
from yimen.cases import leaning, suspensions
from yimen.cases.actions import categories, handbook
from yimen.cases.models import (
    Category,
    CommonAnswer,
    CompetentBody,
    PublicPhone,
    RetentionClass,
    Suspension,
    SuspensionReason,
)
from yimen.cases.models.handbook import CERTAINTIES
from yimen.cases.states import FLOWS, STATES
from yimen.organisations.models import Unit

from ...forms.rows import Column, unit_choices
from ...forms.shape import category_choices
from .classes import EVENT_CLASS
from .thing import Thing, named, several_of, words

# --- categories


def _default_unit() -> forms.Field:
    return forms.ChoiceField(choices=unit_choices(_("不预选")), required=False)


MODES = (
    ("direct", _("授权直派：窗口直接转办")),
    ("approve", _("呈批：先请领导批示")),
    ("urgent", _("先办后补批")),
)


def _dispatch_mode() -> forms.Field:
    return forms.ChoiceField(choices=MODES, widget=forms.RadioSelect)


def _unit_names() -> Callable[[str], object]:
    names = dict(Unit.objects.values_list("key", "name"))
    return lambda key: names.get(key, key)


def _of_category(row: Category) -> str:
    count = leaning.on_category(row.key)
    sentence = ngettext(
        "现有 %(n)d 件在办事项属于这一类，它们保持原来的类别内容；改动只用于起用日期以后登记的事项。",
        "现有 %(n)d 件在办事项属于这一类，它们保持原来的类别内容；改动只用于起用日期以后登记的事项。",
        count,
    )
    return sentence % {"n": count}


CATEGORY = Thing(
    "categories", _("类别"), _("事项分类。改动从某一天起用；在办事项保持原来的。"), Category, categories.NOUN,
    (
        Column("name", _("名称")),
        Column("short", _("简称"), _("列表里用，不超过 12 字")),
        Column("name_en", _("英文名称")),
        Column("default_unit", _("通常主办单位"), _("转办时预先选好，可以改"), make=_default_unit),
        Column("dispatch_mode", _("转办方式"), make=_dispatch_mode),
        Column("urgency", _("紧急程度")),
        Column("words", _("提示词"), _("登记时写到这些词，就建议这一类；用空格分开"), make=words),
        Column("order", _("排列次序"), _("小的在前")),
    ),
    ("name", "default_unit", "dispatch_mode", "urgency"),
    categories.add_category, categories.revise_category, categories.end_category, "cat", _of_category,
    {"default_unit": _unit_names, "dispatch_mode": lambda: dict(MODES).get},
)  # fmt: skip


# --- what the counter keeps at hand


def _of_category_key() -> forms.Field:
    return forms.ChoiceField(choices=category_choices(), required=False)


ANSWER = Thing(
    "answers", _("常用答复"), _("咨询速记和当场答复时可以照着说；“要带的材料”就是一次性告知的内容。"), CommonAnswer,
    "common_answer",
    (
        Column("question", _("居民怎么问")),
        Column("answer", _("怎么答"), rows=5),
        Column("materials", _("要带的材料"), rows=2),
        Column("category", _("属于哪一类"), make=_of_category_key),
        Column("order", _("排列次序"), _("小的在前")),
    ),
    ("question", "answer", "materials"), handbook.add, handbook.revise, handbook.end, "ans",
)  # fmt: skip

PHONE = Thing(
    "phones", _("公布电话"), _("窗口和居民页面上显示的电话。110、119、120 一直显示。"), PublicPhone, "public_phone",
    (
        Column("number", _("号码")),
        Column("name", _("名称")),
        Column("when", _("什么事打")),
        Column("name_en", _("英文名称")),
        Column("when_en", _("什么事打（英文）")),
        Column("emergency", _("紧急电话")),
        Column("order", _("排列次序"), _("小的在前")),
    ),
    ("number", "name", "when"), handbook.add, handbook.revise, handbook.end, "tel",
)  # fmt: skip

BODY = Thing(
    "bodies", _("有权机关"), _("不归街道办的事，引导单上印它们的地址、电话、时间。"), CompetentBody, "competent_body",
    (
        Column("name", _("名称")),
        Column("matters", _("管哪些事")),
        Column("address", _("地址")),
        Column("phone", _("电话")),
        Column("hours", _("办公时间")),
        Column("order", _("排列次序"), _("小的在前")),
    ),
    ("name", "matters", "address", "phone", "hours"), handbook.add, handbook.revise, handbook.end, "body",
)  # fmt: skip

RETENTION = Thing(
    "retention", _("保存期限"), _("每一类记录保存多久。到期怎样销毁由保存规则执行；这里只定期限，不能短于法定，也不能超过必要。"),
    RetentionClass, "retention_class",
    (
        Column("amount", _("保存多久")),
        Column("unit", _("单位")),
        Column("counted_from", _("从何时算起")),
        Column("basis", _("依据")),
        Column("certainty", _("依据的可靠程度")),
    ),
    ("what", "length", "counted_from", "basis", "certainty"), None, handbook.revise, None, "keep",
)  # fmt: skip


# --- 中止计时


def _stopping() -> list[tuple[str, object]]:
    """States of the unit's work and before the level above, as the shipped reasons name them."""
    known = {state for ground in suspensions.grounds().values() for state in ground.states}
    return [(name, state.zh) for name, state in STATES.items() if name in known]


def _sure() -> forms.Field:
    return forms.ChoiceField(choices=[pair for pair in CERTAINTIES if pair[0] != LAW], initial="D")


def _of_reason(row: SuspensionReason) -> str:
    count = Suspension.objects.filter(ground=row.key, until__isnull=True, case__sealed=False).count()
    sentence = ngettext(
        "现有 %(n)d 件事项因这一理由中止计时，它们不变；改动只用于起用日期以后的中止。",
        "现有 %(n)d 件事项因这一理由中止计时，它们不变；改动只用于起用日期以后的中止。",
        count,
    )
    return sentence % {"n": count}


def _flows() -> list[tuple[str, object]]:
    return [(flow.value, words) for flow, words in FLOWS.items()]


LAW = "S"
REASON = Thing(
    "suspensions", _("中止理由"), _("只有列在这里的理由才能中止计时。法规规定的理由已锁定。"), SuspensionReason,
    "suspension_reason",
    (
        Column("name", _("理由")),
        Column("name_en", _("英文名称")),
        Column("flows", _("适用于"), make=several_of(_("适用于"), _flows)),
        Column("states", _("可以中止的环节"), make=several_of(_("可以中止的环节"), _stopping)),
        Column("article", _("依据")),
        Column("certainty", _("依据的可靠程度"), make=_sure),
        Column("source", _("见于何处")),
        Column("order", _("排列次序"), _("小的在前")),
    ),
    ("name", "flows", "states", "article", "certainty", "source"),
    handbook.add, handbook.revise, handbook.end, "stop", _of_reason,
    {"flows": named(_flows), "states": named(_stopping)}, lambda row: bool(row.certainty == LAW),
)  # fmt: skip


# --- hours

HOURS = Thing(
    "hours", _("工作时间"), _("按工作小时计的期限只数“工作时间”；“延时服务”只影响接待，不计入期限。已算定的期限不变。"), BusinessHours,
    hours.NOUN,
    (
        Column("purpose", _("用途")),
        Column("periods", _("时段"), _("如 08:00-12:00;14:00-18:00")),
        Column("weekdays", _("星期几"), _("1 到 7 的数字，如 3 是周三；不填是每个工作日")),
        Column("season_from", _("季节从"), _("如 06-15；不填是全年")),
        Column("season_to", _("季节到"), _("如 09-15，含当天")),
        Column("name", _("名称")),
        Column("certainty", _("可靠程度")),
        Column("source", _("来源")),
    ),
    ("purpose", "periods", "weekdays", "season_from", "season_to", "source"),
    hours.add_hours, hours.revise_hours, hours.end_hours,
)  # fmt: skip

THINGS = {
    thing.name: thing for thing in (CATEGORY, EVENT_CLASS, ANSWER, PHONE, BODY, RETENTION, REASON, HOURS)
}
