"""Times as offices write them. A time without zone is meant in the office's own (Asia/Shanghai)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

OFFICE: Final = ZoneInfo("Asia/Shanghai")
EARLIEST: Final = 1950
_EXCEL_ZERO: Final = datetime(1899, 12, 30)
_EXCEL_DAYS: Final = (18_264, 73_050)  # 1950 to 2099
_DAY: Final = r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"
_CLOCK: Final = (
    r"(?:(?:\s*T\s*|[\s,，]*)(?:(?:星期|周)[一二三四五六日天]\s*)?(?P<half>上午|下午|晚上|中午|凌晨|AM|PM)?\s*"
    r"(?P<h>\d{1,2})\s*[:：时点]\s*(?:(?P<min>\d{1,2})\s*分?)?\s*(?:[:：]?\s*(?P<s>\d{1,2})(?:[.,]\d+)?\s*秒?)?"
    r"\s*(?P<half2>AM|PM)?)?"
)
_ZONE: Final = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_WRITTEN: Final = re.compile(_DAY + _CLOCK + _ZONE, re.IGNORECASE)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[\sT]?(\d{2}):?(\d{2}):?(\d{2})?)?")
_LATE: Final = frozenset({"下午", "晚上", "PM"})


class Unreadable(ValueError):
    """No time can be read here."""


def read_time(value: object, zone: tzinfo = OFFICE) -> datetime | None:
    """An aware time from a cell: text in many forms, a date, a spreadsheet's serial. None for an empty cell.

    A day alone is its first minute. Raises Unreadable, also for day-month orders that two people read differently.
    """
    if isinstance(value, datetime):
        return _sound(value if value.tzinfo else value.replace(tzinfo=zone))
    if isinstance(value, date):
        return _sound(datetime.combine(value, time(), zone))
    if isinstance(value, bool):
        raise Unreadable(str(value))
    if isinstance(value, int | float):
        return _sound(_serial(float(value), zone))
    text = str(value or "").strip()
    return _sound(_written(text, zone)) if text else None


def _sound(moment: datetime) -> datetime:
    if not EARLIEST <= moment.year <= 2099:
        raise Unreadable(str(moment))
    return moment


def _serial(days: float, zone: tzinfo) -> datetime:
    """A spreadsheet's day count (43580.4), or seconds and milliseconds since 1970 as computers write them."""
    if _EXCEL_DAYS[0] <= days <= _EXCEL_DAYS[1]:
        return (_EXCEL_ZERO + timedelta(seconds=round(days * 86_400))).replace(tzinfo=zone)
    if 5e8 <= days < 4e9:
        return datetime.fromtimestamp(days, zone)
    if 5e11 <= days < 4e12:
        return datetime.fromtimestamp(days / 1000, zone)
    raise Unreadable(str(days))


def _written(text: str, zone: tzinfo) -> datetime:
    try:
        if found := _WRITTEN.fullmatch(text):
            return _from_words(found, zone)
        if found := _COMPACT.fullmatch(text):
            return datetime(*(int(part or 0) for part in found.groups()), tzinfo=zone)  # type: ignore[misc, arg-type]
        return _serial(float(text), zone)
    except (ValueError, OverflowError):
        raise Unreadable(text) from None


def _from_words(found: re.Match[str], zone: tzinfo) -> datetime:
    part = {name: found[name] for name in ("y", "m", "d", "h", "min", "s")}
    year, month, day, hour, minute, second = (int(value or 0) for value in part.values())
    half = (found["half"] or found["half2"] or "").upper()
    if half in _LATE and hour < 12:
        hour += 12
    if half in {"上午", "凌晨", "AM"} and hour == 12:
        hour = 0
    moment = datetime(year, month, day) + _of_day(hour, minute, second)
    return moment.replace(tzinfo=_offset(found["zone"]) or zone)


def _of_day(hour: int, minute: int, second: int) -> timedelta:
    """24:00 is the end of a day in Chinese office writing; anything later is a slip of the pen."""
    if (hour, minute, second) == (24, 0, 0):
        return timedelta(days=1)
    time(hour, minute, second)
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _offset(zone: str | None) -> tzinfo | None:
    return datetime.strptime(zone.upper(), "%z").tzinfo if zone else None
