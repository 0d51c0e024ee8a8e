"""Denied by construction: no name of deny_fields.csv is anywhere in the house, in no language and no spelling."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.test import Client

from yimen.calendars import tables
from yimen.documents import fields as documents
from yimen.foundation import denied as rules
from yimen.foundation.denied import denied
from yimen.foundation.home import REPO
from yimen.reports.registers import COLUMNS

SOURCE = REPO / "src" / "yimen"
# Words that hold a denied word without being one: the category 教育医疗 and its key are of a matter, not of a person.
MATTERS = {"education-health"}


def keys() -> list[dict[str, str]]:
    with rules.TABLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def bad(names: Any) -> list[str]:
    return [
        f"{name}: {denied(str(name))}" for name in names if str(name) not in MATTERS and denied(str(name))
    ]


@pytest.mark.parametrize("row", keys(), ids=lambda row: row["key"])
def test_every_line_is_known_in_every_spelling(row: dict[str, str]) -> None:
    """snake, camel, Pascal and kebab; its Chinese words, also with something before and behind."""
    parts = row["key"].split("_")
    camel = parts[0] + "".join(part.title() for part in parts[1:])
    for name in (row["key"], camel, camel[0].upper() + camel[1:], row["key"].replace("_", "-"), row["key"].upper(),
                 f"visitor_{row['key']}", f"visitor{camel[0].upper()}{camel[1:]}"):  # fmt: skip
        assert denied(name) == row["field_zh"], name
    for word in (word.removesuffix("等") for word in row["field_zh"].split("/")):
        assert denied(word) and denied(f"来访人{word}") and denied(f" {word} （选填）"), word


@pytest.mark.parametrize(
    "name", ["shenfenzheng", "sfzh", "minzu", "zongjiao", "xueli", "hunyin", "zhengzhimianmao", "yinhangka", "chepai",
             "guiji", "renlian", "zhongdianren", "hukou", "dibao", "visitorMinzu"]
)  # fmt: skip
def test_pinyin_is_known(name: str) -> None:
    assert denied(name)


@pytest.mark.parametrize(
    "name",
    [
        "surface",
        "interface",
        "category",
        "national_holiday",
        "tracking",
        "channel",
        "place",
        "backtrack",
        "state",
    ],
)
def test_an_innocent_name_is_not_taken_for_one(name: str) -> None:
    assert not denied(name)


def test_no_model_has_one() -> None:
    models = [model for model in apps.get_models() if model.__module__.startswith("yimen.")]
    names = {name for model in models for field in model._meta.get_fields() for name in (field.name, getattr(field, "column", ""))}  # fmt: skip
    tables_too = {model._meta.db_table.split("_", 1)[-1] for model in models}
    choices = {
        str(code)
        for model in models
        for field in model._meta.local_fields
        for code, _words in field.choices or ()
    }
    assert len(names) > 100 and not bad(names | tables_too | choices)


def test_no_migration_ever_made_one() -> None:
    """Fields, columns and models of every migration, and the columns that its SQL names."""
    names: set[str] = set()
    for path in SOURCE.glob("*/migrations/*.py"):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                names |= {kw.value.value for kw in node.keywords if kw.arg in ("name", "model_name", "new_name", "db_column") and isinstance(kw.value, ast.Constant)}  # fmt: skip
            if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Constant):
                names.add(str(node.elts[0].value))
        names |= set(re.findall(r"ADD COLUMN (?:IF NOT EXISTS )?\"?(\w+)", text))
    assert len(names) > 200 and not bad(names)


def test_no_form_of_the_pages_has_one() -> None:
    names: set[str] = set()
    for kind in _below(forms.BaseForm):
        if kind.__module__.startswith("yimen."):
            names |= set(getattr(kind, "base_fields", {}))
    for path in (SOURCE / "web" / "templates").rglob("*.html"):
        names |= set(re.findall(r'\b(?:name|id|for)="([\w.-]+)"', path.read_text("utf-8")))
    assert len(names) > 50 and not bad(names)


def _below(kind: type) -> set[type]:
    return {kind} | {each for below in kind.__subclasses__() for each in _below(below)}


def test_no_step_paper_or_register_asks_for_one() -> None:
    from yimen.cases.fields import FIELDS

    named = {*FIELDS, *(str(field.zh) for field in FIELDS.values())}
    codes = {column.code for columns in COLUMNS.values() for column in columns}
    words = {column.zh for columns in COLUMNS.values() for column in columns}
    assert not bad(named | codes | words)


def test_no_paper_has_a_place_for_one() -> None:
    """The field lists of printed forms, and what an office's own template may name."""
    names: set[str] = set()
    for name, value in vars(documents).items():
        if isinstance(value, dict) and not name.startswith("__"):
            names |= {str(name) for name in value}
    for path in (SOURCE / "documents").rglob("*.typ"):
        names |= set(re.findall(r"data\.(\w+)", path.read_text("utf-8")))
    assert names and not bad(names)


def test_no_shape_of_the_api_has_one() -> None:
    """Every property of every schema, nested ones too, every parameter and every code of a list."""
    told = Client().get("/api/v1/openapi.json").json()
    names = set(_properties(told))
    assert len(names) > 30 and not bad(names)


def _properties(node: Any) -> Any:
    if isinstance(node, dict):
        yield from node.get("properties", {}) if isinstance(node.get("properties"), dict) else ()
        if "in" in node and isinstance(node.get("name"), str):
            yield node["name"]
        yield from (each for each in node.get("enum", ()) if isinstance(each, str))
        for value in node.values():
            yield from _properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from _properties(value)


def test_no_field_that_the_importer_knows_is_one() -> None:
    from yimen.intake.importer.words import MEANINGS

    assert not bad(meaning.name for meaning in MEANINGS)
    assert not bad(word for meaning in MEANINGS for word in getattr(meaning, "exact", ()))


@pytest.mark.parametrize("column", ["身份证号", "visitorIdCard", "minzu", "risk_score"])
def test_a_holiday_table_with_such_a_column_is_refused_by_its_name(column: str, tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_text(f"date,kind,{column}\n2027-01-01,off,1\n", encoding="utf-8")
    with pytest.raises(tables.TableError, match=re.escape(column)):
        tables.read(file)


def test_shipped_tables_have_none() -> None:
    for path in SOURCE.rglob("data/*.csv"):
        if path.name != "deny_fields.csv":
            with path.open(encoding="utf-8-sig", newline="") as stream:
                assert not bad(next(csv.reader(stream))), path
