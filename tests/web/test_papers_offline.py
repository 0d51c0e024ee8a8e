"""脱机包: numbers given out on paper, each used by exactly one matter or voided."""

from __future__ import annotations

import io
from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from tests.web.staff_ground import Enter

from cast import Cast
from yimen.cases.actions import numbers
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.models import Case, ReservedNumber
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.models import Entry

PACK = "staff:offline-pdf"


def _reserved(cast: Cast, count: int = 2) -> list[ReservedNumber]:
    return numbers.reserve(cast["clerk1"].actor, cast["clerk1"].grants, uuid4(), count)


def _typed(number: str, **more: str) -> dict[str, str]:
    at = timezone.localtime(timezone.now() - timedelta(hours=3))
    return {"text": "停电时来访，楼上漏水。", "category": "neighbour", "reserved_number": number,
            "received_at": f"{at:%Y-%m-%dT%H:%M}", "client_key": str(uuid4()), **more}  # fmt: skip


def _register(client: Client, number: str, **more: str) -> tuple[int, str]:
    answer = client.post(reverse("staff:register"), _typed(number, **more))
    return answer.status_code, answer.content.decode()


def test_a_pack_has_a_sheet_for_each_number_and_no_two_are_alike(cast: Cast, enter: Enter) -> None:
    answer = enter("clerk1").post(reverse(PACK), {"count": "3", "batch": str(uuid4())})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages]
    given = list(ReservedNumber.objects.order_by("id").values_list("number", flat=True))
    assert len(pages) == len(given) == 3
    for number, page in zip(given, pages, strict=True):
        assert page.count(number) >= 1 and "群众来访接待登记表" in page and "按编号补录" in page
    assert Entry.objects.get(kind="number.reserved").payload["count"] == 3


def test_a_double_click_gives_the_same_numbers_and_a_reprint_leaves_out_the_used(
    cast: Cast, enter: Enter
) -> None:
    client, batch = enter("clerk1"), str(uuid4())
    for _time in range(2):
        client.post(reverse(PACK), {"count": "2", "batch": batch})
    first, second = ReservedNumber.objects.order_by("id")
    assert _register(client, first.number)[0] == 302
    again = client.get(reverse(PACK), {"batch": batch})
    pages = PdfReader(io.BytesIO(again.content)).pages
    assert len(pages) == 1 and second.number in "".join(pages[0].extract_text().split())
    assert ReservedNumber.objects.count() == 2


def test_each_person_takes_home_a_slip_with_the_number_and_room_for_the_pen(cast: Cast, enter: Enter) -> None:
    rows = _reserved(cast, 3)
    answer = enter("clerk1").get(reverse(PACK), {"batch": str(rows[0].batch), "part": "slips"})
    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages]
    assert len(pages) == 3
    assert Entry.objects.get(kind="number.reprinted").payload["part"] == "slips"
    for row, page in zip(rows, pages, strict=True):
        assert row.number in page and "收到时间年月日时分" in page and "首问责任人" in page


@pytest.mark.parametrize("count", ["0", "101", "", "-1", "viele", "99999"])
def test_a_wrong_count_is_said_beside_its_field(cast: Cast, enter: Enter, count: str) -> None:
    answer = enter("clerk1").post(reverse(PACK), {"count": count})
    assert answer.status_code == 400 and "一次印 1 至 100 份" in answer.content.decode()
    assert not ReservedNumber.objects.exists()


def test_the_matter_gets_exactly_the_number_and_the_hour_on_the_paper(cast: Cast, enter: Enter) -> None:
    row = _reserved(cast)[0]
    client = enter("clerk1")
    page = client.get(reverse("staff:register") + f"?reserved={quote(row.number)}").content.decode()
    assert f'value="{row.number}"' in page
    assert _register(client, row.number)[0] == 302
    case = Case.objects.get()
    row.refresh_from_db()
    assert case.number == row.number and row.case_id == case.pk and row.used_at is not None
    assert timedelta(hours=2) < timezone.now() - case.received_at < timedelta(hours=4)
    assert row.pk not in {left.pk for left in numbers.unused()}
    assert f"number-{row.pk}" not in client.get(reverse("staff:offline")).content.decode()


