"""Bytes of an entry: equal for equal entries, different for different ones, the same before and after the database."""

from __future__ import annotations

import enum
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils.functional import lazystr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yimen.ledger import canonical
from yimen.ledger.canonical import Row, Unfit

ROW = Row(
    5, "case.closed", "case", 9, 3, "刘敏", "web", "1.000000", "2.000000", '{"a": 1}', b"\0", b"\1" * 48
)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
LEAVES = st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | TEXT
PAYLOADS = st.dictionaries(
    TEXT,
    st.recursive(
        LEAVES, lambda s: st.lists(s, max_size=3) | st.dictionaries(TEXT, s, max_size=3), max_leaves=8
    ),
    max_size=4,
)


def link(seq: int, row: Row) -> bytes:
    return canonical.link_bytes(seq, row, canonical.said(row))


def stored(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::jsonb)::text", [text])
        return str(cursor.fetchone()[0])


class RoundTrip(TestCase):
    @settings(max_examples=150, deadline=None)
    @given(PAYLOADS)
    def test_any_payload_has_the_same_bytes_after_the_database(self, payload: dict[str, Any]) -> None:
        text = canonical.dumps(canonical.encode(payload))
        assert canonical.json_bytes(stored(text)) == text.encode()
        assert json.loads(text) == payload


class Shade(enum.StrEnum):
    RED = "红"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("x", "x"),
        ("", ""),
        (True, True),
        (None, None),
        (-(2**63) + 1, -(2**63) + 1),
        ([1, ("a",)], [1, ["a"]]),
        (date(2026, 1, 30), "2026-01-30"),
        (datetime(2026, 1, 30, 10, tzinfo=timezone(timedelta(hours=8))), "2026-01-30T02:00:00.000000+00:00"),
        (Decimal("1E+3"), "1000"),
        (Decimal("3600.50"), "3600.50"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Shade.RED, "红"),
        ({"b": 1, "a": {"c": []}}, {"a": {"c": []}, "b": 1}),
    ],
)
def test_what_the_rooms_write_has_one_plain_form(value: Any, kept: Any) -> None:
    encoded = canonical.encode(value)
    assert encoded == kept and type(encoded) in {str, int, bool, list, dict, type(None)}


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        2**63,
        b"bytes",
        {1, 2},
        pytest.param(object(), id="object"),
        lazystr("办结"),
        "a\0b",
        "\ud800",
        Decimal("NaN"),
        datetime(2026, 1, 30),
        timedelta(1),
        {1: "x"},
        {"a\0": 1},
    ],
    ids=repr,
)
def test_what_has_no_exact_form_is_refused_with_its_place(value: Any) -> None:
    with pytest.raises(Unfit, match=r"payload\.deep\[1\]"):
        canonical.encode({"deep": [0, value]})


def test_endless_nesting_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(Unfit, match="nested"):
        canonical.encode(loop)


@pytest.mark.parametrize(
    "text", ['{"a": 1.0}', '{"a": 1e400}', '{"a": ' + "9" * 5000 + "}", "[" * 5000, "", "null x"]
)
def test_json_this_program_never_writes_still_has_bytes_of_its_own(text: str) -> None:
    raw = canonical.json_bytes(text)
    assert raw is not None and raw.startswith(b"\0")


def test_spelling_of_the_same_json_does_not_matter() -> None:
    assert canonical.json_bytes('{"b": 1, "a": "\\u4e2d"}') == canonical.json_bytes('{"a":"中","b":1}')


def test_numbers_and_their_texts_differ() -> None:
    assert (
        canonical.json_bytes('{"a": 1}')
        != canonical.json_bytes('{"a": "1"}')
        != canonical.json_bytes('{"a": 1.0}')
    )


@pytest.mark.parametrize("column", Row._fields)
def test_every_column_changes_the_bytes_of_a_link(column: str) -> None:
    changed = {
        "id": 6,
        "subject_id": 10,
        "actor_id": 4,
        "sealed": b"\1",
        "origin": b"\2" * 48,
        "payload": '{"a": 2}',
    }
    other = ROW._replace(**{column: changed.get(column, "other")})
    assert link(1, other) != link(1, ROW)


def test_the_number_changes_the_bytes_of_a_link() -> None:
    assert link(1, ROW) != link(2, ROW)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"kind": "ab", "subject": "c"}, {"kind": "a", "subject": "bc"}),
        ({"actor_id": None}, {"actor_id": 0}),
        ({"sealed": None}, {"sealed": b""}),
        ({"id": 1, "recorded_at": "12"}, {"id": 11, "recorded_at": "2"}),
        ({"payload": None}, {"payload": "null"}),
    ],
)
def test_letters_cannot_wander_from_one_column_to_the_next(
    left: dict[str, Any], right: dict[str, Any]
) -> None:
    assert link(1, ROW._replace(**left)) != link(1, ROW._replace(**right))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 900000, tzinfo=UTC),
        datetime(1949, 10, 1, 15, 0, 0, 1, tzinfo=timezone(timedelta(hours=8))),
        datetime(9999, 1, 1, tzinfo=UTC),
    ],
)
def test_times_are_written_as_the_database_writes_them(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM %s::timestamptz)::text", [moment])
        assert cursor.fetchone()[0] == canonical.epoch(moment)
