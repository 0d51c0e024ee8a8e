"""Holiday files: what is accepted, what is refused, and what the shipped ones say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yimen.calendars import tables
from yimen.cases.states import FLOWS, OPEN_STATES, TRANSITIONS


def test_the_shipped_table_has_both_published_years_with_their_notice() -> None:
    table = tables.shipped_days()
    assert table.published == {2025, 2026}
    assert (len(table.of(2025)), len(table.of(2026)), len(table.days)) == (33, 39, 72)
    assert all(address.startswith("https://www.gov.cn/") for address in table.notices.values())


def test_the_shipped_worked_weekends_of_2026_are_those_of_the_notice() -> None:
    worked = [f"{day.date:%m-%d}" for day in tables.shipped_days().of(2026) if day.kind == "work"]
    assert worked == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_every_shipped_row_carries_its_certainty() -> None:
    rows = tables.shipped("holidays_cn") + tables.shipped("business_hours") + tables.shipped("clock_rules")
    assert all(row["certainty"] in {"S", "X", "X2", "M", "D"} for row in rows)


def test_the_least_that_a_file_needs_is_date_and_kind_in_any_order() -> None:
    table = tables.parse("kind,remark,date\noff,x,2027-01-01\nwork,,2027-01-02\n")
    assert [(day.date, day.kind) for day in table.days] == [
        (date(2027, 1, 1), "off"),
        (date(2027, 1, 2), "work"),
    ]


def test_custom_hours_are_read_from_their_column() -> None:
    table = tables.parse("date,kind,hours,holiday_zh\n2027-02-05,hours,09:00-12:00;13:00-15:30,除夕\n")
    (day,) = table.days
    assert (day.kind, day.periods, day.name) == ("hours", ((540, 720), (780, 930)), "除夕")


def test_a_year_is_published_when_the_file_has_a_row_for_it() -> None:
    assert tables.parse("date,kind\n2027-01-01,off\n2029-01-01,off\n").published == {2027, 2029}


def test_a_remark_may_name_the_published_years_instead() -> None:
    table = tables.parse(
        "# published: 2025, 2026\n# office days\ndate,kind\n2026-01-01,off\n2027-01-04,work\n"
    )
    assert table.published == {2025, 2026}
    assert tables.work_calendar(table).published(2027) is False
    assert tables.work_calendar(table).row(date(2027, 1, 4)) is not None


def test_a_header_alone_publishes_nothing() -> None:
    assert tables.parse("date,kind\n").published == frozenset()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_and_a_byte_order_mark_do_not_matter(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(b"\xef\xbb\xbf" + ending.join(["date,kind", "", "2027-01-01,off", ",,", ""]).encode())
    assert tables.read(file).published == {2027}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "空的"),
        ("\n\n", "空的"),
        ("day,kind\n2027-01-01,off\n", "第 1 行"),
        ("date,kind\n2027-01-01,holiday\n", "第 2 行：kind"),
        ("date,kind\n2027-01-01\n", "第 2 行：kind"),
        ("date,kind\n1 January,off\n", "第 2 行：日期"),
        ("date,kind\n2027-02-29,off\n", "第 2 行：日期"),
        ("date,kind\n2027-01-01,off\n\n2027-01-01,work\n", "第 4 行：2027-01-01 已经有一行"),
        ("date,kind\n2027-01-01,hours\n", "第 2 行：没有写工作时间"),
        ("date,kind,hours\n2027-01-01,hours,9-12\n", "第 2 行：工作时间"),
        ("# published: next\ndate,kind\n2027-01-01,off\n", "published"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(tables.TableError, match=says):
        tables.parse(text)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gbk.csv"
    file.write_bytes("date,kind,holiday_zh\n2027-01-01,off,元旦\n".encode("gbk"))
    with pytest.raises(tables.TableError, match="UTF-8"):
        tables.read(file)


# Clock rules as they are shipped

RULES = tables.shipped("clock_rules")


_REACHED = {
    flow.value: ({"registered"} if flow != "grid" else set())
    | {row.target for row in TRANSITIONS.values() if row.flow == flow} & set(OPEN_STATES)
    for flow in FLOWS
}
# A petition that turned out a service matter while it was there (acceptance is a petition's own step).
_SPARE = {("service", "accepted"), ("service", "not_accepted")}


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize("flow", [flow.value for flow in FLOWS])
def test_every_open_state_of_every_flow_has_exactly_one_default_rule_for_any_day_since_2000(
    flow: str, state: str
) -> None:
    defaults = [
        r for r in RULES if (r["flow"], r["step"], r["category"], r["urgency"]) == (flow, state, "", "")
    ]
    if state not in _REACHED[flow]:
        assert not defaults or (flow, state) in _SPARE
        return
    for day in ("2000-01-01", "2005-04-30", "2005-05-01", "2022-04-30", "2022-05-01", "2099-01-01"):
        valid = [r["code"] for r in defaults if r["valid_from"] <= day <= (r["valid_to"] or "9999")]
        assert len(valid) == 1, (day, valid)


def test_the_law_is_marked_as_law_and_the_centres_own_rules_as_its_own() -> None:
    for rule in RULES:
        assert (rule["certainty"] == "S") == rule["article"].startswith("《信访工作条例》"), rule["code"]
        assert (rule["certainty"] == "D") == (rule["article"] == "本中心规定（可调整）"), rule["code"]
        assert rule["source"] and rule["what"] and rule["what_en"] and rule["article_en"]


@pytest.mark.parametrize(
    ("code", "amount", "unit", "day_zero", "extend"),
    [
        ("XF-15N", "15", "natural_day", "received", "0"),
        ("XF-60", "60", "natural_day", "accepted", "30"),
        ("XF-5WD", "5", "work_day", "dispatched", "0"),
        ("XF-RV30A", "30", "natural_day", "served", "0"),
        ("BJ-24H", "24", "clock_hour", "dispatched", "144"),
        ("BJ-2H", "2", "clock_hour", "dispatched", "22"),
        ("FW-7D", "7", "natural_day", "received", "8"),
    ],
)
def test_the_known_limits_are_shipped_as_the_domain_table_has_them(
    code: str, amount: str, unit: str, day_zero: str, extend: str
) -> None:
    (rule,) = (rule for rule in RULES if rule["code"] == code)
    assert (rule["amount"], rule["unit"], rule["day_zero"], rule["extend_max"]) == (
        amount,
        unit,
        day_zero,
        extend,
    )
