"""A deadline explains itself in one sentence, Chinese or English. Pure words: everything was decided before.

`15 自然日，《信访工作条例》第二十三条；起算 2026-01-30（当日不计）；截止 2026-02-14；2月14日为调休工作日，不顺延`
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from .clockfacts import Facts, NamedSpan, spanned

_LISTED: Final = 3  # of pauses and holidays, the rest is only counted


def sentence(facts: Facts, language: str = "zh", article: str = "") -> str:
    """The whole explanation. `article` is the law or rule that set the amount, in the same language."""
    words = _English() if language == "en" else _Chinese()
    return words.joint.join(part for part in _parts(words, facts, article) if part)


def _parts(words: _Chinese | _English, facts: Facts, article: str) -> Iterator[str]:
    yield words.amount(facts) + (words.comma + article if article else "")
    yield words.start(facts)
    yield words.paused(facts.paused)
    yield words.rested(facts)
    yield words.worked(facts.worked_weekends)
    yield words.cut_month(facts)
    yield words.end(facts)
    yield words.stays(facts)
    yield words.unpublished(facts.unpublished)


class _Chinese:
    joint = "；"
    comma = "，"
    units: Final = {
        "natural_day": "自然日",
        "work_day": "工作日",
        "month": "个月",
        "work_hour": "工作小时",
        "clock_hour": "小时",
    }
    weekdays: Final = "一二三四五六日"

    def amount(self, f: Facts) -> str:
        unit = self.units[f.unit]
        more = f"，延长 {f.extend} {unit}，从原起算日起共 {f.total} {unit}" if f.extend else ""
        return f"{f.amount} {unit}{more}"

    def start(self, f: Facts) -> str:
        zone = "北京时间 " if f.foreign else ""
        if not f.by_hour:
            return f"起算 {zone}{f.start.date()}（当日不计）"
        outside = "（非工作时间，从下一段工作时间起计）" if f.starts_outside_hours else ""
        return f"起算 {zone}{_moment(f.start)}{outside}"

    def paused(self, spans: list[tuple[date, date]]) -> str:
        if not spans:
            return ""
        listed = "、".join(f"{a}" if a == b else f"{a} 至 {b}" for a, b in spans[:_LISTED])
        more = f"等 {len(spans)} 段" if len(spans) > _LISTED else ""
        return f"中止 {listed}{more}，{spanned(spans)} 日不计"

    def rested(self, f: Facts) -> str:
        names = "、".join(self._span(run) for run in f.rest_names[:_LISTED])
        more = "等" if len(f.rest_names) > _LISTED else ""
        return (
            f"跳过休息日 {f.rest_days} 天" + (f"（含{names}{more}）" if names else "") if f.rest_days else ""
        )

    def worked(self, days: list[date]) -> str:
        listed = "、".join(self._day(day) for day in days[:_LISTED]) + ("等" if len(days) > _LISTED else "")
        return f"{listed}调休上班，计入" if days else ""

    def cut_month(self, f: Facts) -> str:
        return f"{f.cut_month[0]}月没有{f.cut_month[1]}日，取月末" if f.cut_month else ""

    def end(self, f: Facts) -> str:
        if f.due is None:
            reached = f"期满日 {f.target}；" if f.target else ""
            return f"{reached}自 {f.pauses.open_from} 起中止计时，恢复后再定截止日期"
        if isinstance(f.due, datetime):
            return f"截止 {_moment(f.due)}"
        if f.due == f.target:
            return f"截止 {f.due}"
        assert f.target is not None
        why = f.calendar.name(f.target) or f"周{self.weekdays[f.target.weekday()]}"
        return f"期满日 {f.target} 逢{why}休息，顺延；截止 {f.due}"

    def stays(self, f: Facts) -> str:
        return f"{self._day(f.due)}为调休工作日，不顺延" if f.due and f.stays_on_weekend else ""

    def unpublished(self, years: tuple[int, ...]) -> str:
        listed = _years(years)
        return f"{listed} 年放假安排尚未公布，暂按周末和固定节日推算，公布后重算" if years else ""

    def _span(self, run: NamedSpan) -> str:
        name, first, last = run
        if first == last:
            return f"{name} {self._day(first)}"
        end = f"{last.day}日" if first.month == last.month else self._day(last)
        return f"{name} {self._day(first)}至{end}"

    def _day(self, day: date) -> str:
        return f"{day.month}月{day.day}日"


class _English:
    joint = "; "
    comma = ", "
    units: Final = {
        "natural_day": "natural day",
        "work_day": "work day",
        "month": "month",
        "work_hour": "working hour",
        "clock_hour": "clock hour",
    }
    months: Final = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    weekdays: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    names: Final = {
        "元旦": "New Year",
        "春节": "Spring Festival",
        "清明节": "Tomb-Sweeping Day",
        "劳动节": "Labour Day",
        "端午节": "Dragon Boat Festival",
        "中秋节": "Mid-Autumn Festival",
        "国庆节": "National Day",
    }

    def amount(self, f: Facts) -> str:
        more = (
            f", extended by {f.extend} to {self._many(f.total, f.unit)} from the original start"
            if f.extend
            else ""
        )
        return f"{self._many(f.amount, f.unit)}{more}"

    def start(self, f: Facts) -> str:
        zone = " Beijing time" if f.foreign else ""
        if not f.by_hour:
            return f"from {f.start.date()}{zone} (that day is not counted)"
        outside = " (outside business hours, counted from the next opening)" if f.starts_outside_hours else ""
        return f"from {_moment(f.start)}{zone}{outside}"

    def paused(self, spans: list[tuple[date, date]]) -> str:
        if not spans:
            return ""
        listed = ", ".join(f"{a}" if a == b else f"{a} to {b}" for a, b in spans[:_LISTED])
        more = f" and {len(spans) - _LISTED} more" if len(spans) > _LISTED else ""
        return f"paused {listed}{more}: {_plural(spanned(spans), 'day')} not counted"

    def rested(self, f: Facts) -> str:
        names = ", ".join(self._span(run) for run in f.rest_names[:_LISTED])
        more = " and more" if len(f.rest_names) > _LISTED else ""
        counted = _plural(f.rest_days, "day")
        return f"{counted} off skipped" + (f" (with {names}{more})" if names else "") if f.rest_days else ""

    def worked(self, days: list[date]) -> str:
        listed = ", ".join(self._day(day) for day in days[:_LISTED]) + (
            " and more" if len(days) > _LISTED else ""
        )
        return f"weekend worked and counted: {listed}" if days else ""

    def cut_month(self, f: Facts) -> str:
        if not f.cut_month:
            return ""
        month, day = f.cut_month
        return f"{self.months[month - 1]} has no day {day}, so its last day"

    def end(self, f: Facts) -> str:
        if f.due is None:
            reached = f"target {f.target}; " if f.target else ""
            return f"{reached}paused since {f.pauses.open_from}, the due date is set when it resumes"
        if isinstance(f.due, datetime):
            return f"due {_moment(f.due)}"
        if f.due == f.target:
            return f"due {f.due}"
        assert f.target is not None
        why = self._name(f.calendar.name(f.target)) or self.weekdays[f.target.weekday()]
        return f"the end {f.target} is off ({why}) and moves on; due {f.due}"

    def stays(self, f: Facts) -> str:
        return (
            f"{self._day(f.due)} is a weekend that is worked, so it stays"
            if f.due and f.stays_on_weekend
            else ""
        )

    def unpublished(self, years: tuple[int, ...]) -> str:
        listed = _years(years)
        return (
            f"provisional: no holiday table for {listed} yet, weekends and fixed holidays assumed, counted again "
            "when it is published"
            if years
            else ""
        )

    def _span(self, run: NamedSpan) -> str:
        name, first, last = run
        days = self._day(first) if first == last else f"{self._day(first)} to {self._day(last)}"
        return f"{self._name(name)} {days}"

    def _name(self, name: str) -> str:
        return " and ".join(self.names.get(part, part) for part in name.split("、")) if name else ""

    def _day(self, day: date) -> str:
        return f"{day.day} {self.months[day.month - 1]}"

    def _many(self, number: int, unit: str) -> str:
        return _plural(number, self.units[unit])


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _moment(moment: datetime) -> str:
    """2026-01-30 17:00; seconds only where there are any."""
    whole = moment.replace(tzinfo=None, microsecond=0)
    return whole.isoformat(" ", "seconds" if whole.second else "minutes")


def _years(years: tuple[int, ...]) -> str:
    """2027 · 2027、2029 · 2027–9999."""
    return "、".join(map(str, years)) if len(years) <= _LISTED else f"{years[0]}–{years[-1]}"
