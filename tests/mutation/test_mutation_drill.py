"""Small faults are noticed: a few of each kind of `./yimen drill mutation`, drawn once and for all."""

from __future__ import annotations

import ast
import csv
from argparse import Namespace
from collections import Counter

import pytest

from yimen.cli.drills import mutation
from yimen.cli.mutating.mutants import mutants
from yimen.cli.mutating.operators import edits, places

FILES = [file for part in mutation.PARTS.values() for file in part["files"]]


def faults(source: str) -> list[str]:
    """Every faulty twin of one statement, as source."""
    found = []
    statement = ast.parse(source).body[0]
    for number, node in enumerate(places(statement)):
        for place, _fault in enumerate(edits(node)):
            twin = ast.parse(source).body[0]
            there = places(twin)[number]
            new = list(edits(there))[place][1](there)
            found.append(ast.unparse(twin) if new is None else f"({ast.unparse(there)} → {ast.unparse(new)})")
    return found


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = a < b", "x = a <= b"), ("x = a < b", "x = a >= b"), ("x = a and b", "x = a or b"),
        ("x = a in b", "x = a not in b"), ("x = not a", "(not a → a)"), ("x = a + b", "x = a - b"),
        ("x = 5", "(5 → 6)"), ("x = 5", "(5 → 4)"), ("x = True", "(True → False)"), ("x = 'one two'", "('one two' → 'two')"),
        ("x = rows.filter(a=1, b=2)", "x = rows.filter(b=2)"), ("x = rows.filter(a=1)", "x = rows.exclude(a=1)"),
        ("x = (ONE, TWO)", "x = (TWO,)"), ("def f():\n    return 1", "def f():\n    return None"),
        ("def f():\n    if a:\n        go()", "def f():\n    if not a:\n        go()"),
        ("x = [a for a in b if c]", "x = [a for a in b]"), ("x = min(a, b)", "x = max(a, b)"),
    ],
)  # fmt: skip
def test_every_kind_of_fault_is_made(source: str, fault: str) -> None:
    assert fault in faults(source)


@pytest.mark.parametrize(
    "source",
    [
        "x = _('请填写')",
        "from a import b",
        "def f() -> 5:\n    '''Three < four.'''",
        "raise ValueError('a < b')",
    ],
)
def test_words_for_people_are_left_alone(source: str) -> None:
    assert faults(source) == []


@pytest.mark.parametrize("file", FILES)
def test_every_fault_has_a_name_of_its_own(file: str) -> None:
    named = Counter(mutant.key for mutant in mutants(file))
    assert len(named) > 20 and set(named.values()) == {1}


@pytest.mark.parametrize("part", ["workdays", "steps"])
def test_a_sample_of_faults_is_noticed(part: str) -> None:
    """Thirty of each; those that nobody could notice are named in survivors.csv."""
    found = mutation.run(Namespace(part=part, sample=30, seed=20261123, jobs=2, timeout=120))
    assert found["unexplained"] == [] and found["score"] >= mutation.FLOOR


def test_survivors_are_faults_that_exist_and_have_reasons() -> None:
    every = {mutant.key for file in FILES for mutant in mutants(file)}
    with mutation.SURVIVORS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["fault"] for row in rows if row["fault"] not in every or not row["reason"]] == []
