"""Files come in pieces, in order, each with its hash; a retry goes on from where the last one ended."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from yimen.cases.actions.attach import open_file
from yimen.cases.models import Attachment, Case
from yimen.intake.field import files
from yimen.intake.field.models import FieldFile, FieldItem

from .conftest import Enrolled
from .phone import CHUNK, Phone, Photo, Ready

HOLE = {"text": "井盖松动", "event_class": "event:0102", "place": "永安小区3号楼前"}
Taken = Callable[..., Photo]


@pytest.fixture
def sent(enrolled: Enrolled, photo: Taken) -> tuple[Phone, Ready, Photo]:
    """A report whose words are in; its photo of several pieces is not."""
    phone, one = enrolled(), photo(9, 1600)
    assert len(one.sealed) > 2 * CHUNK
    ready = phone.seal("report", HOLE, [one])
    assert phone.send(ready)[0] == 200
    return phone, ready, one


def test_a_file_in_pieces_is_whole_and_its_bytes_are_the_phones(sent: tuple[Phone, Ready, Photo]) -> None:
    phone, ready, one = sent
    status, told = phone.upload(ready, one)
    assert (status, told["done"], told["sha256"], told["state"]) == (200, True, one.sha256, "done")
    row = Attachment.objects.get()
    assert (row.sha256, row.size, row.state, row.purpose) == (one.sha256, len(one.content), "clean", "near")
    item = FieldItem.objects.select_related("seat__user", "case").get()
    assert not files.path_of(item.uuid, one.sha256).exists()


def test_a_piece_out_of_order_is_told_where_to_go_on(sent: tuple[Phone, Ready, Photo]) -> None:
    phone, ready, one = sent
    assert phone.put(ready, one, CHUNK) == (
        409,
        {"yimen": 1, "code": "offset", "message": _any, "received": 0},
    )
    assert phone.put(ready, one, 0)[1]["received"] == CHUNK
    status, told = phone.put(ready, one, 0)  # a repeat: the answer was lost
    assert (status, told["code"], told["received"]) == (409, "offset", CHUNK)
    assert phone.request("GET", f"/field/api/items/{ready.uuid}")[1]["files"] == {one.sha256: CHUNK}


class _Any:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


_any = _Any()


def test_a_piece_that_was_altered_on_its_way_is_not_kept(sent: tuple[Phone, Ready, Photo]) -> None:
    phone, ready, one = sent
    status, told = phone.put(ready, one, 0, Yimen_Chunk=hashlib.sha256(b"other").hexdigest())
    assert (status, told["code"], told["received"]) == (422, "chunk", 0)
    assert phone.put(ready, one, 0, os.urandom(CHUNK + 1))[0] == 413
    assert phone.put(ready, one, len(one.sealed) - 1, b"xxxx")[0] in (409, 422)


def test_bytes_that_are_not_what_was_promised_are_thrown_away_and_begin_anew(
    sent: tuple[Phone, Ready, Photo],
) -> None:
    phone, ready, one = sent
    whole = one.sealed
    bad = whole[:-20] + os.urandom(20)
    for offset in range(0, len(bad), CHUNK):
        status, told = phone.put(ready, one, offset, bad[offset : offset + CHUNK])
    assert (status, told["code"], told["received"]) == (409, "damaged", 0)
    assert phone.upload(ready, one)[1]["done"] is True


def test_another_picture_than_the_promised_one_is_not_kept(enrolled: Enrolled, photo: Taken) -> None:
    """Sealed as it should be, of the same length, but not what the item named."""

    class Swapped(Photo):
        @property
        def sha256(self) -> str:
            return hashlib.sha256(b"the other one").hexdigest()

    phone, swapped = enrolled(), Swapped(photo(1).content)
    ready = phone.seal("report", HOLE, [swapped])
    phone.send(ready)
    assert phone.upload(ready, swapped)[1]["code"] == "damaged" and not Attachment.objects.exists()


def test_a_file_that_is_done_is_done_however_often_it_comes(sent: tuple[Phone, Ready, Photo]) -> None:
    phone, ready, one = sent
    phone.upload(ready, one)
    last = len(one.sealed) // CHUNK * CHUNK
    assert phone.put(ready, one, last)[1]["done"] is True and phone.put(ready, one, 0)[1]["done"] is True
    assert Attachment.objects.count() == 1


def test_when_the_server_died_before_the_end_an_empty_piece_finishes(
    sent: tuple[Phone, Ready, Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, ready, one = sent
    with monkeypatch.context() as patch:
        patch.setattr(files, "_finish", lambda pk, item: FieldFile.objects.get(pk=pk))
        assert "done" not in phone.upload(ready, one)[1]
    assert phone.put(ready, one, len(one.sealed), b"")[1]["done"] is True


def test_pieces_that_are_gone_from_the_disk_are_asked_for_again(sent: tuple[Phone, Ready, Photo]) -> None:
    """A home that was restored has the rows, not the pieces."""
    phone, ready, one = sent
    phone.put(ready, one, 0)
    files.path_of(ready.uuid, one.sha256).unlink()
    assert phone.put(ready, one, CHUNK)[1] == {"yimen": 1, "code": "offset", "message": _any, "received": 0}
    assert phone.upload(ready, one)[1]["done"] is True


def test_a_photo_of_a_matter_closed_meanwhile_still_comes_in(enrolled: Enrolled, photo: Taken) -> None:
    """自行处置 closes at once; its photos follow."""
    phone = enrolled()
    ready = phone.seal("report", HOLE | {"settled": "当场盖好了"}, [photo()])
    phone.send(ready)
    assert Case.objects.get().state == "closed" and phone.deliver(ready)["state"] == "done"


def test_what_the_house_does_not_take_is_said_and_the_words_stay(enrolled: Enrolled) -> None:
    phone = enrolled()
    program = Photo(b"MZ" + os.urandom(3000))
    ready = phone.seal("report", HOLE, [program])
    phone.send(ready)
    for _try in range(2):
        status, told = phone.put(ready, program, 0)
        assert (status, told["code"]) == (422, "file_refused") and told["fields"]["file"]
    told = phone.request("GET", f"/field/api/items/{ready.uuid}")[1]
    assert (told["state"], told["done"], list(told["refused"])) == ("done", [], [program.sha256])


def test_nobody_sends_a_file_that_was_not_promised_or_is_anothers(
    sent: tuple[Phone, Ready, Photo], enrolled: Enrolled, photo: Taken
) -> None:
    phone, ready, one = sent
    assert phone.put(ready, photo(77), 0)[0] == 404
    assert enrolled("worker2").put(ready, one, 0)[0] == 404


@pytest.mark.parametrize(
    "query", ["", "?offset=0", "?offset=-1&total=5", "?offset=x&total=5", "?offset=9999999999999&total=1"]
)
def test_an_address_without_sense_is_refused(sent: tuple[Phone, Ready, Photo], query: str) -> None:
    phone, ready, one = sent
    path = f"/field/api/items/{ready.uuid}/files/{one.sha256}{query}"
    assert phone.request("PUT", path, b"x", Yimen_Chunk="x")[0] == 422


def test_a_full_disk_is_said_and_nothing_is_lost(
    sent: tuple[Phone, Ready, Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, ready, one = sent
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
        status, told = phone.put(ready, one, 0)
        assert (status, told["code"]) == (507, "disk_full")
    assert phone.upload(ready, one)[1]["done"] is True


def test_unfinished_uploads_are_swept_after_thirty_days_and_may_begin_anew(
    sent: tuple[Phone, Ready, Photo],
) -> None:
    phone, ready, one = sent
    phone.put(ready, one, 0)
    assert files.sweep() == 0
    assert files.sweep(timezone.now() + timedelta(days=31)) >= 1
    assert not files.path_of(ready.uuid, one.sha256).exists()
    assert phone.upload(ready, one)[1]["done"] is True


def test_the_clean_copy_is_what_a_phone_reads(sent: tuple[Phone, Ready, Photo], cast) -> None:  # type: ignore[no-untyped-def]
    phone, ready, one = sent
    phone.upload(ready, one)
    case, row = Case.objects.get(), Attachment.objects.get()
    status, content = phone.request("GET", f"/field/api/cases/{case.uuid}/files/{row.uuid}")
    worker = cast["worker1"]
    assert status == 200 and content == open_file(worker.actor, worker.grants, case.uuid, row.uuid)[1][:4000]
