"""The registration form: six fields, and what may be needed besides, on one screen."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yimen.cases import leaders, queries
from yimen.cases.actions.open import Registration
from yimen.cases.actions.people import Person
from yimen.cases.models.case import APPEALS, CHANNELS, URGENCIES

from .pressing import reception_words
from .shape import Shape, category_choices

_WINDOW_CHANNELS = tuple(pair for pair in CHANNELS if pair[0] != "import")
# 检举控告 is not registered here: only its hand-over is kept, on a page of its own.
_WINDOW_APPEALS = tuple(pair for pair in APPEALS if pair[0] != "accusation")
_MOBILE = re.compile(r"(?<!\d)1\d{2}[ \-]?\d{4}[ \-]?\d{4}(?!\d)")
_PHONE = re.compile(r"\+?\d[\d \-]{4,}\d")


def _line(
    label: object, limit: int, hint: object = "", *, personal: bool = False, **attrs: Any
) -> forms.CharField:
    """One line. Names and phones are never kept as drafts and never offered by the browser."""
    extra = {"data-no-draft": ""} if personal else {}
    widget = forms.TextInput(attrs={"autocomplete": "off", **extra, **attrs})
    return forms.CharField(label=label, required=False, max_length=limit, help_text=hint, widget=widget)


def _tick(label: object, hint: object = "", **more: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=hint, **more)


def _moment(label: object, hint: object = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, help_text=hint, widget=widget)


class RegisterForm(Shape):
    """Shape only; `registration()` gives what the action takes."""

    spoken_of = {"on_behalf": "on_behalf_phone", "witness": "witness_name"}

    text = forms.CharField(
        label=_("反映什么"), help_text=_("用来访人的话，先写下来；写了内容会推荐类别"), widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写下来访人反映什么")},
    )  # fmt: skip
    category = forms.ChoiceField(label=_("属于哪一类"), required=False)
    place = _line(_("发生在哪里"), 200, _("小区、楼号，或第几网格"))
    wish = _line(_("希望怎样解决"), 500)
    name = _line(_("怎么称呼"), 60, _("可不留名"), personal=True)
    phone = _line(_("联系电话"), 40, _("用于告知和回访"), personal=True, inputmode="tel")
    channel = forms.ChoiceField(
        label=_("怎么来的"), choices=_WINDOW_CHANNELS, initial="visit", required=False
    )
    told_now = _tick(_("小票当场交给来访人，作为书面告知"), initial=True)

    on_behalf_name = _line(_("代为反映人"), 60, personal=True)
    on_behalf_phone = _line(_("代为反映人电话"), 40, personal=True, inputmode="tel")
    on_behalf_relation = _line(_("与本人的关系"), 40)
    dictated = _tick(_("本人口述，由窗口代书"))
    read_back = _tick(_("已读给本人听"))
    fingerprint = _tick(_("本人已签名或按指印"))
    witness_name = _line(_("见证人"), 60, personal=True)
    party_size = forms.IntegerField(label=_("一共几人"), min_value=1, initial=1, required=False)
    representatives = forms.CharField(
        label=_("代表"), required=False, help_text=_("一行一位：姓名 电话；不超过五位"),
        widget=forms.Textarea(attrs={"rows": 3, "data-no-draft": "", "autocomplete": "off"}),
    )  # fmt: skip
    reported_to = _line(_("电话报告了谁"), 60, _("多人来访要报告分管领导"))
    reported_at = _moment(_("什么时候报告的"))
    reception = forms.ChoiceField(label=_("今天的领导接访"), required=False)
    received_at = _moment(_("实际收到时间"), _("补录时填写，时限从这时起算"))
    reserved_number = _line(
        _("脱机登记表编号"), 300, _("停电时发出的登记表：扫表上的二维码，或输入编号"), inputmode="text"
    )
    external_number = _line(_("外部系统编号"), 60, _("信访、12345、综治平台里的编号"))
    from_body = _line(_("来文单位"), 100, _("上级转来的，写转来的单位"))
    from_number = _line(_("来文文号"), 60)
    from_on = forms.DateField(
        label=_("收文日期"), required=False, help_text=_("早于今天的，时限从收文日起算"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    confidential = _tick(_("来访人要求保密"))
    anonymous = _tick(_("匿名，不留姓名和电话"))
    address = _line(_("住址或单位"), 200, personal=True)
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=(("", _("按类别")), *URGENCIES), required=False)
    appeal = forms.ChoiceField(label=_("诉求"), choices=_WINDOW_APPEALS, initial="appeal", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = category_choices()
        today = [(str(row.pk), reception_words(row)) for row in leaders.receptions_to_tie()]
        self.fields["reception"].choices = [("", _("不是")), *today]
        if not self.is_bound:  # the clerk starts typing at once; after a refusal the summary has the focus
            self.fields["text"].widget.attrs["autofocus"] = True

    def opened(self) -> dict[str, bool]:
        """Which folds of the page stand open: those in which something was typed, chosen or refused."""
        return {fold: any(map(self._touched, names)) for fold, names in _FOLDS.items()}

    def _touched(self, name: str) -> bool:
        bound = self[name]
        usual = {"", "None", "False", str(bound.field.initial)}
        return bool(bound.errors) or str(bound.value()) not in usual

    def clean_category(self) -> str:
        """As chosen; else what the words suggest, as the page does while the clerk types."""
        chosen: str = self.cleaned_data["category"]
        if chosen:
            return chosen
        if suggested := queries.suggest(self.cleaned_data.get("text", ""), 1):
            return suggested[0].key
        raise ValidationError(gettext("请选择类别"))

    def registration(self, client_key: UUID | None) -> Registration:
        """What was typed, as the action takes it."""
        data = self.cleaned_data
        return Registration(
            **{name: data[name] for name in _PLAIN},
            channel=self._channel(),
            appeal=data["appeal"] or "appeal",
            party_size=data["party_size"] or 1,
            told_now=data["told_now"] and self._channel() == "visit" and not data["received_at"],
            received_at=data["received_at"],
            reported_at=data["reported_at"],
            reception=int(data["reception"]) if data["reception"] else None,
            representatives=people_of(data["representatives"]),
            on_behalf=Person(data["on_behalf_name"], data["on_behalf_phone"], "", data["on_behalf_relation"])
            or None,
            witness=Person(data["witness_name"]) or None,
            client_key=client_key,
        )

    def _channel(self) -> str:
        """As chosen; a paper from above says by itself how the matter came."""
        chosen = self.cleaned_data["channel"] or "visit"
        paper = any(self.cleaned_data[name] for name in _FOLDS["above"])
        return "above" if paper and chosen == "visit" else chosen


_FOLDS = {
    "came": ("channel", "anonymous", "address"),
    "on_behalf": ("on_behalf_name", "on_behalf_phone", "on_behalf_relation"),
    "dictated": ("dictated", "read_back", "fingerprint", "witness_name"),
    "group": ("party_size", "representatives", "reported_to", "reported_at"),
    "above": ("from_body", "from_number", "from_on"),
    "late": ("reserved_number", "received_at", "external_number"),
    "more": ("confidential", "urgency", "appeal"),
}
_PLAIN = (
    "text", "category", "place", "wish", "name", "phone", "address", "urgency", "anonymous", "confidential",
    "dictated", "read_back", "fingerprint", "reported_to", "reserved_number", "external_number", "from_body", "from_number", "from_on",
)  # fmt: skip


def people_of(lines: str) -> tuple[Person, ...]:
    """Each line "姓名 电话" as a person; the phone may stand anywhere in the line."""
    return tuple(_person(line.strip()) for line in lines.splitlines() if line.strip())


def _person(line: str) -> Person:
    found = _MOBILE.search(line) or _PHONE.search(line)
    phone = found.group().strip() if found else ""
    return Person(line.replace(phone, "").strip(" ,，、\t") if phone else line, phone)
