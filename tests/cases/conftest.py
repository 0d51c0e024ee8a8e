from __future__ import annotations

import pytest
from django.db import connection

from cast import Cast, play


@pytest.fixture
def cast(db: None) -> Cast:
    """A small street with everybody in place, whose numbers begin anew whatever was registered here before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE sequencename LIKE 'case_number_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER SEQUENCE "{name}" RESTART')
    return play()
