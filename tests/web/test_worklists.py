"""Worklists: sorted by the clock, filtered by the address, counted as they open."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.staff_ground import Enter

from cast import Cast, advance
from yimen.cases.models import Case
from yimen.web.staff.lists import WORKLISTS
from yimen.web.staff.rail import list_url

ROW = re.compile(r'<div class="name"><a href="/staff/cases/([0-9a-f-]{36})/')
READERS = (
    "clerk1",
    "clerk2",
    "director",
    "leader1",
    "handler.chengguan",
    "head.chengguan",
    "handler.zhifa",
    "auditor",
)


@pytest.fixture
def street(cast: Cast) -> Cast:
    """Matters in many states, some late, some due soon."""
    now = timezone.now()
    for days, state in ((9, "registered"), (6, "dispatched"), (3, "signed"), (1, "in_hand"), (0, "told")):
        at = now - timedelta(days=days)
        advance(
            cast,
            cast["clerk1"].opens(f"第{days}件：路灯不亮，晚上看不清路。", "appearance", at=at),
            state,
            at=at,
        )
    cast["clerk2"].opens("楼道堆了杂物，通不过轮椅。", "safety")
    return cast


def _rows(client: Client, url: str) -> list[str]:
    return ROW.findall(client.get(url).content.decode())


def _count(client: Client, name: str) -> int | None:
    page = client.get("/staff/").content.decode()
    found = re.search(rf'<a href="{list_url(name)}"[^>]*>[^<]*<b>(\d+)</b>', page)
    return int(found.group(1)) if found else None


@pytest.mark.parametrize("sign_in", READERS)
def test_each_count_in_the_rail_is_what_opening_the_list_shows(
    street: Cast, enter: Enter, sign_in: str, settings: object
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    client = enter(sign_in)
    for name in WORKLISTS:
        count = _count(client, name)
        if count is not None:
            assert count == len(_rows(client, list_url(name))), name


def test_the_most_urgent_stands_first(street: Cast, enter: Enter) -> None:
    shown = _rows(enter("clerk1"), "/staff/work/first-contact/")
    due = [Case.objects.get(uuid=ref).due_at for ref in shown]
    assert len(due) == 5
    assert due == sorted(due, key=lambda at: at or timezone.now())


def test_a_filter_in_the_address_narrows_the_list(street: Cast, enter: Enter) -> None:
    client = enter("director")
    everything = _rows(client, "/staff/work/all/")
    assert len(everything) == 6
    assert len(_rows(client, "/staff/work/all/?state=told")) == 1
    assert len(_rows(client, "/staff/work/all/?category=safety")) == 1
    assert len(_rows(client, "/staff/work/all/?unit=chengguan&state=signed")) == 1
    assert _rows(client, "/staff/work/all/?q=轮椅") == _rows(client, "/staff/work/all/?category=safety")
    assert _rows(client, "/staff/work/all/?q=没有这个词") == []


def test_an_empty_filtered_list_says_so_and_offers_to_clear(street: Cast, enter: Enter) -> None:
    page = enter("director").get("/staff/work/all/?q=没有这个词").content.decode()
    assert "没有符合筛选条件的事项" in page
    assert 'href="/staff/work/all/"' in page


def test_pages_follow_one_another_without_a_gap_or_a_repeat(cast: Cast, enter: Enter) -> None:
    for number in range(33):
        cast["clerk1"].opens(f"第{number}盏路灯不亮。", "appearance")
    client, url, seen = enter("clerk1"), "/staff/", []
    for _ in range(3):
        page = client.get(url).content.decode()
        seen += ROW.findall(page)
        following = re.search(r'<a class="btn" rel="next" href="([^"]+)"', page)
        if not following:
            break
        url = following.group(1).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 33


def test_a_broken_page_address_is_not_found(cast: Cast, enter: Enter) -> None:
    assert enter("clerk1").get("/staff/?after=rubbish").status_code == 404
    assert enter("clerk1").get("/staff/work/nobody/").status_code == 404


def test_a_row_says_whose_turn_it_is(street: Cast, enter: Enter) -> None:
    mine = enter("handler.chengguan").get("/staff/").content.decode()
    assert "轮到您：签收" in mine
    assert "chengguan经办：签收" in enter("director").get("/staff/work/all/").content.decode()


def test_lists_never_show_who_brought_a_matter(cast: Cast, enter: Enter) -> None:
    cast["clerk1"].opens(name="欧阳兰", phone="13800002071")
    for url in ("/staff/", "/staff/work/all/", "/staff/search/?q=漏水"):
        page = enter("clerk1").get(url).content.decode()
        assert "漏水" in page
        assert "欧阳" not in page
        assert "2071" not in page


@pytest.mark.parametrize("text", ["漏水", "永安小区", "城市管理办", "吊顶 物业"])
def test_search_finds_words_place_and_unit_inside_what_one_may_see(
    cast: Cast, enter: Enter, text: str
) -> None:
    case = cast["clerk1"].opens(place="永安小区 6 号楼")
    cast["clerk1"].does(case, "dispatch", unit="chengguan")
    assert _rows(enter("handler.chengguan"), f"/staff/search/?q={text}") == [str(case.uuid)]
    assert _rows(enter("handler.zhifa"), f"/staff/search/?q={text}") == []


def test_search_by_number_opens_with_or_without_brackets(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    year, serial = case.number[2:6], case.number[-5:]
    for text in (case.number, f"{year} {serial}", f"{year}-{int(serial)}"):
        assert _rows(enter("clerk1"), f"/staff/search/?q={text}") == [str(case.uuid)], text


@pytest.mark.parametrize("items", [1, 3])
def test_a_list_costs_the_same_few_questions_for_one_row_and_for_three(
    cast: Cast, enter: Enter, items: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(items):
        cast["clerk1"].opens()
    client = enter("clerk1")
    client.get("/staff/")
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        client.get("/staff/")
