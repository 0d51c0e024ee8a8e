"""The demo street, loaded once per module and rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from yimen.cli.demo import street


class _Undo(Exception):
    pass


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[float]:
    """The street in the database for one module; gives the seconds it took."""
    import time

    with django_db_blocker.unblock():
        before, settings.DEMO = settings.DEMO, True
        try:
            with transaction.atomic():
                start = time.perf_counter()
                street.load()
                yield time.perf_counter() - start
                raise _Undo
        except _Undo:
            pass
        finally:
            settings.DEMO = before
