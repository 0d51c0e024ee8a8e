"""A file's label and words find the office's category, or 其他."""

from __future__ import annotations

import pytest

from yimen.cases.actions.categories import SHIPPED
from yimen.intake.importer.categories import Chooser, Known


@pytest.fixture(scope="module")
def chooser() -> Chooser:
    import csv

    with SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Chooser(
        Known(row["key"], (row["name"], row["short"]), tuple(row["words"].split("|"))) for row in rows
    )


@pytest.mark.parametrize(
    ("label", "title", "text", "key"),
    [
        ("噪音油烟", "", "", "noise"),
        ("noise", "", "", "noise"),
        ("物业服务", "楼上漏水", "楼上漏水", "property"),
        ("劳动和社会保障", "工资拖欠", "", "wages"),
        ("劳动和社会保障", "养老金怎么算", "养老金", "relief"),
        ("劳动和社会保障", "", "请问", "wages"),
        ("教育文体", "操场太小", "", "education-health"),
        ("卫生计生", "", "", "education-health"),
        ("商贸旅游", "景区门票", "", "market"),
        ("交通运输", "出租车拒载", "", "parking"),
        ("环境保护", "夜里施工太吵", "", "noise"),
        ("城乡建设", "电梯老坏", "", "housing"),
        ("城乡建设", "别的", "没有提到什么", "other"),
        ("没见过的", "烧烤油烟熏人", "", "noise"),
        ("", "路灯坏了", "井盖也松了", "appearance"),
        ("", "你好", "在吗", "other"),
        ("", "", "", "other"),
    ],
)
def test_a_row_finds_its_category(chooser: Chooser, label: str, title: str, text: str, key: str) -> None:
    assert chooser.choose(label, title, text) == key


def test_an_office_with_other_categories_is_never_given_one_it_lacks() -> None:
    small = Chooser([Known("other", ("其他",), ()), Known("roads", ("道路",), ("坑",))])
    assert small.choose("劳动和社会保障", "工资", "") == "other"
    assert small.choose("", "路上有坑", "") == "roads"
