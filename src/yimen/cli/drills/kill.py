"""kill -9 of PostgreSQL, of the server and of its workers, at random under load: nothing lost, nothing doubled.

Clients register matters (and dispatch some) through the API, each asking again under the same key until it is
answered. Meanwhile the database's postmaster or one of its backends, the server, one of its workers, the job runner
and the sequencer are killed. In the end every matter that was acknowledged must be there once, with its ledger entry
and its job; jobs of a killed runner must have been done; the chain must verify; the alarm on old jobs must have fired.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg

from ..answering import health
from ..progress import Failed, Steps, say
from .killing import KINDS, Clients, victims
from .stage import Stage, stage

PATIENCE = 90.0
"""Seconds until everything must be up, answered or done again."""
ALARM_SECONDS = 3.0

_FURNISH = """
import django; django.setup()
from datetime import date
from yimen.access.models import RoleGrant
from yimen.accounts.actions import create_user
from yimen.foundation.actor import Actor
from yimen.organisations.actions import add_unit, ensure_centre, set_office
from yimen.organisations.models import Membership, Unit
operator, since = Actor(None, "drill", "cli"), date(2024, 1, 1)
set_office(operator, name="演练街道", centre_name="演练中心", number_prefix="演")
centre = ensure_centre(operator)
unit = add_unit(operator, Unit(key="chengguan", name="城市管理办", kind="office", online=True))
for name, role, where in (("clerk1", "clerk", centre), ("director", "director", centre),
                          ("handler", "handler", unit), ("head", "head", unit)):
    user = create_user(operator, name, name)
    Membership.objects.create(user=user, unit=where, since=since, liaison=role == "handler")
    RoleGrant.objects.create(user=user, role=role, unit=where, since=since)
