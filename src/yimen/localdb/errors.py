"""What can go wrong with the private database, said so that the operator knows what to do."""

from __future__ import annotations


class LocalDatabaseError(Exception):
    """The private PostgreSQL cannot be used; the message says what to do, in Chinese and English."""
