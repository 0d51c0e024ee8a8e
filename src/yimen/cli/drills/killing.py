"""Who is killed, and who goes on asking meanwhile: the victims below one supervisor, and clients that never give up."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psutil

TIMEOUT = 8.0
"""Seconds until a client takes an answer for lost and asks again under the same key."""
KINDS = ("postgres", "jobs", "server", "backend", "server_worker", "sequencer")


def victims(supervisor: int, kind: str) -> list[psutil.Process]:
    """Processes of this kind below the drill's own `./yimen up`, never any other."""
    below = _alive(psutil.Process(supervisor).children(recursive=True))
    return [process for process in below if _kind(process) == kind]


def _alive(found: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in found if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def _kind(process: psutil.Process) -> str:
    try:
        line, above = _line(process), process.parent()
        beside = _line(above) if above else ""
    except psutil.Error:
        return ""
    if line.startswith("postgres:"):
        return "backend" if line.startswith("postgres: yimen_app ") else ""
    if line.split(" ")[0].endswith("/postgres"):
        return "postgres"
    if "granian" in beside:
        return "" if "resource_tracker" in line else "server_worker"
    if "granian" in line:
        return "server"
    return {"runner": "jobs", "worker": "sequencer"}.get(line.rpartition(" yimen.cli ")[2], "")


def _line(process: psutil.Process) -> str:
    return " ".join(process.cmdline()).strip()


@dataclass(slots=True)
class Told:
    """What clients know for certain: matters the server said it has, and steps it said are done."""

    cases: dict[UUID, str] = field(default_factory=dict)
    dispatched: set[str] = field(default_factory=set)
    open: set[UUID] = field(default_factory=set)
    retries: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Clients:
    """So many machines that register matters and dispatch some, each asking again until it is answered."""

    def __init__(self, url: str, token: str, count: int, seed: int) -> None:
        self.host = urlsplit(url).netloc
        self.token = token
        self.told = Told()
        self._stop, self._give_up = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(random.Random(seed + n),), daemon=True)
            for n in range(count)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self, seconds: float) -> None:
        """Ask for nothing new; wait until everything asked for is answered, at most so long."""
        self._stop.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            self._give_up.set()

    def _work(self, rng: random.Random) -> None:
        while not self._stop.is_set():
            key = uuid4()
            case = self.register(key)
            if case and rng.random() < 0.3:
                self._dispatch(case)
            time.sleep(rng.uniform(0.02, 0.12))

    def register(self, key: UUID) -> str | None:
        """One matter; its id once the server has said so. The key stands in the title, so that a double is seen."""
        body = {
            "text": f"演练：楼道灯不亮，第 {key} 号",
            "title": f"演练 {key}",
            "category": "appearance",
            "place": "永安路",
        }
        with self.told.lock:
            self.told.open.add(key)
        answer = self._until(lambda: self._post("/api/v1/cases", body, key), {201})
        if answer is None:
            return None
        with self.told.lock:
            self.told.open.discard(key)
            self.told.cases[key] = answer[1]["id"]
        return str(answer[1]["id"])

    def _dispatch(self, case: str) -> None:
        """A step knows no key: asked again after a lost answer it may be refused, and then it was done before."""
        body = {"verb": "dispatch", "fields": {"unit": "chengguan"}}
        answer = self._until(
            lambda: self._post(f"/api/v1/cases/{case}/transitions", body, None), {200, 403, 409}
        )
        if answer and answer[0] == 200:
            with self.told.lock:
                self.told.dispatched.add(case)

    def _until(
        self, ask: Callable[[], tuple[int, dict[str, Any]]], wanted: set[int]
    ) -> tuple[int, dict[str, Any]] | None:
        while not self._give_up.is_set():
            try:
                answer = ask()
            except (OSError, http.client.HTTPException, ValueError):
                answer = (0, {})
            if answer[0] in wanted:
                return answer
            with self.told.lock:
                self.told.retries += 1
                if answer[0] not in (0, 429, 500, 502, 503):
                    self.told.wrong.append(f"{answer[0]} {str(answer[1])[:200]}")
            time.sleep(0.2)
        return None

    def _post(self, path: str, body: dict[str, Any], key: UUID | None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = str(key)
        connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
