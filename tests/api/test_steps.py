"""Steps over the API: what may be done now, by the runner of the pages."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from cast import Cast, submitted
from yimen.cases.models import Case
from yimen.ledger.models import Entry

from .machine import Machine


def do(machine: Machine, ref: str, verb: str, version: int | None = None, **fields: Any) -> Any:
    body = {"verb": verb, "fields": fields} | ({"version": version} if version else {})
    return machine.post(f"/api/v1/cases/{ref}/transitions", body)


def test_it_says_what_may_be_done_now_with_the_fields_it_takes(clerk: Machine) -> None:
    ref = clerk.registers().json()["id"]
    said = clerk.get(f"/api/v1/cases/{ref}/transitions").json()
    verbs = {one["verb"]: one for one in said["items"]}
    assert said["items"][0]["primary"] and "dispatch" in verbs and "sign" not in verbs
    (unit,) = [field for field in verbs["dispatch"]["fields"] if field["name"] == "unit"]
    assert unit["required"] and unit["kind"] == "unit"


def test_a_matter_goes_its_way_by_two_people(cast: Cast, clerk: Machine) -> None:
    ref = clerk.registers().json()["id"]
    sent = do(clerk, ref, "dispatch", unit="chengguan", assisting=["zhifa"])
    assert sent.status_code == 200 and sent.json()["state"] == "dispatched"
    handler = Machine(cast["handler.chengguan"])
    assert do(handler, ref, "sign", version=sent.json()["version"]).json()["state"] == "signed"
    entry = Entry.objects.filter(subject="case").latest("id")
    assert (entry.kind, entry.via) == ("case.sign", "api")


def test_who_comes_second_is_told_so_and_nothing_is_done(clerk: Machine) -> None:
    ref = clerk.registers().json()["id"]
    version = clerk.get(f"/api/v1/cases/{ref}").json()["version"]
    assert do(clerk, ref, "dispatch", version, unit="chengguan").status_code == 200
    again = do(clerk, ref, "dispatch", version, unit="zhifa")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert Case.objects.get(uuid=ref).lead_unit.key == "chengguan"  # type: ignore[union-attr]


def test_what_is_missing_is_named(clerk: Machine) -> None:
    answer = do(clerk, clerk.registers().json()["id"], "dispatch")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["unit"]


@pytest.mark.parametrize(
    ("verb", "fields", "status"),
    [
        ("nonsense", {}, 422),
        ("attempt", {}, 422),
        ("sign", {}, 409),
        ("dispatch", {"unit": "nowhere"}, 422),
        ("dispatch", {"unit": 5}, 422),
        ("dispatch", {"unit": "chengguan", "strange": 1}, 422),
        ("submit", {"unit": "chengguan", "opinion": "请办", "leader": 999_999}, 422),
        ("dispatch", {"unit": "chengguan\0"}, 422),
    ],
)
def test_what_cannot_be_done_is_refused(
    clerk: Machine, verb: str, fields: dict[str, Any], status: int
) -> None:
    answer = do(clerk, clerk.registers().json()["id"], verb, **fields)
    assert answer.status_code == status, answer.content.decode()


def test_a_leader_instructs_by_a_machine_of_theirs(cast: Cast, clerk: Machine) -> None:
    case = submitted(cast, cast["clerk1"].opens())
    answer = do(Machine(cast["leader1"]), str(case.uuid), "instruct", instruction="同意")
    assert answer.json()["state"] == "dispatched", answer.json()


def test_a_step_of_a_matter_that_is_not_theirs_is_not_there(cast: Cast, clerk: Machine) -> None:
    ref = clerk.registers().json()["id"]
    stranger = Machine(cast["handler.zhifa"])
    assert do(stranger, ref, "sign").status_code == 404 == do(stranger, str(uuid.uuid4()), "sign").status_code


def test_an_administrator_of_the_system_sees_no_matter(cast: Cast, clerk: Machine) -> None:
    ref = clerk.registers().json()["id"]
    for name in ("admin", "auditor"):
        machine = Machine(cast[name])
        assert machine.get("/api/v1/cases").json()["items"] == []
        assert machine.get(f"/api/v1/cases/{ref}").status_code == 404
