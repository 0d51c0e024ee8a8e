"""What people open all day, asked of the application itself: lists, counts, detail, search, dashboards, one step.

Server time is the time inside the process around the whole WSGI application — middleware, session, queries, page —
with nothing on the network and no other request beside it. Each address is asked once before it is measured.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from yimen.access.registry import Grants, can, grants_of
from yimen.accounts.models import User
from yimen.cases import queries
from yimen.cases.access import CENTRE_ROLES
from yimen.cases.actions import transition as runner
from yimen.cases.models import Case
from yimen.cases.on_map import Box
from yimen.foundation.actor import Actor
from yimen.grids.queries import held
from yimen.web.staff import rail
from yimen.web.staff.show.map import map_of, street

from ..progress import Failed
from . import floor
from .figures import Timed

ROLES = {"clerk": "clerk1", "director": "director", "head": "head.zhifa", "handler": "handler.zhifa"}
LISTS = ("mine", "due-soon", "overdue", "unit")
MOST_SECONDS = 12.0
"""For one measure of one role; what takes longer is tried less often, never less than five times."""
FEWEST = 5
HOST = "127.0.0.1"


def words() -> list[str]:
    """The committed 200 searches, two-character words among them; invented, like everything they look for."""
    text = (Path(__file__).parent / "queries.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@dataclass(slots=True)
class Person:
    """One role's person at the door, with a session of their own."""

    grants: Grants
    actor: Actor
    cookie: str

    def get(self, path: str, query: str = "") -> None:
        """Open a page. Raises Failed when it does not answer 200."""
        said: list[str] = []
        environ = _environ("GET", path, query) | {"HTTP_COOKIE": self.cookie}
        from yimen.web.wsgi import application  # as it is served

        answer = application(environ, lambda status, _headers: said.append(status))
        for _part in answer:
            pass
        if close := getattr(answer, "close", None):
            close()
        if not said[0].startswith("200"):
            raise Failed(f"{path}: {said[0]}")


def _environ(method: str, path: str, query: str = "", body: bytes = b"") -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": HOST,
        "SERVER_PORT": "80", "HTTP_HOST": HOST, "REMOTE_ADDR": HOST, "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": True, "SCRIPT_NAME": "",
        "wsgi.multiprocess": True, "wsgi.run_once": False, "HTTP_ACCEPT": "text/html, application/json",
    }  # fmt: skip


def person(sign_in: str) -> Person:
    user = User.objects.get(sign_in=sign_in)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    actor = Actor(user.pk, user.name, "web")
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return Person(grants_of(actor), actor, cookie)


def measure(seed: int, tries: int, tell: Callable[[str], None]) -> dict[str, dict[str, dict[str, Any]]]:
    """Measure → role → figures. `tries`: how often each is asked at most."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for role, sign_in in ROLES.items():
        who = person(sign_in)
        for name, asks in _measures(who, Random(f"{seed}:{role}")).items():
            wanted = len(asks) if name == "search" and tries >= 100 else tries
            if asks:
                tell(f"{name} · {role}")
                found.setdefault(name, {})[role] = timed(list(islice(cycle(asks), wanted)), asks[:3]).told()
    return found


Ask = Callable[[], object]


def _measures(who: Person, chance: Random) -> dict[str, list[Ask]]:
    """What is asked, by name; each entry is one way of asking it."""
    boxes = _boxes(chance)
    return {
        "list": [_page(who, f"/staff/work/{name}/") for name in LISTS],
        "counts": [lambda: rail.of(who.grants, who.actor.user_id or 0, "/staff/")],
        "detail": [_page(who, f"/staff/cases/{ref}/") for ref in _some(who.grants, chance)],
        "search": [_page(who, "/staff/search/", f"q={quote(text)}") for text in words()],
        "map": [
            _page(who, "/staff/map/"),
            *(_page(who, "/staff/map/", f"box={box.words()}") for box in boxes),
        ],
        "map query": [partial(_viewport, who, box) for box in (street(), *boxes) if box],
        "dashboard": [_page(who, "/staff/")],
        "figures": [_page(who, "/staff/figures/")] if can(who.grants, "reports.read") else [],
        "transition": list(_steps(who)),
    }


def _page(who: Person, path: str, query: str = "") -> Ask:
    return lambda: who.get(path, query)


def _viewport(who: Person, box: Box) -> None:
    """What the map asks for one sheet: its matters by cells, those by themselves, the most urgent, and the outlines."""
    with held():
        map_of(queries.worklist(who.grants, "all"), box, timezone.now(), {})


def _boxes(chance: Random, count: int = 12) -> list[Box]:
    """Pieces of the street as somebody looks closer: from a half to an eighth of it."""
    whole = street()
    if whole is None:
        return []
    pieces = [whole.scaled(1 / 2 ** (1 + n % 3)) for n in range(count)]
    return [piece.moved(chance.uniform(-1, 1), chance.uniform(-1, 1)) for piece in pieces]


def _some(grants: Grants, chance: Random, count: int = 40) -> list[Any]:
    """Matters anywhere in the table that this person may see: half open, half of any state."""
    last = Case.objects.order_by("-id").values_list("id", flat=True)[0]
    seen = queries.visible_to(grants).exclude(external_number=floor.MARK)
    found = list(seen.filter(open=True).order_by("due_at", "id").values_list("uuid", flat=True)[: count // 2])
    for _try in range(count * 3):
        ref = chance.randint(1, last)
        if len(found) >= count or not grants.has(
            *CENTRE_ROLES
        ):  # a unit's own are few there, and dear to look for
            break
        found += seen.filter(pk__gte=ref).order_by("pk").values_list("uuid", flat=True)[:1]
    return found


def _steps(who: Person) -> Iterator[Ask]:
    """签收 of matters that lie before this person, each rolled back: the runner with all its rows but the commit."""
    waiting = queries.worklist(who.grants, "all").filter(state="dispatched", holder=who.grants.user_id)
    for ref in list(waiting.values_list("uuid", flat=True)[:40]):
        yield partial(_sign, who, ref)


def _sign(who: Person, ref: UUID) -> None:
    with transaction.atomic():
        runner.run(who.actor, who.grants, ref, "sign", {})
        transaction.set_rollback(True)


def timed(asks: Sequence[Ask], first: Sequence[Ask] = ()) -> Timed:
    """Each in turn, with the time of each and how many statements it sent; `first` are asked before, unmeasured."""
    for ask in first:
        ask()
    times: list[float] = []
    counts: list[int] = []
    sent = [0]

    def count(execute: Any, *words: Any) -> Any:
        sent[0] += 1
        return execute(*words)

    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        for ask in asks:
            sent[0], start = 0, time.perf_counter()
            ask()
            times.append((time.perf_counter() - start) * 1000)
            counts.append(sent[0])
            if len(times) >= FEWEST and time.perf_counter() - begun > MOST_SECONDS:
                break
    return Timed(times, counts)
