"""The floor: the transaction that opens a matter, replayed by pgbench with nothing of ours in between.

The script is made from what the application itself sends: one matter is opened and rolled back while its statements
are written down, with ids so large that they can be told in the text. What is new in every transaction (ids, number,
uuid, client key) becomes a variable; all else stays as it was sent, triggers, ledger and job included.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from yimen.access.registry import grants_of
from yimen.accounts.models import User
from yimen.cases.actions.inserting import MOST_CLOCKS
from yimen.cases.actions.open import Registration, open_case
from yimen.foundation.actor import Actor
from yimen.localdb.binaries import candidates

from ..progress import Failed, run
from .creating import FORM
from .figures import Ran

CASE, CLOCK, SERIAL = 970_000_000_000, 980_000_000_000, 990_000_000
MARK = "floor"
"""Outside number of what the floor writes: its people are sealed for another matter, so that nobody can open them."""
_SEQUENCES = {"cases_case_id_seq": CASE, "cases_clock_id_seq": CLOCK}
_MILLISECONDS = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
NEW_UUID = f"overlay(replace(gen_random_uuid()::text, '-', '') placing lpad(to_hex({_MILLISECONDS}), 12, '0') from 1)"
_LITERAL = re.compile(r"(?: E)?'(?:[^'\\]|''|\\.)*'", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """As the application sent it, and with its values written in."""

    sent: str
    whole: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The statements of one transaction, and what in them is new each time: text → SQL."""

    statements: list[Statement]
    fresh: dict[str, str]

    def script(self) -> str:
        """For `pgbench -M prepared -f`; begins with asking for the numbers, which the rest takes as variables."""
        first, *rest = (self._varied(one.whole) for one in self.statements)
        lines = ["BEGIN;", f"{first} \\gset", *(f"{one};" for one in rest), "COMMIT;"]
        return "\n".join(lines) + "\n"

    def _varied(self, whole: str) -> str:
        parts, at = [], 0
        for found in _LITERAL.finditer(whole):
            parts += [self._bare(whole[at : found.start()]), self._literal(found.group())]
            at = found.end()
        return "".join([*parts, self._bare(whole[at:])]).strip().rstrip(";")

    def _bare(self, text: str) -> str:
        for old, new in self.fresh.items():
            text = text.replace(old, new)
        return text

    def _literal(self, text: str) -> str:
        r"""Colons are written \x3a: pgbench takes what follows one for a variable."""
        inside = text.strip()[2:-1] if text.startswith(" E") else text[1:-1].replace("\\", "\\\\")
        found = [inside.replace(":", "\\x3a")]
        for old, new in self.fresh.items():
            found = [piece for part in found for piece in _cut(part, old, new)]
        said = " || ".join(part if part in self.fresh.values() else f"E'{part}'" for part in found)
        return f" ({said})" if len(found) > 1 else f" {said}"


def _cut(part: str, old: str, new: str) -> Iterator[str]:
    """`part` with `new` as a piece of its own in place of every `old`."""
    first, *rest = part.split(old)
    yield first
    for piece in rest:
        yield from (new, piece)


def skeleton(sent: str) -> str:
    """A statement without its spaces: what is compared."""
    return " ".join(sent.split())


def capture(owner: psycopg.Connection[Any], actor: Actor, form: Registration) -> Opening:
    """Open one matter, roll it back, and give what was sent in its transaction.

    `owner` may set the sequences, which the application's role may not; `form` has a client key.
    """
    open_once(lambda: open_case(actor, grants_of(actor), form))  # what stays in the process is read now
    written: list[Statement] = []
    with _counting_high(owner), connection.execute_wrapper(writer(written)):
        case = open_once(lambda: open_case(actor, grants_of(actor), form))
    fresh = {str(CLOCK + place): f":clock_{place}" for place in range(1, MOST_CLOCKS + 1)}
    fresh |= {str(CASE + 1): ":case_id", str(SERIAL + 1): ":serial", str(case.uuid): NEW_UUID}
    return Opening(written, {**fresh, str(form.client_key): "gen_random_uuid()"})


def sample() -> tuple[Actor, Registration]:
    """Who opens the matter of the floor in a home of the bench, and the matter."""
    user = User.objects.get(sign_in="clerk1")
    form = Registration(**FORM, client_key=uuid4(), external_number=MARK)  # type: ignore[arg-type]
    return Actor(user.pk, user.name, "api"), form


def open_once(act: Callable[[], Any]) -> Any:
    """Its answer; what it wrote is rolled back."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found


@contextmanager
def _counting_high(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """The sequences far above every row, for the length of the block."""
    kept, year = {}, timezone.localdate().year
    _ask(owner, "SELECT next_case_number(%s)", year)  # makes the year's sequence when it is the first
    for name, high in {**_SEQUENCES, f"case_number_{year}": SERIAL}.items():
        kept[name] = _ask(owner, "SELECT nextval(%s::regclass)", name)
        _ask(owner, "SELECT setval(%s::regclass, %s)", name, high)
    try:
        yield
    finally:
        for name, before in kept.items():
            _ask(owner, "SELECT setval(%s::regclass, %s)", name, before)


def _ask(owner: psycopg.Connection[Any], words: str, *values: object) -> Any:
    row = owner.execute(words, values).fetchone()
    assert row
    return row[0]


def writer(written: list[Statement]) -> Callable[..., Any]:
    """Writes down the statements of the inner transaction: `open_case`'s own, inside ours."""

    def write(execute: Any, sent: str, params: Any, many: bool, context: Any) -> Any:
        if len(connection.savepoint_ids) and not sent.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            with psycopg.ClientCursor(connection.connection) as cursor:
                written.append(Statement(sent, cursor.mogrify(sent, params)))
        return execute(sent, params, many, context)

    return write


# --- pgbench ---------------------------------------------------------------------------------------------------


def play(script: str, address: str, concurrency: int, seconds: float, folder: Path) -> Ran:
    """Replay the script with prepared statements for so long."""
    file, log = folder / "floor.sql", folder / "floor"
    file.write_text(script, encoding="utf-8")
    for old in folder.glob("floor.[0-9]*"):
        old.unlink()
    run(
        [
            pgbench(), "-n", "-M", "prepared", "-c", str(concurrency), "-j", str(min(2, concurrency)),
            "-T", str(max(1, round(seconds))), "-f", str(file), "-l", f"--log-prefix={log}", address,
        ],
        cwd=folder,
    )  # fmt: skip
    times = [
        int(line.split()[2]) / 1e6
        for one in folder.glob("floor.[0-9]*")
        for line in one.read_text().splitlines()
    ]
    if not times:
        raise Failed("pgbench 没有完成一笔 / pgbench finished nothing")
    return Ran(len(times) / max(1, round(seconds)), times)


def pgbench() -> str:
    """The program beside the database's own, else any on this machine."""
    for folder, _carried in candidates(os.environ):
        program = folder / "pgbench"
        if (
            program.exists()
            and not subprocess.run([program, "-V"], capture_output=True, check=False).returncode
        ):
            return str(program)
    raise Failed("找不到 pgbench / no pgbench found")
