"""No table without a word on what becomes of it: every model, and every table of the database, is classified."""

from __future__ import annotations

from collections import Counter

import pytest
from django.apps import apps
from django.db import connection, models

from yimen.cases.fates import FATES, fates
from yimen.cases.models import Case
from yimen.cases.shipped import rows

FRAMEWORK = {"django_migrations"}  # names of migrations


def test_every_model_is_classified_once_and_no_other_is_named() -> None:
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    named = Counter((fate.label, fate.fate) for fate in fates())
    assert {label for label, _fate in named} == known
    assert not [pair for pair, count in named.items() if count > 1]


@pytest.mark.django_db
def test_every_table_belongs_to_a_classified_model() -> None:
    ours = {fate.model._meta.db_table for fate in fates()}
    with connection.cursor() as cursor:
        assert set(connection.introspection.table_names(cursor)) - ours == FRAMEWORK


def test_a_fate_is_one_of_those_that_are_carried_out_and_its_class_and_activity_exist() -> None:
    classes = {row["key"] for row in rows("retention.csv")}
    purposes = {row["activity"] for row in rows("processing.csv")}
    for fate in fates():
        assert fate.fate in FATES and fate.key in {*classes, ""} and fate.activity in {*purposes, ""}, fate
        assert fate.key or fate.fate != "period", fate.label
        assert fate.activity or not fate.personal, f"{fate.label}: personal, and for no purpose"


def test_what_names_a_matter_goes_with_it_or_says_why_it_stays() -> None:
    """A foreign key to a matter, in any room: its rows are deleted, emptied, or kept for a written reason."""
    for fate in fates():
        points = [
            field for field in fate.model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model is Case
        ]  # fmt: skip
        if points and fate.fate == "kept":
            assert fate.why, fate.label
        if points and fate.fate in ("matter", "function"):
            assert "case" in fate.path, fate.label
