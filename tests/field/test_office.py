"""Phones at the office: codes, switching off, import, daily logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.web.staff_ground import Enter, enter

from cast import Cast
from yimen.cases.models import Attachment, Case
from yimen.intake.field import enrolment, importing, log
from yimen.intake.field.models import DailyLog, FieldDevice, FieldItem
from yimen.ledger.models import Entry

from .conftest import Enrolled
from .phone import Phone, Photo, by_client

__all__ = ["enter"]
HOLE = {"text": "井盖松动，过车就响", "event_class": "event:0102", "place": "永安小区3号楼前"}
Taken = Callable[..., Photo]


def test_a_code_is_shown_once_as_a_picture_and_enrols(enter: Enter, cast: Cast) -> None:
    client = enter("lead8")
    assert client.get("/staff/field/code/").status_code == 200
    shown = client.post("/staff/field/code/", {"person": "worker1"})
    text = shown.content.decode()
    code = text.split('<dt>登记码</dt><dd><b class="nowrap">')[1].split("<")[0]
    assert "<svg" in text and "no-store" in shown["Cache-Control"]
    phone = Phone(by_client(Client()))
    assert phone.enrol(code)[0] == 200
    listed = client.get("/staff/field/").content.decode()
    assert "张小丽" in listed and "测试手机" in listed


def test_a_code_for_somebody_else_is_refused_beside_the_field(enter: Enter) -> None:
    answer = enter("lead8").post("/staff/field/code/", {"person": "handler.zhifa"})
    assert answer.status_code == 403 and enter("worker1").get("/staff/field/").status_code == 403


def test_a_lost_phone_is_switched_off_from_the_list(enter: Enter, enrolled: Enrolled) -> None:
    phone = enrolled()
    client = enter("community3")
    client.post(f"/staff/field/devices/{phone.device}/off/", {"seat": phone.seat})
    assert phone.request("GET", "/field/api/tasks")[1]["code"] == "switched_off"
    assert "已停用的" in client.get("/staff/field/").content.decode()
    assert FieldDevice.objects.get().off_by is not None


def test_what_a_switched_off_phone_exported_is_looked_at_and_taken_in(
    enter: Enter, enrolled: Enrolled, photo: Taken, cast: Cast
) -> None:
    phone = enrolled()
    ready = phone.seal("report", HOLE, [photo(1), photo(2, 900)])
    enrolment.switch_off(cast["lead8"].actor, cast["lead8"].grants, UUID(phone.device))
    client = enter("clerk1")
    file = SimpleUploadedFile("export.json", phone.export(ready), "application/json")
    seen = client.post("/staff/field/import/", {"file": file}).content.decode()
    assert "井盖松动" in seen and "张小丽" in seen and not Case.objects.exists()
    packed = seen.split('name="again" value="')[1].split('"')[0]
    done = client.post("/staff/field/import/", {"again": packed})
    case = Case.objects.get()
    assert case.number in done.content.decode() and case.reported_by == cast["worker1"].user
    item = FieldItem.objects.get()
    assert (item.state, item.imported_by) == ("done", cast["clerk1"].user)
    assert {row.sha256 for row in Attachment.objects.all()} == {one.sha256 for one in ready.photos}
    assert Entry.objects.filter(kind="field.imported", actor_id=cast["clerk1"].user.pk).exists()


def test_the_same_item_by_file_and_by_phone_is_one(enrolled: Enrolled, photo: Taken, cast: Cast) -> None:
    phone, clerk = enrolled(), cast["clerk1"]
    ready, other = phone.seal("report", HOLE, [photo(1)]), phone.seal("report", HOLE | {"text": "另一处"})
    phone.send(ready)
    parcels = importing.read(phone.export(ready, other))
    seen = importing.look(clerk.grants, parcels)
    assert [bool(one.known) for one in seen] == [True, False]
    for _twice in range(2):
        outcomes = list(importing.take(clerk.actor, clerk.grants, parcels))
        assert all(one.item and one.item.state == "done" for one in outcomes)
    assert phone.send(ready)[1]["state"] == "done" and Case.objects.count() == 2


def test_one_bad_parcel_stops_no_other(enrolled: Enrolled, cast: Cast) -> None:
    phone, clerk = enrolled(), cast["clerk1"]
    good, bad = phone.seal("report", HOLE), phone.seal("report", HOLE)
    bad.envelope["sig"] = good.envelope["sig"]
    strange = Phone(by_client(Client()))
    strange.box, strange.seat = phone.box, phone.seat
    forged = strange.seal("report", HOLE)
    outcomes = list(
        importing.take(clerk.actor, clerk.grants, importing.read(phone.export(bad, forged, good)))
    )
    assert [bool(one.item) for one in outcomes] == [False, False, True] and Case.objects.count() == 1


def test_a_workers_reports_come_in_after_they_have_left_too(enrolled: Enrolled, cast: Cast) -> None:
    phone, clerk = enrolled(), cast["clerk1"]
    ready = phone.seal("report", HOLE)
    user = cast["worker1"].user
    user.is_active = False
    user.save()
    (outcome,) = importing.take(clerk.actor, clerk.grants, importing.read(phone.export(ready)))
    assert outcome.item is not None and outcome.item.seat.user == user


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"yimen_field_export": 1}', b'{"yimen_field_export": 1, "items": [1]}',
                b'{"yimen_field_export": 1, "items": [{"uuid": "x"}]}', b"[" * 90_000, b"\xff"]
)  # fmt: skip
def test_another_file_is_refused_in_words(enter: Enter, content: bytes) -> None:
    file = SimpleUploadedFile("export.json", content or b" ", "application/json")
    answer = enter("clerk1").post("/staff/field/import/", {"file": file})
    assert answer.status_code == 400 and "不是手机导出的文件" in answer.content.decode()
    assert enter("clerk1").post("/staff/field/import/", {"again": "eJw="}).status_code == 302


# --- the daily log -------------------------------------------------------------------------------------------------


def day_of(phone: Phone) -> dict[str, object]:
    status, told = phone.request("GET", f"/field/api/log?day={timezone.localdate().isoformat()}")
    assert status == 200
    return dict(told)


def test_the_log_writes_itself_the_worker_adds_and_sends_it_with_one_item(
    enrolled: Enrolled, enter: Enter, cast: Cast
) -> None:
    phone, today = enrolled(), timezone.localdate().isoformat()
    phone.send(phone.seal("report", HOLE | {"settled": "已盖好"}))
    (line,) = day_of(phone)["lines"]  # type: ignore[misc]
    assert line["number"] == Case.objects.get().number and "自行处置" in line["words"]["work"]
    lines = [
        {"kind": "work", "work": "巡看三号楼", "place": "永安小区"},
        {
            "kind": "patrol",
            "item": "消防通道",
            "building": "3号楼",
            "problem": "堆了纸箱",
            "recheck_by": "孙网格长",
        },
    ]
    added = phone.seal("log", {"day": today, "weather": "晴", "lines": lines, "send": True})
    assert phone.send(added)[0] == 200 and phone.send(added)[0] == 200
    told = day_of(phone)
    assert (len(told["lines"]), told["weather"], told["to"]) == (3, "晴", "孙网格长")  # type: ignore[arg-type]
    row, client = DailyLog.objects.get(), enter("lead8")
    assert "张小丽" in client.get("/staff/field/logs/").content.decode()
    text = client.get(f"/staff/field/logs/{row.pk}/").content.decode()
    assert "巡看三号楼" in text and "消防通道" in text and "本人补写" in text
    paper = client.get(f"/staff/field/logs/{row.pk}/log.pdf")
    assert paper.content.startswith(b"%PDF-")
    assert Entry.objects.filter(kind="field.log_sent").count() == 1


@pytest.mark.parametrize(
    "data", [{}, {"day": "x"}, {"day": "2020-01-01"}, {"day": "2999-01-01"}, {"day": "today", "lines": 1},
             {"day": "today", "lines": [1]}, {"day": "today", "lines": [{}]}, {"day": "today", "lines": [{"kind": "patrol"}]},
             {"day": "today", "lines": [{"work": "x"}] * 61}]
)  # fmt: skip
def test_a_log_without_sense_is_refused_in_words(enrolled: Enrolled, data: dict[str, object]) -> None:
    phone = enrolled()
    if data.get("day") == "today":
        data = data | {"day": timezone.localdate().isoformat()}
    status, told = phone.send(phone.seal("log", data))
    assert (status, told["code"]) == (422, "invalid") and not DailyLog.objects.filter(
        sent_at__isnull=False
    ).exists()


def test_a_log_holds_no_number_of_a_person_and_carries_no_files(enrolled: Enrolled, photo: Taken) -> None:
    phone, today = enrolled(), timezone.localdate().isoformat()
    phone.send(phone.seal("log", {"day": today, "lines": [{"work": "核对 11010519491231002X 的事"}]}))
    assert "11010519491231002X" not in json.dumps(day_of(phone))
    assert phone.send(phone.seal("log", {"day": today}, [photo()]))[0] == 422


def test_a_log_is_read_by_those_who_lead_the_worker_alone(
    enrolled: Enrolled, enter: Enter, cast: Cast
) -> None:
    phone = enrolled()
    phone.send(phone.seal("log", {"day": timezone.localdate().isoformat(), "send": True}))
    row = DailyLog.objects.get()
    assert enter("community3").get(f"/staff/field/logs/{row.pk}/").status_code == 200
    assert enter("worker2").get(f"/staff/field/logs/{row.pk}/").status_code == 403
    assert list(log.sent(cast["clerk1"].grants)) == [row]


# --- what a phone reads ----------------------------------------------------------------------------------------------


def test_a_phone_knows_the_classes_the_map_and_what_its_worker_used(enrolled: Enrolled) -> None:
    phone = enrolled()
    phone.send(phone.seal("report", HOLE))
    told = phone.request("GET", "/field/api/classes")[1]
    assert told["recent"] == ["event:0102"]
    assert {"id", "name", "big", "evidence", "settles_at"} <= set(told["classes"][0]) and len(
        told["classes"]
    ) > 40
    sheet = phone.request("GET", "/field/api/map")[1]
    (grid,) = sheet["grids"]
    assert grid["own"] is True and grid["path"].startswith("M") and sheet["width"] > 0
    x = (116.305 - sheet["west"]) * sheet["per_lng"]
    assert 0 < x < sheet["width"] and abs(x - grid["x"]) < sheet["width"] / 3
