"""Hostile uploads: every one meets the fate that is written beside it, and twenty thousand mutations do no harm.

The table goes through the real worker and then through a served home, over the API: every answer is an acceptance or
a refusal with a reason, never a fault of the server. Mutations are judged in a limited process; one that dies is a
blocked file. In no clean copy is anything left of place, author, script or second picture.
"""

from __future__ import annotations

import argparse
import http.client
import json
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from yimen.cases.media.clean import DEADLINE, _ask
from yimen.cases.media.verdict import MAX_BYTES

from ..hostile import mutating
from ..hostile.making import Hostile
from ..hostile.mutating import Answer
from ..hostile.table import ALL, leaks
from ..progress import Steps, say
from .kill import _FURNISH, _healthy, _script
from .stage import Stage, stage

MOST = 25  # files for one matter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mutations", type=int, default=20_000, help="次数 / how many mutations")
    parser.add_argument("--no-server", action="store_true", help="不经服务器 / leave the served home out")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Figures; `ok` when every row met its fate, nothing leaked, the server never failed and the caps bite."""
    steps, env = Steps(4), mutating.environment()
    with steps.step(f"{len(ALL)} 个敌意文件 · hostile files"):
        wrong = [said for one in ALL for said in misjudged(one)]
    with steps.step("上限 · the caps"):
        caps = mutating.caps(env)
    with steps.step(f"{args.mutations} 次变异 · mutations"):
        found = mutating.run(args.mutations, args.seed, env)
    with steps.step("经服务器 · through a served home"):
        served = {} if args.no_server else _served()
    told = {
        "files": len(ALL),
        "fates": dict(Counter(one.state for one in ALL)),
        "wrong": wrong,
        "caps_bite": caps,
        "mutations": args.mutations,
        "mutations_became": dict(found.states),
        "workers_died": found.died,
        "workers_late": found.late,
        "leaked": found.leaked[:20],
        "slowest_seconds": round(found.slowest, 2),
        "peak_memory_mb": mutating.peak_memory() >> 20,
        **served,
    }
    ok = not wrong and not found.leaked and all(caps.values())
    return {"ok": ok and not served.get("server_faults") and served.get("server_stands", True), **told}


def misjudged(one: Hostile, ask: Callable[[bytes, str], Answer | None] | None = None) -> list[str]:
    """What is wrong with the verdict on one file, in words; empty is well. By the real worker, or by `ask`."""
    data = one.make()
    if not data or len(data) > MAX_BYTES:  # the door itself refuses these, before any worker
        return [] if one.code in ("empty", "too_large") else [f"{one.title}: size"]
    said = (ask or _worker)(data, one.name) or Answer("dead", "failed", "", b"")
    if (said.state, said.code) != (one.state, one.code):
        return [f"{one.title}: {said.state} {said.code}, not {one.state} {one.code}"]
    left = leaks(said.derivative) if one.state == "clean" else []
    return [f"{one.title}: {left} is left"] if left else []


def _worker(data: bytes, name: str) -> Answer | None:
    """The process that an upload meets in earnest."""
    answer, _late = _ask(data, name, DEADLINE)
    head, _newline, body = answer.partition(b"\n")
    said = json.loads(head) if head else {}
    return Answer(said["state"], said["code"], said["mime"], body) if said else None


def _served() -> dict[str, Any]:
    """Every file of the table sent to a real server."""
    with stage() as place:
        _script(place, _FURNISH)
        sender = _Sender(place, place.run("token", "clerk1").strip())
        for one in ALL:
            sender.send(one)
        stands = _healthy(place)
    say(f"{sum(sender.answers.values())} · {dict(sender.answers)}")
    return {
        "server_answers": {str(status): count for status, count in sorted(sender.answers.items())},
        "server_faults": sender.faults,
        "server_stands": stands,
    }


class _Sender:
    """Sends one file after the other, to a new matter when one is full."""

    def __init__(self, place: Stage, token: str) -> None:
        self.host, self.token = f"127.0.0.1:{place.port}", token
        self.answers: Counter[int] = Counter()
        self.faults: list[str] = []
        self._case = ""
        self._sent: list[bytes] = []

    def send(self, one: Hostile) -> None:
        data, mark = one.make(), secrets.token_hex(16)
        if len(self._sent) == MOST or data in self._sent:  # the same bytes twice are one file of a matter
            self._case, self._sent = "", []
        self._case = self._case or self._register()
        self._sent.append(data)
        name = (
            "".join(c for c in one.name if c not in '"\r\n\0')[:200] or "x"
        )  # a form sends no file without a name
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + data + f"\r\n--{mark}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        status, _said = self._post(f"/api/v1/cases/{self._case}/attachments", body, kind)
        self.answers[status] += 1
        wanted: tuple[int, ...] = (200, 201) if one.state != "blocked" else (400, 409, 413, 422)
        if one.code == "too_large":
            wanted += (0,)  # the server hangs up before it has read it all
        if status not in wanted:
            self.faults.append(f"{one.title}: {status}")

    def _register(self) -> str:
        body = json.dumps({"text": "演练：敌意文件", "category": "other"}).encode()
        kind = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        return str(json.loads(self._post("/api/v1/cases", body, kind)[1])["id"])

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request("POST", path, body, {"Authorization": f"Bearer {self.token}", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()
