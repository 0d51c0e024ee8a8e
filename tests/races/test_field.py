"""The same item from a phone, its pieces and its code, several times at once: one matter, one file, one seat."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from tests.field.phone import Phone, Photo, by_client
from tests.flows.field_ground import code_for, street
from tests.races.racing import at_once

from cast import Cast
from yimen.cases.models import Attachment, Case
from yimen.intake.field.models import FieldItem, FieldSeat

EIGHT = 8
HOLE = {"text": "井盖松动", "event_class": "event:0102", "place": "永安小区"}


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_there_is_nothing_before_the_races() -> None:
    assert not FieldItem.objects.exists()


@pytest.fixture(scope="module")
def ground(stage: Cast, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock():
        yield street(stage)


@pytest.fixture
def phone(ground: Cast, django_db_blocker: Any) -> Iterator[Phone]:
    with django_db_blocker.unblock():
        made = Phone(by_client(Client()))
        assert made.enrol(code_for(ground, "worker1"))[0] == 200
        yield made


def photo() -> Photo:
    out = io.BytesIO()
    Image.effect_noise((200, 150), 50).convert("RGB").save(out, "JPEG")
    return Photo(out.getvalue())


def test_a_code_seats_one_phone_of_eight(ground: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        code, before = code_for(ground, "worker2"), FieldSeat.objects.count()
        phones = [Phone(by_client(Client())) for _one in range(EIGHT)]
        found = at_once(*[partial(one.enrol, code) for one in phones])
        assert sorted(status for status, _told in found) == [200] + [403] * (EIGHT - 1)
        assert FieldSeat.objects.count() == before + 1


@pytest.mark.parametrize("turn", range(3))
def test_an_item_sent_eight_times_at_once_is_one_matter(phone: Phone, turn: int) -> None:
    ready, before = phone.seal("report", HOLE, [photo()]), Case.objects.count()
    found = at_once(*[partial(phone.send, ready)] * EIGHT)
    assert {status for status, _told in found} == {200} and len(
        {told["number"] for _status, told in found}
    ) == 1
    assert Case.objects.count() == before + 1


def test_of_eight_wordings_under_one_id_one_is_taken(phone: Phone) -> None:
    first = phone.seal("report", HOLE)
    others = [
        phone.seal("report", HOLE | {"text": f"另一说法{n}"}, uuid=first.uuid) for n in range(EIGHT - 1)
    ]
    found = at_once(*[partial(phone.send, one) for one in (first, *others)])
    assert sorted(status for status, _told in found) == [200] + [409] * (EIGHT - 1)


def test_the_last_piece_eight_times_at_once_is_one_file(phone: Phone) -> None:
    one = photo()
    ready = phone.seal("report", HOLE, [one])
    phone.send(ready)
    before = Attachment.objects.count()
    found = at_once(*[partial(phone.put, ready, one, 0)] * EIGHT)
    assert all(told.get("done") for _status, told in found), found
    assert Attachment.objects.count() == before + 1
