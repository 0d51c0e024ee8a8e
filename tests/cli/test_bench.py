"""`./yimen bench` in small: a home is filled by COPY, measured, and what it tells is whole."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from cast import Cast, play
from yimen.access.registry import grants_of
from yimen.cases.actions import ground
from yimen.cases.actions.holders import first_contact
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.models import Case, Category, Clock
from yimen.cli.bench import course, floor
from yimen.cli.bench.creating import FORM
from yimen.cli.bench.reading import words
from yimen.cli.bench.words import vocabulary
from yimen.cli.drills.stage import environment
from yimen.foundation import versions

ROWS = 900


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A home with a some hundred matters, and what the bench told of it."""
    folder = tmp_path_factory.mktemp("bench")
    for above in (folder, folder.parent, folder.parent.parent):
        above.chmod(0o711)  # the database's own OS user passes through
    told = folder / "told.json"
    said = yimen("bench", "--rows", str(ROWS), "--json", str(told), "--home", str(folder / "home"))
    assert "ratio c=8" in said
    yield folder / "home", json.loads(told.read_text(encoding="utf-8"))


def yimen(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "yimen.cli", *words],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in ((0, 1) if words[0] == "bench" else (0,)), done.stderr
    return done.stdout


def test_the_bench_tells_everything_at_every_size(measured: tuple[Path, dict[str, Any]]) -> None:
    told = measured[1]
    assert {"at", "seed", "machine", "sizes", "verdict", "ok", "seconds"} <= told.keys()
    assert {"cpu", "cores", "memory_gib", "python", "programs", "database"} <= told["machine"].keys()
    (size,) = told["sizes"]
    assert size["rows"] == size["load"]["added"] == ROWS
    for c in ("c1", "c8"):
        row = size["creation"][c]
        assert row["ratio"] == pytest.approx(row["rate"] / row["floor_rate"], abs=0.01)
        assert row["http"].keys() == row["floor"].keys() == {"p50", "p95", "p99", "longest"}
    reading = size["reading"]
    always = {"list", "counts", "detail", "search", "map", "map query", "dashboard"}
    assert always <= reading.keys() <= always | {"figures", "transition"}
    assert reading["list"].keys() == {"clerk", "director", "head", "handler"}
    assert all({"tries", "p50", "p95", "p99", "queries"} <= row.keys() for row in reading["list"].values())
    assert {row["what"] for row in told["verdict"]} >= {
        "creation/floor c=1",
        "creation/floor c=8",
        "search p95 ms",
    }
    assert told["ok"] == all(row["ok"] for row in told["verdict"])


def test_the_ledger_of_a_loaded_home_verifies_until_the_floor_writes_into_it(tmp_path: Path) -> None:
    for above in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        above.chmod(0o711)
    home = str(tmp_path / "home")
    yimen("bench", "--rows", "120", "--load", "--home", home)
    yimen("bench", "--rows", "200", "--load", "--home", home)  # it grows: ids, numbers and chain go on
    assert "台账完整" in yimen("verify-ledger", "--home", home)


# --- the floor ---------------------------------------------------------------------------------------------------


@pytest.fixture
def cast(db: None) -> Cast:
    return play()


@pytest.fixture
def form(cast: Cast) -> Registration:
    given = {**FORM, "category": Category.objects.values_list("key", flat=True)[0]}
    return Registration(**given, client_key=uuid4())  # type: ignore[arg-type]


def test_script_and_application_agree(cast: Cast, form: Registration) -> None:
    opening = floor.capture(connection.connection, cast["clerk1"].actor, form)
    sent: list[floor.Statement] = []
    with connection.execute_wrapper(floor.writer(sent)):
        again = Registration(**{**FORM, "category": form.category}, client_key=uuid4())  # type: ignore[arg-type]
        floor.open_once(lambda: open_case(cast["clerk1"].actor, grants_of(cast["clerk1"].actor), again))
    assert [floor.skeleton(one.sent) for one in sent] == [
        floor.skeleton(one.sent) for one in opening.statements
    ]
    assert len(sent) <= 9
    script = opening.script()
    assert script.count(":case_id") >= 6, "matter, clocks, key, people, ledger, job"
    assert str(floor.CASE + 1) not in script
    assert str(form.client_key) not in script
    for table in (
        "cases_case",
        "cases_clock",
        "cases_casekey",
        "cases_participant",
        "ledger_entry",
        "procrastinate",
    ):
        assert table in script


def test_what_the_bench_opened_is_like_what_it_loaded(cast: Cast, form: Registration) -> None:
    clerk = cast["clerk1"].actor
    made = [
        open_case(clerk, grants_of(clerk), replace(form, client_key=uuid4(), place=place)).pk
        for place in ("甲路", "乙路", "丙路")
    ]
    over = {"state": "closed", "next_step": None, "due_at": None, "clock": None}
    Case.objects.filter(pk=made[0]).update(**over, search_text="甲路的事")
    course.settle(connection.connection, made[1])
    asked = Case.objects.in_bulk(made)
    assert [asked[pk].open for pk in made] == [None, True, None]
    assert (asked[made[2]].place, asked[made[2]].search_text) == ("甲路", "甲路的事")
    assert asked[made[2]].received_at == asked[made[0]].received_at
    assert not Clock.objects.filter(case=made[2], running=True).exists()
    assert Clock.objects.filter(case=made[1], running=True).exists()


# --- what a creation keeps in the process -------------------------------------------------------------------------


def test_a_changed_category_holds_at_once(cast: Cast) -> None:
    from datetime import date

    row = Category.objects.first()
    assert row
    actor = cast["clerk1"].actor
    first = ground.read(actor, row.key, None, date.today())
    assert first.category == row
    assert first.member == first_contact(actor)
    Category.objects.filter(pk=row.pk).update(urgency="critical")
    second = ground.read(actor, row.key, None, date.today()).category
    assert second and second.urgency == "critical"
    Category.objects.filter(pk=row.pk).update(urgency="urgent")
    third = ground.read(actor, row.key, None, date.today()).category
    assert third and third.urgency == "urgent", "also when one transaction changes it twice"
    assert ground.read(actor, "no-such", None, date.today()).category is None


def test_what_is_kept_is_fetched_again_only_in_another_version() -> None:
    fetched: list[int] = []
    for version in ("a", "a", "b", "b", "a"):
        versions.kept(("test", 1), version, lambda: fetched.append(1))
    assert len(fetched) == 3
    assert versions.kept(("test", 1), None, lambda: 1) is None


# --- words -------------------------------------------------------------------------------------------------------


def test_two_hundred_searches_are_committed_and_many_have_two_characters() -> None:
    asked = words()
    assert len(asked) == len(set(asked)) == 200
    assert sum(len(text) == 2 for text in asked) >= 80
    assert len(set(asked) & set(vocabulary())) >= 40
