"""The shipped tables of the desk: categories, phones, answers, bodies; and the rows taken from the domain tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import yimen
from yimen.cases.models.case import URGENCIES

SRC = Path(yimen.__file__).parent
CASES = SRC / "cases" / "data"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert all(None not in row and None not in row.values() for row in found), f"{path.name} has a ragged row"
    return found


def test_the_seventeen_categories_are_those_of_the_trade_in_order() -> None:
    names = [row["name"] for row in rows(CASES / "categories.csv")]
    assert names == [
        "邻里漏水与相邻关系",
        "物业服务",
        "噪音油烟",
        "市容环境",
        "违法建设",
        "水电气热",
        "房屋与电梯",
        "停车与道路",
        "消防与安全隐患",
        "劳动报酬",
        "消费与市场经营",
        "婚姻家庭",
        "社会救助咨询",
        "征收拆迁",
        "教育医疗",
        "意见建议",
        "其他",
    ]


def test_each_category_names_a_unit_a_way_and_an_urgency_that_exist() -> None:
    units = {row["key"] for row in rows(SRC / "cli" / "demo" / "data" / "units.csv")}
    for row in rows(CASES / "categories.csv"):
        assert row["default_unit"] in units
        assert row["dispatch_mode"] in {"direct", "approve", "urgent"}
        assert row["urgency"] in dict(URGENCIES)
        assert row["name_en"] and 1 <= len(row["short"]) <= 6


def test_suggesting_words_are_many_and_not_repeated_inside_a_category() -> None:
    for row in rows(CASES / "categories.csv"):
        words = row["words"].split("|")
        assert len(words) == len(set(words)) >= 25, row["key"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("楼上卫生间漏水，把我家客厅吊顶泡塌了一块，找了三次物业没结果", "neighbour"),
        ("整栋楼暖气不热，室温 14 ℃左右，要求恢复供热", "utilities"),
        ("夜间烧烤油烟、吵闹，睡不着", "noise"),
        ("老板拖欠我们三个月工资", "wages"),
        ("楼道里飞线充电，怕着火", "safety"),
        ("电梯三天两头停运，把人关在里面", "housing"),
        ("健身房办的卡，店关门了不退款", "market"),
        ("想问低保怎么申请，要什么材料", "relief"),
        ("顶楼搭了彩钢房，是违建", "illegal-building"),
        ("建议在公园里增设几把长椅", "suggestion"),
    ],
)
def test_the_words_point_to_the_right_category(text: str, expected: str) -> None:
    hits = {
        row["key"]: sum(len(word) for word in row["words"].split("|") if word in text)
        for row in rows(CASES / "categories.csv")
    }
    assert max(hits, key=lambda key: hits[key]) == expected, hits


def test_every_template_is_best_suggested_or_close_to_its_own_category() -> None:
    """Suggestion offers a handful: its own category must be among the first four for nearly every text."""
    from yimen.cli.demo.matters import templates

    words = {row["key"]: row["words"].split("|") for row in rows(CASES / "categories.csv")}
    found = 0
    for template in templates():
        hits = {key: sum(len(w) for w in mine if w in template.text) for key, mine in words.items()}
        first = sorted(hits, key=lambda key: -hits[key])[:4]
        found += template.category in first and hits[template.category] > 0
    assert found / len(templates()) > 0.85, found


def test_the_nine_phones_are_shown_with_when_to_call_in_both_languages() -> None:
    found = rows(CASES / "phones.csv")
    assert [row["number"] for row in found] == [
        "110",
        "119",
        "120",
        "12345",
        "12348",
        "12356",
        "12333",
        "12315",
        "12388",
    ]
    assert all(row["name"] and row["name_en"] and row["when"] and row["when_en"] for row in found)
    assert {row["number"] for row in found if row["emergency"] == "1"} == {"110", "119", "120"}


def test_common_answers_belong_to_a_category_and_answer() -> None:
    keys = {row["key"] for row in rows(CASES / "categories.csv")}
    found = rows(CASES / "common_answers.csv")
    assert len(found) >= 12 and len({row["key"] for row in found}) == len(found)
    assert all(row["category"] in keys and len(row["answer"]) > 20 for row in found)


def test_referral_bodies_have_address_phone_and_hours_for_the_slip() -> None:
    found = rows(CASES / "referral_bodies.csv")
    assert {"court", "legal-aid", "labour-arbitration", "market-hotline", "neighbour-district"} <= {
        r["key"] for r in found
    }
    assert all(
        row["name"] and row["matters"] and row["address"] and row["phone"] and row["hours"] for row in found
    )


@pytest.mark.parametrize(
    "path",
    ["cases/data/enums.csv", "cases/data/state_machines.csv", "calendars/data/deadlines.csv"],
)
def test_rows_of_the_domain_tables_keep_their_certainty_marks(path: str) -> None:
    found = rows(SRC / path)
    assert found and all(row["status"].strip() for row in found)


def test_denied_fields_are_shipped_whole() -> None:
    keys = {row["key"] for row in rows(SRC / "foundation" / "data" / "deny_fields.csv")}
    assert {
        "id_no",
        "face",
        "track",
        "person_class",
        "ethnic",
        "household_register",
        "repeat_profile",
    } <= keys
    assert len(keys) == 18


def test_no_denied_name_is_a_column_of_the_demo_or_of_the_desk_tables() -> None:
    denied = {row["key"] for row in rows(SRC / "foundation" / "data" / "deny_fields.csv")}
    tables = [*CASES.glob("*.csv"), *(SRC / "cli" / "demo" / "data").glob("*.csv")]
    for path in tables:
        assert not denied & set(rows(path)[0]), path.name
