"""Matters over the API: registered once, listed, read; the same access as the pages."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from cast import Cast
from yimen.cases.models import Case
from yimen.ledger.models import Entry

from .machine import MATTER, Machine


def test_a_matter_is_registered_with_a_number_an_owner_and_a_ledger_entry(cast: Cast, clerk: Machine) -> None:
    answer = clerk.registers()
    assert answer.status_code == 201
    case = Case.objects.get(uuid=answer.json()["id"])
    assert answer["Location"] == answer.json()["url"] == f"/api/v1/cases/{case.uuid}"
    assert case.number == answer.json()["number"] and case.accountable_person == cast["clerk1"].user
    entry = Entry.objects.filter(subject="case", subject_id=case.pk).latest("id")
    assert (entry.kind, entry.via, entry.actor_id) == ("case.opened", "api", cast["clerk1"].user.pk)


def test_the_same_key_with_the_same_body_gives_the_same_answer(clerk: Machine) -> None:
    key = uuid.uuid4()
    first, again = clerk.registers(key), clerk.registers(key)
    assert first.json() == again.json() and first.status_code == again.status_code == 201
    assert Case.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(clerk: Machine) -> None:
    key = uuid.uuid4()
    clerk.registers(key)
    other = clerk.registers(key, place="三号楼")
    assert other.status_code == 409 and other.json()["code"] == "conflict"
    assert Case.objects.count() == 1


@pytest.mark.parametrize("key", [None, "not-a-uuid"])
def test_without_a_key_it_says_which_header_is_missing(clerk: Machine, key: str | None) -> None:
    answer = clerk.post("/api/v1/cases", MATTER, key)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].lower().replace("_", "-") == "idempotency-key"


def test_the_list_holds_what_the_person_may_see_and_nothing_of_participants(
    cast: Cast, clerk: Machine
) -> None:
    clerk.registers()
    answer = clerk.get("/api/v1/cases")
    (one,) = answer.json()["items"]
    assert one["state"] == "registered" and one["holder"] == "周敏"
    assert "13800002071" not in answer.content.decode() and "陈女士" not in answer.content.decode()
    assert Machine(cast["handler.zhifa"]).get("/api/v1/cases").json()["items"] == []


def test_what_may_not_be_seen_is_not_there(cast: Cast, clerk: Machine) -> None:
    ref = clerk.registers().json()["id"]
    stranger = Machine(cast["handler.zhifa"])
    for path in (
        f"/api/v1/cases/{ref}",
        f"/api/v1/cases/{ref}/transitions",
        f"/api/v1/cases/{ref}/attachments",
    ):
        assert (stranger.get(path).status_code, stranger.get(path).json()["code"]) == (404, "missing")
        assert stranger.get(path).json() == stranger.get(path.replace(ref, str(uuid.uuid4()))).json() | {
            "instance": stranger.get(path).json()["instance"]
        }


def test_a_matter_shows_its_people_masked(clerk: Machine) -> None:
    found = clerk.get(f"/api/v1/cases/{clerk.registers().json()['id']}")
    assert found.status_code == 200
    assert found.json()["people"] == [
        {"role": "visitor", "name": "陈**", "phone": "138****2071", "address": ""}
    ]
    assert "13800002071" not in found.content.decode()


def test_pages_are_walked_by_their_cursor(clerk: Machine) -> None:
    made = [clerk.registers().json()["id"] for _ in range(5)]
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 2}
    while True:
        page = clerk.get("/api/v1/cases", asked).json()
        seen += [one["id"] for one in page["items"]]
        if page["after"] is None:
            break
        asked["after"] = page["after"]
    assert seen == made


@pytest.mark.parametrize("asked", [{"after": "yesterday"}, {"limit": 0}, {"list": "nobody"}, {"state": "x"}])
def test_a_wrong_question_is_told_by_its_name(clerk: Machine, asked: dict[str, Any]) -> None:
    answer = clerk.get("/api/v1/cases", asked)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == next(iter(asked))


def test_who_may_not_register_is_refused(cast: Cast) -> None:
    answer = Machine(cast["handler.zhifa"]).registers()
    assert (answer.status_code, answer.json()["code"]) == (403, "refused")
