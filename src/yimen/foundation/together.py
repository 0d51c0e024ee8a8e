"""Several small questions to the database in one round trip: rows of many tables, asked for and answered together.

`read({"letters": question(Letter.objects.filter(…)), …})` gives the same lists as evaluating each queryset would.
Each becomes a sub-select whose rows come back as one JSON text; what a queryset joins (`select_related`) is not joined but fetched
by id in a second round trip, each row once, however many rows name it. Planning ten joins costs more than reading ten
rows, and a page that asks twenty small questions spends its time on the way there and back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field, Model, QuerySet

Tree = dict[str, Any]  # what `select_related` names: {"unit": {}, "submission": {"recipient": {}}}
Known = dict[tuple[type[Model], Any], Model]

# What JSON does not say by itself. A day or moment comes in ISO 8601, bytes as PostgreSQL writes them: \x6162.
_PARSE: Final[Mapping[str, Callable[[str], Any]]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "UUIDField": UUID,
    "BinaryField": lambda text: bytes.fromhex(text[2:]),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A queryset as it is asked: its SQL (empty: no row can match), the parameters, and what it joins."""

    model: type[Model]
    sql: str
    params: tuple[Any, ...] = ()
    joins: Tree = field(default_factory=dict)

    def about(self, old: Any, new: Any) -> Question:
        """The same question with another parameter: compiling costs more than asking."""
        return replace(self, params=tuple(new if each == old else each for each in self.params))


def question(rows: QuerySet[Any]) -> Question:
    """Annotations, `values` and reverse joins are not for this door."""
    named = rows.query.select_related
    try:
        sql, params = rows.select_related(None).query.get_compiler(using=rows.db).as_sql()
    except EmptyResultSet:
        return Question(rows.model, "")
    return Question(rows.model, sql, tuple(params), named if isinstance(named, dict) else {})


def read(wanted: Mapping[str, Question], at_hand: Mapping[Model, Tree] | None = None) -> dict[str, list[Any]]:
    """The rows of each question, in its order, with what it joins. Two round trips; a third where joined rows join.

    A row named twice is one object. `at_hand`: rows that were read before, and what is to be joined to them on the way.
    """
    found = _ask(wanted)
    known: Known = {}
    for rows in found.values():
        known.update({(type(row), row.pk): row for row in rows if not row.get_deferred_fields()})
    read_now = [(row, wanted[name].joins) for name, rows in found.items() for row in rows]
    _join([*(at_hand or {}).items(), *read_now], known)
    return found


# One round trip


def _ask(wanted: Mapping[str, Question]) -> dict[str, list[Any]]:
    asked = {name: one for name, one in wanted.items() if one.sql}
    found: dict[str, list[Any]] = {name: [] for name in wanted}
    if not asked:
        return found
    parts = [f"(SELECT json_agg(t)::text FROM ({one.sql}) t)" for one in asked.values()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [each for one in asked.values() for each in one.params])
        answer = cursor.fetchone()
    return found | {name: _rows(asked[name].model, text) for name, text in zip(asked, answer, strict=True)}


def _rows(model: type[Model], text: str | None) -> list[Model]:
    rows = json.loads(text) if text else []
    if not rows:
        return []
    columns = [each for each in model._meta.concrete_fields if each.column in rows[0]]
    names = [each.attname for each in columns]
    readers = [(each.column, _PARSE.get(_kind(each))) for each in columns]
    return [
        model.from_db("default", names, [_value(row[column], parse) for column, parse in readers])
        for row in rows
    ]


def _kind(column: Field[Any, Any]) -> str:
    return (column.target_field if column.is_relation else column).get_internal_type()


def _value(value: Any, parse: Callable[[str], Any] | None) -> Any:
    return value if value is None or parse is None else parse(value)


# What they name


def _join(todo: list[tuple[Model, Tree]], known: Known) -> None:
    """Set every foreign key that a tree names, from the rows at hand or, all at once, from the database."""
    waiting = _from_known(todo, known)
    while waiting:
        wanted: dict[type[Model], set[Any]] = {}
        for row, name, _inner in waiting:
            named = row._meta.get_field(name)
            wanted.setdefault(named.related_model, set()).add(getattr(row, named.attname))
        asked = {
            model._meta.label: question(model._base_manager.filter(pk__in=sorted(keys)))
            for model, keys in wanted.items()
        }
        for rows in _ask(asked).values():
            known.update({(type(row), row.pk): row for row in rows})
        if gone := [
            (model, key) for model, keys in wanted.items() for key in keys if (model, key) not in known
        ]:
            raise LookupError(f"rows that others name are gone: {gone}")
        waiting = _from_known([(row, {name: inner}) for row, name, inner in waiting], known)


def _from_known(todo: Iterable[tuple[Model, Tree]], known: Known) -> list[tuple[Model, str, Tree]]:
    """Sets what is at hand; gives the rest: which row still lacks which foreign key."""
    lacking: list[tuple[Model, str, Tree]] = []
    for row, tree in todo:
        for name, inner in tree.items():
            named = row._meta.get_field(name)
            key = getattr(row, named.attname)
            if key is None:
                continue
            if (other := known.get((named.related_model, key))) is None:
                lacking.append((row, name, inner))
                continue
            named.set_cached_value(row, other)
            lacking += _from_known([(other, inner)], known) if inner else []
    return lacking
