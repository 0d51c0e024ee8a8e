"""Opening matters over HTTP, each with a key of its own: as a machine does (POST /api/v1/cases), or as phones do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

from ..progress import Failed
from .figures import Ran

FORM: dict[str, str] = {
    "text": "楼下烧烤店每天夜里十二点还在营业，油烟和吵闹声让一家人睡不着，找过店主三次都没有用，希望有人管一管。",
    "category": "noise", "place": "和顺里 3 号楼 2 单元", "wish": "请让他们按时关门。", "name": "王师傅",
    "phone": "0931-000 1234", "channel": "online",
}  # fmt: skip
"""The matter that is opened over and over: the floor replays the same one."""


Next = Callable[[], bytes | None]
"""The next whole request, asked by every connection; None when there is none left."""


def openings(url: str, token: str) -> Next:
    """Requests that open the matter, a machine's token with each."""
    body = json.dumps(FORM, ensure_ascii=False).encode()
    head = (
        f"POST /api/v1/cases HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: {len(body)}\r\n"
        "Idempotency-Key: "
    ).encode()
    return lambda: head + str(uuid4()).encode() + b"\r\n\r\n" + body


def made_ready(requests: Iterator[bytes]) -> Next:
    """All of them made now, each sent once."""
    waiting = list(requests)
    return lambda: waiting.pop() if waiting else None


def run(url: str, following: Next, concurrency: int, seconds: float) -> Ran:
    """So many connections at once, each sending the next request when the last was answered, for so long."""
    times: list[list[float]] = [[] for _ in range(concurrency)]
    wrong: list[str] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=_send, args=(url, following, begun + seconds, kept, wrong)) for kept in times
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    if wrong:
        raise Failed(wrong[0])
    every = [one for kept in times for one in kept]
    return Ran(len(every) / took, every)


def _send(url: str, following: Next, end: float, times: list[float], wrong: list[str]) -> None:
    """One connection; a bare socket, so that the client takes as little of the machine as it can."""
    where = urlsplit(url)
    try:
        with socket.create_connection((where.hostname or "", where.port or 80), timeout=30) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (begun := time.perf_counter()) < end and (request := following()):
                line.sendall(request)
                answer = _answer(line)
                if not answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
                    raise Failed(answer.decode(errors="replace"))
                times.append(time.perf_counter() - begun)
    except (OSError, Failed) as error:
        wrong.append(str(error))


def _answer(line: socket.socket) -> bytes:
    """One whole answer: its head, then as many bytes as it says, or chunks up to the empty one."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += _more(line)
    head, _end, rest = said.partition(b"\r\n\r\n")
    lengths = [
        row.split(b":")[1] for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")
    ]
    while (len(rest) < int(lengths[0])) if lengths else not rest.endswith(b"0\r\n\r\n"):
        rest += _more(line)
    return head + rest


def _more(line: socket.socket) -> bytes:
    found = line.recv(65536)
    if not found:
        raise Failed("服务断开了连接 / the server hung up")
    return found
