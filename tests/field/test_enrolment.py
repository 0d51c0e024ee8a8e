"""A phone is let in by a one-time code; everything after is known by its signature alone."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cast import Cast
from yimen.foundation.errors import Conflict, Refused
from yimen.intake.field import boxes, enrolment
from yimen.intake.field.models import FieldCode, FieldDevice, FieldSeat
from yimen.ledger.models import Entry

from .conftest import Enrolled
from .phone import Phone, by_client


def code_of(cast: Cast, by: str = "lead8", whose: str = "worker1") -> str:
    return enrolment.make_code(cast[by].actor, cast[by].grants, cast[whose].user)


def test_a_phone_enrols_with_a_code_and_learns_whose_it_is_and_where_to_seal(cast: Cast) -> None:
    phone = Phone(by_client(Client()))
    status, told = phone.enrol(code_of(cast))
    assert (status, told["yimen"], told["user"]) == (200, 1, {"name": "张小丽"})
    assert told["box"] == boxes.current() and told["settings"]["chunk"] == 262144
    assert phone.request("GET", "/field/api/tasks")[0] == 200
    assert set(Entry.objects.values_list("kind", flat=True)) >= {"field.code_made", "field.enrolled"}


def test_the_same_code_gives_the_same_phone_the_same_seat_again_and_another_phone_nothing(cast: Cast) -> None:
    """The first answer may have been lost on its way."""
    code, phone = code_of(cast), Phone(by_client(Client()))
    first, again = phone.enrol(code)[1], phone.enrol(code.lower())[1]
    assert (first["device"], first["seat"]) == (again["device"], again["seat"])
    status, told = Phone(by_client(Client())).enrol(code)
    assert (status, told["code"]) == (403, "code")
    assert (FieldDevice.objects.count(), FieldSeat.objects.count()) == (1, 1)


def test_a_code_ends_after_a_quarter_of_an_hour_and_when_a_newer_one_is_made(cast: Cast) -> None:
    old = code_of(cast)
    newer = code_of(cast)
    assert Phone(by_client(Client())).enrol(old)[0] == 403
    FieldCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Phone(by_client(Client())).enrol(newer)[0] == 403


def test_codes_are_made_for_the_own_people_alone(cast: Cast) -> None:
    assert code_of(cast, "community3") and code_of(cast, "clerk1") and code_of(cast, "admin")
    with pytest.raises(Refused):
        code_of(cast, "lead8", "handler.zhifa")
    with pytest.raises(Refused):
        code_of(cast, "worker1", "worker2")


def test_two_workers_share_a_phone_each_with_a_seat(cast: Cast, enrolled: Enrolled) -> None:
    phone = enrolled("worker1")
    first = phone.device, phone.seat
    enrolled("worker2", phone)
    assert phone.device == first[0] and phone.seat != first[1]
    assert phone.request("GET", "/field/api/tasks")[0] == 200


def test_a_phone_that_has_not_the_key_it_names_is_not_enrolled(cast: Cast) -> None:
    phone, other = Phone(by_client(Client())), Phone(by_client(Client()))
    body = json.dumps({"code": code_of(cast), "key": other.jwk, "label": "", "kind": "own"}).encode()
    status, told = phone.request("POST", "/field/api/enrol", body)
    assert (status, told["code"]) == (401, "signature") and not FieldDevice.objects.exists()


@pytest.mark.parametrize(
    "key", [None, {}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "RSA"}, "x" * 99,
            {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}]
)  # fmt: skip
def test_a_key_that_is_none_is_refused_in_words(cast: Cast, key: Any) -> None:
    body = json.dumps({"code": "X", "key": key}).encode()
    status, told = Phone(by_client(Client())).request("POST", "/field/api/enrol", body)
    assert (status, told["yimen"]) == (422, 1)


def test_too_many_wrong_codes_from_one_address_are_slowed(cast: Cast, settings: Any) -> None:
    settings.TOKEN_TRIES_PER_ADDRESS = 3
    phone = Phone(by_client(Client()))
    assert [phone.enrol("0" * 20)[0] for _try in range(5)] == [403, 403, 403, 429, 429]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/field/api/tasks"), ("GET", "/field/api/classes"), ("GET", "/field/api/map"), ("GET", "/field/api/log"),
     ("GET", "/field/api/cases/00000000-0000-0000-0000-000000000001/files/00000000-0000-0000-0000-000000000001"),
     ("POST", "/field/api/items/00000000-0000-0000-0000-000000000001"),
     ("GET", "/field/api/items/00000000-0000-0000-0000-000000000001"),
     ("PUT", "/field/api/items/00000000-0000-0000-0000-000000000001/files/mine?offset=0&total=1")],
)  # fmt: skip
def test_who_is_no_enrolled_phone_gets_nothing_anywhere(cast: Cast, method: str, path: str) -> None:
    status, told = by_client(Client())(method, path, b"", {})
    assert (status, told["code"]) == (401, "unknown_device")


def test_a_signature_holds_for_its_own_request_alone(cast: Cast, enrolled: Enrolled) -> None:
    """Another path, another body, another phone's key, another worker's seat: nothing goes."""
    phone, stranger = enrolled("worker1"), enrolled("worker2")
    said: dict[str, Any] = {}
    real = phone.ask

    def listen(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        said.update(headers)
        return real(method, path, body, headers)

    phone.ask = listen
    assert phone.request("GET", "/field/api/tasks")[0] == 200
    for method, path, body in (
        ("GET", "/field/api/classes", b""), ("GET", "/field/api/tasks?a=1", b""), ("GET", "/field/api/tasks", b"x"),
    ):  # fmt: skip
        assert real(method, path, body, said)[1]["code"] == "signature"
    assert (
        stranger.request("GET", "/field/api/tasks", Yimen_Device=phone.device)[1]["code"] == "unknown_device"
    )
    swapped = stranger.request("GET", "/field/api/tasks", Yimen_Device=phone.device, Yimen_Seat=phone.seat)
    assert swapped[1]["code"] == "signature"


@pytest.mark.parametrize("signature", ["", "AAAA", "A" * 86, "ä" * 86, "!" * 86, "A" * 10_000])
def test_a_signature_that_is_none_is_refused(cast: Cast, enrolled: Enrolled, signature: str) -> None:
    phone = enrolled()
    if signature.isascii():
        told = phone.request("GET", "/field/api/tasks", Yimen_Signature=signature)
        assert (told[0], told[1]["code"]) == (401, "signature")


def test_a_phone_that_is_switched_off_is_told_so_and_others_are_not(cast: Cast, enrolled: Enrolled) -> None:
    phone, other = enrolled("worker1"), enrolled("worker2")
    lead = cast["lead8"]
    device = FieldDevice.objects.get(uuid=phone.device)
    enrolment.switch_off(lead.actor, lead.grants, device.uuid)
    assert phone.request("GET", "/field/api/tasks")[1]["code"] == "switched_off"
    assert phone.send(phone.seal("log", {"day": "2026-11-23"}))[1]["code"] == "switched_off"
    assert other.request("GET", "/field/api/tasks")[0] == 200
    with pytest.raises(Conflict):
        enrolment.switch_off(lead.actor, lead.grants, device.uuid)
    status, _told = phone.enrol(code_of(cast))
    assert status == 200 and phone.request("GET", "/field/api/tasks")[0] == 200


def test_one_worker_leaves_a_shared_phone_and_the_other_stays(cast: Cast, enrolled: Enrolled) -> None:
    phone = enrolled("worker1")
    first = phone.seat
    enrolled("worker2", phone)
    lead = cast["lead8"]
    enrolment.switch_off(
        lead.actor, lead.grants, FieldDevice.objects.get().uuid, seat=FieldSeat.objects.get(uuid=first).uuid
    )
    assert phone.request("GET", "/field/api/tasks")[0] == 200
    assert phone.request("GET", "/field/api/tasks", Yimen_Seat=first)[1]["code"] == "switched_off"


def test_who_has_left_the_field_sends_nothing_any_more(cast: Cast, enrolled: Enrolled) -> None:
    phone = enrolled("worker1")
    user = cast["worker1"].user
    user.is_active = False
    user.save()
    assert phone.request("GET", "/field/api/tasks")[1]["code"] == "switched_off"


def test_reading_asks_for_a_clock_that_is_right_to_three_days_and_tells_the_time(
    cast: Cast, enrolled: Enrolled
) -> None:
    phone = enrolled()
    for away in (-73, 73):
        status, told = phone.request("GET", "/field/api/tasks", now=time.time() + away * 3600)
        assert (status, told["code"]) == (400, "clock") and abs(told["now"] / 1000 - time.time()) < 5
    assert phone.request("GET", "/field/api/tasks", now=time.time() - 71 * 3600)[0] == 200


def test_no_session_is_asked_for_made_or_used(cast: Cast, enrolled: Enrolled) -> None:
    client = Client(enforce_csrf_checks=True)
    phone = enrolled("worker1", Phone(by_client(client)))
    assert phone.send(phone.seal("log", {"day": timezone.localdate().isoformat(), "lines": []}))[0] == 200
    assert not client.cookies
