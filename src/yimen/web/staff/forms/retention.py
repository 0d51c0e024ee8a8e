"""Shapes: a reason to hold, to lift, to bring back; a request of a person of a matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.cases.actions.people import LIMITS, Person, Shown
from yimen.cases.models import PersonRequest

from .shape import Shape

_NEEDED = {"required": _("请填写理由")}


def _reason(label: object, help_text: object = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=500, error_messages=_NEEDED,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class HoldForm(Shape):
    reason = _reason(_("理由"), _("谁要求的、哪个案号，写清楚；要解除时另一人会看到"))


class BackForm(Shape):
    reason = _reason(_("为什么要恢复"))
    until = forms.DateField(
        label=_("至少保留到"),
        help_text=_("一年以内；到那一天以后按保存期限重新处理"),
        error_messages={"required": _("请填写保留到哪一天，一年以内")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RightForm(Shape):
    """Who of the matter, how identity was checked, what is asked; correction and deletion bring their own fields."""

    STEPS = (
        ("copy", _("给本人一份复制件")),
        ("correct", _("更正本人的信息")),
        ("erase", _("提前删除可选的信息")),
        ("ask", _("先收下，过后答复")),
        ("refuse", _("不同意，说明理由")),
    )
    slot = forms.ChoiceField(
        label=_("哪一位"), widget=forms.RadioSelect, error_messages={"required": _("请选择")}
    )
    checked = forms.ChoiceField(
        label=_("怎样核对身份"), choices=PersonRequest.CHECKS, widget=forms.RadioSelect,
        error_messages={"required": _("请选择")}, help_text=_("看过就还，不留复印件，不记证件号"),
    )  # fmt: skip
    step = forms.ChoiceField(
        label=_("办理"), choices=STEPS, widget=forms.RadioSelect, error_messages={"required": _("请选择")}
    )
    kind = forms.ChoiceField(
        label=_("本人请求的是"), choices=[("", _("请选择")), *PersonRequest.KINDS], required=False,
        help_text=_("只在“先收下”或“不同意”时填写"),
    )  # fmt: skip
    form = forms.ChoiceField(
        label=_("复制件"), choices=(("docx", "DOCX"), ("json", "JSON")), required=False, initial="docx"
    )
    name = forms.CharField(
        label=_("姓名"), required=False, max_length=LIMITS["name"], help_text=_("更正时四项都照新的填写")
    )
    phone = forms.CharField(label=_("电话"), required=False, max_length=LIMITS["phone"])
    address = forms.CharField(label=_("地址"), required=False, max_length=LIMITS["address"])
    relation = forms.CharField(label=_("关系"), required=False, max_length=LIMITS["relation"])
    fields_ = forms.MultipleChoiceField(
        label=_("要删除的"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=(("phone", _("电话")), ("address", _("地址")), ("relation", _("关系"))),
        help_text=_("事项本身依规定保存到期，到期自动销毁"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("理由或说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    spoken_of = {"fields": "fields_", "said": "reason"}

    def __init__(self, people: list[tuple[int, Shown]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].choices = [
            (str(slot), f"{one.role_words} {one.name} {one.phone}".strip()) for slot, one in people
        ]

    def person(self) -> Person:
        return Person(
            *(str(self.cleaned_data[name]).strip() for name in ("name", "phone", "address", "relation"))
        )
