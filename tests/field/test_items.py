"""What a phone sends comes in exactly once, whatever happens on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone

from cast import Cast
from yimen.cases.models import Attachment, Case, EventClass
from yimen.intake.field import boxes, importing, items, rewrapping
from yimen.intake.field.envelope import b64, jwk_of
from yimen.intake.field.models import FieldFile, FieldItem

from .conftest import Enrolled
from .phone import Phone, Photo, by_client

HOLE = {"text": "永安路12号门前井盖松动，过车就响", "event_class": "event:0102", "place": "永安小区3号楼前"}
Taken = Callable[..., Photo]


def test_a_report_becomes_a_matter_and_its_photos_come_after_its_words(
    enrolled: Enrolled, photo: Taken
) -> None:
    phone = enrolled()
    ready = phone.seal("report", HOLE | {"lng": 116.305, "lat": 39.905}, [photo(1), photo(2, 900)])
    status, told = phone.send(ready)
    case = Case.objects.get()
    assert (status, told["state"], told["number"], told["case"]) == (
        200,
        "received",
        case.number,
        str(case.uuid),
    )
    assert (told["files"], told["done"]) == ({one.sha256: 0 for one in ready.photos}, [])
    assert case.reported_by.name == "张小丽" and (case.lng, case.grid.name) == (116.305, "三社区第8网格")
    told = phone.deliver(ready)
    assert told["state"] == "done"
    kept = set(Attachment.objects.filter(case=case).values_list("sha256", flat=True))
    assert kept == {one.sha256 for one in ready.photos}
    assert not FieldFile.objects.exclude(wrapped_key=None).exists()


def test_the_same_again_gives_the_same_receipt_and_one_matter(enrolled: Enrolled, photo: Taken) -> None:
    phone = enrolled()
    ready = phone.seal("report", HOLE, [photo()])
    first, again = phone.send(ready), phone.send(ready)
    assert first == again and Case.objects.count() == FieldItem.objects.count() == 1
    phone.deliver(ready)
    assert phone.send(ready)[1]["state"] == "done"


def test_a_picture_that_was_taken_along_twice_does_not_hold_the_item_up(
    enrolled: Enrolled, photo: Taken, cast: Cast
) -> None:
    """The same bytes twice, each time under another key: the first is the one that comes first, by phone and by file."""
    phone, clerk, one = enrolled(), cast["clerk1"], photo()
    by_phone, by_file = (
        phone.seal("report", HOLE | {"text": text}, [one, Photo(one.content, purpose="far")])
        for text in "甲乙"
    )
    assert phone.deliver(by_phone)["state"] == "done"
    (outcome,) = importing.take(clerk.actor, clerk.grants, importing.read(phone.export(by_file)))
    assert outcome.item and (outcome.item.state, outcome.wrong) == ("done", "")
    assert list(Attachment.objects.values_list("sha256", "purpose")) == [(one.sha256, "near")] * 2


def test_other_words_under_the_same_id_are_refused_in_words(enrolled: Enrolled) -> None:
    phone = enrolled()
    ready = phone.seal("report", HOLE)
    phone.send(ready)
    status, told = phone.send(phone.seal("report", HOLE | {"text": "别的事"}, uuid=ready.uuid))
    assert (status, told["code"]) == (409, "other_body") and told["message"]
    assert Case.objects.get().text == HOLE["text"]


def test_another_workers_id_is_no_way_to_a_receipt(enrolled: Enrolled) -> None:
    phone, other = enrolled("worker1"), enrolled("worker2")
    ready = phone.seal("report", HOLE)
    phone.send(ready)
    assert other.request("GET", f"/field/api/items/{ready.uuid}")[0] == 404
    assert other.send(other.seal("report", HOLE, uuid=ready.uuid))[1]["code"] == "other_body"
    assert other.send(ready)[1]["code"] == "envelope"


def test_what_is_wrong_in_a_report_is_said_and_nothing_is_kept(enrolled: Enrolled) -> None:
    phone = enrolled()
    for data in ({}, {"text": ""}, HOLE | {"lng": "x", "lat": 1}):
        status, told = phone.send(phone.seal("report", data))
        assert (status, told["code"]) == (422, "invalid") and told["fields"]
    assert not FieldItem.objects.exists() and not Case.objects.exists()


def test_words_that_were_refused_may_be_mended_under_the_same_id(enrolled: Enrolled) -> None:
    phone, ref = enrolled(), uuid4()
    assert phone.send(phone.seal("report", {"text": ""}, uuid=ref))[0] == 422
    assert phone.send(phone.seal("report", HOLE, uuid=ref))[0] == 200


def test_a_class_that_ended_meanwhile_is_still_taken_in_and_one_that_never_was_is_said(
    enrolled: Enrolled,
) -> None:
    """OFFLINE: a category that changed meanwhile is accepted, the server maps it."""
    phone = enrolled()
    EventClass.objects.filter(scheme="event", code="0102").update(
        valid_to=timezone.localdate() - timedelta(days=1)
    )
    assert phone.send(phone.seal("report", HOLE))[0] == 200 and Case.objects.get().event_class.code == "0199"
    status, told = phone.send(phone.seal("report", HOLE | {"event_class": "event:0177"}))
    assert (status, list(told["fields"])) == (422, ["event_class"])


def test_what_the_form_does_not_know_is_left_away(enrolled: Enrolled) -> None:
    phone = enrolled()
    assert (
        phone.send(phone.seal("report", HOLE | {"id_card": "110101199003070000", "new_field": [1]}))[0] == 200
    )


def test_a_step_of_the_own_matter_is_taken_once_and_a_closed_one_says_so(enrolled: Enrolled) -> None:
    phone = enrolled("lead8")
    phone.send(phone.seal("report", HOLE))
    case = Case.objects.get()
    (task,) = phone.request("GET", "/field/api/tasks")[1]["tasks"]
    assert task["case"] == str(case.uuid) and "settle" in [move["verb"] for move in task["moves"]]
    step = phone.seal("settle", {"case": str(case.uuid), "result": "已盖好", "no_photo": "夜里看不清"})
    assert phone.send(step)[0] == 200 and phone.send(step)[0] == 200
    case.refresh_from_db()
    assert case.state == "closed"
    status, told = phone.send(phone.seal("settle", {"case": str(case.uuid), "result": "再盖一次"}))
    assert (status, told["code"]) == (409, "conflict") and told["message"]


def test_an_after_photo_may_follow_the_words_of_the_step(enrolled: Enrolled, photo: Taken) -> None:
    phone = enrolled("lead8")
    phone.send(phone.seal("report", HOLE))
    after = photo(5)
    after.purpose = "after"
    step = phone.seal("settle", {"case": str(Case.objects.get().uuid), "result": "已清走"}, [after])
    assert phone.deliver(step)["state"] == "done"
    assert Attachment.objects.get().purpose == "after"


def test_a_matter_of_others_is_not_there(enrolled: Enrolled, cast: Cast) -> None:
    phone = enrolled("worker2")
    case = cast["clerk1"].opens()
    status, told = phone.send(phone.seal("confirm", {"case": str(case.uuid)}))
    assert (status, told["code"]) == (404, "missing")
    assert phone.send(phone.seal("confirm", {"case": "x"}))[0] == 404


@pytest.mark.parametrize("kind", ["", "archive", "reopen", "admit", "climb", "log2"])
def test_a_phone_does_nothing_else(enrolled: Enrolled, kind: str) -> None:
    phone = enrolled()
    status, told = phone.send(phone.seal(kind, {"case": str(uuid4())}))
    assert (status, told["code"]) == (422, "invalid")


# --- hostile -------------------------------------------------------------------------------------------------------


def _flip(text: str) -> str:
    return ("A" if text[0] != "A" else "B") + text[1:]


@pytest.mark.parametrize("part", ["iv", "data", "sig", "epk"])
def test_an_envelope_that_was_touched_does_not_open(enrolled: Enrolled, part: str) -> None:
    phone = enrolled()
    ready = phone.seal("report", HOLE)
    if part == "epk":
        ready.envelope["epk"] = jwk_of(ec.generate_private_key(ec.SECP256R1()).public_key())
    else:
        ready.envelope[part] = _flip(ready.envelope[part])
    status, told = phone.send(ready)
    assert (status, told["code"]) == (422, "envelope") and not Case.objects.exists()


@pytest.mark.parametrize(
    "sealed", [None, 1, "x", [], {}, {"v": 2}, {"v": 1}, {"v": 1, "epk": {}, "iv": "", "data": "", "sig": ""},
               {"v": 1, "epk": {"kty": "EC", "crv": "P-256", "x": "ä", "y": 3}, "iv": 1, "data": [], "sig": None}]
)  # fmt: skip
def test_what_is_no_envelope_is_refused_in_words(enrolled: Enrolled, sealed: Any) -> None:
    phone = enrolled()
    status, told = phone.request("POST", f"/field/api/items/{uuid4()}", json.dumps(sealed).encode())
    assert (status, told["code"]) == (422, "envelope")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b"NaN"])
def test_a_body_that_is_no_json_is_refused(enrolled: Enrolled, body: bytes) -> None:
    status, told = enrolled().request("POST", f"/field/api/items/{uuid4()}", body)
    assert status == 422 and told["yimen"] == 1


def test_a_body_without_measure_is_refused_before_it_is_opened(enrolled: Enrolled) -> None:
    phone = enrolled()
    status, told = phone.request("POST", f"/field/api/items/{uuid4()}", b" " * (items.ENVELOPE_LIMIT + 1))
    assert (status, told["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"id": 1}', b"[" * 60_000, b'{"data": {}, "kind": "report", "files": 1}',
             b'{"data": {}, "kind": "report", "files": [1]}', b'{"data": {}, "kind": "report", "files": [{"sha256": "x"}]}']
)  # fmt: skip
def test_a_plaintext_of_another_shape_is_refused(enrolled: Enrolled, text: bytes) -> None:
    phone = enrolled()
    assert phone.send(phone.seal_bytes(uuid4(), text))[1]["code"] == "envelope"


def test_an_item_is_its_own_ids_and_its_own_seats_alone(enrolled: Enrolled) -> None:
    """Swapped ids, another's seat inside, another phone's item on one's own request."""
    phone, other = enrolled("worker1"), enrolled("worker2")
    ready = phone.seal("report", HOLE)
    assert phone.request("POST", f"/field/api/items/{uuid4()}", json.dumps(ready.envelope).encode())[0] == 422
    assert phone.send(phone.seal("report", HOLE, id=str(uuid4())))[1]["code"] == "envelope"
    assert phone.send(phone.seal("report", HOLE, seat=other.seat))[1]["code"] == "envelope"
    assert phone.send(other.seal("report", HOLE))[1]["code"] == "envelope"
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "words", ["a\x00b", "\ud800半个字", "字" * 20_000, "‮倒过来", "<script>alert(1)</script>"], ids=str.__len__
)
def test_words_of_every_kind_are_kept_or_refused_and_never_break(enrolled: Enrolled, words: str) -> None:
    phone = enrolled()
    text = json.dumps({
        "id": str(ref := uuid4()), "kind": "report", "made_at": 1, "seat": phone.seat, "data": {"text": words}, "files": [],
    }).encode()  # fmt: skip
    assert phone.send(phone.seal_bytes(ref, text))[0] in (200, 422)


