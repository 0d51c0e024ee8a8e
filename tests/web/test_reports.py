"""Registers, figures and sheets on the screen: exactly the filter shown, every number an address, nobody past the door."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from tests.web.staff_ground import Enter

from cast import Cast, advance
from yimen.access.registry import can
from yimen.cases.actions import desk
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.foundation.errors import Refused
from yimen.ledger.models import Entry
from yimen.reports import exporting
from yimen.web.staff.views.admin import wording

PAGES = (
    reverse("staff:figures"), reverse("staff:exceptions"), reverse("staff:registers"),
    reverse("staff:sheet", args=["day"]), reverse("staff:sheet", args=["week"]),
    reverse("staff:figure", args=["received"]),
)  # fmt: skip
FILES = (
    reverse("staff:register-file", args=["visits"]), reverse("staff:sheet-file", args=["day", "pdf"]),
    reverse("staff:sheet-file", args=["week", "xlsx"]), reverse("staff:register-xlsx", args=["all"]),
    reverse("staff:figure", args=["received"]) + "?as=xlsx",
)  # fmt: skip


def numbers_in(body: bytes) -> list[Any]:
    return [row[0] for row in load_workbook(io.BytesIO(body)).active.iter_rows(min_row=4, values_only=True)]


def exports() -> list[dict[str, Any]]:
    return [
        entry.payload
        for entry in Entry.objects.filter(kind="reports.exported", subject="export").order_by("id")
    ]


def links(page: str) -> list[tuple[str, int]]:
    """Every number with the address behind it."""
    found = re.findall(r'href="(/staff/figures/[a-z-]+/\?[^"]+)"[^>]*>(\d+)</a>', page)
    return [(html.unescape(url), int(count)) for url, count in found]


def test_the_workbook_holds_exactly_the_list_with_its_filter(cast: Cast, enter: Enter) -> None:
    cast["clerk1"].opens()
    other = cast["clerk1"].opens("路灯不亮。", "appearance")
    answer = enter("clerk1").get(reverse("staff:register-xlsx", args=["all"]) + "?category=appearance")
    assert numbers_in(answer.content) == [other.number]
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    (said,) = exports()
    assert said == {"list": "work/all", "rows": 1, "filter": ["category=appearance"], "form": "xlsx"}
    assert Entry.objects.get(kind="reports.exported").subject_id == cast["clerk1"].user.pk


def test_the_list_page_offers_the_workbook_with_its_filter(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get(reverse("staff:work", args=["all"]) + "?state=signed").content.decode()
    assert reverse("staff:register-xlsx", args=["all"]) + "?state=signed" in page
    assert "register.xlsx" not in enter("handler.chengguan").get(reverse("staff:home")).content.decode()


def test_the_workbook_of_a_search_is_kept_too(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens("路灯不亮。", "appearance")
    answer = enter("clerk1").get(reverse("staff:search-xlsx") + "?q=路灯")
    assert numbers_in(answer.content) == [case.number]
    assert exports()[-1]["list"] == "search" and exports()[-1]["filter"] == ["q（2 字）"]
    enter("clerk1").get(reverse("staff:search-xlsx") + "?q=13800002071")
    assert exports()[-1]["filter"] == ["q（11 字）"]


@pytest.mark.parametrize("page", [reverse("staff:figures"), reverse("staff:figures") + "?by=unit",
                                  reverse("staff:figures") + "?by=category", reverse("staff:sheet", args=["week"]),
                                  reverse("staff:exceptions")])  # fmt: skip
def test_every_number_opens_the_list_it_counts(cast: Cast, enter: Enter, page: str) -> None:
    case = advance(cast, cast["clerk1"].opens(), "called_back")
    again = cast["clerk1"].opens("路灯不亮。", "appearance")
    desk.link(cast["clerk1"].actor, cast["clerk1"].grants, case.uuid, again.uuid)
    client = enter("director")
    found = links(client.get(page).content.decode())
    assert found
    cast["clerk1"].opens("后来的一件。")
    for url, count in dict(found).items():
        body = client.get(url).content.decode()
        assert body.count('<div class="name">') == count, url
        assert "后来的一件" not in body


def test_a_list_behind_a_number_goes_out_as_a_workbook(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    client = enter("director")
    url, _count = links(client.get(reverse("staff:figures")).content.decode())[0]
    assert numbers_in(client.get(url + "&as=xlsx").content) == [case.number]
    assert exports()[-1]["list"].startswith("figures/") and "known=" in str(exports()[-1]["filter"])


def test_a_register_goes_out_with_its_period_and_filter(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "signed")
    cast["clerk1"].opens("路灯不亮。", "appearance")
    client, today = enter("clerk1"), timezone.localdate().isoformat()
    page = client.get(
        reverse("staff:registers") + f"?register=dispatches&unit=chengguan&from={today}&to={today}"
    )
    body = page.content.decode()
    assert "共 1 行" in body and case.number in body and "转办台账" in body
    url = html.unescape(re.search(r'href="(/staff/registers/dispatches.xlsx\?[^"]+)"', body)[1])  # type: ignore[index]
    assert numbers_in(client.get(url).content) == [case.number]
    assert exports()[-1]["list"] == "registers/dispatches" and "unit=chengguan" in exports()[-1]["filter"]


def test_a_sheet_prints_the_numbers_of_its_page(cast: Cast, enter: Enter) -> None:
    advance(cast, cast["clerk1"].opens(), "signed")
    client = enter("director")
    body = client.get(reverse("staff:sheet", args=["day"])).content.decode()
    for form, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        url = re.search(rf'href="(/staff/sheets/day/sheet.{form}\?[^"]+)"', body)[1]  # type: ignore[index]
        answer = client.get(html.unescape(url))
        assert answer.status_code == 200 and answer.content.startswith(start)
    assert [said["form"] for said in exports()] == ["pdf", "xlsx"]
    assert client.get("/staff/sheets/day/sheet.docx").status_code == 404
    assert client.get("/staff/sheets/month/").status_code == 404


@pytest.mark.parametrize("url", [*PAGES, *FILES])
def test_these_pages_are_for_the_centre_and_heads(cast: Cast, enter: Enter, url: str) -> None:
    for who, status in (
        ("clerk1", 200),
        ("head.chengguan", 200),
        ("handler.chengguan", 403),
        ("leader1", 200),
    ):
        assert enter(who).get(url).status_code == status, who
    for who in ("auditor", "admin"):  # led to their second factor first
        assert enter(who).get(url).status_code in (302, 403) and not can(cast[who].grants, "reports.read")
    assert all(said["rows"] >= 0 for said in exports())


def test_a_refused_export_leaves_no_entry_and_looking_leaves_none(cast: Cast, enter: Enter) -> None:
    for url in FILES:
        enter("handler.chengguan").get(url)
    for url in PAGES:
        enter("clerk1").get(url)
    assert exports() == []


@pytest.mark.parametrize("url", [*PAGES, *FILES])
def test_no_page_and_no_file_tells_of_a_sealed_matter(cast: Cast, enter: Enter, url: str) -> None:
    clerk = cast["clerk1"]
    case = hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"])
    for who in ("clerk1", "clerk2", "director", "head.jiwei"):
        answer = enter(who).get(url)
        told = answer.content
        if url in FILES and told.startswith(b"PK"):
            told = str(list(load_workbook(io.BytesIO(told)).active.values)).encode()
        assert answer.status_code == 200
        assert case.number.encode() not in told and "密件".encode() not in told, who


def test_a_wrong_date_is_said_beside_its_field_and_stays_there(cast: Cast, enter: Enter) -> None:
    body = enter("director").get(reverse("staff:figures") + "?from=2026-13-45&to=2026-03-01").content.decode()
    assert "日期不对" in body and 'value="2026-13-45"' in body and 'id="from-wrong"' in body


@pytest.mark.parametrize("page", PAGES)
def test_absurd_addresses_are_no_crash(cast: Cast, enter: Enter, page: str) -> None:
    client = enter("director")
    for query in ("from=x", "at=x", "by=person", "from=1900-01-01", "at=2026-99-99T00:00", "known=0001-01-01T00:00",
                  "from=9999-12-31", "key=x&by=unit", "register=people", "page=99999999999", "at=9999-12-31T23:59",
                  "from=2026-03-01&to=2020-01-01", "unit=%00"):  # fmt: skip
        assert client.get(f"{page}?{query}").status_code in (200, 400, 404), query


def test_the_rail_leads_to_sheets_registers_and_figures(cast: Cast, enter: Enter) -> None:
    body = enter("clerk1").get(reverse("staff:home")).content.decode()
    for url in (reverse("staff:sheet", args=["day"]), reverse("staff:registers"), reverse("staff:figures")):
        assert f'href="{url}"' in body


def test_the_auditor_reads_who_took_which_list(cast: Cast) -> None:
    exporting.exported(
        cast["clerk1"].actor, cast["clerk1"].grants, "registers/visits", 12, {"unit": "zhifa"}, "xlsx"
    )
    assert set(exporting.KINDS) <= set(wording.KINDS) and exporting.SUBJECT in wording.SUBJECTS
    with pytest.raises(Refused):
        handler = cast["handler.zhifa"]
        exporting.exported(handler.actor, handler.grants, "registers/visits", 12, {}, "xlsx")
    assert exports() == [{"list": "registers/visits", "rows": 12, "filter": ["unit=zhifa"], "form": "xlsx"}]
