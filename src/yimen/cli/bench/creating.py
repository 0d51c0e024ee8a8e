"""Opening matters over HTTP, as a machine does: POST /api/v1/cases, each with a key of its own."""

from __future__ import annotations

import json
import socket
import threading
import time
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


def run(url: str, token: str, concurrency: int, seconds: float) -> Ran:
    """So many connections at once, each sending the next matter when the last was answered, for so long."""
    times: list[list[float]] = [[] for _ in range(concurrency)]
    wrong: list[str] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=_send, args=(url, token, begun + seconds, kept, wrong)) for kept in times
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


def _send(url: str, token: str, end: float, times: list[float], wrong: list[str]) -> None:
    """One connection; a bare socket, so that the client takes as little of the machine as it can."""
    where = urlsplit(url)
    body = json.dumps(FORM, ensure_ascii=False).encode()
    head = (
        f"POST /api/v1/cases HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: {len(body)}\r\n"
        "Idempotency-Key: "
    ).encode()
    try:
        with socket.create_connection((where.hostname or "", where.port or 80), timeout=30) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (begun := time.perf_counter()) < end:
                line.sendall(head + str(uuid4()).encode() + b"\r\n\r\n" + body)
                answer = _answer(line)
                if not answer.startswith(b"HTTP/1.1 201"):
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
