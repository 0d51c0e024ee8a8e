"""The street of the matrix: built once for this folder, each test undone by a savepoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from . import world as made
from .world import World


class _Undo(Exception):
    pass


@pytest.fixture(scope="package")
def street(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A world that was built before (`PREBUILT`: the mutation drill commits one), or a new one."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                yield made.PREBUILT or made.build()
                raise _Undo
        except _Undo:
            pass


@pytest.fixture
def world(street: World, db: None) -> World:
    """The street; whatever the test does to it is undone."""
    return street
