"""Invented people for the demonstration: who signs in, where they belong, what they may do. No database.

Names are drawn by a seeded random number from two lists; every one is invented (data/NOTE.md).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
WORKERS = 349
GRIDS = 28


@dataclass(frozen=True, slots=True)
class Person:
    """One demo account. `unit` is where they belong (empty: nowhere), `over` where their role holds."""

    sign_in: str
    name: str
    unit: str
    title: str
    role: str
    over: str
    window: str = ""
    liaison: bool = False
    grid: int = 0


def table(name: str) -> list[dict[str, str]]:
    """A CSV of the data folder as dictionaries."""
    return read_table(DATA / name)


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def cast(seed: int) -> list[Person]:
    """Everybody of the demo street, in a fixed order; the same seed gives the same names."""
    drafts = [*_staff(), *_units(), *_communities(), *_grids(Random(f"{seed}:posts"))]
    fixed = {row["sign_in"]: row["name"] for row in table("names.csv")}
    fixed |= {draft.sign_in: draft.name for draft in drafts if draft.name}
    names = draw_names(Random(f"{seed}:names"), taken=set(fixed.values()))
    return [_named(draft, fixed.get(draft.sign_in) or next(names)) for draft in drafts]


def draw_names(rng: Random, taken: set[str]) -> Iterator[str]:
    """An endless row of different invented names, none of `taken`."""
    surnames = (DATA / "surnames.txt").read_text(encoding="utf-8").split()
    given = (DATA / "given_names.txt").read_text(encoding="utf-8").split()
    seen = set(taken)
    while True:
        first = rng.choice(given)
        name = rng.choice(surnames) + (first[1] if rng.random() < 0.12 else first)
        if name not in seen:
            seen.add(name)
            yield name


def workers_of(grid: int) -> range:
    """The running numbers of a grid's workers: 349 shared out evenly, the first grids have one more."""
    base, more = divmod(WORKERS, GRIDS)
    start = (grid - 1) * base + min(grid - 1, more) + 1
    return range(start, start + base + (1 if grid <= more else 0))


def _named(draft: Person, name: str) -> Person:
    return Person(**{field: getattr(draft, field) for field in Person.__slots__} | {"name": name})


def _staff() -> Iterator[Person]:
    for row in table("staff.csv"):
        yield Person(
            sign_in=row["sign_in"],
            name=row["name"],
            unit=row["unit"],
            title=row["title"],
            role=row["role"],
            over=row["over"],
            window=row["window"],
            liaison=bool(row["liaison"]),
        )


def _units() -> Iterator[Person]:
    """handler.<unit> and head.<unit> for every unit with accounts; the centre and communities have their own."""
    for row in table("units.csv"):
        key = row["key"]
        if row["online"] == "1" and row["kind"] in {"office", "stationed", "district"}:
            yield Person(f"handler.{key}", "", key, "联络员、经办人", "handler", key, liaison=True)
            yield Person(f"head.{key}", "", key, _head_title(row), "head", key)


def _head_title(row: dict[str, str]) -> str:
    name = row["name"]
    ends = {"队": "队长", "所": "所长", "站": "站长", "局": "科长", "办": "主任", "心": "主任"}
    return "书记" if row["key"] == "jiwei" else ends.get(name[-1], "负责人")


def _communities() -> Iterator[Person]:
    for number in range(1, 14):
        key = f"shequ{number:02d}"
        yield Person(f"community{number:02d}", "", key, "社区书记、主任", "community", key, liaison=True)


def _grids(rng: Random) -> Iterator[Person]:
    homes = {int(row["number"]): row["community"] for row in table("grids.csv")}
    for grid, unit in homes.items():
        yield Person(f"gridlead{grid:02d}", "", unit, "网格长", "gridlead", unit, grid=grid)
    for grid, unit in homes.items():
        for number in workers_of(grid):
            title = rng.choices(["专职网格员", "兼职网格员", "楼院长"], [3, 5, 4])[0]
            yield Person(f"worker{number:03d}", "", unit, title, "worker", unit, grid=grid)
