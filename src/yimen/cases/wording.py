"""Several names, or several sentences, in one line of the reader's language: 甲、乙 is A, B in English."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext

from yimen.foundation.errors import YimenError


def several(names: Iterable[object]) -> str:
    return pgettext("between names", "、").join(map(str, names))


def in_turn(sentences: Iterable[object]) -> str:
    return pgettext("between sentences", "；").join(map(str, sentences))


def why(error: YimenError) -> str:
    """What was wrong, field by field where the error names fields, else the error's own sentence."""
    return in_turn(getattr(error, "fields", {}).values()) or str(error)
