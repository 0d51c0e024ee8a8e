"""One page for every step: its form comes from the engine's table, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from tests.web.staff_ground import Enter

from cast import Cast, Person, advance
from yimen.cases.actions import limits
from yimen.cases.actions.foreseeing import foresee_kind
from yimen.cases.fields import FIELDS
from yimen.cases.models import Assignment, Callback, Case, Clock, Link, Visit
from yimen.cases.states import HIDDEN_VERBS, TRANSITIONS
from yimen.ledger.models import Entry
from yimen.web.staff.show.acts import ABOUT, ACTS, ICONS

WORDS = "这段话写了很久，不能丢：已经联系物业三次，对方答应周五前修好。"


def _url(case: Case, verb: str) -> str:
    return reverse("staff:do", args=[case.uuid, verb])


def _post(enter: Enter, who: str, case: Case, verb: str, **data: Any) -> HttpResponse:
    return enter(who).post(_url(case, verb), data)


def _fresh(case: Case) -> Case:
    return Case.objects.select_related("lead_unit").get(pk=case.pk)


def test_every_verb_that_is_pressed_has_an_icon() -> None:
    pressed = {verb for (_flow, _state, verb) in TRANSITIONS} - HIDDEN_VERBS
    assert pressed == set(ICONS)
    assert set(ABOUT) <= pressed
    assert all(act.icon for act in ACTS.values())


@pytest.mark.parametrize(
    ("state", "who", "verb"),
    [
        ("registered", "clerk1", "answer"),
        ("registered", "clerk1", "guide"),
        ("registered", "clerk1", "dispatch"),
        ("registered", "director", "designate"),
        ("registered", "clerk1", "withdraw"),
        ("dispatched", "handler.chengguan", "sign"),
        ("dispatched", "handler.chengguan", "request_return"),
        ("signed", "handler.chengguan", "accept"),
        ("signed", "handler.chengguan", "not_accept"),
        ("accepted", "handler.chengguan", "start"),
        ("in_hand", "handler.chengguan", "report"),
        ("in_hand", "handler.chengguan", "assign"),
        ("reported", "head.chengguan", "verify"),
        ("reported", "head.chengguan", "send_back"),
        ("verified", "handler.chengguan", "tell"),
        ("told", "clerk2", "call_back"),
        ("called_back", "clerk2", "rate"),
        ("rated", "clerk1", "close"),
        ("closed", "clerk1", "archive"),
        ("archived", "clerk1", "reopen"),
    ],
)
def test_a_step_asks_for_exactly_the_fields_of_its_row(
    cast: Cast, enter: Enter, state: str, who: str, verb: str
) -> None:
    """Nobody assists here and one person came: what is only asked then is not asked."""
    case = advance(cast, cast["clerk1"].opens(), state)
    page = enter(who).get(_url(case, verb)).content.decode()
    row = TRANSITIONS[(case.flow, state, verb)]
    form = page[page.index("data-main") :]
    asked = {*row.needs, *row.may} - {"without", "persons"}
    for name in asked:
        assert f'name="{name}"' in form, name
        assert str(FIELDS[name].zh) in form
    others = set(FIELDS) - asked
    assert not [name for name in others if re.search(rf'name="{name}"', form)]


def test_dispatch_offers_the_usual_unit_and_hands_the_matter_on(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens("草坪没人修剪。", "property")
    assert (
        '<option value="chengguan" selected>' in enter("clerk1").get(_url(case, "dispatch")).content.decode()
    )
    answer = _post(
        enter, "clerk1", case, "dispatch", unit="chengguan", assisting=["gongre"], require="请到现场。"
    )
    assert answer["Location"] == reverse("staff:case", args=[case.uuid])
    assert _fresh(case).state == "dispatched"
    parts = Assignment.objects.filter(case=case).values_list("unit__key", "role")
    assert set(parts) == {("chengguan", "lead"), ("gongre", "assist")}


def test_what_is_missing_is_said_beside_its_field_and_on_top_and_the_rest_stays(
    cast: Cast, enter: Enter
) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    answer = _post(enter, "handler.chengguan", case, "report", basis=WORDS)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'href="#id_result">办理结果：请填写办理结果' in page
    assert 'aria-describedby="id_result_hint id_result_error"' in page
    assert 'id="id_result_error"' in page
    assert WORDS in page
    assert _fresh(case).state == "in_hand"


def test_somebody_was_first_the_page_says_so_and_gives_the_text_back(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    before = case.version
    limits.screen(cast["director"].actor, cast["director"].grants, case.uuid, flow="petition")
    answer = _post(
        enter, "handler.chengguan", case, "report", result=WORDS, decision="support", version=str(before)
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert WORDS in page
    assert "别人刚刚办过这件事" in page
    assert _fresh(case).state == "in_hand"


def test_a_step_that_is_gone_meanwhile_is_refused_with_the_text(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    cast["clerk2"].does(case, "dispatch", unit="chengguan")
    answer = _post(enter, "clerk1", case, "answer", reply=WORDS)
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "verb", "status"),
    [
        ("handler.zhifa", "sign", 404),
        ("leader1", "sign", 403),
        ("clerk1", "verify", 409),
        ("clerk1", "sign", 403),
    ],
)
def test_steps_of_others_cannot_be_opened_by_address(
    cast: Cast, enter: Enter, who: str, verb: str, status: int
) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    assert enter(who).get(_url(case, verb)).status_code == status
    assert enter(who).post(_url(case, verb), {}).status_code == status
    assert _fresh(case).state == "dispatched"


def test_a_guard_speaks_on_the_page(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told")
    answer = _post(enter, "clerk2", case, "call_back", outcome="reached")
    assert answer.status_code == 400
    assert "请问明是否解决" in answer.content.decode() or "请选择" in answer.content.decode()


def test_a_call_that_nobody_took_is_only_a_try(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told")
    assert _post(enter, "clerk2", case, "call_back", outcome="no_answer", way="phone").status_code == 302
    assert _fresh(case).state == "told"
    assert Callback.objects.get(case=case).outcome == "no_answer"


def test_unsolved_at_call_back_goes_back_by_itself_once(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told")
    _post(enter, "clerk2", case, "call_back", outcome="reached", solved="no", rating="2", comment="还在漏。")
    assert (_fresh(case).state, _fresh(case).redos) == ("in_hand", 1)


def test_written_service_takes_the_date_on_which_the_person_got_it(cast: Cast, enter: Enter) -> None:
    begun = timezone.now() - timedelta(days=5)
    case = advance(cast, cast["clerk1"].opens(at=begun), "verified", at=begun)
    got = timezone.localtime(begun + timedelta(days=2)).replace(second=0, microsecond=0)
    served_on = got.strftime("%Y-%m-%dT%H:%M")
    _post(enter, "handler.chengguan", case, "tell", way="post", said="挂号信", served_on=served_on)
    assert _fresh(case).served_at == got


# --- acts that add a fact --------------------------------------------------------------------------------------


@pytest.fixture
def in_hand(cast: Cast) -> Case:
    return advance(cast, cast["clerk1"].opens(), "in_hand")


def _does(enter: Enter, person: Person | str, case: Case, verb: str, **data: Any) -> int:
    who = person if isinstance(person, str) else person.user.sign_in
    return _post(enter, who, case, verb, **data).status_code


def test_the_director_screens(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    assert _does(enter, "clerk1", case, "screen", flow="service") == 403
    assert _does(enter, "director", case, "screen", flow="service") == 302
    assert (_fresh(case).flow, _fresh(case).screened) == ("service", True)


def test_being_told_stops_the_fifteen_days(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    assert _does(enter, "clerk1", case, "inform", way="letter", said="由城市管理办办理") == 302
    assert not Clock.objects.filter(case=case, kind="inform", running=True).exists()
    assert _does(enter, "clerk1", case, "inform", way="letter") == 403


def test_the_clock_is_suspended_and_resumed(cast: Cast, enter: Enter, in_hand: Case) -> None:
    assert _does(enter, "director", in_hand, "resume") == 403
    assert _does(enter, "director", in_hand, "suspend", ground="appraisal", note="等司法鉴定") == 302
    assert "中止计时" in enter("clerk1").get(reverse("staff:case", args=[in_hand.uuid])).content.decode()
    assert _does(enter, "director", in_hand, "resume") == 302
    assert not _fresh(in_hand).suspended


def test_a_wrong_registration_is_corrected_with_a_trace(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(place="永安小区")
    page = enter("clerk1").get(_url(case, "correct")).content.decode()
    assert 'value="永安小区"' in page
    given = {"title": case.title, "text": case.text, "wish": "", "place": "和平里", "category": case.category.key,
             "urgency": case.urgency, "external_number": ""}  # fmt: skip
    assert _does(enter, "clerk1", case, "correct", **given) == 400
    assert _does(enter, "clerk1", case, "correct", **given, reason="听错了小区名") == 302
    story = enter("clerk1").get(reverse("staff:case", args=[case.uuid])).content.decode()
    assert "听错了小区名" in story
    assert "永安小区" in story


def test_another_urgency_shows_the_limits_before_it_is_saved(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched", unit="chengguan")
    due = case.due_at
    given = {"title": case.title, "text": case.text, "wish": "", "place": case.place, "category": case.category.key,
             "urgency": "critical", "external_number": "", "reason": "有燃气味", "version": case.version}  # fmt: skip
    client, path = enter("clerk1"), _url(case, "correct")
    answer = client.post(path, given)
    page = answer.content.decode()
    assert answer.status_code == 200 and "还没有保存" in page and "→" in page and "有燃气味" in page
    assert (_fresh(case).urgency, _fresh(case).due_at, _fresh(case).version) == (
        case.urgency,
        due,
        case.version,
    )
    assert not Entry.objects.filter(kind="case.corrected").exists()
    other = client.post(path, {**given, "urgency": "urgent", "seen": f"{case.category.key}/critical"})
    assert other.status_code == 200 and "还没有保存" in other.content.decode(), "another choice is shown anew"
    foreseen = foresee_kind(cast["clerk1"].grants, case.uuid, category=case.category.key, urgency="critical")
    assert client.post(path, {**given, "seen": f"{case.category.key}/critical"}).status_code == 302
    now = _fresh(case)
    assert now.urgency == "critical" and now.due_at != due
    wanted = sorted((row.will.kind, row.will.due_at) for row in foreseen if row.will)
    running = Clock.objects.filter(case=case, running=True).values_list("kind", "due_at")
    assert wanted == sorted(running), "what was foreseen is what happened"


def test_another_visit_and_a_link_are_the_clerks_acts(cast: Cast, enter: Enter) -> None:
    case, other = cast["clerk1"].opens(), cast["clerk1"].opens("路灯不亮。", "appearance")
    assert _does(enter, "clerk2", case, "visit", words="又来问了一次。") == 302
    assert _does(enter, "clerk2", case, "link", other="9999 00001") == 400
    assert _does(enter, "clerk2", case, "link", other=other.number) == 302
    assert (Visit.objects.count(), Link.objects.count()) == (1, 1)


def test_the_desk_signs_and_reports_for_a_unit_without_accounts(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens("暖气不热。", "utilities")
    cast["clerk1"].does(case, "dispatch", unit="chengguan", assisting=["gongre"])
    assert _does(enter, "handler.chengguan", case, "assist_sign") == 403
    assert _does(enter, "clerk1", case, "assist_sign") == 302
    assert _does(enter, "clerk1", case, "assist_report", text="换热站水泵已修好。") == 302
    assert Assignment.objects.get(case=case, role="assist").state == "reported"


def test_an_act_without_fields_asks_to_be_confirmed(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    assert "确定签收吗" in enter("handler.chengguan").get(_url(case, "sign")).content.decode()


def test_guiding_knows_the_bodies_and_fills_in_how_to_reach_them(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    page = enter("clerk1").get(_url(case, "guide")).content.decode()
    assert 'list="bodies"' in page
    assert '<option value="区法律援助中心">' in page
    given = {"guide_kind": "legal", "body": "区法律援助中心", "reason": "需要律师。"}
    assert _does(enter, "clerk1", case, "guide", **given) == 302
    story = enter("clerk1").get(reverse("staff:case", args=[case.uuid])).content.decode()
    assert "0931-000 0406" in story


def test_answering_has_the_common_answers_of_the_category_at_hand(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    page = enter("clerk1").get(_url(case, "answer")).content.decode()
    assert page.index("楼上漏水不肯修怎么办") < page.index("怎样申请最低生活保障")
    assert "data-rest" not in page[: page.index("楼上漏水不肯修怎么办")]  # only the others wait for a search


def test_one_more_unit_is_asked_to_help(cast: Cast, enter: Enter, in_hand: Case) -> None:
    assert _does(enter, "clerk1", in_hand, "add_assist", unit="chengguan") == 400
    assert _does(enter, "clerk1", in_hand, "add_assist", unit="gongre", require="请派人测温。") == 302
    assert Assignment.objects.filter(case=in_hand, role="assist").get().unit.key == "gongre"


def test_a_notice_is_given_only_in_ways_that_leave_a_paper(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get(_url(cast["clerk1"].opens(), "inform")).content.decode()
    assert 'value="letter"' in page
    assert 'value="phone"' not in page[page.index("data-main") :]