@pytest.mark.parametrize("made_at", [None, "x", -1, 10**30, 1.5, True])
def test_a_phones_clock_is_only_noted(enrolled: Enrolled, made_at: Any) -> None:
    phone = enrolled()
    assert phone.send(phone.seal("report", HOLE, made_at=made_at))[0] == 200
    assert FieldItem.objects.get().device_at is None
    assert abs(Case.objects.get().received_at - timezone.now()) < timedelta(minutes=1)


def test_both_clocks_are_kept_and_limits_run_from_the_receipt(enrolled: Enrolled) -> None:
    phone = enrolled()
    old = datetime(2025, 5, 1, 8, tzinfo=UTC)
    phone.send(phone.seal("report", HOLE, made_at=int(old.timestamp() * 1000)))
    case = Case.objects.get()
    assert case.device_at == old and timezone.now() - case.received_at < timedelta(minutes=1)


def test_one_phone_cannot_flood_the_house(enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "PER_MINUTE", 2)
    phone = enrolled()
    ready = [phone.seal("report", HOLE) for _one in range(3)]
    assert [phone.send(one)[0] for one in ready] == [200, 200, 429]
    assert phone.send(ready[0])[0] == 200  # a repeat costs nothing


# --- the box ------------------------------------------------------------------------------------------------------


