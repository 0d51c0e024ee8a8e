"""`./yimen due`: one answer a line, whatever comes in, with any Python and nothing installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.calendars import tables
from yimen.cli import due as command

REPO = Path(__file__).resolve().parents[2]
CALENDAR = tables.work_calendar(tables.shipped_days())
GOOD = {"start": "2026-01-30T10:00:00+08:00", "amount": 15, "unit": "natural_day"}
BARE = """
import argparse, sys
from yimen.cli import due
parser = argparse.ArgumentParser()
due.add_arguments(parser)
status = due.run(parser.parse_args())
assert not {"django", "yimen.settings", "yimen.calendars.models"} & set(sys.modules)
sys.exit(status)
"""


def run(stdin: bytes, *args: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a Python that sees no site packages, in a locale that knows no Chinese."""
    environment = {
        "PYTHONPATH": str(REPO / "src"),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
    }
    return subprocess.run(
        [sys.executable, "-S", "-c", BARE, *args],
        input=stdin,
        capture_output=True,
        env=environment,
        timeout=60,
    )


def ask(question: object) -> dict[str, Any]:
    return command.answer(CALENDAR, json.dumps(question).encode())


def test_one_answer_for_each_line_that_is_not_empty_and_nothing_else() -> None:
    good = json.dumps(GOOD).encode()
    result = run(b"\xef\xbb\xbf" + good + b"\r\n\r\n\n   \nnonsense\n" + b"\xff\xfe\n" + good)
    answers = [json.loads(line) for line in result.stdout.decode().splitlines()]
    assert (result.returncode, result.stderr, len(answers)) == (0, b"", 4)
    assert answers[0] == answers[3] and answers[0]["due"] == "2026-02-14"
    assert set(answers[0]) == {"target", "due", "provisional", "explain"}
    assert set(answers[1]) == set(answers[2]) == {"error"}


def test_no_line_gives_no_answer() -> None:
    assert run(b"").stdout == b"" and run(b"").returncode == 0


def test_line_separators_of_other_alphabets_do_not_split_a_question() -> None:
    question = json.dumps(GOOD | {"unit": "a\u2028b\x85c"}, ensure_ascii=False).encode()
    assert run(question).stdout.count(b"\n") == 1


def test_questions_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "some questions.jsonl"
    file.write_text(json.dumps(GOOD) + "\n")
    assert json.loads(run(b"", str(file)).stdout)["target"] == "2026-02-14"
    missing = run(b"", str(tmp_path / "none"))
    assert (missing.returncode, missing.stdout) == (2, b"") and missing.stderr


def test_an_answer_comes_as_soon_as_its_question() -> None:
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", BARE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(REPO / "src")},
    )
    assert process.stdin and process.stdout
    for _ in range(2):
        process.stdin.write(json.dumps(GOOD).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["due"] == "2026-02-14"
    process.stdin.close()
    assert process.wait(20) == 0
    process.stdout.close()


def test_a_reader_that_leaves_early_is_no_error() -> None:
    many = (json.dumps(GOOD) + "\n") * 3000
    script = f'"{sys.executable}" -S -c "$BARE" | head -n 1'
    environment = {"PYTHONPATH": str(REPO / "src"), "PATH": os.environ["PATH"], "BARE": BARE}
    result = subprocess.run(
        ["sh", "-c", script], input=many.encode(), capture_output=True, env=environment, timeout=60
    )
    assert (result.stdout.count(b"\n"), result.stderr) == (1, b"")


# Another calendar


def test_another_calendar_replaces_the_shipped_one(tmp_path: Path) -> None:
    file = tmp_path / "calendar.csv"
    file.write_text("date,kind\n2027-02-05,off\n2027-02-06,work\n")
    question = {"start": "2027-02-04T10:00:00+08:00", "amount": 1, "unit": "work_day"}
    result = json.loads(run(json.dumps(question).encode(), "--calendar", str(file)).stdout)
    assert (result["due"], result["provisional"]) == ("2027-02-06", False)
    shipped = json.loads(run(json.dumps(question).encode()).stdout)
    assert (shipped["due"], shipped["provisional"]) == ("2027-02-05", True)
    assert json.loads(run(json.dumps(GOOD).encode(), "--calendar", str(file)).stdout)["due"] == "2026-02-16"


def test_a_calendar_that_cannot_be_read_is_said_before_anything_is_answered(tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("date,kind\n2027-13-05,off\n")
    for path in (broken, tmp_path / "none.csv", tmp_path):
        result = run(json.dumps(GOOD).encode(), "--calendar", str(path))
        assert (result.returncode, result.stdout) == (2, b"") and result.stderr.strip()


# Bad lines


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"null", b"1", b'"text"', b"{}", b"\x00", b"\xff", b"{'start': 1}",
        b'{"start":"2026-01-30T10:00:00+08:00","amount":1,"amount":2,"unit":"month"}',
        b'{"start":"2026-01-30T10:00:00+08:00","amount":NaN,"unit":"month"}',
        b'{"start":"2026-01-30T10:00:00+08:00","amount":Infinity,"unit":"month"}',
        b'{"start":"2026-01-30T10:00:00+08:00","amount":1e400,"unit":"month"}',
        b'{"start":"2026-01-30T10:00:00+08:00","amount":' + b"9" * 5000 + b',"unit":"month"}',
        b'{"start":"2026-01-30T10:00:00+08:00","amount":1,"unit":"\\ud800"}',
        b"[" * 200_000, b'{"a":' * 100_000,
        json.dumps(GOOD).encode() * 2,
    ],
)  # fmt: skip
def test_a_line_that_is_no_question_gives_an_error_in_one_line(line: bytes) -> None:
    (said,) = command.answers(CALENDAR, [line])
    assert list(json.loads(said)) == ["error"] and "\n" not in said
    assert len(said) < 300 and json.loads(said)["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0}, {"amount": -1}, {"amount": True}, {"amount": 1.0}, {"amount": "1"}, {"amount": None},
        {"amount": [1]}, {"unit": "day"}, {"unit": "NATURAL_DAY"}, {"unit": None}, {"unit": ["month"]}, {"unit": {}},
        {"start": "2026-01-30"}, {"start": "2026-01-30T10:00:00"}, {"start": "tomorrow"}, {"start": 1769738400},
        {"start": None}, {"start": "2026-02-30T10:00:00+08:00"}, {"start": "2026-01-30T25:00:00+08:00"},
        {"start": "0001-01-01T00:00:00+08:01"}, {"extend": -1}, {"extend": True}, {"extend": 1.5}, {"extend": "30"},
        {"extend": [1]}, {"pauses": "2026-02-02"}, {"pauses": {}}, {"pauses": ["2026-02-02"]}, {"pauses": ["ab"]},
        {"pauses": [["2026-02-02"]]}, {"pauses": [["2026-02-02", "2026-02-03", "2026-02-04"]]},
        {"pauses": [[None, "2026-02-03"]]}, {"pauses": [["2026-02-05", "2026-02-02"]]},
        {"pauses": [["2026-02-30", "2026-03-02"]]}, {"pauses": [["2026-02-02T10:00:00+08:00", None]]},
        {"pauses": [{"2026-02-02": 1, "2026-02-03": 2}]}, {"pauses": [[20260202, 20260203]]}, {"pauses": 1},
        {"pause": []}, {"Amount": 1}, {"unit": "work_hour", "pauses": [["2026-02-02", "2026-02-03"]]},
        {"unit": "clock_hour", "pauses": [["2026-02-02", None]]}, {"amount": 10**12}, {"extend": 10**12},
    ],
    ids=lambda change: json.dumps(change)[:60],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_says_why(change: dict[str, object]) -> None:
    said = ask(GOOD | change)
    assert list(said) == ["error"] and said["error"], said


