from __future__ import annotations

import pytest
from tests.web.staff_ground import cast, enter, png

from cast import Cast

from .machine import Machine

__all__ = ["cast", "enter", "png"]


@pytest.fixture
def clerk(cast: Cast) -> Machine:
    return Machine(cast["clerk1"])
