"""Names of the office's own things in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yimen.cases.models import Case, Category
from yimen.cases.states import STATES, Flow
from yimen.foundation.actor import SYSTEM
from yimen.ledger.models import Entry

# What the grid calls otherwise than the window: 结案 and 挂账 are its words alone (PRACTICE).
_OF_PLACES: Final[Mapping[str, object]] = {
    "close": pgettext_lazy("verb", "结案"),
    "suspend": pgettext_lazy("verb", "挂账"),
    "suspended": gettext_lazy("挂账"),
    "closed": gettext_lazy("结案"),
    "conclude": gettext_lazy("处置时限"),
    "case.close": pgettext_lazy("done", "结案"),
    "case.suspended": pgettext_lazy("done", "挂账"),
}


_NEXT_OF_PLACES: Final[Mapping[str, object]] = {
    "called_back": gettext_lazy("登记评价，结案"),
    "rated": pgettext_lazy("verb", "结案"),
}


def next_said(case: Case) -> str:
    """What must be done next, as people of this matter's flow say it."""
    own = _NEXT_OF_PLACES.get(case.state) if case.flow == Flow.GRID else None
    return str(own or STATES[case.state].next_zh)


def said(case: Case, name: str, words: object) -> str:
    """The words of a verb, an act, a fact or a clock, as people of this matter's flow say it."""
    return str(_OF_PLACES.get(name, words) if case.flow == Flow.GRID else words)


def category_name(category: Category, *, short: bool = False) -> str:
    """Categories carry their English name with them; everything else is translated as text."""
    if translation.get_language() == "en" and category.name_en:
        return category.name_en
    return (short and category.short) or category.name


def who(entry: Entry) -> str:
    """Who acted, by the name of that day; what the system did by itself is told in the reader's language."""
    itself = entry.actor_id is None and entry.actor_label == SYSTEM.label
    return _("系统") if itself else entry.actor_label
