"""What administrators keep as dated rows, each described once: its table, its columns, its words, its verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Model
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from yimen.calendars import hours
from yimen.calendars.models import BusinessHours
from yimen.cases import leaning, suspensions
from yimen.cases.actions import categories, class_rows, handbook
from yimen.cases.models import (
    Category,
    CommonAnswer,
    CompetentBody,
    EventClass,
    PublicPhone,
    RetentionClass,
    Suspension,
    SuspensionReason,
)
from yimen.cases.models.grid import EVIDENCE, LIMIT_UNITS
from yimen.cases.models.handbook import CERTAINTIES
from yimen.cases.states import FLOWS, STATES
from yimen.cases.wording import several
from yimen.foundation.actor import Actor
from yimen.organisations.models import Unit

from ...forms.rows import Column, unit_choices
from ...forms.shape import category_choices

Add = Callable[[Actor, Any], Any]
Revise = Callable[[Actor, Any, date, Mapping[str, Any]], Any]
End = Callable[[Actor, Any, date], Any]
Says = Callable[[], Callable[[Any], object]]  # makes, once a page, what says a code or key in words


@dataclass(frozen=True, slots=True)
class Thing:
    """One kind of dated row. `shown` are the columns of the list, the first is its name; `fixed` never changes."""

    name: str
    title: object
    lead: object
    model: type[Model]
    noun: str
    columns: tuple[Column, ...]
    shown: tuple[str, ...]
    add: Add | None
    revise: Revise
    end: End | None
    prefix: str = ""
    effect: Callable[[Any], str] | None = None
    says: Mapping[str, Says] = field(default_factory=dict)
    locked: Callable[[Any], bool] = lambda _row: False  # rows that the law words: shown, never changed

    def words(self, rows: Iterable[Any]) -> list[list[tuple[object, object]]]:
        """What the list says of each row: label and value, empty ones left out. Words are read once for all."""
        labels = {column.name: column.label for column in self.columns}
        said = {name: makes() for name, makes in self.says.items()}
        found = [[(labels.get(name, ""), _value(row, name, said)) for name in self.shown[1:]] for row in rows]
        return [[(label, value) for label, value in row if value not in ("", None, [])] for row in found]

    def title_of(self, row: Any) -> object:
        return _said(row, self.shown[0])

    def new_key(self) -> str:
        return f"{self.prefix}-{uuid4().hex[:8]}"


def _value(row: Any, name: str, said: Mapping[str, Callable[[Any], object]]) -> object:
    """As people say it: codes and keys have words of their own."""
    if isinstance(getattr(row, name), list) and name in said:
        return said[name](getattr(row, name))
    value = _said(row, name)
    return said[name](value) if name in said and value else value


def _said(row: Any, name: str) -> object:
    shown = getattr(row, f"get_{name}_display", None)
    value = shown() if shown else getattr(row, name)
    if isinstance(value, bool):
        return gettext("是") if value else ""
    return several(value) if isinstance(value, list) else value


# --- categories


class Words(forms.CharField):
    """Words that suggest a category: typed with spaces or commas between, kept as a list."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        text = str(super().to_python(value) or "")
        for mark in "，、,|；;\n":
            text = text.replace(mark, " ")
        return list(dict.fromkeys(text.split()))


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


def _words() -> forms.Field:
    return Words(required=False, widget=forms.Textarea(attrs={"rows": 4}))


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
        Column("words", _("提示词"), _("登记时写到这些词，就建议这一类；用空格分开"), make=_words),
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


def _several(label: object, options: Callable[[], list[tuple[str, object]]]) -> Callable[[], forms.Field]:
    wrong = {"invalid_choice": _("请从所列选项中选择")}
    return lambda: forms.MultipleChoiceField(
        label=label, choices=options, widget=forms.CheckboxSelectMultiple, error_messages=wrong
    )


def _stopping() -> list[tuple[str, object]]:
    """States of the unit's work and before the level above, as the shipped reasons name them."""
    known = {state for ground in suspensions.grounds().values() for state in ground.states}
    return [(name, state.zh) for name, state in STATES.items() if name in known]


