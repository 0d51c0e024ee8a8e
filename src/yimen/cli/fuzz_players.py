"""One process of `./yimen drill api`: plays its share of the roles against the application, in process.

Words: which process, of how many, how many requests in all, the seed, and the file for the figures.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.settings.base")


def main(words: Sequence[str]) -> None:
    number, processes, cases, chance = map(int, words[:4])
    application = _application()
    from django.conf import settings

    settings.TOKEN_TRIES_PER_ADDRESS = 10**9  # every probe is a failed try, and all come from one address
    roles = people_by_role()
    mine = roles[number::processes]
    done, found = 0, {}
    for place, (role, user_id) in enumerate(roles):
        share = cases * (place + 1) // len(roles) - cases * place // len(roles)
        if (role, user_id) in mine:
            found[role] = _played(application, user_id, share, chance + 1000 * place, done)
            done += share
    Path(words[4]).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _application() -> Any:
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def people_by_role() -> list[tuple[str, int]]:
    """The first person of each role who can sign in; roles that nobody holds are left out."""
    from yimen.access.queries import holding

    held: dict[str, int] = {}
    for role, user_id in holding().filter(user__is_active=True).order_by("id").values_list("role", "user_id"):
        held.setdefault(role, user_id)
    return sorted(held.items())


def _played(application: Any, user_id: int, cases: int, chance: int, before: int) -> dict[str, Any]:
    from . import fuzzing

    def told(made: int) -> None:
        sys.stderr.write(f"cases {before + made}\n")
        sys.stderr.flush()

    schema = fuzzing.described(application)
    tally = fuzzing.play(schema, player_of(user_id), cases, chance, told)
    return {**asdict(tally), "statuses": dict(sorted(tally.statuses.items()))}


def player_of(user_id: int) -> Any:
    """A machine of this person, with tokens that never hold: none, unknown, ended, expired, mangled."""
    from yimen.accounts.tokens import make

    from . import fuzzing

    ended = _token(user_id, "ended")
    _end(ended)
    dead = ("", f"Bearer {make()}", f"Bearer {ended}", "Basic eDp5", f"Bearer {ended[:-1]}")
    return fuzzing.Player(_token(user_id, "drill"), dead, _refs(user_id), *_words())


def _words() -> tuple[list[str], list[str], dict[str, set[str]]]:
    """Categories, units, and every verb with the fields that it takes in some state."""
    from yimen.cases import queries
    from yimen.cases.states import TRANSITIONS
    from yimen.organisations.queries import units

    steps: dict[str, set[str]] = {}
    for row in TRANSITIONS.values():
        steps.setdefault(row.verb, set()).update(row.needs, row.may)
    return [one.key for one in queries.categories()], [one.key for one in units()], steps


def _token(user_id: int, name: str) -> str:
    from yimen.accounts import actions
    from yimen.accounts.models import User
    from yimen.accounts.tokens import SCOPES
    from yimen.foundation.actor import Actor

    user, operator = User.objects.get(pk=user_id), Actor(None, "drill", "cli")
    row = actions.issue(operator, user, name, list(SCOPES), 1, per_minute=0)
    return actions.collect(operator, row.pk, user_id)[1]


def _end(text: str) -> None:
    from yimen.access.tokens import knock
    from yimen.accounts import actions
    from yimen.foundation.actor import Actor

    found = knock(text)
    assert found is not None
    actions.end_token(Actor(None, "drill", "cli"), found[0].pk)


def _refs(user_id: int) -> dict[str, list[str]]:
    """Matters to ask for: ten that the person may see, ten that are there at all. And some of their files."""
    from yimen.access.registry import grants_of
    from yimen.cases import queries
    from yimen.cases.models import Attachment, Case
    from yimen.foundation.actor import Actor

    mine = queries.visible_to(grants_of(Actor(user_id))).order_by("-id")[:10]
    refs = {str(case.uuid) for case in [*mine, *Case.objects.order_by("id")[:10]]}
    files = Attachment.objects.order_by("id").values_list("uuid", flat=True)[:10]
    return {"ref": sorted(refs), "one": [str(file) for file in files]}


if __name__ == "__main__":
    main(sys.argv[1:])
