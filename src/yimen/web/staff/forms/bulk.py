"""One step for several matters at once: to one unit, or to one handler."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access.registry import Grants
from yimen.cases.access import UNIT_ROLES
from yimen.organisations.queries import members

from .shape import Shape, grouped_units


class DispatchForm(Shape):
    unit = forms.ChoiceField(
        label=gettext_lazy("主办单位"), error_messages={"required": gettext_lazy("请选择单位")}
    )
    require = forms.CharField(
        label=gettext_lazy("办理要求"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("每一件都写上这句话"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, _grants: Grants, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("请选择")), *grouped_units()]


class AssignForm(Shape):
    handler = forms.ChoiceField(
        label=gettext_lazy("经办人"), error_messages={"required": gettext_lazy("请选择经办人")}
    )

    def __init__(self, grants: Grants, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = {row.user_id: row for unit in sorted(grants.units(*UNIT_ROLES)) for row in members(unit)}
        named = [(str(key), f"{row.user.name} {row.title}".strip()) for key, row in rows.items()]
        self.fields["handler"].choices = [("", _("请选择")), *named]
