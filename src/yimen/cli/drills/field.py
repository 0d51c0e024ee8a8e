"""Thousands of reports with photos from two phones over a bad network, while everything is restarted: each exactly once.

Two real browsers with their own profiles report through a proxy that spoils three exchanges in ten (dropped, delayed, cut,
doubled, answered by a captive portal); pages and browsers are closed in the middle, the server and the database are
killed. One phone's unsent items are carried to the office as a file meanwhile. In the end every report must be one
matter, every photo's bytes in the house must have the hash the phone wrote down, nothing may be left on a phone, and
the ledger's chain must verify.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import subprocess
import sys
import time
from typing import Any, Final

from ..progress import Failed, Steps, say
from .killing import victims
from .pocket import TAPPED, Pocket, carried, empty, picture, pockets
from .spoiling import BadNetwork
from .stage import Stage, stage

BATCH: Final = 5  # reports that a phone makes in one go
CLASSES: Final = ["event:0102", "event:0507", "event:0103", "local:0602"]
AHEAD: Final = 60  # unsent on a phone, from which it waits for the network before it writes on

_FURNISH = """
import sys, json, django; django.setup()
from datetime import date
from yimen.access.models import RoleGrant
from yimen.access.registry import grants_of
from yimen.accounts.actions import create_user
from yimen.foundation.actor import Actor
from yimen.foundation.ids import uuid7
from yimen.grids.models import Grid, GridPost, GridRevision
from yimen.intake.field import enrolment
from yimen.organisations.actions import add_unit, ensure_centre, set_office
from yimen.organisations.models import Membership, Unit
operator, since, password = Actor(None, "drill", "cli"), date(2024, 1, 1), sys.argv[1]
set_office(operator, name="演练街道", centre_name="演练中心", number_prefix="演")
centre = ensure_centre(operator)
unit = add_unit(operator, Unit(key="shequ1", name="演练社区", kind="community", online=True))
people = {}
for name, role, where in (("clerk1", "clerk", centre), ("director", "director", centre), ("community", "community", unit),
                          ("lead", "gridlead", unit), ("worker1", "worker", unit), ("worker2", "worker", unit)):
    people[name] = user = create_user(operator, name, name, password)
    Membership.objects.create(user=user, unit=where, since=since, liaison=role == "community")
    RoleGrant.objects.create(user=user, role=role, unit=where, since=since)
square = {"type": "Polygon", "coordinates": [[[116.3, 39.9], [116.31, 39.9], [116.31, 39.91], [116.3, 39.91], [116.3, 39.9]]]}
common = {"scheme": "local", "valid_from": since, "polygon": square}
street = Grid.objects.create(code="110101001000", name="演练街道", level=1, unit=centre, **common)
above = Grid.objects.create(code="110101001001", name="演练社区", level=2, parent=street, unit=unit, **common)
grid = Grid.objects.create(code="11010100100101", name="第1网格", number=1, level=3, parent=above, unit=unit,
                           places=["演练小区"], **common)
GridRevision.objects.update_or_create(pk=1, defaults={"token": uuid7()})
for name, place, role in (("community", above, "lead"), ("lead", grid, "lead"), ("worker1", grid, "worker"),
                          ("worker2", grid, "worker")):
    GridPost.objects.create(user=people[name], grid=place, role=role, since=since)
lead = Actor(people["lead"].pk, "lead", "cli")
print(json.dumps({name: enrolment.make_code(lead, grants_of(lead), people[name]) for name in ("worker1", "worker2")}))
"""
_TALLY = """
import json, hashlib, django; django.setup()
from yimen.cases.actions.attach import _aad, _path
from yimen.cases.actions.keys import data_key
from yimen.cases.models import Attachment, Case
from yimen.foundation import crypto
from yimen.intake.field.models import FieldFile, FieldItem
found = {}
for item in FieldItem.objects.filter(kind="report").select_related("case"):
    kept = []
    for row in Attachment.objects.filter(pk__in=FieldFile.objects.filter(item=item).values("attachment")):
        content = crypto.open_sealed(data_key(row.case_id), _path(row, "original").read_bytes(), _aad(row, "original"))
        kept.append(hashlib.sha256(content).hexdigest())
    found[str(item.uuid)] = {"case": item.case_id, "state": item.state, "files": sorted(kept), "imported": bool(item.imported_by_id)}
