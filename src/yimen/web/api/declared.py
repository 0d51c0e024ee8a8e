"""One operation of the machines' door: who may call it is declared where it is written, and read by tests from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ninja import Router

from .bearer import JSON_LIMIT, SIGNED_IN, Bearer

COMMON: Final = (400, 401, 403, 406, 422, 429, 500, 503)  # what any operation may answer besides its own
WITH_BODY: Final = (413, 415)


@dataclass(frozen=True, slots=True)
class Declared:
    """`policy` is "signed-in" or an action of the registry, `scope` one of `accounts.tokens.SCOPES`."""

    policy: str
    scope: str


DECLARED: dict[str, dict[str, Declared]] = {}
"""Name of the address → method → what it asks for."""

router = Router()


def operation(
    method: str,
    path: str,
    *,
    name: str,
    scope: str,
    summary: Any,
    response: Any,
    policy: str = SIGNED_IN,
    errors: tuple[int, ...] = (),
    takes: str = "",
    gives: str = "application/json",
    limit: int = JSON_LIMIT,
    extra: dict[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a view of the API. `errors` are its own refusals, beside those that any operation may give."""
    statuses = sorted({*COMMON, *errors, *(WITH_BODY if method != "GET" else ())})
    DECLARED.setdefault(name, {})[method] = Declared(policy, scope)
    said = {"x-yimen-policy": policy, "x-yimen-scope": scope, "x-yimen-problems": statuses}

    bearer = Bearer(scope, policy, takes=takes, gives=gives, limit=limit)

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        made: Callable[..., Any] = router.api_operation(
            [method], path, auth=bearer, response=response,
            url_name=name, operation_id=view.__name__, summary=summary, openapi_extra={**said, **(extra or {})},
        )(view)  # fmt: skip
        bearer.asked = frozenset(_asked(view, extra or {}))
        return made

    return declare


def _asked(view: Callable[..., Any], extra: dict[str, Any]) -> Iterator[str]:
    """Names of everything that may stand in the address after the question mark."""
    for model in view._ninja_operation.models:  # type: ignore[attr-defined]
        if model.__ninja_param_source__ == "query":
            yield from model.__ninja_flatten_map__
    yield from (one["name"] for one in extra.get("parameters", ()) if one["in"] == "query")
