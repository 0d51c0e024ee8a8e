from __future__ import annotations

from tests.web.staff_ground import cast, enter, png

__all__ = ["cast", "enter", "png"]