print(json.dumps({"items": found, "cases": Case.objects.count(), "keys": Case.objects.values("client_key").distinct().count(),
                  "attachments": Attachment.objects.count()}))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reports", type=int, default=2000, help="多少条上报 / how many reports")
    parser.add_argument("--faults", type=float, default=0.3, help="出错的比例 / share of spoiled exchanges")
    parser.add_argument(
        "--restarts", type=int, default=12, help="网页、服务、数据库重启各几次 / restarts of each kind"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The figures of one drill; `ok` when each report is there once with the very bytes of its photos."""
    steps, rng, password = Steps(5), random.Random(args.seed), secrets.token_urlsafe(16)
    with stage() as place, BadNetwork(("127.0.0.1", place.port), args.seed) as network:
        with steps.step("街道、网格、人员 · a street"):
            codes = json.loads(script(place, _FURNISH, password))
        with pockets(network.url, codes) as phones:
            network.share = args.faults
            with steps.step(f"{args.reports} 条上报 · reports"):
                course = Course(place, phones, rng, args.reports, args.restarts)
                course.run(lambda one: _carried(place, one, password))
            with steps.step("送完为止 · until nothing is left"):
                left = empty(phones, 300 + args.reports)
            made = {uuid: files for one in phones for uuid, files in one.made.items()}
            pages = sum(one.restarts for one in phones)
        with steps.step("核对 · the tally"):
            until_standing(place)
            found = judged(made, left, json.loads(script(place, _TALLY)))
        with steps.step("校验链 · the chain"):
            found |= {"chain_ok": _chain(place)}
    found["ok"] = bool(found["ok"] and found["chain_ok"])
    return found | {
        "exchanges": network.tally.exchanges, "spoiled": network.tally.share(),
        "faults": dict(sorted((network.tally.faults or {}).items())), "restarts_of_pages": pages, **course.figures(),
    }  # fmt: skip


def _carried(place: Stage, one: Pocket, password: str) -> int:
    """The office takes one phone's file in, when the house stands."""
    until_standing(place)
    return carried(one, place.url, "clerk1", password)


class Course:
    """Reports in turns, with what is restarted in between, spread over the whole length."""

    def __init__(
        self, place: Stage | None, phones: list[Pocket], rng: random.Random, reports: int, restarts: int
    ) -> None:
        self.place, self.phones, self.rng, self.reports = place, phones, rng, reports
        kinds = ("page", "browser", *(("server", "postgres") if place else ()))
        turns = max(reports // BATCH, 1)
        self.plan: dict[int, list[str]] = {}
        for kind in kinds:
            for at in rng.sample(range(turns), min(restarts, turns)):
                self.plan.setdefault(at, []).append(kind)
        self.killed: dict[str, int] = {"server": 0, "postgres": 0}
        self.tapped = self.carried = 0
        self.seconds = 0.0

    def run(self, carry: Any) -> None:
        """`carry(phone)` takes one phone's unsent items to the office, once, in the middle."""
        begun, done, turn = time.monotonic(), 0, 0
        while done < self.reports:
            one = self.phones[turn % len(self.phones)]
            many = min(BATCH, self.reports - done)
            self._write(one, many, done)
            done, turn = done + many, turn + 1
            for kind in self.plan.get(turn - 1, ()):
                self._restart(kind, one)
            if turn == max(self.reports // BATCH // 2, 1):
                self.carried = carry(one)
            if turn % 20 == 0:
                say(f"{done}/{self.reports}")
            _breathe(one)
        self.seconds = round(time.monotonic() - begun, 1)

    def _write(self, one: Pocket, many: int, done: int) -> None:
        if self.rng.randrange(TAPPED) == 0 and one.tap(picture(self.rng)):
            many, done, self.tapped = many - 1, done + 1, self.tapped + 1
        if many:
            one.report(many, done, CLASSES)

    def _restart(self, kind: str, one: Pocket) -> None:
        if kind in ("page", "browser"):
            one.restart(whole=kind == "browser")
        elif self.place is not None and self.place.process is not None:
            found = victims(self.place.process.pid, kind)
            if found:
                self.rng.choice(found).kill()
                self.killed[kind] += 1

    def figures(self) -> dict[str, Any]:
        return {
            "killed": self.killed, "by_taps": self.tapped, "carried_to_the_office": self.carried,
            "writing_seconds": self.seconds,
        }  # fmt: skip


def _breathe(one: Pocket) -> None:
    """A worker writes no faster than this phone can send for long."""
    deadline = time.monotonic() + 60
    while len(one.left()) > AHEAD and time.monotonic() < deadline:
        one.nudge()
        time.sleep(1)


def judged(made: dict[str, list[str]], left: list[dict[str, str]], house: dict[str, Any]) -> dict[str, Any]:
    """What the phones wrote down against what the house has."""
    items = house["items"]
    lost = [uuid for uuid in made if uuid not in items]
    unequal = [
        uuid for uuid, files in made.items() if uuid in items and sorted(files) != items[uuid]["files"]
    ]
    unfinished = [uuid for uuid in made if uuid in items and items[uuid]["state"] != "done"]
    doubled = (
        house["cases"]
        - len({one["case"] for one in items.values()})
        + len(items)
        - len({one["case"] for one in items.values()})
    )
    ok = not (lost or unequal or unfinished or doubled or left) and len(items) == len(made) and bool(made)
    return {
        "ok": ok, "reports": len(made), "matters": house["cases"], "photos": sum(map(len, made.values())),
        "attachments": house["attachments"], "lost": len(lost), "doubled": doubled, "unequal": len(unequal),
        "unfinished": len(unfinished), "left_on_phones": left[:5],
        "imported_first": sum(one["imported"] for one in items.values()),
    }  # fmt: skip


def until_standing(place: Stage, seconds: float = 90.0) -> None:
    from .kill import _standing

    deadline = time.monotonic() + seconds
    while not _standing(place):
        if time.monotonic() > deadline:
            raise Failed("the house does not stand again")
        time.sleep(0.3)


def _chain(place: Stage) -> bool:
    try:
        place.run("verify-ledger", "--json")
    except subprocess.CalledProcessError as error:
        say(error.stdout[-500:])
        return False
    return True


def script(place: Stage, text: str, *words: str) -> str:
    """Run Python with Django on the stage's home; what it printed."""
    settings = {"DJANGO_SETTINGS_MODULE": "yimen.settings.base", "DATABASE_URL": place.addresses().app}
    done = subprocess.run(
        [sys.executable, "-c", text, *words], env={**place.django(), **settings}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise Failed(done.stderr[-2000:])
    return done.stdout
