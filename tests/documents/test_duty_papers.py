"""W03 on paper: every printed field stands there, long records flow on, typed words are never markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from paper_samples import ink, pages, picture, size, squeeze, words

from yimen.documents import duty, fields

AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TURN = duty.Turn(
    date=date(2026, 11, 23), weekday="星期一", mark="休 元旦", slot="08:00–次日 08:00", leader="刘承志",
    staff="周敏、郑立新", phone="0931-000 0110",
)  # fmt: skip
CALL = duty.Call(
    at=AT, about="路灯不亮 *请* #修", handling="已派人", reported_to="城市管理办", number="永〔2026〕00012"
)
RECORD = duty.DutyRecord(
    office="永安路街道综治中心", turn=TURN, calls=[CALL], done="路灯已修", undone="催供热", given_by="周敏", given_at=AT,
    taken_by="何晓棠", taken_at=AT, printed_at=AT, printed_by="周敏",
)  # fmt: skip
ROSTER = duty.Roster(
    office="永安路街道综治中心", period="2026-11-01 至 2026-11-30", printed_at=AT, printed_by="沈怀远",
    turns=[replace(TURN, date=date(2026, 11, 1) + timedelta(days=n)) for n in range(30)],
)  # fmt: skip


def test_the_record_has_every_field_of_the_list_and_every_word() -> None:
    said = words(duty.record(RECORD))
    for field in fields.printed("W03"):
        if field.key != "signs":
            assert squeeze(field.label) in said, field.key
    for word in (
        "交班人签名",
        "接班人签名",
        "*请*#修",
        "报告：城市管理办",
        "登记为事项永〔2026〕00012",
        "催供热",
        "何晓棠",
    ):
        assert squeeze(word) in said, word


def test_who_called_is_no_field_of_the_paper() -> None:
    assert "caller" not in {field.key for field in fields.printed("W03")}
    assert "来电人" not in words(duty.record(RECORD)) + words(duty.roster(ROSTER))


def test_a_month_is_one_sheet_with_a_line_for_each_day() -> None:
    pdf = duty.roster(ROSTER)
    assert len(pages(pdf)) == 1 and size(pdf) == pytest.approx((210, 297), abs=0.2)
    said = words(pdf)
    assert all(f"11-{day:02d}" in said for day in range(1, 31))
    left, _top, right, bottom = ink(picture(pdf))
    assert left > 11 and right < 199 and bottom < 291


def test_an_empty_record_is_for_the_pen_and_a_long_one_flows_on() -> None:
    blank = replace(
        RECORD, calls=[], done="", undone="", given_by="", given_at=None, taken_by="", taken_at=None
    )
    assert len(pages(duty.record(blank))) == 1
    long = replace(RECORD, calls=[replace(CALL, about="很长的事。" * 90) for _n in range(12)])
    assert len(pages(duty.record(long))) > 1
