"""The work calendar by year: a notice's table is uploaded, compared day by day, its effect shown, then published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yimen.calendars import queries, tables
from yimen.calendars.comparing import DayChange, compare
from yimen.calendars.models import CalendarYear
from yimen.cases.actions.calendar_changed import Shift, foresee, publish
from yimen.cases.wording import several
from yimen.foundation.errors import Invalid
from yimen.foundation.workcalendar import Day, format_periods

from ...door import StaffRequest, page
from ...forms.shape import Shape
from .saving import posted

MAX_BYTES = 200_000
KIND_WORDS = {
    "off": gettext_lazy("休息"),
    "work": gettext_lazy("上班"),
    "hours": gettext_lazy("上班（特定时段）"),
}
CHANGE_WORDS = {
    "added": gettext_lazy("新增"),
    "removed": gettext_lazy("取消"),
    "changed": gettext_lazy("改变"),
}


class Upload(Shape):
    """A file, or its text pasted: what was read once travels on as text, so that nothing has to be chosen again."""

    file = forms.FileField(
        label=gettext_lazy("放假调休表（CSV）"), required=False,
        help_text=gettext_lazy("UTF-8 编码，第一行是表头：date,kind,holiday_zh,gov_notice_url,hours"),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("或者把表的内容贴在这里"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("kind 写 off（休息）、work（上班，含调休）或 hours（特定时段）"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["text"] = _text_of(data.get("file")) or data.get("text", "")
        if not data["text"].strip():
            self.add_error("file", _("请选择文件，或者把内容贴在下面"))
        return data


def _text_of(file: UploadedFile | None) -> str:
    if file is None:
        return ""
    if (file.size or 0) > MAX_BYTES:
        raise forms.ValidationError(_("文件太大：一年的放假调休表只有几十行"))
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise forms.ValidationError(_("文件不是 UTF-8 编码，请另存为 UTF-8 的 CSV")) from error


@dataclass(frozen=True, slots=True)
class Preview:
    """One year of the uploaded table beside the one in force, and the running clocks it would move."""

    year: int
    loaded: bool
    days: int
    changes: list[DayChange]
    shifts: list[Shift]


@page("admin.settings")
def calendar(request: StaffRequest) -> HttpResponse:
    """Which years are loaded; upload a further one or a correction."""
    form = Upload(posted(request), request.FILES or None)
    previews: list[Preview] = []
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                table = _table(form.cleaned_data["text"])
                if request.POST.get("publish"):
                    return _published(request, table)
                previews, status = _previews(table), 200
            except Invalid as error:
                form.refuse(error)
    shown = {
        "form": form,
        "previews": previews,
        "text": form.cleaned_data.get("text", "") if form.is_bound and hasattr(form, "cleaned_data") else "",
        "years": CalendarYear.objects.filter(current=True).order_by("-year"),
        "through": max(queries.years_loaded(), default=None),
        "missing": queries.missing_year(),
        "kinds": KIND_WORDS,
        "change_words": CHANGE_WORDS,
    }
    return render(request, "staff/admin/calendar.html", shown, status=status)


def _table(text: str) -> tables.Table:
    try:
        table = tables.parse(text)
    except tables.TableError as error:
        raise Invalid(str(error), {"text": str(error)}) from error
    if not table.published:
        raise Invalid(_("表里没有日期"), {"text": _("表里没有日期")})
    return table


def _previews(table: tables.Table) -> list[Preview]:
    return [_preview(year, table.of(year)) for year in sorted(table.published)]


def _preview(year: int, days: list[Day]) -> Preview:
    before = queries.table_of(year)
    return Preview(year, bool(before), len(days), compare(before, days), foresee(year, days))


def _published(request: StaffRequest, table: tables.Table) -> HttpResponse:
    moved = 0
    for year in sorted(table.published):
        moved += publish(request.actor, year, table.of(year), notice=table.notices.get(year, ""))
    years = several(sorted(table.published))
    words = ngettext(
        "%(years)s 年已发布，%(n)d 件事项的期限有变。", "%(years)s 年已发布，%(n)d 件事项的期限有变。", moved
    )
    messages.success(request, words % {"years": years, "n": moved})
    return redirect("staff:admin-calendar")


@page("admin.settings", methods=("GET", "HEAD"))
def year(request: StaffRequest, year: int) -> HttpResponse:
    """The exact dates of one year, and the tables it had before."""
    days = [(day, KIND_WORDS[day.kind], format_periods(day.periods)) for day in queries.table_of(year)]
    versions = CalendarYear.objects.filter(year=year).order_by("-version")
    return render(request, "staff/admin/year.html", {"year": year, "days": days, "versions": versions})
