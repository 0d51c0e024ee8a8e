"""Many writers and a sequencer over real connections: nothing lost, nothing twice, one order, whatever is killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from ledger.pen import CLERK
from ledger.tampering import run
from yimen.foundation.home import Home
from yimen.ledger import actions, queries, sequencer
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.models import Entry, Link
from yimen.ledger.verify import verify

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 6, 25


@pytest.fixture(autouse=True)
def own_place(place: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> Checkpoints:
    monkeypatch.setattr(sequencer, "this_home", lambda: place)
    monkeypatch.setattr(sequencer, "AFTER_ERROR", 0.02)
    return place


class Oops(Exception):
    pass


def write(seed: int, kept: list[int], tries: int = EACH) -> None:
    """One writer: transactions of one to three entries that dawdle, and one in five that rolls back."""
    dice = random.Random(seed)
    for n in range(tries):
        ids: list[int] = []
        try:
            with transaction.atomic():
                for _ in range(dice.randint(1, 3)):
                    ids.append(actions.append(CLERK, "case.noted", "case", seed, {"n": n}).pk)
                    time.sleep(dice.random() * 0.006)
                if dice.random() < 0.2:
                    raise Oops
        except Oops:
            continue
        kept += ids
    connection.close()


def write_all(tries: int = EACH) -> list[int]:
    """All writers at once; answers every id that was committed."""
    kept: list[list[int]] = [[] for _ in range(WRITERS)]
    threads = [threading.Thread(target=write, args=(seed, kept[seed], tries)) for seed in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(i for ids in kept for i in ids)


def sound(kept: list[int], place: Checkpoints) -> None:
    """Every committed entry has exactly one number, without gaps, in its writer's order; the chain verifies."""
    links = list(Link.objects.order_by("seq").values_list("seq", "entry_id"))
    assert [seq for seq, _ in links] == list(range(1, len(kept) + 1))
    assert sorted(entry for _, entry in links) == kept
    writer = dict(Entry.objects.values_list("id", "subject_id"))
    for seed in range(WRITERS):
        ids = [entry for _, entry in links if writer[entry] == seed]
        assert ids == sorted(ids)
    report = verify(place)
    assert report.clean and report.numbered == len(kept) and not report.waiting


