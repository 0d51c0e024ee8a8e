"""Shapes: one routing rule, and a question to all of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.cases import routes
from yimen.cases.models import RoutingRule
from yimen.cases.models.handbook import CERTAINTIES
from yimen.cases.models.routing import HOURS
from yimen.grids.kinds import Level
from yimen.grids.models import Grid
from yimen.organisations.models import Unit

from .rows import day, line
from .shape import Shape, grouped_units

Grouped = list[tuple[str, list[tuple[str, str]]]]


class RuleForm(Shape):
    """What for, where, when, to whom."""

    subject = forms.ChoiceField(label=gettext_lazy("哪一类"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("哪里"), required=False)
    hours = forms.ChoiceField(
        label=gettext_lazy("什么时间"), choices=HOURS, widget=forms.RadioSelect, initial="any"
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("派给"), error_messages={"required": gettext_lazy("请选择单位")}
    )
    assisting = forms.MultipleChoiceField(
        label=gettext_lazy("协办单位"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = line(gettext_lazy("说明"), 200)
    source = line(gettext_lazy("依据或来源"), 200)
    certainty = forms.ChoiceField(label=gettext_lazy("可靠程度"), choices=CERTAINTIES, initial="D")
    valid_from = day(gettext_lazy("从哪天起用"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = grouped_units()
        self.fields["subject"].choices = [("", _("各类")), *subject_choices()]
        self.fields["place"].choices = [("", _("各处")), *place_choices()]
        self.fields["unit"].choices = [("", _("请选择")), *units]
        self.fields["assisting"].choices = [choice for _kind, rows in units for choice in rows]

    def values(self) -> dict[str, Any]:
        """What was chosen, as a rule's columns."""
        data = dict(self.cleaned_data)
        data.pop("seen")
        data["unit"] = Unit.objects.get(key=data["unit"])
        data["place"] = Grid.objects.get(pk=int(data["place"])) if data["place"] else None
        return data


class AskForm(Shape):
    """Where would it go: a class in a place."""

    subject = forms.ChoiceField(label=gettext_lazy("哪一类"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("哪里"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {row.key: row for row in routes.today_classes()}
        named = [(key, f"{row.code} {row.name}") for key, row in self.kinds.items()]
        self.fields["subject"].choices = [("", _("请选择")), *named]
        self.fields["place"].choices = [("", _("不清楚")), *place_choices()]


def subject_choices() -> Grouped:
    """Large classes first, each with its classes: all of it, or one of them."""
    found: Grouped = []
    rows = routes.today_classes()
    for (scheme, big, name), group in groupby(rows, key=lambda row: (row.scheme, row.code[:2], row.big_name)):
        whole = (f"{scheme}:{big}", _("%s（整个大类）") % name)
        found.append((name, [whole, *((f"{scheme}:{row.code}", f"{row.code} {row.name}") for row in group)]))
    return found


def place_choices() -> Grouped:
    """Communities, each with its grids: all of it, or one of them."""
    found: Grouped = []
    for grid in routes.places():
        if grid.level == Level.COMMUNITY:
            found.append((grid.name, [(str(grid.pk), _("%s（整个社区）") % grid.name)]))
        elif found:
            found[-1][1].append((str(grid.pk), grid.name))
    return found


def grids_by_community() -> Grouped:
    """Third-level grids by their code, under their communities."""
    found: Grouped = []
    for grid in routes.places():
        if grid.level == Level.COMMUNITY:
            found.append((grid.name, []))
        elif found:
            found[-1][1].append((grid.code, grid.name))
    return found


def initial_of(row: RoutingRule) -> dict[str, Any]:
    kept = {
        name: getattr(row, name) for name in ("subject", "hours", "assisting", "note", "source", "certainty")
    }
    return kept | {"place": str(row.place_id or ""), "unit": row.unit.key}
