"""Guessing passwords at a served address: many names, many addresses, headers that lie. Speaks HTTP only."""

from __future__ import annotations

import http.client
import random
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

LOGIN = "/staff/sign-in/"
AT_ONCE = 8
LIES = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP",
        "X-Originating-IP", "X-Forwarded-Host", "X-Cluster-Client-IP", "Via")  # fmt: skip
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(slots=True)
class Tally:
    """What came of the tries, by pair (name, address): `checked` the password was looked at, `held` it was not."""

    checked: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    other: Counter[int] = field(default_factory=Counter)

    def note(self, name: str, address: str, status: int) -> None:
        seen = {200: self.checked, 429: self.held}.get(status)
        if seen is None:
            self.other[status] += 1
        else:
            seen[name, address] += 1

    def most(self) -> int:
        """The most tries that one pair was allowed."""
        return max(self.checked.values(), default=0)


class Visitor:
    """One connection from one address of the loopback network (127.0.0.0/8), with its cookies."""

    def __init__(self, url: str, address: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=60, source_address=(address, 0)
        )
        self.address, self.cookies, self.token = address, "", ""

    def try_password(self, name: str, password: str, headers: dict[str, str] | None = None) -> int:
        """The status of one try: 200 the password was wrong, 302 it was right, 429 tries are held off."""
        if not self.token:
            self._open_form()
        body = urlencode({"login": name, "password": password, "csrfmiddlewaretoken": self.token})
        said = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookies,
            **(headers or {}),
        }
        return self._ask("POST", body, said)[0]

    def _open_form(self) -> None:
        status, body, cookies = self._ask("GET", None, {})
        token = _TOKEN.search(body)
        if status != 200 or token is None:
            raise RuntimeError(f"{LOGIN}: {status}")
        self.token = token[1].decode()
        self.cookies = "; ".join(cookie.split(";")[0] for cookie in cookies)

    def _ask(self, method: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes, list[str]]:
        try:
            self.connection.request(method, LOGIN, body, headers)
            answer = self.connection.getresponse()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            self.connection.request(method, LOGIN, body, headers)
            answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers.get_all("Set-Cookie") or []


def guess(
    url: str, names: list[str], addresses: list[str], tries: int, seed: int, tell: Callable[[int], None]
) -> Tally:
    """`tries` wrong passwords at the sign-in page, `AT_ONCE` at a time; `tell` hears how many are done."""
    tally, chance = Tally(), random.Random(seed)
    plans = [
        [(chance.choice(names), chance.random()) for _ in range(tries // len(addresses) + 1)]
        for _ in addresses
    ]
    done = Counter[str]()

    def from_one(address: str, plan: list[tuple[str, float]]) -> None:
        visitor = Visitor(url, address)
        for name, draw in plan:
            if done.total() >= tries:
                return
            done["tries"] += 1
            own = random.Random(draw)
            spelt = _spelt(name, own)
            status = visitor.try_password(spelt, f"{draw:.12f}", _lies(own))
            tally.note(spelt.strip().casefold(), address, status)
            tell(done.total())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(from_one, addresses, plans))
    return tally


def _spelt(name: str, chance: random.Random) -> str:
    """The same name in another dress: case, spaces around, and full-width letters, which are another name."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    return chance.choice((name, name, name.upper(), name.title(), f" {name} ", wide))


def _lies(chance: random.Random) -> dict[str, str]:
    """Headers that name another address, as a stranger would send them."""
    address = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    told = {"Forwarded": f"for={address};proto=https", "Via": f"1.1 {address}"}
    return {name: told.get(name, address) for name in chance.sample(LIES, chance.randrange(4))}
