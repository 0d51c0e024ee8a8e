"""A bad network in one process: a proxy on the loopback that spoils a share of the exchanges, each in one of seven ways."""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

# cut: nothing arrives; lost: it arrives, the answer does not; late: both, slowly; twice: it arrives two times;
# half_up, half_down: the end of the request or of the answer is missing; portal: somebody else answers with a 200.
FAULTS: Final = ("cut", "lost", "late", "twice", "half_up", "half_down", "portal")
PORTAL: Final = b"<!doctype html><title>WiFi</title><p>\xe6\xac\xa2\xe8\xbf\x8e\xe4\xbd\xbf\xe7\x94\xa8\xe5\x85\x8d\xe8\xb4\xb9 WiFi</p>"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d{1,12})\r\n", re.IGNORECASE)
_HOP: Final = re.compile(rb"\r\n(?:connection|keep-alive|proxy-connection): [^\r]*(?=\r\n)", re.IGNORECASE)
_LIMIT: Final = 64 * 1024  # bytes of a head


@dataclass(slots=True)
class Tally:
    """Exchanges since the network went bad, and how many were spoiled in which way."""

    exchanges: int = 0
    faults: Counter[str] | None = None

    def share(self) -> float:
        return round(sum((self.faults or Counter()).values()) / max(self.exchanges, 1), 3)


class BadNetwork:
    """Listens on a free port and passes on to `upstream` (host, port). Calm until `share` is above nothing."""

    def __init__(self, upstream: tuple[str, int], seed: int) -> None:
        self.upstream, self.rng = upstream, random.Random(seed)
        self.share, self.port = 0.0, 0
        self.tally = Tally(faults=Counter())
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> BadNetwork:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_gone: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._exchange, "127.0.0.1", 0, limit=_LIMIT)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    def _fault(self) -> str:
        """What becomes of one exchange; empty: nothing."""
        if not self.share:
            return ""
        self.tally.exchanges += 1
        if self.rng.random() >= self.share:
            return ""
        fault = self.rng.choice(FAULTS)
        if self.tally.faults is not None:
            self.tally.faults[fault] += 1
        return fault

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request and its answer; then the connection ends, so that each exchange is spoiled for itself."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            asked = await _request(reader)
            answer = await self._answered(asked, self._fault())
            writer.write(answer)
            await writer.drain()
        with suppress(OSError):
            writer.close()

    async def _answered(self, asked: bytes, fault: str) -> bytes:
        """What the browser gets: bytes of an answer, or none at all."""
        if fault == "cut":
            return b""
        if fault == "portal":
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
            return head + b"Content-Length: %d\r\n\r\n" % len(PORTAL) + PORTAL
        if fault == "late":
            await asyncio.sleep(self.rng.uniform(0.3, 3.0))
        if fault == "twice":
            await self._pass(asked)
        if fault == "half_up":
            await self._pass(asked[: -max(len(asked) // 3, 1)], whole=False)
            return b""
        answer = await self._pass(asked)
        if fault == "lost":
            return b""
        return answer[: len(answer) * 2 // 3] if fault == "half_down" else answer

    async def _pass(self, asked: bytes, *, whole: bool = True) -> bytes:
        """Send upstream and read to the end; nothing when the server is just not there."""
        try:
            async with _connected(*self.upstream) as (reader, writer):
                writer.write(asked)
                await writer.drain()
                if not whole:
                    return b""
                return await asyncio.wait_for(reader.read(-1), 60)
        except (OSError, TimeoutError):
            return b""


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Head and body as they go upstream, with `Connection: close`."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = _LENGTH.search(head)
    body = await reader.readexactly(int(found[1])) if found else b""
    return _HOP.sub(b"", head)[:-2] + b"Connection: close\r\n\r\n" + body


@asynccontextmanager
async def _connected(
    host: str, port: int
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield reader, writer
    finally:
        with suppress(OSError):
            writer.close()
