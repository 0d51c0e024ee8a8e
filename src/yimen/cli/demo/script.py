"""A matter as a script: who does what when. Plain data, played by `play` through the verbs of the rooms."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .days import Days, at, clock
from .people import DATA


@dataclass(frozen=True, slots=True)
class Step:
    """One verb by one person at one moment; `data` are its fields, people and units by their keys."""

    at: datetime
    by: str
    verb: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """One matter: its first step opens it. Steps are in order of time."""

    key: str
    steps: tuple[Step, ...]

    def until(self, end: datetime) -> Script:
        """The part that has already happened."""
        return Script(self.key, tuple(step for step in self.steps if step.at < end))


def stories(days: Days) -> list[Script]:
    """The told cases (data/cases.json), their days counted back from today."""
    told = json.loads((DATA / "cases.json").read_text(encoding="utf-8"))
    return [_story(story, days) for story in told]


def _story(story: dict[str, Any], days: Days) -> Script:
    first = days.back(story["ago"])
    opening = Step(at(first, clock(story["time"])), story["by"], *_opening(story, first, days))
    steps = [_step(row, first, days) for row in story["steps"]]
    return Script(story["key"], (opening, *steps))


def _opening(story: dict[str, Any], first: date, days: Days) -> tuple[str, dict[str, Any]]:
    if "accusation" in story:
        return "accusation", dict(story["accusation"])
    data = dict(story["registration"])
    for name, field_name in (("received", "received_at"), ("reported", "reported_at")):
        if name in data:
            data[field_name] = _moment(data.pop(name), first, days)
    return "open", dated(data, first)


def dated(registration: dict[str, Any], first: date) -> dict[str, Any]:
    """The number another office gave a matter carries the year in which it came."""
    number = registration.get("external_number", "")
    return (
        registration | {"external_number": number.replace("{year}", str(first.year))}
        if number
        else registration
    )


def _step(row: dict[str, Any], first: date, days: Days) -> Step:
    data = {name: value for name, value in row.items() if name not in ("on", "time", "by", "verb")}
    if "served" in data:
        data["served_on"] = _moment(data.pop("served"), first, days)
    if "asked" in data:
        data["asked_on"] = days.on(first, data.pop("asked"))
    return Step(_moment((row["on"], row["time"]), first, days), row["by"], row["verb"], data)


def _moment(value: Any, first: date, days: Days) -> datetime:
    count, moment = value
    return at(days.on(first, count), clock(moment))
