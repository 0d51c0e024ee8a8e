"""How many are called back, and what the caller says: per category and kind of matter, from a day on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.cases.actions import callback_rules
from yimen.cases.actions.sampling import ALWAYS
from yimen.cases.models import CallbackRule, CallbackScript, Category
from yimen.cases.models.handbook import CERTAINTIES
from yimen.cases.states import FLOWS

from ...door import StaffRequest, page
from ...forms.rows import LastDay, day, line, today
from ...forms.shape import Shape, category_choices
from .saving import posted, saved


class Placed(Shape):
    """For which matters: a category, a kind, both, or every one."""

    category = forms.ChoiceField(label=gettext_lazy("哪一类"), required=False)
    flow = forms.ChoiceField(label=gettext_lazy("哪一种"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("各类")), *category_choices()[1:]]
        self.fields["flow"].choices = [("", _("信访事项和服务诉求")), *FLOWS.items()]


class Rule(Placed):
    percent = forms.IntegerField(
        label=gettext_lazy("抽取百分之几"), min_value=0, max_value=100, help_text=gettext_lazy("100 是件件回访"),
        error_messages={"required": gettext_lazy("请填 0 到 100")},
    )  # fmt: skip
    always = forms.MultipleChoiceField(
        label=gettext_lazy("这些一律回访"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(name, words) for name, (words, _test) in ALWAYS.items()],
    )  # fmt: skip
    source = line(gettext_lazy("依据或来源"), 200)
    certainty = forms.ChoiceField(label=gettext_lazy("可靠程度"), choices=CERTAINTIES, initial="D")
    valid_from = day(gettext_lazy("从哪天起用"))


def _said(label: object, rows: int = 2, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}))


class Script(Placed):
    opening = _said(gettext_lazy("开场白"), 3)
    ask_solved = _said(gettext_lazy("问是否解决"))
    ask_rating = _said(gettext_lazy("问满意度"))
    closing = _said(gettext_lazy("结束语"), required=False)
    source = line(gettext_lazy("依据或来源"), 200)
    certainty = forms.ChoiceField(label=gettext_lazy("可靠程度"), choices=CERTAINTIES, initial="D")
    valid_from = day(gettext_lazy("从哪天起用"))


@page("cases.callback_rules", methods=("GET", "HEAD"))
def rules(request: StaffRequest) -> HttpResponse:
    """What holds now and will, and what held before when asked for."""
    past = bool(request.GET.get("past"))
    shown = {
        "rules": [row for row in CallbackRule.objects.all() if past or _holds(row)],
        "scripts": [row for row in CallbackScript.objects.all() if past or _holds(row)],
        "categories": dict(Category.objects.order_by("valid_from").values_list("key", "name")),
        "flows": {flow.value: words for flow, words in FLOWS.items()},
        "always": {name: words for name, (words, _test) in ALWAYS.items()},
        "past": past,
        "today": today(),
    }
    return render(request, "staff/admin/callbacks.html", shown)


def _holds(row: CallbackRule | CallbackScript) -> bool:
    return row.valid_to is None or row.valid_to >= today()


@page("cases.callback_rules")
def rule(request: StaffRequest) -> HttpResponse:
    """A share for one category or kind, or another one for those that have one. `from` names the rule to begin with."""
    form = Rule(posted(request), initial=_initial(CallbackRule, request.GET.get("from", "")))
    return saved(
        request, form, lambda data: callback_rules.set_rule(request.actor, request.grants, **data),
        _("已保存，从所写日期起用。"), ("staff:admin-callbacks",), title=_("抽样回访规则"), button=_("保存"),
        icon="check", back="staff:admin-callbacks", lead=_("已经告知的事项不变：抽没抽到，在告知时就定了。"),
    )  # fmt: skip


@page("cases.callback_rules")
def script(request: StaffRequest) -> HttpResponse:
    """What the caller says. {centre} and {title} are filled in."""
    form = Script(posted(request), initial=_initial(CallbackScript, request.GET.get("from", "")))
    lead = _("{centre} 处会换成中心名称，{title} 处会换成事项标题。")
    return saved(
        request, form, lambda data: callback_rules.set_script(request.actor, request.grants, **data),
        _("已保存，从所写日期起用。"), ("staff:admin-callbacks",), title=_("回访用语"), button=_("保存"), icon="check",
        back="staff:admin-callbacks", lead=lead,
    )  # fmt: skip


def _initial(model: type[CallbackRule] | type[CallbackScript], ref: str) -> dict[str, Any]:
    row = model._default_manager.filter(pk=int(ref)).first() if ref.isdecimal() and len(ref) < 10 else None
    kept = {field.name: getattr(row, field.name) for field in model._meta.fields} if row else {}
    return kept | {"valid_from": today(), "source": "", "certainty": "D"}


@page("cases.callback_rules")
def end_rule(request: StaffRequest, pk: int) -> HttpResponse:
    """A category's own share ends; the general one holds again."""
    row = get_object_or_404(CallbackRule, pk=pk)
    return saved(
        request, LastDay(posted(request)),
        lambda data: callback_rules.end_rule(request.actor, request.grants, row, data["last_day"]), _("已停用。"),
        ("staff:admin-callbacks",), title=_("停用抽样回访规则"), button=_("停用"), icon="close", danger=True,
        back="staff:admin-callbacks",
    )  # fmt: skip
