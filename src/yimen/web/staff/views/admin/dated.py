"""Pages of dated rows: the list with what holds, a new row, a new version from a day, an end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from yimen.foundation.errors import Refused

from ...door import StaffRequest, page
from ...forms.rows import LastDay, day, form_of, today
from ...forms.shape import Shape
from .saving import posted, saved
from .thing import Thing
from .things import THINGS


def _thing(name: str) -> Thing:
    if name not in THINGS:
        raise Http404
    return THINGS[name]


def _open_row(thing: Thing, pk: int) -> Any:
    row: Any = get_object_or_404(thing.model, pk=pk)
    if thing.locked(row):
        raise Refused(_("这一条由法规规定，不能修改或停用"))
    return row


@page("admin.settings", methods=("GET", "HEAD"))
def rows(request: StaffRequest, name: str) -> HttpResponse:
    """What holds now or will; what is over only when asked for."""
    thing, past = _thing(name), bool(request.GET.get("past"))
    found = thing.model._default_manager.all()
    if not past:
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today()))
    kept = list(found)
    words = thing.words(kept)
    shown = [
        (row, thing.title_of(row), said, thing.locked(row)) for row, said in zip(kept, words, strict=True)
    ]
    return render(
        request, "staff/admin/rows.html", {"thing": thing, "rows": shown, "past": past, "today": today()}
    )


@page("admin.settings")
def add(request: StaffRequest, name: str) -> HttpResponse:
    """A new row from a day on. Its key is made with the page, so that the form sent twice makes one row."""
    thing = _thing(name)
    if thing.add is None:
        raise Http404
    verb = thing.add

    def do(data: dict[str, Any]) -> None:
        verb(request.actor, thing.model(**data))

    return saved(
        request, _new_form(thing, posted(request)), do, _("已新增。"), ("staff:admin-rows", name),
        title=_("新增：%s") % thing.title, button=_("新增"), icon="plus", back="staff:admin-rows", ref=name,
    )  # fmt: skip


def _new_form(thing: Thing, data: Any) -> Shape:
    first: dict[str, forms.Field] = {"valid_from": day(_("从哪天起用"))}
    if thing.prefix:
        first["key"] = forms.SlugField(max_length=40, widget=forms.HiddenInput)
    initial = {"valid_from": today(), "key": thing.new_key()}
    form = form_of(thing.model, thing.columns, data, initial, **first)
    form.order_fields([*(column.name for column in thing.columns), "valid_from"])
    return form


@page("admin.settings")
def revise(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """Other words from a day on; what it reaches is said before saving."""
    thing = _thing(name)
    row = _open_row(thing, pk)
    initial = {column.name: getattr(row, column.name) for column in thing.columns}
    form = form_of(
        thing.model, thing.columns, posted(request), initial | {"valid_from": max(today(), row.valid_from)},
        valid_from=day(_("从哪天起用"), _("前一天为止仍是原来的内容")),
    )  # fmt: skip
    form.order_fields([*(column.name for column in thing.columns), "valid_from"])

    def do(data: dict[str, Any]) -> None:
        thing.revise(request.actor, row, data.pop("valid_from"), data)

    return saved(
        request, form, do, _("已保存，从所写日期起用。"), ("staff:admin-rows", name),
        title=_("修改：%s") % thing.title_of(row), button=_("保存"), icon="check", back="staff:admin-rows", ref=name,
        effect=thing.effect(row) if thing.effect else "",
    )  # fmt: skip


@page("admin.settings")
def end(request: StaffRequest, name: str, pk: int) -> HttpResponse:
    """A row holds until a day; it stays readable."""
    thing = _thing(name)
    row = _open_row(thing, pk)
    if thing.end is None:
        raise Http404
    verb = thing.end
    return saved(
        request, LastDay(posted(request)), lambda data: verb(request.actor, row, data["last_day"]), _("已停用。"),
        ("staff:admin-rows", name), title=_("停用：%s") % thing.title_of(row), button=_("停用"), icon="close",
        danger=True, back="staff:admin-rows", ref=name, effect=thing.effect(row) if thing.effect else "",
    )  # fmt: skip
