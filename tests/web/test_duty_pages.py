"""Pages of the roster as people meet them: the rail, a month, filling with a preview, one shift, swaps, the papers."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from tests.grids.duty_ground import DAY, PHONE, ids, shifts, staffed

from cast import Cast
from yimen.grids import duty
from yimen.grids.actions import calls
from yimen.grids.models import DutyCall, DutyHandover, DutySetting, DutyShift, DutySwap
from yimen.organisations.models import Office

from .staff_ground import Enter, in_use


@pytest.fixture
def now(cast: Cast) -> DutyShift:
    """The shift that is on at this moment: clerk1's, clerk2 comes after."""
    staffed(cast)
    shifts(cast, ("clerk1",), ("clerk1",), ("clerk2",))
    found = duty.on_duty(timezone.now())
    assert found is not None
    return found


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_at_the_centre_reads_on_the_rail_who_is_on_duty_with_the_phone(
    cast: Cast, enter: Enter, now: DutyShift
) -> None:
    for who in ("clerk2", "director", "leader1", "handler.chengguan"):
        assert f"今日值班：周敏 {PHONE}" in text(enter(who), "/staff/")
    in_use(cast)
    assert "今日值班" not in text(enter("admin"), "/staff/admin/")
    DutyShift.objects.all().delete()
    assert "今日值班：没有人" in text(enter("clerk2"), "/staff/")


def test_the_first_page_shows_now_the_week_ones_own_shifts_and_the_gaps(
    cast: Cast, enter: Enter, now: DutyShift
) -> None:
    page = text(enter("clerk1"), "/staff/duty/")
    assert "现在值班" in page and PHONE in page and "这些时间没有人值班" in page
    assert f"/staff/duty/shifts/{now.pk}/" in page
    assert "今后一个月没有您的班" in text(enter("clerk4"), "/staff/duty/")
    in_use(cast)
    assert enter("admin").get("/staff/duty/").status_code == 403


def test_a_month_shows_rest_days_names_of_holidays_and_days_without_anybody(cast: Cast, enter: Enter) -> None:
    staffed(cast)
    shifts(cast, ("clerk1",), first=date(2026, 10, 1))
    page = text(enter("clerk2"), "/staff/duty/month/?m=2026-10")
    assert "休" in page and "班</span>" in page and "国庆" in page and "没有人值班" in page
    assert "2026-09" in page and "2026-11" in page
    assert text(enter("clerk2"), "/staff/duty/month/?m=nonsense")


def numbers(cast: Cast, **turns: int) -> dict[str, str]:
    """What the form of a fill is sent with: a number beside each of these names, leader1 in charge."""
    first = timezone.localdate() + DAY
    sent = {"first": first.isoformat(), "last": (first + 6 * DAY).isoformat(), "phone": PHONE, "begin": "1"}
    sent |= {f"turn_{cast[who].user.pk}": str(number) for who, number in turns.items()}
    return sent | {f"lead_{cast['leader1'].user.pk}": "1"}


def test_a_month_is_previewed_and_saved_exactly_as_previewed(cast: Cast, enter: Enter) -> None:
    director = enter("director")
    assert "排班" in text(director, "/staff/duty/fill/")
    sent = numbers(cast, clerk1=1, clerk2=2)
    preview = director.post("/staff/duty/fill/", sent | {"do": "preview"})
    assert preview.status_code == 200 and "预览：7 班" in preview.content.decode()
    assert not DutyShift.objects.exists()
    seen = preview.context["seen"]
    other = director.post(
        "/staff/duty/fill/", sent | numbers(cast, clerk1=2, clerk2=1) | {"do": "save", "seen": seen}
    )
    assert "与刚才预览的不同" in other.content.decode() and not DutyShift.objects.exists()
    saved = director.post("/staff/duty/fill/", sent | {"do": "save", "seen": seen})
    assert saved.status_code == 302
    people = [*DutyShift.objects.order_by("day").values_list("person", flat=True)]
    assert len(people) == 7 and people == [*ids(cast, *["clerk1", "clerk2"] * 4)][:7]
    again = director.post("/staff/duty/fill/", sent | {"do": "preview"})
    assert again.status_code == 400 and "已经排好" in again.content.decode()


def test_a_fill_without_people_or_upside_down_says_so_and_keeps_what_was_typed(
    cast: Cast, enter: Enter
) -> None:
    director, sent = enter("director"), numbers(cast, clerk1=1)
    wrong = director.post("/staff/duty/fill/", sent | {"last": "2020-01-01", "do": "preview"})
    assert (
        wrong.status_code == 400
        and "结束日期早于开始日期" in wrong.content.decode()
        and PHONE in wrong.content.decode()
    )
    none = director.post("/staff/duty/fill/", numbers(cast) | {"do": "preview"})
    assert none.status_code == 400 and "轮到的次序" in none.content.decode()
    assert enter("clerk1").get("/staff/duty/fill/").status_code == 403


def test_one_day_is_set_and_changed(cast: Cast, enter: Enter) -> None:
    director, day = enter("director"), timezone.localdate() + DAY
    path = f"/staff/duty/days/{day}/"
    assert "值班人员" in text(director, path)
    clerk, other, leader = (str(cast[who].user.pk) for who in ("clerk1", "clerk2", "leader1"))
    assert director.post(path, {"leader": leader, "people": "", "phone": ""}).status_code == 400
    assert (
        director.post(path, {"leader": leader, "people": clerk, "others": [other], "phone": "12"}).status_code
        == 302
    )
    assert director.post(path, {"leader": leader, "people": other, "phone": "12"}).status_code == 302
    row = DutyShift.objects.get()
    assert row.person == cast["clerk2"].user and not row.others.exists()
    assert director.get("/staff/duty/days/yesterday/").status_code == 404


