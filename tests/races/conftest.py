"""A committed street for the races of one file; everything is truncated afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from cast import Cast, play


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock():
        yield play()
        call_command("flush", interactive=False, verbosity=0)
