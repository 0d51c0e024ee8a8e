"""Names of the office's own things in the reader's language."""

from __future__ import annotations

from django.utils import translation

from yimen.cases.models import Category


def category_name(category: Category, *, short: bool = False) -> str:
    """Categories carry their English name with them; everything else is translated as text."""
    if translation.get_language() == "en" and category.name_en:
        return category.name_en
    return (short and category.short) or category.name
