"""Lines for COPY: one buffer per table, the columns that vary first, the constant rest baked in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from django.db import models
from psycopg import sql

NULL = "\\N"


def moment(value: datetime | None) -> str:
    return NULL if value is None else value.isoformat()


def number(value: int | None) -> str:
    return NULL if value is None else str(value)


def text(value: str) -> str:
    """Escaped as COPY's text format wants it."""
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def blob(value: bytes) -> str:
    return "\\\\x" + value.hex()


class Table:
    """Buffered lines of one model's table. `columns` vary; every other column takes the model's default."""

    def __init__(self, model: type[models.Model], columns: str, **fixed: str) -> None:
        self.model, self.name = model, model._meta.db_table
        self.columns = columns.split()
        rest = {**_defaults(model), **fixed}
        constant = {name: value for name, value in rest.items() if name not in self.columns}
        self._all = [*self.columns, *constant]
        self._tail = "".join(f"\t{value}" for value in constant.values()) + "\n"
        self._lines: list[str] = []

    def add(self, *values: str) -> None:
        self._lines.append("\t".join(values) + self._tail)

    def flush(self, cursor: psycopg.Cursor[Any]) -> None:
        if not self._lines:
            return
        columns = sql.SQL(", ").join(map(sql.Identifier, self._all))
        with cursor.copy(
            sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), columns)
        ) as copy:
            copy.write("".join(self._lines))
        self._lines.clear()


def _defaults(model: type[models.Model]) -> Mapping[str, str]:
    """What a column holds that nobody speaks of: the model's default, NULL where it may be empty."""
    found = {}
    for column in model._meta.concrete_fields:
        if column.primary_key or column.generated or column.has_db_default():
            continue
        value = column.get_default() if column.has_default() else (None if column.null else "")
        found[column.column] = _said(value)
    return found


def _said(value: object) -> str:
    if value is None:
        return NULL
    return str(value).lower() if isinstance(value, bool) else text(str(value))
