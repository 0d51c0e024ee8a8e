"""大类 and 小类 of events and facilities in the administration: conditions, limits, and which level may settle them."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yimen.cases import leaning
from yimen.cases.actions import class_rows
from yimen.cases.models import Category, EventClass
from yimen.cases.models.grid import EVIDENCE, LIMIT_UNITS

from ...forms.rows import Column
from ...forms.shape import category_choices
from .thing import Thing, named, several_of, words


def _category_of() -> forms.Field:
    return forms.ChoiceField(choices=category_choices())


def _category_names() -> Callable[[str], object]:
    names = dict(Category.objects.order_by("valid_from").values_list("key", "name"))
    return lambda key: names.get(key, key)


def _photos() -> forms.Field:
    field = several_of(_("要哪些照片"), lambda: list(EVIDENCE))()
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
        Column("words", _("提示词"), _("上报时写到这些词，就建议这一类；用空格分开"), make=words),
        Column("order", _("排列次序"), _("小的在前")),
        Column("source", _("见于何处")),
        Column("certainty", _("依据的可靠程度")),
    ),
    ("name", "code", "big_name", "settles_at", "limit_amount", "limit_unit", "evidence", "filing_condition", "closing_condition", "category_key",
     "certainty"),
    class_rows.add_class, class_rows.revise_class, class_rows.end_class, "", _of_class,
    {"evidence": named(lambda: list(EVIDENCE)), "category_key": _category_names},
)  # fmt: skip
