"""What Yimen never builds, held by the code itself (README: What it will never do)."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field

from yimen.foundation.home import REPO

SOURCE = REPO / "src" / "yimen"
DENIED_CSV = SOURCE / "foundation" / "data" / "deny_fields.csv"
# The English and pinyin names under which such columns usually come; the table gives the rest.
USUAL = {
    "id_card", "idcard", "identity_card", "id_number", "sfzh", "face_id", "face_image", "plate_number", "person_type",
    "key_person", "special_population", "risk_score", "risk_level_person", "religion", "ethnicity", "ethnic",
    "nationality", "education", "political_status", "marital_status", "disability", "household", "bank_account",
    "watchlist", "blacklist", "repeat_visitor", "visit_count", "trajectory", "gps_track",
}  # fmt: skip


def denied() -> set[str]:
    with DENIED_CSV.open(encoding="utf-8", newline="") as stream:
        return {row["key"] for row in csv.DictReader(stream)} | USUAL


def project_fields() -> list[tuple[str, Field]]:
    models = [model for model in apps.get_models() if model.__module__.startswith("yimen.")]
    return [
        (f"{model.__name__}.{field.name}", field) for model in models for field in model._meta.local_fields
    ]


@pytest.mark.parametrize(
    ("name", "field"), project_fields(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_column_bears_a_denied_name(name: str, field: Field) -> None:
    assert field.name not in denied()
    assert field.column not in denied()


def test_no_migration_ever_made_one() -> None:
    names = "|".join(re.escape(name) for name in sorted(denied()))
    pattern = re.compile(rf"""["']({names})["']""")
    for path in SOURCE.glob("*/migrations/*.py"):
        assert not pattern.search(path.read_text("utf-8")), path


def test_no_form_field_bears_a_denied_name() -> None:
    for path in SOURCE.rglob("*.html"):
        for name in re.findall(r'name="([a-z_]+)"', path.read_text("utf-8")):
            assert name not in denied(), f"{path}: {name}"


def test_no_column_holds_a_person_across_cases() -> None:
    """Participants hang on exactly one matter, and no other table points at a participant."""
    pointing = [
        name
        for name, field in project_fields()
        if field.is_relation and field.related_model.__name__ == "Participant"
    ]
    assert pointing == []


def test_no_query_joins_matters_by_person() -> None:
    """The blind index is read in one place only: the audited search of the desk. Others write it, or destroy it.

    More of it: tests/access/test_no_person.py."""
    readers = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "PhoneIndex" in path.read_text("utf-8") and "migrations" not in path.parts
    }
    assert readers == {
        "cases/models/__init__.py", "cases/models/people.py", "cases/actions/people.py", "cases/actions/phones.py", "cases/actions/erasing.py", "cases/actions/inserting.py", "cli/bench/matters.py",
    }  # fmt: skip


@pytest.mark.parametrize(
    "module",
    ["cases/states.py", "cases/events.py", "cases/rules.py", "foundation/worktime.py", "foundation/workcalendar.py",
     "accounts/rules.py", "calendars/rules.py"],
)  # fmt: skip
def test_states_events_and_rules_know_no_database(module: str) -> None:
    tree = ast.parse((SOURCE / module).read_text("utf-8"))
    imported = {
        node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level
    } | {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert not {name for name in imported if name.startswith("django.db")}


def test_nothing_third_party_is_committed() -> None:
    bundles = [p for p in SOURCE.rglob("*") if re.search(r"\.(min\.js|min\.css|woff2?|ttf|otf|map)$", p.name)]
    assert bundles == []


def test_no_file_names_a_registry_or_this_machine() -> None:
    suspicious = re.compile(r"(files\.pythonhosted|registry\.npmjs|pypi\.org/simple|/work/main|/opt/pypi)")
    for path in [
        *REPO.glob("requirements/*"),
        REPO / "package-lock.json",
        REPO / "yimen",
        *SOURCE.rglob("*.py"),
    ]:
        assert not suspicious.search(Path(path).read_text("utf-8")), path


def test_every_model_knows_its_app_and_nobody_uses_reverse_names() -> None:
    for name, field in project_fields():
        if field.is_relation and field.model.__module__.startswith("yimen."):
            assert field.remote_field.related_name in ("+", None) or field.remote_field.related_name.endswith(
                "+"
            ), name