def test_the_hours_are_set_for_later_shifts(cast: Cast, enter: Enter) -> None:
    director = enter("director")
    assert "08:00" in text(director, "/staff/duty/hours/")
    assert director.post("/staff/duty/hours/", {"starts": "九点", "ends": "08:00"}).status_code == 400
    assert director.post("/staff/duty/hours/", {"starts": "17:30", "ends": "08:00"}).status_code == 302
    assert dict(DutySetting.objects.values_list("key", "value")) == {"starts": "17:30", "ends": "08:00"}


def test_a_call_is_written_down_and_the_shift_handed_over_and_taken(
    cast: Cast, enter: Enter, now: DutyShift
) -> None:
    clerk, path = enter("clerk1"), f"/staff/duty/shifts/{now.pk}/"
    page = text(clerk, path)
    assert "119" in page and "来电人" not in page.replace("不写来电人的姓名和电话", "")
    stamp = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    wrong = clerk.post(path, {"do": "call", "received_at": stamp, "about": "", "handling": "已派人"})
    assert wrong.status_code == 400 and "已派人" in wrong.content.decode()
    case = cast["clerk1"].opens()
    call = {"do": "call", "received_at": stamp, "about": "路灯不亮", "handling": "", "reported_to": "城管办"}
    strange = clerk.post(path, call | {"number": "永〔2026〕99999"})
    assert strange.status_code == 400 and "没有这个编号的事项" in strange.content.decode()
    assert clerk.post(path, call | {"number": case.number}).status_code == 302
    assert DutyCall.objects.get().number == case.number
    assert clerk.post(path, {"do": "give", "done": "", "undone": ""}).status_code == 400
    assert clerk.post(path, {"do": "give", "done": "路灯", "undone": "催供热"}).status_code == 302
    assert enter("clerk3").post(path, {"do": "take"}).status_code == 403
    after = duty.following(now)
    assert after is not None
    taker = after.person.sign_in
    if taker == "clerk1":  # the same person goes on: the leader in charge signs
        taker = "leader1"
    assert "我已看过，接班" in text(enter(taker), path)
    assert enter(taker).post(path, {"do": "take"}).status_code == 302
    assert DutyHandover.objects.get().taken_by == cast[taker].user
    assert "催供热" in text(enter("clerk2"), f"/staff/duty/shifts/{after.pk}/")
    assert "记一条接报" not in text(clerk, path)
    assert clerk.get("/staff/duty/shifts/0/").status_code == 404


def test_a_swap_goes_from_hand_to_hand_on_the_first_page(cast: Cast, enter: Enter) -> None:
    staffed(cast)
    mine, theirs = shifts(cast, ("clerk1",), ("clerk2",), first=timezone.localdate() + DAY)
    clerk, other, director = enter("clerk1"), enter("clerk2"), enter("director")
    path = f"/staff/duty/shifts/{mine.pk}/swap/"
    assert "吴桐" in text(clerk, path)
    wanted = {"other": str(cast["clerk2"].user.pk), "back": str(theirs.pk), "reason": "出差"}
    assert clerk.post(path, wanted | {"other": ""}).status_code == 400
    assert other.post(path, wanted).status_code in (400, 403)
    assert clerk.post(path, wanted).status_code == 302
    row = DutySwap.objects.get()
    do = f"/staff/duty/swaps/{row.pk}/"
    assert "同意</button>" in text(other, "/staff/duty/") and "批准</button>" not in text(
        director, "/staff/duty/"
    )
    assert other.post(do, {"do": "agree"}).status_code == 302
    assert "批准</button>" in text(director, "/staff/duty/")
    assert (
        "请写明为什么不批准"
        in director.post(do, {"do": "refuse", "answer": ""}, follow=True).content.decode()
    )
    assert clerk.post(do, {"do": "approve"}).status_code == 403
    assert director.post(do, {"do": "approve"}).status_code == 302
    assert DutyShift.objects.get(pk=mine.pk).person == cast["clerk2"].user
    assert director.post(do, {"do": "dance"}).status_code == 404


def test_the_roster_and_the_record_leave_as_pdf_and_workbook(
    cast: Cast, enter: Enter, now: DutyShift
) -> None:
    Office.objects.update(duty_phone=PHONE)
    person, clerk = cast["clerk1"], enter("clerk1")
    calls.add_call(
        person.actor, person.grants, now.pk, "=路灯不亮", "已派人", at=max(now.starts_at, timezone.now())
    )
    calls.give(person.actor, person.grants, now.pk, "已修", "")
    for path in ("/staff/duty/roster.pdf", f"/staff/duty/shifts/{now.pk}/record.pdf"):
        answer = clerk.get(path)
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    cells = [
        str(cell.value or "")
        for path in (f"/staff/duty/roster.xlsx?m={now.day:%Y-%m}", f"/staff/duty/shifts/{now.pk}/record.xlsx")
        for row in openpyxl.load_workbook(io.BytesIO(clerk.get(path).content)).active.iter_rows()
        for cell in row
    ]
    assert "周敏" in cells and PHONE in cells and "=路灯不亮" in cells and "已修" in cells
    assert clerk.get("/staff/duty/roster.doc").status_code == 404


def test_the_roster_of_a_month_has_a_line_for_every_day(cast: Cast, enter: Enter, now: DutyShift) -> None:
    body = enter("clerk1").get("/staff/duty/roster.xlsx?m=2026-02").content
    rows = [row[0].value for row in openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(min_row=4)]
    assert rows == [str(date(2026, 2, 1) + timedelta(days=n)) for n in range(28)]
