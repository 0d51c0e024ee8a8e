"""Names of the office's own things in the reader's language."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from yimen.cases.models import Category
from yimen.foundation.actor import SYSTEM
from yimen.ledger.models import Entry


def category_name(category: Category, *, short: bool = False) -> str:
    """Categories carry their English name with them; everything else is translated as text."""
    if translation.get_language() == "en" and category.name_en:
        return category.name_en
    return (short and category.short) or category.name


def who(entry: Entry) -> str:
    """Who acted, by the name of that day; what the system did by itself is told in the reader's language."""
    itself = entry.actor_id is None and entry.actor_label == SYSTEM.label
    return _("系统") if itself else entry.actor_label