def test_what_was_sealed_to_an_older_box_still_opens(enrolled: Enrolled) -> None:
    phone = enrolled()
    ready = phone.seal("report", HOLE)
    newer = boxes.new().public
    assert phone.request("GET", "/field/api/tasks")[1]["box"] == newer != phone.box
    assert phone.send(ready)[0] == 200


def test_a_new_master_key_leaves_phones_and_unfinished_files_as_they_are(
    enrolled: Enrolled, photo: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yimen.foundation import crypto

    phone = enrolled()
    ready = phone.seal("report", HOLE, [photo(3, 900)])
    phone.send(ready)
    ring, newer = crypto.keyring(), b"n" * 32
    masters = {**ring.masters, crypto.key_id(newer): newer}
    changed = crypto.Keyring(masters, crypto.key_id(newer), ring.audit, ring.index, ring.checkpoint)
    monkeypatch.setattr(crypto, "keyring", lambda *_home: changed)
    assert rewrapping.rewrap() == 2 and rewrapping.rewrap() == 0
    assert phone.deliver(ready)["state"] == "done"


def test_a_key_without_its_points_is_no_box() -> None:
    assert b64(b"\x00" * 32) and jwk_of(ec.generate_private_key(ec.SECP256R1()).public_key())["kty"] == "EC"
    assert Phone(by_client(Client())).jwk["crv"] == "P-256"


def test_a_form_is_no_item(enrolled: Enrolled) -> None:
    answer = Client().post(f"/field/api/items/{uuid4()}", {"v": "1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
