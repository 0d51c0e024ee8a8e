"""Hostile uploads: every file of the table meets the fate beside it, leaves nothing in its copy, and harms nobody."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import pytest

from cast import Cast
from yimen.cases.actions.attach import _safe_name, attach
from yimen.cases.media import clean
from yimen.cases.media.reasons import REASONS
from yimen.cli.drills import uploads
from yimen.cli.hostile import mutating
from yimen.cli.hostile.disguises import EICAR, NAMES
from yimen.cli.hostile.making import CANARY, Hostile, jpeg, notes
from yimen.cli.hostile.papers import pdf
from yimen.cli.hostile.table import ALL, leaks
from yimen.foundation.errors import Invalid


@pytest.fixture(scope="module")
def judge() -> Iterator[mutating.Judge]:
    """The limited process, kept for many files: a process for each is for the drill."""
    made = mutating.Judge(mutating.environment())
    yield made
    made.stop()


@pytest.mark.parametrize("one", [pytest.param(one, id=one.title) for one in ALL])
def test_a_hostile_file_meets_its_fate(one: Hostile, judge: mutating.Judge) -> None:
    assert uploads.misjudged(one, judge.ask) == []


@pytest.mark.parametrize("one", [pytest.param(one, id=one.title) for one in ALL[::20]])
def test_the_real_worker_says_the_same(one: Hostile) -> None:
    assert uploads.misjudged(one) == []


def test_there_are_enough_of_every_sort() -> None:
    fates = [one.state for one in ALL]
    assert len(ALL) >= 120 and len({one.title for one in ALL}) == len(ALL)
    assert fates.count("blocked") >= 60 and fates.count("clean") >= 60 and fates.count("sealed") >= 5
    assert {one.code for one in ALL} <= set(REASONS)


def test_the_door_gives_the_reader_the_sentence_of_the_code() -> None:
    for title in ("zero bytes", "21 MB", "a document that opens into gigabytes"):
        one = next(one for one in ALL if one.title == title)
        done = clean(one.make(), one.name)
        assert (done.state, done.reason) == ("blocked", str(REASONS[one.code]))


def test_a_leak_would_be_seen() -> None:
    assert "exif" in leaks(jpeg(exif=notes())) and repr(CANARY) in leaks(jpeg(comment=CANARY))
    assert leaks(pdf(lambda paper: paper.docinfo.__setitem__("/Author", CANARY.decode())))


def test_the_caps_of_the_worker_bite() -> None:
    assert mutating.caps(mutating.environment()) == dict.fromkeys(
        ("memory", "time", "files", "network"), True
    )


def test_mutations_do_no_harm() -> None:
    found = mutating.run(200, 20261123, mutating.environment())
    assert found.leaked == [] and found.late == 0
    assert (
        sum(found.states.values()) + found.died == 200 and found.states["clean"] and found.states["blocked"]
    )
    assert mutating.peak_memory() < 1 << 30


def test_the_same_seed_breaks_the_same_bytes() -> None:
    one, two, other = (list(mutating.mutations(30, seed)) for seed in (1, 1, 2))
    assert one == two != other


def test_a_judge_that_dies_is_followed_by_another() -> None:
    judge = mutating.Judge(mutating.environment())
    assert judge._process is None
    first = judge.ask(jpeg(), "a.jpg")
    assert first and first.state == "clean" and judge._process
    judge._process.kill()
    judge._process.wait()
    assert judge.ask(jpeg(), "a.jpg") is None
    after = judge.ask(jpeg(), "a.jpg")
    assert after and after.state == "clean"
    judge.stop()


@pytest.mark.parametrize("name", [one.name for one in NAMES], ids=[one.title for one in NAMES])
def test_what_is_kept_of_a_trap_in_a_name_is_harmless(name: str) -> None:
    kept = _safe_name(name)
    assert kept and len(kept) <= 120 and kept.isprintable()
    assert not set("/\\\0\r\n\u202e") & set(kept) and kept not in (".", "..", "...")
    assert kept.split(".")[0].upper() not in ("CON", "NUL", "AUX", "PRN")


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_behind(cast: Cast, home: Any) -> None:
    clerk = cast["clerk1"]
    case = clerk.opens()
    before = {path for path in home.files.rglob("*") if path.is_file()}
    with pytest.raises(Invalid):
        attach(clerk.actor, clerk.grants, case.uuid, EICAR, "eicar.txt")
    assert {path for path in home.files.rglob("*") if path.is_file()} == before


def test_a_bad_end_of_the_drill_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Hostile("a photo that should be refused", "a.jpg", jpeg, "blocked", "program")
    monkeypatch.setattr(uploads, "ALL", [bad])
    found = uploads.run(argparse.Namespace(mutations=1, seed=1, no_server=True))
    assert not found["ok"] and "a photo that should be refused" in found["wrong"][0]