def _sure() -> forms.Field:
    return forms.ChoiceField(choices=[pair for pair in CERTAINTIES if pair[0] != LAW], initial="D")


def _named(options: Callable[[], list[tuple[str, object]]]) -> Says:
    def makes() -> Callable[[Any], object]:
        words = dict(options())
        return lambda names: several(str(words.get(name, name)) for name in names)

    return makes


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
        Column("flows", _("适用于"), make=_several(_("适用于"), _flows)),
        Column("states", _("可以中止的环节"), make=_several(_("可以中止的环节"), _stopping)),
        Column("article", _("依据")),
        Column("certainty", _("依据的可靠程度"), make=_sure),
        Column("source", _("见于何处")),
        Column("order", _("排列次序"), _("小的在前")),
    ),
    ("name", "flows", "states", "article", "certainty", "source"),
    handbook.add, handbook.revise, handbook.end, "stop", _of_reason,
    {"flows": _named(_flows), "states": _named(_stopping)}, lambda row: bool(row.certainty == LAW),
)  # fmt: skip


# --- classes of events and facilities


def _category_of() -> forms.Field:
    return forms.ChoiceField(choices=category_choices())


def _category_names() -> Callable[[str], object]:
    names = dict(Category.objects.order_by("valid_from").values_list("key", "name"))
    return lambda key: names.get(key, key)


def _photos() -> forms.Field:
    field = _several(_("要哪些照片"), lambda: list(EVIDENCE))()
    field.required = False
    return field


def _limit_unit() -> forms.Field:
    return forms.ChoiceField(choices=[("", _("按一般时限")), *LIMIT_UNITS], required=False)


def _of_class(row: EventClass) -> str:
    count = leaning.on_class(row.scheme, row.code)
    sentence = ngettext(
        "现有 %(n)d 件在办事项属于这一小类，它们保持原来的内容；改动只用于起用日期以后上报的事项。",
        "现有 %(n)d 件在办事项属于这一小类，它们保持原来的内容；改动只用于起用日期以后上报的事项。",
        count,
    )
    return sentence % {"n": count}


EVENT_CLASS = Thing(
    "classes", _("事件和部件"), _("网格事件的大类小类：立案条件、时限、结案条件，哪一级可以处置。改动从某一天起用；在办事项保持原来的。"),
    EventClass, class_rows.NOUN,
    (
        Column("name", _("小类名称")),
        Column("code", _("编码"), _("两位大类、两位小类；99 是其他")),
        Column("scheme", _("编码册"), _("同一本编码用同一个名字，如 event、facility")),
        Column("big_name", _("大类名称")),
        Column("kind", _("事件还是部件")),
        Column("settles_at", _("最低哪一级可以处置"), _("网格、社区或街道；这一级和以上都可以")),
        Column("filing_condition", _("立案条件"), rows=2),
        Column("limit_amount", _("处置时限")),
        Column("limit_unit", _("时限单位"), make=_limit_unit),
        Column("limit_source", _("时限的来源")),
        Column("closing_condition", _("结案条件"), rows=2),
        Column("evidence", _("要哪些照片"), make=_photos),
        Column("category_key", _("归入哪一类"), _("统计时和窗口的类别对应"), make=_category_of),
        Column("owner_first", _("先看归谁管（部件）")),
        Column("urgent", _("紧急")),
        Column("words", _("提示词"), _("上报时写到这些词，就建议这一类；用空格分开"), make=_words),
        Column("order", _("排列次序"), _("小的在前")),
        Column("source", _("见于何处")),
        Column("certainty", _("依据的可靠程度")),
    ),
    ("name", "code", "big_name", "settles_at", "limit_amount", "limit_unit", "evidence", "filing_condition", "closing_condition", "category_key",
     "certainty"),
    class_rows.add_class, class_rows.revise_class, class_rows.end_class, "", _of_class,
    {"evidence": _named(lambda: list(EVIDENCE)), "category_key": _category_names},
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

THINGS = {thing.name: thing for thing in (CATEGORY, EVENT_CLASS, ANSWER, PHONE, BODY, RETENTION, REASON, HOURS)}
