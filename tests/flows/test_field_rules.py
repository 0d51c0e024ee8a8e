"""The rules of the phone's queue and of its class list, asked as the page's own modules in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from tests.flows.field_ground import ground, phones

__all__ = ["ground", "phones"]
pytestmark = pytest.mark.browser
ASK = """async ([file, name, given]) => { const found = await import('/static/field/' + file); return found[name](...given); }"""
ITEM = {"uuid": "a", "body_sha256": "b", "files": [{"sha256": "c"}], "state": "ready"}


@pytest.fixture
def ask(phones: Any) -> Any:
    page = phones().page
    page.goto("/field/")

    def asked(file: str, name: str, *given: Any) -> Any:
        return page.evaluate(ASK, [file, name, list(given)])

    return asked


def test_only_explicit_refusals_need_somebody(ask: Any) -> None:
    told = {
        (200, ""): "took", (403, "switched_off"): "stop", (401, "unknown_device"): "stop", (401, "signature"): "stop",
        (403, "refused"): "needs", (409, "other_body"): "needs", (409, "conflict"): "needs", (413, "too_large"): "needs",
        (422, "invalid"): "needs", (429, "slow_down"): "pause", (404, "missing"): "missing", (400, "malformed"): "later",
        (500, "broken"): "later", (502, ""): "later", (503, ""): "later", (507, "disk_full"): "later", (405, ""): "later",
    }  # fmt: skip
    found = {each: ask("queue.js", "meaning", each[0], {"code": each[1]}) for each in told}
    assert found == told


@pytest.mark.parametrize(("receipt", "whole"), [
    ({"item": "a", "body_sha256": "b", "done": ["c"]}, True),
    ({"item": "a", "body_sha256": "b", "done": []}, False),
    ({"item": "a", "body_sha256": "b"}, False),
    ({"item": "a", "body_sha256": "x", "done": ["c"]}, False),
    ({"item": "x", "body_sha256": "b", "done": ["c"]}, False),
    ({"item": "a", "body_sha256": "b", "done": ["C"]}, False),
])  # fmt: skip
def test_a_receipt_has_to_name_id_words_and_every_file(
    ask: Any, receipt: dict[str, Any], whole: bool
) -> None:
    assert ask("queue.js", "complete", receipt, ITEM) is whole


def test_waiting_grows_and_never_beyond_some_minutes(ask: Any) -> None:
    waits = [
        ask("queue.js", "postpone", {**ITEM, "tries": tries}, "no_answer", 0)["due_at"] for tries in range(20)
    ]
    assert 1000 <= waits[0] <= 3000 and max(waits) <= 150_000 and waits[10] > 20 * waits[0]


def test_who_has_failed_stands_behind_who_has_not(ask: Any) -> None:
    rows = [
        {"uuid": "old", "state": "retry", "tries": 3, "due_at": 0, "started": 1},
        {"uuid": "later", "state": "retry", "tries": 1, "due_at": 99, "started": 2},
        {"uuid": "new", "state": "ready", "tries": 0, "due_at": 0, "started": 3},
        {"uuid": "draft", "state": "draft", "started": 4},
    ]
    assert [row["uuid"] for row in ask("queue.js", "inOrder", rows, 50)] == ["new", "old"]


def test_classes_of_this_grid_stand_first_then_the_last_used_then_the_offices(ask: Any) -> None:
    told = {"classes": [{"id": each} for each in "abcdef"], "recent": ["e", "d"]}
    counts = {
        "b": {"last": 9, "grids": {}},
        "c": {"last": 1, "grids": {"08": 2}},
        "f": {"last": 3, "grids": {"09": 7}},
    }
    assert [row["id"] for row in ask("classes.js", "ranked", told, counts, "08")] == list("cbfeda")
    assert [row["id"] for row in ask("classes.js", "ranked", told, {}, "")] == list("edabcf")


def test_the_same_words_are_the_same_bytes(ask: Any) -> None:
    assert (
        ask("bytes.js", "canonical", {"b": [1, "网格"], "a": {"d": None, "c": True}})
        == '{"a":{"c":true,"d":null},"b":[1,"网格"]}'
    )


def test_a_point_is_put_on_the_sheet_and_found_in_its_grid(ask: Any) -> None:
    square = "M0 0 L10 0 L10 10 L0 10 Z"
    made = {
        "west": 116.0,
        "north": 40.0,
        "per_lng": 100,
        "per_lat": 100,
        "grids": [{"code": "08", "path": square}],
    }
    assert ask("place.js", "gridAt", made, {"lng": 116.05, "lat": 39.95}) == "08"
    assert ask("place.js", "gridAt", made, {"lng": 116.2, "lat": 39.95}) == ""
    back = ask("place.js", "onEarth", made, {"x": 5, "y": 5})
    assert back == {"lng": 116.05, "lat": 39.95, "crs": "WGS-84"}
