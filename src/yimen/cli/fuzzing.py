"""Requests made from the API's own description by Schemathesis, right and wrong ones, each judged by its answer.

Used by the suite (few) and by `./yimen drill api` (many). In process: the application is called by WSGI.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation

DESCRIPTION: Final = "/api/v1/openapi.json"
# What an answer must hold: no 5xx; status, media type, headers and body as described; wrong requests refused.
CHECKED: Final = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "ignored_auth",
)  # fmt: skip
PROBED: Final = 8  # every so many cases the same request goes without a token that holds, too
AIMED: Final = 0.8  # of the requests that could
KEPT: Final = 50  # failures that are told whole

Application = Callable[..., Any]


@dataclass(slots=True)
class Tally:
    """What came of it. `probes` are requests without a token that holds; none may be let in."""

    cases: int = 0
    probes: int = 0
    let_in: int = 0
    failed: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[dict[str, Any]] = field(default_factory=list)

    def fails(self, case: Any, status: int, why: str) -> None:
        self.failed += 1
        if len(self.failures) < KEPT:
            said = {
                "operation": case.operation.label,
                "status": status,
                "why": why[:600],
                "curl": case.as_curl_command()[:600],
            }
            self.failures.append(said)


@dataclass(frozen=True, slots=True)
class Player:
    """One person's machine: `token` holds, each of `dead` never does; the rest is there to be spoken of."""

    token: str
    dead: Sequence[str]
    refs: Mapping[str, Sequence[str]]
    categories: Sequence[str]
    units: Sequence[str]
    steps: Mapping[str, Collection[str]]  # verb → the fields that it takes somewhere


def described(application: Application) -> Any:
    """The schema as the application describes itself."""
    config = SchemathesisConfig()
    return schemathesis.openapi.from_wsgi(DESCRIPTION, local(application), config=config)


def local(application: Application) -> Application:
    """The application with this machine at the other end of the line, as demo accounts want it."""

    def called(environ: dict[str, Any], start_response: Any) -> Any:
        return application({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)

    return called


def play(
    schema: Any, player: Player, cases: int, chance: int, told: Callable[[int], None] = lambda _n: None
) -> Tally:
    """`cases` requests, half of them wrong on purpose, spread evenly over the operations as long as new ones are found."""
    tally, dice = Tally(), random.Random(chance)
    operations = [found.ok() for found in schema.get_all_operations()]
    runs = [(one, mode) for one in operations for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    while runs and tally.cases < cases:
        due = -(-(cases - tally.cases) // len(runs))
        runs = [
            run
            for run in runs
            if _round(run, player, min(due, cases - tally.cases), chance, tally, dice, told)
        ]
        chance += 1
    return tally


def _round(
    run: tuple[Any, Any],
    player: Player,
    due: int,
    chance: int,
    tally: Tally,
    dice: random.Random,
    told: Callable[[int], None],
) -> bool:
    """Some requests of one operation. Whether there are more to be had: some take nothing that could be varied."""
    before = tally.cases
    with suppress(Unsatisfiable):  # nothing of it could be wrong
        if due:
            _run(*run, player, due, chance, tally, dice)
    told(tally.cases)
    return tally.cases - before >= due


def _run(
    operation: Any, mode: Any, player: Player, cases: int, chance: int, tally: Tally, dice: random.Random
) -> None:
    @seed(chance)
    @settings(
        max_examples=cases, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode, headers=_bearing(player)))
    def ask(case: Any) -> None:
        _ask(case, player, tally, dice)

    ask()


def _bearing(player: Player) -> dict[str, str]:
    return {"Authorization": f"Bearer {player.token}"}


def _ask(case: Any, player: Player, tally: Tally, dice: random.Random) -> None:
    _aim(case, player, dice)
    answer = case.call(headers=_bearing(player))
    tally.cases += 1
    tally.statuses[answer.status_code] += 1
    try:
        case.validate_response(answer, checks=_checks(case), headers=_bearing(player))
    except FailureGroup as group:
        tally.fails(
            case, answer.status_code, " | ".join(f"{type(one).__name__}: {one}" for one in group.exceptions)
        )
    if tally.cases % PROBED == 0:
        _probe(case, dice.choice(player.dead), tally)


def _aim(case: Any, player: Player, dice: random.Random) -> None:
    """Most requests speak of what is there, in those parts of them that are not wrong on purpose."""
    if not _wrong(case, ParameterLocation.PATH):
        for name, known in player.refs.items():
            if name in (case.path_parameters or {}) and known and dice.random() < AIMED:
                case.path_parameters[name] = dice.choice(known)
    if isinstance(case.body, dict) and not _wrong(case, ParameterLocation.BODY) and dice.random() < AIMED:
        _aim_body(case.body, player, dice)


def _wrong(case: Any, where: ParameterLocation) -> bool:
    return case.meta is not None and bool(case.meta.is_negative_at(where))


def _aim_body(body: dict[str, Any], player: Player, dice: random.Random) -> None:
    """A category that is there; a step of the table, with no field that it does not take."""
    if "category" in body:
        body["category"] = dice.choice(player.categories)
    if "verb" in body:
        body["verb"] = dice.choice(sorted(player.steps))
        body.pop("version", None)
        sent = body.get("fields") or {}
        body["fields"] = {name: value for name, value in sent.items() if name in player.steps[body["verb"]]}
        if "unit" in player.steps[body["verb"]]:
            body["fields"]["unit"] = dice.choice(player.units)


def _checks(case: Any) -> list[Any]:
    return CHECKS.get_by_names(
        [name for name in CHECKED if name != "negative_data_rejection" or not _as_text(case)]
    )


def _as_text(case: Any) -> bool:
    """Whether what is wrong with a form cannot be seen by whom it reaches: in a form a number, a truth value and nothing
    at all are text like any other, so a wrong type is none."""
    if case.media_type != "multipart/form-data" or not isinstance(case.body, dict):
        return False
    elsewhere = any(_wrong(case, where) for where in (ParameterLocation.PATH, ParameterLocation.QUERY))
    others = [value for name, value in case.body.items() if name != "file"]
    return not elsewhere and any(value is None or isinstance(value, bool | int | float) for value in others)


def _probe(case: Any, dead: str, tally: Tally) -> None:
    case.headers.pop("Authorization", None)
    answer = case.call(headers={"Authorization": dead} if dead else None)
    tally.probes += 1
    if answer.status_code not in (401, 403, 404, 405):
        tally.let_in += 1
        tally.fails(case, answer.status_code, f"let in with {dead[:20] or 'no token'}")
