"""Shapes of the duty roster: filling a month, one shift, a call, the hand-over, a swap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.accounts.models import User
from yimen.grids.actions.roster import Planned
from yimen.grids.duty import Candidate
from yimen.grids.models import DutyShift

from .rows import day, line
from .shape import Shape

NUMBER = {"inputmode": "numeric", "autocomplete": "off", "class": "turn"}


def long(label: object, hint: object = "", *, required: bool = False, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": gettext_lazy("请填写"), "max_length": gettext_lazy("最多 %(limit_value)d 字")},
    )  # fmt: skip


def _turn(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=99, widget=forms.TextInput(attrs=NUMBER),
        error_messages={"invalid": gettext_lazy("请填 1 到 99 的整数"), "min_value": gettext_lazy("请填 1 到 99 的整数"),
                        "max_value": gettext_lazy("请填 1 到 99 的整数")},
    )  # fmt: skip


class FillForm(Shape):
    """From a list of people with numbers to teams in turn: the same number is on duty together."""

    first = day(gettext_lazy("从哪天起"))
    last = day(gettext_lazy("到哪天止"), gettext_lazy("一次最多 92 天；已经排好的日子不动"))
    phone = line(gettext_lazy("值班电话"), 40)
    begin = forms.IntegerField(
        label=gettext_lazy("第一天从第几组开始"), min_value=1, max_value=99, initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请填写"), "invalid": gettext_lazy("请填 1 到 99 的整数")},
    )  # fmt: skip
    apart = forms.BooleanField(
        label=gettext_lazy("休息日单独轮"), required=False, initial=True,
        help_text=gettext_lazy("周末和节假日各人轮到的次数也一样多"),
    )  # fmt: skip

    def __init__(
        self, people: Sequence[Candidate], leaders: Sequence[User], data: Any = None, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.people, self.leaders = [one.user for one in people], list(leaders)
        for one in people:
            self.fields[f"turn_{one.user.pk}"] = _turn(_named(one))
        for user in self.leaders:
            self.fields[f"lead_{user.pk}"] = _turn(user.name)

    @property
    def turns(self) -> list[forms.BoundField]:
        return [self[f"turn_{user.pk}"] for user in self.people]

    @property
    def leads(self) -> list[forms.BoundField]:
        return [self[f"lead_{user.pk}"] for user in self.leaders]

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in ("first", "last", "phone", "begin", "apart")]

    def teams(self) -> list[tuple[int, ...]]:
        """Ids of those with the same number, in the order of the numbers."""
        return _grouped(self.cleaned_data, "turn", self.people)

    def charges(self) -> list[int]:
        return [user for team in _grouped(self.cleaned_data, "lead", self.leaders) for user in team]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("结束日期早于开始日期"))
        if first and last and (last - first).days >= 92:
            self.add_error("last", _("一次最多排 92 天"))
        if not self.errors and not self.teams():
            self.add_error(None, _("请在值班人员后面写上轮到的次序"))
        if not self.errors and not self.charges():
            self.add_error(None, _("请在带班领导后面写上轮到的次序"))
        return data


def _grouped(data: dict[str, Any], prefix: str, people: Iterable[User]) -> list[tuple[int, ...]]:
    by_number: dict[int, list[int]] = {}
    for user in people:
        if number := data.get(f"{prefix}_{user.pk}"):
            by_number.setdefault(number, []).append(user.pk)
    return [tuple(by_number[number]) for number in sorted(by_number)]


def _named(one: Candidate) -> str:
    return f"{one.user.name} · {one.unit}"


def _names(people: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(user.pk), user.name) for user in people]


def _choice(label: object, names: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    choices = [("", gettext_lazy("请选择")), *names]
    wrong = {"required": gettext_lazy("请选择"), "invalid_choice": gettext_lazy("请从所列选项中选择")}
    return forms.ChoiceField(label=label, choices=choices, error_messages=wrong)


class ShiftForm(Shape):
    """The people of one shift."""

    phone = line(gettext_lazy("值班电话"), 40)

    def __init__(
        self, people: Sequence[Candidate], leaders: Sequence[User], data: Any = None, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.fields["leader"] = _choice(_("带班领导"), _names(leaders))
        names = [(str(one.user.pk), _named(one)) for one in people]
        self.fields["people"] = _choice(_("值班人员（接电话）"), names)
        self.fields["others"] = forms.MultipleChoiceField(
            label=_("一同值班"), required=False, widget=forms.CheckboxSelectMultiple,
            choices=names,
            error_messages={"invalid_choice": _("请从所列选项中选择")},
        )  # fmt: skip
        self.order_fields(["leader", "people", "others", "phone"])

    def planned(self, on: date) -> Planned:
        data = self.cleaned_data
        others = [int(pk) for pk in data["others"] if pk != data["people"]]
        return Planned(on, int(data["leader"]), (int(data["people"]), *others))


class HoursForm(Shape):
    starts = line(gettext_lazy("从几点开始"), 5, gettext_lazy("如 08:00"), required=True)
    ends = line(
        gettext_lazy("到几点结束"), 5, gettext_lazy("不晚于开始时间的，是第二天的这个时间"), required=True
    )


class CallForm(Shape):
    """What was reported. There is no field for who called."""

    received_at = forms.DateTimeField(
        label=gettext_lazy("接报时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": gettext_lazy("请填写时间"), "invalid": gettext_lazy("请填写时间")},
    )
    about = long(
        gettext_lazy("接报事项"), gettext_lazy("什么地方、什么事；不写来电人的姓名和电话"), required=True
    )
    handling = long(gettext_lazy("处理情况"), rows=2)
    reported_to = line(gettext_lazy("报告对象"), 100, gettext_lazy("报告给哪个单位或哪位同事"))
    number = line(gettext_lazy("登记的事项编号"), 40, gettext_lazy("没有登记为事项就不填"))


class GiveForm(Shape):
    done = long(gettext_lazy("已处理"), gettext_lazy("一行一项"), rows=4)
    undone = long(gettext_lazy("未处理"), gettext_lazy("一行一项；下一班会先看到"), rows=4)


class SwapForm(Shape):
    reason = line(gettext_lazy("理由"), 200)

    def __init__(
        self, people: Sequence[User], theirs: Sequence[DutyShift], data: Any = None, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.fields["other"] = _choice(_("换给谁"), _names(people))
        shifts = [(str(one.pk), f"{one.day:%m-%d} {one.person.name}") for one in theirs]
        self.fields["back"] = forms.ChoiceField(
            label=_("换回对方的哪一班"), required=False, choices=[("", _("不换回，只请对方代班")), *shifts],
            error_messages={"invalid_choice": _("请从所列选项中选择")},
        )  # fmt: skip
        self.order_fields(["other", "back", "reason"])
