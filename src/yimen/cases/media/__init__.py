"""Uploads: the only way a file of a resident or a unit becomes something others may look at."""

from .clean import Cleaned, clean

__all__ = ["Cleaned", "clean"]
