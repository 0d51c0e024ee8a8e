"""The text by which a matter is found: number, title, words, place, units. Never people, never a sealed matter."""

from __future__ import annotations

from ..models import Case, OutsideNumber


def text_of(case: Case) -> str:
    """What the search index holds of a matter; empty for a sealed one."""
    if case.sealed:
        return ""
    unit = case.lead_unit.name if case.lead_unit_id and case.lead_unit else ""
    parts = (case.number, case.title, case.text, case.place, case.category.name, unit, case.external_number,
             case.from_body, case.from_number, *_outside(case))  # fmt: skip
    return "\n".join(part for part in parts if part)


def _outside(case: Case) -> list[str]:
    """Its numbers in other systems; a matter that is being opened has none yet."""
    if case._state.adding:
        return []
    return list(OutsideNumber.objects.filter(case=case).values_list("number", flat=True))
