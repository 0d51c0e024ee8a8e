"""Cases, not people: no query joins matters by a person, in the code and in what the pages really ask."""

from __future__ import annotations

import ast
import re

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yimen.cases.models import Case, Participant, PhoneIndex
from yimen.foundation.home import REPO

from .doors import Visitor, doors
from .world import World

SOURCE = REPO / "src" / "yimen"
PEOPLE = {"Participant": Participant, "PhoneIndex": PhoneIndex}
TABLES = ("cases_participant", "cases_phoneindex")
# By what rows of people may be looked for: by their matter. By a phone's digest only in the desk's audited search.
BY_MATTER = {
    "case",
    "case_id",
    "case__in",
    "case_id__in",
    "slot",
    "slot__in",
    "role",
    "role__in",
    "pk",
    "pk__in",
}
BY_PHONE = {"cases/actions/phones.py": {"digest"}}


def test_people_hang_on_one_matter_and_nothing_hangs_on_people() -> None:
    """No foreign key leads case → person → case: persons point at their one matter, and nothing points at persons."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.related_model in PEOPLE.values():
                raise AssertionError(f"{model.__name__}.{field.name} leads to people")
    for model in PEOPLE.values():
        leads = [field for field in model._meta.local_fields if field.is_relation]
        assert [field.related_model for field in leads] == [Case], model


def test_rows_of_people_are_looked_for_by_their_matter_alone() -> None:
    wrong = []
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE).as_posix()
        if "migrations" in path.parts:
            continue
        allowed = BY_MATTER | BY_PHONE.get(place, set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _of_people(node.func):
                wrong += [f"{place}:{node.lineno} {kw.arg}" for kw in node.keywords if kw.arg not in allowed | {"ignore_conflicts", "defaults", "batch_size", "sealed", "flat"}]  # fmt: skip
    assert not wrong


def _of_people(node: ast.AST) -> bool:
    """Somewhere along Participant.objects.filter(…).exclude(…); a row that is made is not looked for."""
    if not isinstance(node, ast.Attribute):
        return False
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in PEOPLE


def test_no_lookup_goes_through_people() -> None:
    through = re.compile(r"""["'(,\s](participant|phoneindex|phone_index)s?__""", re.IGNORECASE)
    for path in SOURCE.rglob("*.py"):
        assert not through.search(path.read_text("utf-8")), path


def test_no_sql_of_the_house_names_people_twice() -> None:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and "migrations" not in path.parts
            ):
                assert not joins_people(node.value), path


def joins_people(sql: str) -> bool:
    """Two people, or a person beside two matters, in one statement."""
    named = [
        name for table in TABLES for name in re.findall(rf'(?:FROM|JOIN)\s+"?{table}\b', sql, re.IGNORECASE)
    ]
    return len(named) > 1 or (bool(named) and "digest" in sql and sql.count("cases_participant") > 0)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM cases_participant a JOIN cases_participant b ON a.sealed = b.sealed",
        'SELECT 1 FROM "cases_phoneindex" U0 WHERE U0.digest IN (SELECT digest FROM "cases_phoneindex" V0)',
    ],
)
def test_such_a_query_would_be_noticed(sql: str) -> None:
    assert joins_people(sql)


@pytest.mark.parametrize("who", ["clerk", "director", "head", "handler", "leader"])
def test_no_page_asks_for_matters_by_a_person(world: World, who: str) -> None:
    """Every address that this person may open, with the SQL it really asks."""
    visitor, case = Visitor(world.people[who]), world.matters["lead"]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for door in doors():
            if door.name.startswith("staff:") and "GET" in door.methods:
                visitor.response("GET", door.path(case.uuid))
    statements = [query["sql"] or "" for query in asked.captured_queries]
    of_people = [
        sql for sql in statements if any(table in sql for table in TABLES) and sql.startswith("SELECT")
    ]
    assert statements and not [sql for sql in of_people if joins_people(sql)]
    for sql in of_people:
        assert "cases_phoneindex" not in sql, "only the desk's search by phone reads the index"
        assert re.search(r'"case_id" (=|IN) \(?[\d(]|"case_id" = ANY', sql), sql
