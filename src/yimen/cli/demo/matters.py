"""What people come with: invented matters out of templates and phrase lists. Pure; every draw from a given Random."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from .people import DATA, draw_names, table

_SLOT = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(\d+)-(\d+)")
WINDOW_CLERKS = ("clerk1", "clerk2", "clerk3", "clerk5")


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of matter. `mode`: d goes to a unit, a is answered at once, g is guided to another body."""

    category: str
    mode: str
    unit: str
    assist: tuple[str, ...]
    flow: str
    text: str
    wish: str
    result: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One invented matter: what is registered, by whom, and who will deal with it."""

    template: Template
    registration: dict[str, Any]
    owner: str
    unit: str
    assist: tuple[str, ...]
    grid: int
    result: str


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    return tuple(_template(row) for row in table("matters.tsv"))


def _template(row: dict[str, str]) -> Template:
    assist = tuple(filter(None, row["assist"].split(",")))
    return Template(**{**row, "assist": assist})  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def phrases() -> dict[str, Any]:
    return dict(json.loads((DATA / "phrases.json").read_text(encoding="utf-8")))


def phrase(name: str, rng: Random) -> str:
    """One of the ready sentences of a kind, its slots filled."""
    return fill(rng.choice(phrases()[name]), rng)


def fill(text: str, rng: Random) -> str:
    """Fill {3-8} with a number between (money in round steps) and {a|b} with one of the words."""
    return _SLOT.sub(lambda found: _slot(found.group(1), rng), text)


def _slot(inside: str, rng: Random) -> str:
    if found := _RANGE.fullmatch(inside):
        low, high = int(found.group(1)), int(found.group(2))
        return str(rng.randrange(low, high + 1, _round_step(low, high)))
    return rng.choice(inside.split("|"))


def _round_step(low: int, high: int) -> int:
    """Sums above a hundred go in tens, above a thousand in hundreds, so that they look like sums."""
    if low >= 1000:
        return 100
    return 10 if low >= 60 and high >= 200 else 1


class Residents:
    """Invented visitors: the names of one load do not repeat, no phone is a real one."""

    def __init__(self, rng: Random) -> None:
        self._names: Iterator[str] = draw_names(rng, taken=set())
        self._next = 7000

    def name(self) -> str:
        return next(self._names)

    def draw(self, rng: Random, *, she: bool = False) -> dict[str, str]:
        """A name as clerks write it (王建华, 王女士) and an invented phone."""
        name = self.name()
        if she or rng.random() < 0.45:
            surname = name[:2] if name[:2] in ("欧阳", "上官", "司马", "诸葛") else name[0]
            name = surname + ("女士" if she else rng.choice(["女士", "先生", "师傅", "阿姨"]))
        self._next += 1
        return {"name": name, "phone": f"0931-000 {self._next % 10_000:04d}"}


def invent(template: Template, residents: Residents, rng: Random) -> Matter:
    """One matter of this kind at some place of the street."""
    grid = rng.choice(table_of_grids())
    channel = rng.choices(["visit", "phone", "letter", "online", "above"], [62, 24, 4, 6, 4])[0]
    registration = {
        "text": fill(template.text, rng),
        "category": template.category,
        "wish": fill(template.wish, rng),
        "channel": channel,
        "urgency": "normal",
        "told_now": template.mode != "d" or rng.random() < 0.8,
    }
    registration |= _place(template, grid, rng) | _people(registration, residents, rng)
    if channel == "above":
        registration["external_number"] = f"区信转〔{{year}}〕{rng.randint(600, 999):04d} 号"
    return Matter(
        template=template,
        registration=registration,
        owner="clerk4" if channel == "phone" and rng.random() < 0.8 else rng.choice(WINDOW_CLERKS),
        unit=_unit(template.unit, grid),
        assist=tuple(_unit(key, grid) for key in template.assist),
        grid=int(grid["number"]),
        result=fill(template.result, rng),
    )


@lru_cache(maxsize=1)
def table_of_grids() -> tuple[dict[str, str], ...]:
    return tuple(table("grids.csv"))


def _unit(key: str, grid: dict[str, str]) -> str:
    """`shequ` is the community of the place."""
    return grid["community"] if key == "shequ" else key


def _place(template: Template, grid: dict[str, str], rng: Random) -> dict[str, str]:
    if template.mode == "g" and template.unit.startswith("neighbour"):
        return {"place": "河东区松园路" if template.unit == "neighbour-street" else "河东区安宁大街"}
    where = rng.choice(phrases()["where"])
    where = where.replace("{building}", str(rng.randint(1, 18))).replace("{unit}", str(rng.randint(1, 4)))
    where = where.replace("{room}", f"{rng.randint(1, 6)}0{rng.randint(1, 3)}")
    return {"place": f"{rng.choice(grid['places'].split('|'))} {where}"}


def _people(registration: dict[str, Any], residents: Residents, rng: Random) -> dict[str, Any]:
    """Who brings it: mostly one person with a phone; some without a name, in a group, for a parent, dictated."""
    chance = rng.random()
    if registration["channel"] == "phone" and chance < 0.16:
        return {"anonymous": True, "told_now": True}
    she = any(word in registration["text"] for word in ("丈夫", "前夫", "婆婆"))
    found: dict[str, Any] = dict(residents.draw(rng, she=she))
    if chance > 0.97:
        found["party_size"] = rng.randint(6, 31)
        if found["party_size"] <= 26:  # a few stand on the list of those not yet reported
            found["reported_to"] = "分管领导（电话）"
        found["representatives"] = [found, *(residents.draw(rng) for _ in range(rng.randint(1, 3)))]
        found["representatives"][0] = {"name": found["name"], "phone": found["phone"]}
    elif chance > 0.93:
        found["on_behalf"] = residents.draw(rng) | {
            "relation": rng.choice(["儿子", "女儿", "邻居", "社区工作人员"])
        }
    elif chance > 0.915 and registration["channel"] == "visit":
        found |= {"dictated": True, "read_back": True, "fingerprint": True}
        found["witness"] = {"name": residents.name(), "phone": ""}
    return found