@pytest.mark.parametrize("way", ["scan", "loose", "short"])
def test_a_number_can_be_scanned_or_typed_loosely(cast: Cast, enter: Enter, way: str) -> None:
    row = _reserved(cast)[0]
    year, serial = row.number[2:6], row.number[7:]
    typed = {"scan": f"http://10.0.0.1/staff/register/?reserved={quote(row.number)}", "loose": f"{year} {serial}",
             "short": str(int(serial))}[way]  # fmt: skip
    assert _register(enter("clerk1"), typed)[0] == 302
    assert Case.objects.get().number == row.number


def test_a_number_is_used_once_and_only_if_it_was_printed(cast: Cast, enter: Enter) -> None:
    row, spoilt = _reserved(cast)
    client = enter("clerk1")
    assert _register(client, row.number)[0] == 302
    for number, said in (
        (row.number, "只能用一次"),
        ("永〔2026〕99999", "没有印过这个编号"),
        ("x", "没有印过"),
    ):
        status, page = _register(client, number)
        assert status == 400 and said in page and "停电时来访" in page
    client.post(reverse("staff:offline-void"), {"number": [str(spoilt.pk)], "reason": "污损"})
    status, page = _register(client, spoilt.number)
    assert status == 400 and "已经作废" in page
    assert Case.objects.count() == 1


def test_the_hour_on_the_paper_is_asked_for(cast: Cast, enter: Enter) -> None:
    row = _reserved(cast)[0]
    status, page = _register(enter("clerk1"), row.number, received_at="")
    assert status == 400 and "纸上的收到时间" in page


def test_posting_the_same_form_twice_is_one_matter(cast: Cast, enter: Enter) -> None:
    typed = _typed(_reserved(cast)[0].number)
    client = enter("clerk1")
    for _time in range(2):
        assert client.post(reverse("staff:register"), typed).status_code == 302
    assert Case.objects.count() == 1


def test_numbers_that_follow_go_on_after_the_reserved_ones(cast: Cast) -> None:
    rows = _reserved(cast, 3)
    assert cast["clerk1"].opens().number > rows[-1].number


def test_voiding_needs_a_choice_and_a_reason_and_is_kept(cast: Cast, enter: Enter) -> None:
    row, other = _reserved(cast)
    client, url = enter("clerk1"), reverse("staff:offline-void")
    assert "请写明为什么作废" in client.post(url, {"number": [str(row.pk)], "reason": " "}).content.decode()
    assert client.post(url, {"reason": "污损"}).status_code == 409
    assert client.post(url, {"number": [str(row.pk)], "reason": "污损"}).status_code == 302
    assert [left.pk for left in numbers.unused()] == [other.pk]
    assert Entry.objects.get(kind="number.voided").payload["words"] == {"reason": "污损"}


def test_a_number_taken_in_between_is_a_conflict_and_leaves_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = _reserved(cast)[0]
    clerk = cast["clerk1"]
    form = Registration(
        text="漏水", category="neighbour", reserved_number=row.number, received_at=timezone.now()
    )
    open_case(clerk.actor, clerk.grants, form)
    with pytest.raises(Invalid):
        open_case(clerk.actor, clerk.grants, form)
    monkeypatch.setattr(numbers, "wrong", lambda _text: "")
    with pytest.raises(Conflict):
        open_case(clerk.actor, clerk.grants, form)
    assert Case.objects.count() == 1


def test_only_the_desk_prints_packs(cast: Cast, enter: Enter) -> None:
    for who in ("handler.chengguan", "leader1"):
        assert enter(who).get(reverse("staff:offline")).status_code == 403
        assert enter(who).post(reverse(PACK), {"count": "1"}).status_code == 403
