"""What is written into a prepared statement and what stays a value; keys gathered first, the index walked once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as some
from psycopg.types.numeric import Int4, Int8

from yimen.foundation import prepared
from yimen.foundation.among import keys
from yimen.ledger.models import Entry, Link

pytestmark = pytest.mark.django_db

KEYS = some.integers(-(2**63), 2**63 - 1) | some.integers(0, 99).map(Int8)
MOMENTS = some.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=some.just(UTC))
STAY = KEYS | MOMENTS | some.dates(date(1900, 1, 1)) | some.uuids()
TEXTS = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]))
AWKWARD = some.sampled_from(["100%", "%s", "%%s", "'; --", "\\", "E'\\n'", "𠮷野家", "$1"])
WRITTEN = AWKWARD | TEXTS | some.booleans() | some.integers(-9, 999).map(Int4)


def asked(statement: str, values: Any) -> list[Any]:
    return list(prepared.ask(statement, values)[0])


@given(some.lists(STAY | WRITTEN, min_size=1, max_size=12))
def test_every_value_comes_back_as_it_was_given(values: list[Any]) -> None:
    """Quotes, backslashes, percent signs, rare characters: written or bound, the database reads the same."""
    statement, left = prepared.shaped(f"SELECT {', '.join(['%s'] * len(values))}, '%%s'", values)
    assert [*values, "%s"] == asked(statement, left)
    assert [type(each) for each in left] == [
        Int8 if isinstance(each, int) else type(each) for each in values if prepared._differs(each)
    ]


def test_two_people_of_the_same_rights_share_the_words() -> None:
    def words(user: int, at: datetime, ref: UUID) -> str:
        return prepared.shaped(
            "SELECT 1 WHERE 1 = %s AND 'a' = %s AND now() > %s AND %s IS NOT NULL", [user, "told", at, ref]
        )[0]

    assert words(7, datetime(2026, 1, 1, tzinfo=UTC), uuid4()) == words(2**40, datetime.now(UTC), uuid4())


def test_a_plan_is_made_once_a_connection() -> None:
    statement, left = prepared.shaped("SELECT count(*) FROM ledger_entry WHERE id = %s", [7])
    for key in (left[0], Int8(2**40)):
        assert prepared.ask(statement, [key]) == [(0,)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%FROM ledger_entry WHERE id%"],
        )
        assert cursor.fetchone() == (1,)


def test_among_finds_what_in_finds() -> None:
    made = [
        Entry.objects.create(kind=f"case.{n % 3}", subject="case", subject_id=n % 7, via="web", at=datetime.now(UTC), origin=b"x")
        for n in range(20)
    ]  # fmt: skip
    Link.objects.bulk_create(Link(seq=n, entry_id=row.pk, mac=b"x") for n, row in enumerate(made[:15], 1))
    newest = Link.objects.order_by("-seq").values("entry_id")[:9]
    wanted = set(Entry.objects.filter(pk__in=newest))
    assert len(wanted) == 9 and set(Entry.objects.filter(pk__among=keys(newest))) == wanted
    none = keys(newest.none())
    assert list(Entry.objects.filter(pk__among=none)) == []