def wait_until_numbered(count: int, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while queries.head() < count and time.monotonic() < until:
        time.sleep(0.02)
    assert queries.head() == count


def sequencers(count: int) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=sequencer.run_forever, args=(stop,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def one_sequencer() -> Iterator[None]:
    yield from sequencers(1)


@pytest.fixture
def three_sequencers() -> Iterator[None]:
    yield from sequencers(3)


def test_writers_that_dawdle_and_roll_back_lose_nothing(one_sequencer: None, place: Checkpoints) -> None:
    kept = write_all()
    wait_until_numbered(len(kept))
    sound(kept, place)
    assert [n for (n,) in Entry.objects.values_list("id")] != list(
        range(1, len(kept) + 1)
    )  # ids do have gaps


def test_three_sequencers_at_once_do_not_fork_the_chain(three_sequencers: None, place: Checkpoints) -> None:
    kept = write_all()
    wait_until_numbered(len(kept))
    sound(kept, place)


def test_sessions_without_the_lock_do_not_fork_it_either(place: Checkpoints) -> None:
    """Two that believe themselves alone, batch against batch: the transaction's lock keeps them apart."""
    stop = threading.Event()

    def hammer() -> None:
        while not stop.is_set():
            sequencer.run_once(place)
        connection.close()

    threads = [threading.Thread(target=hammer) for _ in range(3)]
    for thread in threads:
        thread.start()
    kept = write_all(10)
    wait_until_numbered(len(kept))
    stop.set()
    for thread in threads:
        thread.join(10)
    sound(kept, place)


def test_readers_by_number_see_every_entry_once_while_it_happens(
    one_sequencer: None, place: Checkpoints
) -> None:
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        last = 0
        while not done.is_set() or queries.head() > last:
            for seq, entry in queries.after(last, limit=7):
                seen.append(entry.pk)
                last = seq
            time.sleep(0.005)
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    kept = write_all(15)
    wait_until_numbered(len(kept))
    done.set()
    reader.join(10)
    assert sorted(seen) == kept and len(set(seen)) == len(seen)


def test_verification_beside_working_writers_and_sequencer_stays_clean(
    one_sequencer: None, place: Checkpoints
) -> None:
    outcomes: list[set[str]] = []
    done = threading.Event()

    def check() -> None:
        while not done.is_set():
            outcomes.append(set(verify(place).counts) - {"app_owns", "waiting", "checkpoint_torn"})
        connection.close()

    checker = threading.Thread(target=check)
    checker.start()
    kept = write_all(15)
    wait_until_numbered(len(kept))
    done.set()
    checker.join(20)
    assert outcomes and not set().union(*outcomes)


def test_the_moment_between_the_first_commit_and_its_head_is_no_tampering(place: Checkpoints) -> None:
    with transaction.atomic():
        actions.append(CLERK, "case.noted", "case", 1, {})
    sequencer.run_once(place)
    head = place.folder / "ledger-head.json"
    (place.folder / "ledger.jsonl").unlink()
    text = head.read_text()
    head.unlink()
    threading.Timer(0.3, head.write_text, (text,)).start()
    assert verify(place).clean


def test_a_connection_cut_at_random_moments_costs_nothing(one_sequencer: None, place: Checkpoints) -> None:
    kept: list[int] = []
    done = threading.Event()

    def cut() -> None:
        while not done.wait(0.05):
            run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")  # fmt: skip
        connection.close()

    cutter = threading.Thread(target=cut)
    cutter.start()
    kept = write_all()
    done.set()
    cutter.join(10)
    wait_until_numbered(len(kept))
    sound(kept, place)


CHILD = """
import os, signal, sys, django
django.setup()
from yimen.ledger import sequencer
sequencer._WAITING = sequencer._WAITING.replace("LIMIT 500", "LIMIT 3")
sequencer.SHORTEST = 0.001
pid = 0
for line in sys.stdin:
    if pid:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    pid = os.fork() if line != "end\\n" else 0
    if not pid:
        sequencer.run_forever() if line != "end\\n" else sys.exit()
    print("started", flush=True)
"""


@pytest.fixture
def restart(place: Checkpoints, home: Home, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """A sequencer in a process of its own, on the test's database and checkpoints; each call is a kill -9 and a start."""
    root = tmp_path / "home"
    root.mkdir()
    place.folder.mkdir()
    (root / "keys").symlink_to(home.keys)
    (root / "checkpoints").symlink_to(place.folder)
    at = connection.settings_dict
    where = f"?host={at['HOST']}&port={at['PORT'] or 5432}"
    environment = {
        **os.environ,
        "YIMEN_HOME": str(root),
        "DATABASE_URL": f"postgresql://{at['USER']}:{at['PASSWORD']}@/{at['NAME']}{where}",
        "DJANGO_SETTINGS_MODULE": "yimen.settings.base",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", CHILD]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdin and child.stdout

        def once(word: str = "start") -> None:
            assert child.stdin and child.stdout
            child.stdin.write(f"{word}\n")
            child.stdin.flush()
            assert word == "end" or child.stdout.readline() == "started\n"

        yield once
        once("end")


def test_a_sequencer_killed_in_the_middle_costs_nothing(
    restart: Callable[[], None], place: Checkpoints
) -> None:
    restart()
    heads: list[int] = []

    def kill() -> None:
        """Five times, each as soon as the chain has grown again: there is work left in batches of three."""
        for _ in range(5):
            wait_beyond(heads[-1] if heads else 0)
            restart()
            heads.append(queries.head())
        connection.close()

    killer = threading.Thread(target=kill)
    killer.start()
    kept = write_all(50)
    killer.join(60)
    wait_until_numbered(len(kept), 60)
    assert len(set(heads)) == 5  # killed at five points of its work
    sound(kept, place)


def wait_beyond(head: int) -> None:
    until = time.monotonic() + 20
    while queries.head() <= head and time.monotonic() < until:
        time.sleep(0.002)
