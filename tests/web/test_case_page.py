"""One matter on its page: what happens next, what is shown, what is offered, and to whom."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.web.staff_ground import Enter

from cast import Cast, advance, said_in
from yimen.cases import queries
from yimen.cases.actions import desk, transition
from yimen.cases.models import Case, Contact
from yimen.cases.states import TRANSITIONS
from yimen.ledger.models import Entry

DO = re.compile(r"/do/([a-z_]+)/")
STATES = ("registered", "dispatched", "signed", "accepted", "in_hand", "reported", "verified", "told", "called_back",
          "rated", "closed", "archived")  # fmt: skip
READERS = ("clerk1", "clerk2", "director", "leader1", "handler.chengguan", "head.chengguan")


def _page(enter: Enter, sign_in: str, case: Case, query: str = "") -> str:
    answer = enter(sign_in).get(reverse("staff:case", args=[case.uuid]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("state", STATES)
def test_every_reader_is_offered_exactly_the_steps_they_may_take(
    cast: Cast, enter: Enter, state: str
) -> None:
    case = advance(cast, cast["clerk1"].opens(), state)
    case = Case.objects.select_related("lead_unit").get(pk=case.pk)
    for reader in READERS:
        grants = cast[reader].grants
        if not cast[reader].sees(case):
            assert enter(reader).get(reverse("staff:case", args=[case.uuid])).status_code == 404
            continue
        allowed = {move.verb for move in transition.open_moves(grants, case, cast[reader].user.pk)}
        offered = set(DO.findall(_page(enter, reader, case)))
        steps = {verb for (_flow, _state, verb) in TRANSITIONS}
        assert offered & steps == allowed, (state, reader)


def test_the_next_step_line_says_that_it_is_your_turn_until_when_and_why(cast: Cast, enter: Enter) -> None:
    page = _page(enter, "clerk1", cast["clerk1"].opens())
    line = page[page.index('class="sheet next"') :][:1200]
    assert "轮到您" in line
    assert re.search(r"最迟.+完成：1 工作日，本中心规定", line)
    assert "btn-primary" in line


def test_the_next_step_line_names_whose_turn_it_is_otherwise(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    page = _page(enter, "clerk1", case)
    assert "轮到 城市管理办 chengguan经办" in page
    assert "btn-primary" not in page[page.index("sheet next") :][:1200]


def test_a_closed_matter_says_when_and_asks_nothing(cast: Cast, enter: Enter) -> None:
    page = _page(enter, "leader1", advance(cast, cast["clerk1"].opens(), "closed"))
    assert "已完成" in page
    assert "办结。" in page


def test_every_clock_explains_itself(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    page = _page(enter, "clerk1", case)
    for clock in queries.clocks_of(case):
        assert clock.explain in page
    assert "《信访工作条例》第二十三条" in page


def test_people_are_masked_for_everybody(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(name="欧阳兰", phone="13800002071", address="永安小区 6-2-301")
    page = _page(enter, "clerk1", case)
    assert "欧**" in page
    assert "138****2071" in page
    assert "欧阳兰" not in page
    assert "13800002071" not in page
    assert "6-2-301" not in page


def test_a_leader_is_not_even_offered_the_contacts(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(name="欧阳兰", phone="13800002071")
    assert "查看联系方式" not in _page(enter, "leader1", case)
    answer = enter("leader1").post(reverse("staff:reveal", args=[case.uuid]), {"reason": "想看看"})
    assert answer.status_code == 403
    assert "13800002071" not in answer.content.decode()


def test_contacts_open_only_with_a_reason_and_the_reason_stays(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(name="欧阳兰", phone="13800002071")
    client, url = enter("clerk1"), reverse("staff:reveal", args=[case.uuid])
    assert "13800002071" not in client.get(url).content.decode()
    refused = client.post(url, {"reason": " "})
    assert refused.status_code == 400
    assert "13800002071" not in refused.content.decode()
    shown = client.post(url, {"reason": "告知办理结果"})
    assert "13800002071" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    entry = Entry.objects.get(kind="case.revealed", subject_id=case.pk)
    assert (entry.actor_id, said_in(entry)["reason"]) == (cast["clerk1"].user.pk, "告知办理结果")


@pytest.mark.parametrize("outcome", ["reached", "no_answer", "agreed"])
def test_contacting_the_resident_is_one_click_with_its_outcome(
    cast: Cast, enter: Enter, outcome: str
) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    url = reverse("staff:contact", args=[case.uuid])
    answer = enter("handler.chengguan").post(url, {"outcome": outcome, "way": "phone", "note": "说明天来"})
    assert answer.status_code == 302
    row = Contact.objects.get(case=case)
    assert (row.outcome, row.way, row.note) == (outcome, "phone", "说明天来")
    assert "联系居民" in _page(enter, "clerk1", case)


def test_the_story_tells_what_happened_but_not_who_looked(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(name="欧阳兰", phone="13800002071")
    cast["clerk1"].does(case, "dispatch", unit="chengguan", require="请今天到现场看看。")
    enter("clerk1").post(reverse("staff:reveal", args=[case.uuid]), {"reason": "核实情况"})
    page = _page(enter, "clerk1", case)
    story = page[page.index('class="tl"') :]
    assert "来访登记" in story
    assert "请今天到现场看看。" in story
    assert "城市管理办" in story
    assert "核实情况" not in story


def test_a_returning_visitor_gives_the_clerk_three_choices(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "closed")
    page = _page(enter, "clerk2", case, "?returning=1")
    band = page[page.index("来访人再次来了") :][:900]
    assert "记一次再次来访" in band
    assert "重新办理" in band
    assert f"/staff/register/?follow={case.uuid}" in band


def test_linked_matters_are_shown_only_to_those_who_may_see_them(cast: Cast, enter: Enter) -> None:
    one, other = cast["clerk1"].opens(), cast["clerk1"].opens("同一处又漏水了。")
    cast["clerk1"].does(one, "dispatch", unit="chengguan")
    desk.link(cast["clerk1"].actor, cast["clerk1"].grants, one.uuid, other.uuid)
    assert other.number in _page(enter, "clerk1", one)
    assert other.number not in _page(enter, "handler.chengguan", one)


def test_a_matter_opened_from_a_list_keeps_the_list_beside_it(cast: Cast, enter: Enter) -> None:
    case, other = cast["clerk1"].opens(), cast["clerk1"].opens("路灯不亮。", "appearance")
    page = _page(enter, "clerk1", case, "?in=mine")
    assert f"/staff/cases/{other.uuid}/?in=mine" in page
    assert 'aria-current="page"' in page[page.index("aside-list") :]
    assert "aside-list" not in _page(enter, "clerk1", case, "?in=nonsense")


def test_what_one_may_not_see_is_not_found(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    for name in ("case", "reveal", "v01", "registered"):
        answer = enter("handler.zhifa").get(reverse(f"staff:{name}", args=[case.uuid]))
        assert answer.status_code in (403, 404)
        assert case.title not in answer.content.decode()


def test_the_page_costs_no_more_with_a_long_story(
    cast: Cast, enter: Enter, django_assert_max_num_queries: object
) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told")
    client = enter("clerk1")
    url = reverse("staff:case", args=[case.uuid]) + "?in=mine"
    client.get(url)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(url)


def test_an_overdue_step_says_that_its_time_is_over(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(at=timezone.now() - timedelta(days=9))
    page = _page(enter, "clerk1", case)
    assert "已到期：1 工作日" in page
    assert "超期" in page


def test_the_story_says_in_words_what_was_corrected_and_who_was_phoned(cast: Cast, enter: Enter) -> None:
    clerk = cast["clerk1"]
    when = datetime.fromisoformat("2026-01-05T15:20+08:00")
    case = clerk.opens(party_size=23, reported_to="何书记（电话）", reported_at=when)
    desk.correct(
        clerk.actor, clerk.grants, case.uuid, {"category": "property", "urgency": "urgent"}, reason="听错了"
    )
    story = _page(enter, "clerk1", case)
    story = story[story.index('class="tl"') :]
    assert "邻里漏水与相邻关系 → 物业服务" in story
    assert "一般 → 紧急" in story
    assert "15:20" in story
    assert "reported_at" not in story
    assert "T07:20" not in story


def test_people_written_down_wrongly_are_put_right_for_a_reason(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(name="欧阳兰", phone="13800002071")
    client, url = enter("clerk1"), reverse("staff:correct-people", args=[case.uuid])
    rows = {"role": ["visitor", "representative"], "name": ["欧阳岚", ""], "phone": ["13800002072", ""],
            "address": ["", ""], "relation": ["", ""]}  # fmt: skip
    refused = client.post(url, rows)
    assert refused.status_code == 400
    assert 'value="欧阳岚"' in refused.content.decode()
    assert client.post(url, rows | {"reason": "听错了名字"}).status_code == 302
    page = _page(enter, "clerk1", case)
    assert "138****2072" in page
    assert "更正联系方式" in page
    assert "欧阳" not in page
    assert enter("handler.chengguan").post(url, rows | {"reason": "试试"}).status_code == 403


def test_a_contact_kept_confidential_stays_at_the_desk(cast: Cast, enter: Enter) -> None:
    case = advance(
        cast, cast["clerk1"].opens(name="欧阳兰", phone="13800002071", confidential=True), "dispatched"
    )
    assert "查看联系方式" in _page(enter, "clerk1", case)
    assert "查看联系方式" not in _page(enter, "handler.chengguan", case)


def test_whose_turn_it_is_always_has_a_button(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].does(cast["clerk1"].opens(), "answer", reply="已当场说明。")
    line = _page(enter, "clerk1", case)
    line = line[line.index("sheet next") :][:1200]
    assert "轮到您" in line
    assert "/do/close/" in line
