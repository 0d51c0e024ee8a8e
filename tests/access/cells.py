"""How many cells the access matrix has: what its tests run through, counted (`python -m tests.access.cells`)."""

from __future__ import annotations

import os


def count() -> dict[str, int]:
    """Cells by what they assert. Needs Django set up, no database."""
    from yimen.access.roles import Role
    from yimen.cases.states import VERBS

    from . import expected
    from .doors import doors
    from .test_doors import APART, COMMON, asked_by
    from .test_machines_doors import operations
    from .world import HIRED, MATTERS

    people, relations = len(HIRED), len(MATTERS)
    of_matters = sum(
        len(door.methods) for who in HIRED for relation in MATTERS for door in asked_by(who, relation)
    )
    machines = operations()
    mine = sum(one.of_a_matter for one in machines)
    return {
        "addresses": len(doors()),
        "person × action": people * len(expected.holds()) * 2,
        "person × relation × right": people * relations * 4 * 2,
        "person × relation × standing": people * relations,
        "person × relation × verb": people * relations * len(VERBS),
        "person × role given": people * (len(Role) + 1),
        "person × address × method": people * sum(len(door.methods) for door in COMMON),
        "person × relation × address × method": of_matters,
        "person × operation": people * (len(machines) - mine),
        "person × relation × operation": people * len(APART) * mine,
        "scope × operation": 4 * len(machines),
    }


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.settings.test")
    import django

    django.setup()
    found = count()
    for name, number in found.items():
        print(f"{number:>7}  {name}")
    print(f"{sum(number for name, number in found.items() if name != 'addresses'):>7}  cells")


if __name__ == "__main__":
    main()
