"""Registers and figures on the screen: exactly the filter shown, every number an address, nobody past the door."""

from __future__ import annotations

import io

from django.urls import reverse
from openpyxl import load_workbook
from tests.web.staff_ground import Enter

from cast import Cast, advance


def test_the_workbook_holds_exactly_the_list_with_its_filter(cast: Cast, enter: Enter) -> None:
    cast["clerk1"].opens()
    other = cast["clerk1"].opens("路灯不亮。", "appearance")
    url = reverse("staff:register-xlsx", args=["all"]) + "?category=appearance"
    answer = enter("clerk1").get(url)
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=3, values_only=True))
    assert [row[0] for row in rows] == [other.number]
    assert "attachment" in answer["Content-Disposition"]


def test_the_list_page_offers_the_workbook_with_its_filter(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get(reverse("staff:work", args=["all"]) + "?state=signed").content.decode()
    assert reverse("staff:register-xlsx", args=["all"]) + "?state=signed" in page
    assert "register.xlsx" not in enter("handler.chengguan").get(reverse("staff:home")).content.decode()


def test_a_number_opens_the_list_behind_it(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    client = enter("director")
    page = client.get(reverse("staff:figures")).content.decode()
    address = page[page.index("/staff/figures/received/") :].split('"')[0].replace("&amp;", "&")
    behind = client.get(address)
    assert behind.status_code == 200 and case.title in behind.content.decode()
    assert client.get(address + "&as=xlsx")["Content-Type"].endswith("sheet")


def test_figures_are_for_the_centre_and_heads(cast: Cast, enter: Enter) -> None:
    for who, status in (
        ("clerk1", 200),
        ("head.chengguan", 200),
        ("handler.chengguan", 403),
        ("leader1", 200),
    ):
        assert enter(who).get(reverse("staff:figures")).status_code == status


def test_a_bad_period_is_not_a_crash(cast: Cast, enter: Enter) -> None:
    client = enter("director")
    for query in (
        "?from=2026-13-45",
        "?from=x",
        "?at=x",
        "?by=person",
        "?from=1900-01-01",
        "?at=2026-99-99T00:00",
    ):
        assert client.get(reverse("staff:figures") + query).status_code in (200, 404), query