@pytest.mark.parametrize("missing", ["start", "amount", "unit"])
def test_a_missing_field_is_named(missing: str) -> None:
    assert ask({key: value for key, value in GOOD.items() if key != missing}) == {"error": f"缺少 {missing}"}


@pytest.mark.parametrize(
    "change", [{"pauses": []}, {"pauses": None}, {"extend": 0}, {"extend": None}, {"unit": "natural_day"}]
)
def test_what_changes_nothing_is_accepted(change: dict[str, object]) -> None:
    assert ask(GOOD | change)["due"] == "2026-02-14"


def test_hours_without_pauses_in_an_empty_list_are_answered_in_the_starts_own_offset() -> None:
    said = ask({"start": "2026-03-02T09:00:00Z", "amount": 2, "unit": "work_hour", "pauses": []})
    assert said["target"] == said["due"] == "2026-03-03T01:00:00+00:00"


def test_an_open_pause_gives_null() -> None:
    said = ask(GOOD | {"pauses": [["2026-02-02", None]]})
    assert (said["target"], said["due"], said["provisional"]) == (None, None, False)


@settings(max_examples=400, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(["start", "amount", "unit", "pauses", "extend", None]),
)
def test_no_json_whatever_breaks_the_command(value: object, key: str | None) -> None:
    line = json.dumps(value if key is None else GOOD | {key: value}).encode()
    for said in command.answers(CALENDAR, [line]):
        assert set(json.loads(said)) in ({"error"}, {"target", "due", "provisional", "explain"})


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_whatever_break_the_command(line: bytes) -> None:
    for said in command.answers(CALENDAR, [line]):
        assert "error" in json.loads(said)


def test_the_largest_amounts_are_answered_quickly() -> None:
    assert ask(GOOD | {"amount": 2_000_000, "unit": "work_day"})["due"].startswith("98")
    assert ask(GOOD | {"amount": 2_900_000})["due"].startswith("99")
    assert ask(GOOD | {"amount": 95_000, "unit": "month"})["due"].startswith("99")
    assert ask(GOOD | {"amount": 15_000_000, "unit": "work_hour"})["due"].startswith("93")
    assert ask(GOOD | {"amount": 69_000_000, "unit": "clock_hour"})["due"].startswith("98")
    assert "error" in ask(GOOD | {"amount": 3_000_000})
    assert "error" in ask(GOOD | {"amount": 70_000_000, "unit": "work_hour"})


def test_a_pause_of_eight_thousand_years_does_not_make_it_slow() -> None:
    said = ask(GOOD | {"unit": "work_day", "pauses": [["2026-02-02", "9999-12-01"]]})
    assert said["target"].startswith("9999-12")