"""
_ALARMS = """
import django; django.setup()
from django.conf import settings
from yimen.reports.alarms import ringing
settings.ALARM_JOB_SECONDS = float(__import__("sys").argv[1])
print("\\n".join(alarm.kind for alarm in ringing()))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=40, help="次数 / how many")
    parser.add_argument("--clients", type=int, default=6, help="同时请求的机器 / machines that ask at once")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The figures of one drill; `ok` when nothing was lost, doubled, without its job or without its entry."""
    rng, steps = random.Random(args.seed), Steps(5)
    with stage() as place:
        with steps.step("人员与令牌 · people and a token"):
            _script(place, _FURNISH)
            clients = Clients(place.url, place.run("token", "clerk1").strip(), args.clients, args.seed)
        with steps.step(f"{args.kills} 次 kill -9"):
            clients.start()
            killer = Killer(place, rng)
            killer.kill(args.kills)
        with steps.step("未答复的请求 · what is not answered yet"):
            _until(lambda: _healthy(place), "the server does not come back")
            clients.finish(PATIENCE)
        with steps.step("任务与警报 · jobs and the alarm"):
            alarm = _alarm(place, clients)
            _until(lambda: not _waiting(place), "jobs are not done", fail=False)
            _until(lambda: not _unnumbered(place), "the ledger lags", fail=False)
        with steps.step("核对 · the tally"):
            return judged(_tally(place, clients, killer) | alarm | _verdict_of_chain(place))


def judged(found: dict[str, Any]) -> dict[str, Any]:
    """With the verdict: every figure that must be nothing is nothing."""
    none = ("lost", "doubled", "misnamed", "without_job", "without_entry", "steps_lost", "steps_doubled",
            "jobs_not_done", "unanswered")  # fmt: skip
    ok = not any(found[name] for name in none) and not found["wrong_answers"]
    ok = ok and found["jobs_resumed"] == found["jobs_interrupted"] and found["chain_ok"]
    ok = ok and found["acknowledged"] > 0 and found["alarm_fired"] and found["alarm_silent_again"]
    return {"ok": bool(ok), **found}


class Killer:
    """Kills one process at a time, waits until the house stands again, and keeps count."""

    def __init__(self, place: Stage, rng: random.Random) -> None:
        self.place, self.rng = place, rng
        self.kinds: Counter[str] = Counter()
        self.interrupted: set[int] = set()
        self.longest = 0.0

    def kill(self, times: int) -> None:
        for number in range(times):
            kind = KINDS[number % len(KINDS)] if number < len(KINDS) else self.rng.choice(KINDS)
            begun = time.monotonic()
            self._one(kind)
            time.sleep(self.rng.uniform(0.2, 1.0))
            _until(lambda: _standing(self.place), f"{kind} was killed and the house does not stand again")
            self.longest = max(self.longest, time.monotonic() - begun)
            say(f"{number + 1}/{times} {kind} · {time.monotonic() - begun:.1f} s")
            time.sleep(self.rng.uniform(0.3, 2.0))

    def _one(self, kind: str) -> None:
        if kind == "jobs":
            self._in_the_middle()
        elif not self._strike(kind):
            return self._one("postgres")  # no backend was there at that moment
        self.kinds[kind] += 1
        return None

    def _strike(self, kind: str) -> bool:
        found = victims(_pid(self.place), kind)
        if found:
            self.rng.choice(found).kill()
        return bool(found)

    def _in_the_middle(self) -> None:
        """Hold the table that the jobs write, so that the runner dies with jobs in its hands."""
        with psycopg.connect(self.place.addresses().admin) as holding:
            holding.execute("LOCK TABLE cases_alike IN SHARE ROW EXCLUSIVE MODE")
            doing = _soon(lambda: _ids(self.place, "status = 'doing'"))
            self._strike("jobs")
            self.interrupted |= set(doing)
            holding.rollback()


def _alarm(place: Stage, clients: Clients) -> dict[str, Any]:
    """Stop the runner (it lives, but does nothing) until jobs are older than a short threshold; then let it go on."""
    _until(lambda: not _waiting(place), "jobs are not done", fail=False)
    runner = victims(_pid(place), "jobs")[0]
    runner.send_signal(signal.SIGSTOP)
    for _one in range(3):
        clients.register(uuid4())
    time.sleep(ALARM_SECONDS + 1.0)
    fired = "job" in _ringing(place)
    runner.send_signal(signal.SIGCONT)
    _until(lambda: not _waiting(place), "jobs are not done", fail=False)
    return {"alarm_fired": fired, "alarm_silent_again": "job" not in _ringing(place)}


def _ringing(place: Stage) -> list[str]:
    return _script(place, _ALARMS, str(ALARM_SECONDS)).split()


def _tally(place: Stage, clients: Clients, killer: Killer) -> dict[str, Any]:
    told = clients.told
    stored: dict[str, str] = dict(_rows(place, "SELECT client_key::text, uuid::text FROM cases_case"))
    lost = [key for key in told.cases if str(key) not in stored]
    one = "SELECT count(*) FROM cases_case c WHERE (SELECT count(*) FROM ledger_entry e WHERE e.subject = 'case'"
    steps = dict(
        _rows(
            place,
            "SELECT c.uuid::text, count(*) FROM ledger_entry e JOIN cases_case c ON c.id = e.subject_id"
            " WHERE e.subject = 'case' AND e.kind = 'case.dispatch' GROUP BY 1",
        )
    )
    return {
        "kills": sum(killer.kinds.values()),
        "kills_by_kind": dict(sorted(killer.kinds.items())),
        "longest_recovery_seconds": round(killer.longest, 1),
        "acknowledged": len(told.cases),
        "stored": len(stored),
        "unanswered": len(told.open),
        "asked_again": told.retries,
        "wrong_answers": told.wrong[:5],
        "lost": len(lost),
        "doubled": _number(place, "SELECT count(*) - count(DISTINCT title) FROM cases_case"),
        "misnamed": sum(stored.get(str(key), uuid) != uuid for key, uuid in told.cases.items()),
        "without_job": _number(
            place,
            "SELECT count(*) FROM cases_case c WHERE (SELECT count(*) FROM procrastinate_jobs j"
            " WHERE j.task_name = 'cases.alikes' AND j.args->>'case' = c.id::text) <> 1",
        ),
        "without_entry": _number(place, f"{one} AND e.subject_id = c.id AND e.kind = 'case.opened') <> 1"),
        "steps_acknowledged": len(told.dispatched),
        "steps_lost": sum(case not in steps for case in told.dispatched),
        "steps_doubled": sum(count > 1 for count in steps.values()),
        "jobs_interrupted": len(killer.interrupted),
        "jobs_resumed": len(killer.interrupted & set(_ids(place, "status = 'succeeded'"))),
        "jobs_not_done": _number(
            place, "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"
        ),
    }


def _verdict_of_chain(place: Stage) -> dict[str, Any]:
    try:
        said = json.loads(place.run("verify-ledger", "--json"))
    except subprocess.CalledProcessError as error:
        return {"chain_ok": False, "chain": error.stdout[-500:]}
    return {"chain_ok": True, "chain_numbered": said.get("numbered"), "unnumbered": _unnumbered(place)}


# --- looking at the stage --------------------------------------------------------------------------------------


def _pid(place: Stage) -> int:
    if place.process is None or place.process.poll() is not None:
        raise Failed("the supervisor is gone:\n" + place.said.read_text(errors="replace")[-2000:])
    return place.process.pid


def _healthy(place: Stage) -> bool:
    return health("127.0.0.1", place.port, tls=False)[0] == 200


def _standing(place: Stage) -> bool:
    """The server answers and every part has its process."""
    return _healthy(place) and all(
        victims(_pid(place), kind) for kind in ("postgres", "server", "server_worker", "jobs", "sequencer")
    )


def _waiting(place: Stage) -> list[int]:
    return _ids(place, "status IN ('todo', 'doing')")


def _unnumbered(place: Stage) -> int:
    return _number(place, "SELECT count(*) FROM ledger_pending")


def _ids(place: Stage, condition: str) -> list[int]:
    return [row[0] for row in _rows(place, f"SELECT id FROM procrastinate_jobs WHERE {condition}")]


def _number(place: Stage, query: str) -> int:
    return int(_rows(place, query)[0][0])


def _rows(place: Stage, query: str) -> list[Any]:
    with psycopg.connect(place.addresses().admin, connect_timeout=10) as connection:
        return connection.execute(query).fetchall()


def _soon(look: Callable[[], list[int]], seconds: float = 5.0) -> list[int]:
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _until(done: Callable[[], bool], otherwise: str, *, fail: bool = True) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if done():
                return
        except psycopg.Error:
            pass  # the database is just coming back
        time.sleep(0.2)
    if fail:
        raise Failed(otherwise)


def _script(place: Stage, script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env=_environment(place),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(done.stderr[-2000:])
    return done.stdout


def _environment(place: Stage) -> dict[str, str]:
    settings = {"DJANGO_SETTINGS_MODULE": "yimen.settings.base", "DATABASE_URL": place.addresses().app}
    return {**place.django(), **settings}
