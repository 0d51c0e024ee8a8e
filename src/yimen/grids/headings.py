"""The heading of a table that somebody hands in: which column is which of ours, and which are refused by their name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from yimen.foundation.denied import denied, squeeze
from yimen.foundation.errors import Invalid


def recognise(
    headers: Iterable[object],
    known: Mapping[str, tuple[str, ...]],
    needed: Collection[str],
    refused: Callable[[str], str] = denied,
) -> dict[str, int]:
    """Our name → place of its column; of two with one name the first, unknown ones are passed over.

    `known`: our name → the spellings that are understood. Raises Invalid for a column that is `refused` (why; empty when
    it may come in) and for a needed one that is missing.
    """
    found: dict[str, int] = {}
    for place, header in enumerate(str(each or "") for each in headers):
        name = next(
            (key for key, names in known.items() if squeeze(header) in (key, *map(squeeze, names))), ""
        )
        if name:
            found.setdefault(name, place)
        elif why := refused(header):
            raise Invalid(_("按设计不收这一列：%(column)s（%(why)s）") % {"column": header, "why": why})
    if missing := [known[name][0] for name in needed if name not in found]:
        raise Invalid(_("缺少这些列：%s") % _("、").join(missing))
    return found
