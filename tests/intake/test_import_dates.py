"""Times as offices write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from yimen.intake.importer.dates import OFFICE, Unreadable, read_time


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=OFFICE)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019/4/25 9:32:09", at(2019, 4, 25, 9, 32, 9)),
        ("2018-12-04 00:00:00", at(2018, 12, 4)),
        ("2018-12-04", at(2018, 12, 4)),
        ("2019年4月25日", at(2019, 4, 25)),
        ("2019年4月25号 9点", at(2019, 4, 25, 9)),
        ("2019年04月25日 9时32分", at(2019, 4, 25, 9, 32)),
        ("2019年04月25日9时32分08秒", at(2019, 4, 25, 9, 32, 8)),
        ("2019.4.25 09:32", at(2019, 4, 25, 9, 32)),
        ("2019/4/25 下午 3:20", at(2019, 4, 25, 15, 20)),
        ("2019/4/25 下午3:20:05", at(2019, 4, 25, 15, 20, 5)),
        ("2019/4/25 上午 12:05", at(2019, 4, 25, 0, 5)),
        ("2019-4-25 3:20 PM", at(2019, 4, 25, 15, 20)),
        ("2019-4-25 12:20 pm", at(2019, 4, 25, 12, 20)),
        ("2019年4月25日 星期四 15:20", at(2019, 4, 25, 15, 20)),
        ("2019-04-25 24:00", at(2019, 4, 26)),
        ("  2019-04-25   09:32  ", at(2019, 4, 25, 9, 32)),
        ("20190425", at(2019, 4, 25)),
        ("20190425093209", at(2019, 4, 25, 9, 32, 9)),
        ("20190425 0932", at(2019, 4, 25, 9, 32)),
        ("2019-04-25T09:32:09", at(2019, 4, 25, 9, 32, 9)),
        ("2019-04-25T09:32:09.123456", at(2019, 4, 25, 9, 32, 9)),
        ("2019-04-25T01:32:09Z", at(2019, 4, 25, 9, 32, 9)),
        ("2019-04-25T09:32:09+08:00", at(2019, 4, 25, 9, 32, 9)),
        ("2019-04-25 01:32:09 +0000", at(2019, 4, 25, 9, 32, 9)),
        ("43580", at(2019, 4, 25)),
        ("43580.5", at(2019, 4, 25, 12)),
        (43580, at(2019, 4, 25)),
        (43580.397326, at(2019, 4, 25, 9, 32, 9)),
        (1556155929, at(2019, 4, 25, 9, 32, 9)),
        (1556155929000, at(2019, 4, 25, 9, 32, 9)),
        ("1556155929000", at(2019, 4, 25, 9, 32, 9)),
        (datetime(2019, 4, 25, 9, 32, 9), at(2019, 4, 25, 9, 32, 9)),
        (datetime(2019, 4, 25, 1, 32, 9, tzinfo=UTC), at(2019, 4, 25, 9, 32, 9)),
        (date(2019, 4, 25), at(2019, 4, 25)),
    ],
)
def test_a_time_is_read_as_it_was_meant(written: object, meant: datetime) -> None:
    assert read_time(written) == meant


@pytest.mark.parametrize("empty", ["", "   ", None])
def test_an_empty_cell_is_no_time(empty: object) -> None:
    assert read_time(empty) is None


@pytest.mark.parametrize(
    "written",
    ["昨天", "2019-13-01", "2019-02-30", "25/04/2019", "4/25/2019", "19-4-25", "2019-4", "2019-04-25 25:00",
     "2019-04-25 24:30", "2019-04-25 9:61", "1850-01-01", "9999-01-01", "12", 12, 0.5, True, "nan", "inf", "1e400", "２０１九",
     "2019-04-25 9:32 2019-04-26", "(无)", "2019-04-25; DROP TABLE"],
)  # fmt: skip
def test_what_two_people_would_read_differently_is_not_guessed(written: object) -> None:
    with pytest.raises(Unreadable):
        read_time(written)
