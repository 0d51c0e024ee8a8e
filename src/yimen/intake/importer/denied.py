"""Columns that are refused by their name, whatever is in them: the words are the house's (`foundation.denied`)."""

from __future__ import annotations

from yimen.foundation.denied import TABLE, denied, squeeze

__all__ = ["TABLE", "denied", "squeeze"]
