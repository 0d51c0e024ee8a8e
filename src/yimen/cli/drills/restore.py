"""A backup made while people work, damaged in every way, and restored: equal in every table and file, or refused.

In a home of its own (with `--demo`, the whole demo street): a writer goes on registering facts and files while the
backup runs. Holds when the backup restores into an empty home with every table and file equal and the ledger whole, when
every file that a restored row names is there, and when each of the damaged copies and wrong keys is refused without a
trace. `--home DIR` instead restores the latest backup of that home, as the schedule does, and tells `doctor`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yimen.foundation.home import Home

from ..progress import Failed, Steps
from .stage import Stage, environment, stage

_WRITE = """
import os, sys, time, uuid, django; django.setup()
from django.db import transaction
from yimen.foundation import home
from yimen.foundation.actor import Actor
from yimen.ledger.actions import append
folder, most = home.current().files, int(sys.argv[1])
for number in range(most):
    name = f"{uuid.uuid4()}.original"
    (folder / name[:2]).mkdir(exist_ok=True)
    draft = folder / name[:2] / f".{name}"
    draft.write_bytes(os.urandom(2000)); draft.rename(folder / name[:2] / name)
    with transaction.atomic():
        append(Actor(None, "drill", "cli"), "drill.filed", "drill", number, {"file": f"{name[:2]}/{name}"})
    print(number, flush=True)
    if number >= 50: time.sleep(0.005)
"""
_NAMED = """
import json, django; django.setup()
from yimen.ledger.models import Entry
print(json.dumps([e.payload["file"] for e in Entry.objects.filter(kind="drill.filed")]))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home", metavar="DIR", help="演练这个目录最近的备份 / prove the latest backup of this home"
    )
    parser.add_argument("--demo", action="store_true", help="用整条演示街道 / with the whole demo street")
    parser.add_argument("--damages", type=int, default=200, help="损坏的副本数 / damaged copies")
    parser.add_argument("--writes", type=int, default=20_000, help="同时写入的上限 / most writes beside it")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Figures and verdict."""
    if args.home:
        return _latest(Home(Path(args.home).resolve()))
    for name in set(os.environ) - set(environment()):  # what is restored here meets no other installation
        del os.environ[name]
    chance, steps = random.Random(args.seed), Steps(4)
    with (
        stage(demo=args.demo, started=False) as place,
        tempfile.TemporaryDirectory(prefix="yimen-drill-") as folder,
    ):
        Path(folder).chmod(0o711)
        backup, key, new = Path(folder) / "b.yimen", Path(folder) / "keys.txt", Path(folder) / "home"
        with steps.step("起一个家 · a home"):
            place.start()
            place.run("keys", "export", str(key))
        with steps.step("边写边备份 · a backup while writing"), _writer(place, args.writes) as written:
            made = json.loads(place.run("backup", str(backup), "--json"))
            during = written()
        with steps.step(f"{args.damages} 份损坏的副本 · damaged copies"):
            told = damaged(backup, key, new, chance, args.damages)
        with steps.step("恢复并核对 · restore and compare"):
            said = _restored(backup, key, new)
    equal = said["rows"] == made["rows"] and said["files"] == made["files"]
    ok = equal and said["ledger"] == "clean" and not said["missing"] and not told["taken"] and during > 0
    return {"ok": ok, "backup": made, "written_during": during, "restored": said, "damages": told}


def _latest(home: Home) -> dict[str, Any]:
    from ..keeping import proving, schedule

    proving.sweep(home)
    return proving.prove(home, proving.latest(home, schedule.settings(home)))


@contextmanager
def _writer(place: Stage, most: int) -> Iterator[Any]:
    """Writes until the block ends; the block may ask how many were written so far. It begins after the first fifty."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITE, str(most)],
            env=_with_database(place),
            stdout=said,
            stderr=sys.stderr,
        )

        def written() -> int:
            said.seek(0)
            return len(said.readlines())

        try:
            while written() < min(50, most) and process.poll() is None:
                time.sleep(0.05)
            before = written()
            yield lambda: written() - before
        finally:
            process.kill()
            process.wait()


def _with_database(place: Stage) -> dict[str, str]:
    return place.django() | {
        "DATABASE_URL": place.addresses().app,
        "DJANGO_SETTINGS_MODULE": "yimen.settings.base",
    }


def damaged(backup: Path, key: Path, new: Path, chance: random.Random, most: int) -> dict[str, Any]:
    """Copies cut, turned, grown and repeated, and wrong keys: how many were refused, and which were taken."""
    from yimen.foundation import crypto

    from ..keeping import keyset, restoring

    whole, keys, taken, said = backup.read_bytes(), keyset.read(key), [], Counter[str]()
    other = Home(backup.parent / "other")
    crypto.make_keys(other)
    for number in range(most):
        what, blob = _damage(whole, chance)
        wrong = number % 10 == 9
        copy = backup.with_name("damaged.yimen")
        copy.write_bytes(whole if wrong else blob)
        try:
            restoring.restore(copy, Home(new), keyset.of_home(other) if wrong else keys)
            taken.append("key" if wrong else what)
        except Failed as error:
            said[_in_short(str(error))] += 1
        if new.exists():
            taken.append(f"{what}: left something behind")
            break
    return {"refused": said.total(), "said": dict(said), "taken": taken}


def _in_short(said: str) -> str:
    """The English half of a refusal, without its details."""
    return re.split(r"[:(]", said.split(" / ")[-1])[0].strip()[:60]


def _damage(whole: bytes, chance: random.Random) -> tuple[str, bytes]:
    """One of the ways in which a file goes wrong; head, body and tail alike."""
    edge = chance.choice([(0, 800), (0, len(whole)), (len(whole) - 64, len(whole))])
    at = chance.randrange(*edge)
    return chance.choice([
        (f"bit at {at}", whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :]),
        (f"cut at {at}", whole[:at]),
        (f"byte more at {at}", whole[:at] + chance.randbytes(1) + whole[at:]),
        (f"byte less at {at}", whole[:at] + whole[at + 1 :]),
        (f"zeros at {at}", whole[:at] + bytes(512) + whole[at + 512 :] + b"\0"),
        ("twice", whole + whole),
    ])  # fmt: skip


def _restored(backup: Path, key: Path, new: Path) -> dict[str, Any]:
    """Restored for real; every file that a row names must be there, and the ledger must verify."""
    said: dict[str, Any] = json.loads(
        _run("restore", str(backup), "--key", str(key), "--home", str(new), "--json")
    )
    said["ledger"] = json.loads(_run("verify-ledger", "--json", "--home", str(new)))["result"]
    from .. import database

    home = Home(new)
    with database.database(home) as addresses:
        env = environment() | {"YIMEN_HOME": str(new), "DATABASE_URL": addresses.app}
        env["DJANGO_SETTINGS_MODULE"] = "yimen.settings.base"
        named = subprocess.run(
            [sys.executable, "-c", _NAMED], env=env, capture_output=True, text=True, check=True
        )
    names = json.loads(named.stdout)
    said["named"], said["missing"] = len(names), [name for name in names if not (home.files / name).is_file()]
    return said


def _run(*words: str) -> str:
    command = [sys.executable, "-m", "yimen.cli", *words]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(done.stderr)
    return done.stdout
