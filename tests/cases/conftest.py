from __future__ import annotations

import pytest

from cast import Cast, play


@pytest.fixture
def cast(db: None) -> Cast:
    """A small street with everybody in place."""
    return play()
