"""Pages of what is done together, and the call-back desk: what is offered, shown, kept and said beside the field."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.web.staff_ground import Enter

from cast import Cast, advance, said_in
from yimen.cases import joint
from yimen.cases.actions import assisting, callback_rules, limits
from yimen.cases.actions import joint as acts
from yimen.cases.actions.callbacks import record_callback
from yimen.cases.actions.people import Person
from yimen.cases.models import AssistResult, Case, PersonAnswer, UnsolvedDecision
from yimen.ledger.models import Entry

WORDS = "这段话写了很久，不能丢：已经联系物业三次，对方答应周五前修好。"
REPRESENTATIVES = (Person("李一", "13800002071"), Person("赵二", "13800002072"))


def service(cast: Cast, **more: Any) -> Case:
    director = cast["director"]
    return limits.screen(director.actor, director.grants, cast["clerk1"].opens(**more).uuid, flow="service")


def page(enter: Enter, who: str, name: str, *args: Any, **query: str) -> str:
    answer = enter(who).get(reverse(f"staff:{name}", args=args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def do(enter: Enter, who: str, case: Case, verb: str, **data: Any) -> Any:
    return enter(who).post(reverse("staff:do", args=[case.uuid, verb]), data)


def helped(cast: Cast) -> Case:
    case = cast["clerk1"].does(
        service(cast), "dispatch", unit="chengguan", assisting=["zhifa"], require="现场取证"
    )
    handler = cast["handler.chengguan"]
    return handler.does(handler.does(case, "sign"), "start")


# --- 协办 -------------------------------------------------------------------------------------------------------


def test_an_assisting_unit_finds_its_part_signs_answers_and_the_lead_reads_it(
    cast: Cast, enter: Enter
) -> None:
    case = helped(cast)
    own = page(enter, "handler.zhifa", "assisting")
    assert case.title in own and "现场取证" in own
    assert reverse("staff:assisting") in page(enter, "handler.zhifa", "home")
    assert reverse("staff:assisting") not in page(enter, "handler.chengguan", "home")
    do(enter, "handler.zhifa", case, "assist_sign")
    assert do(enter, "handler.zhifa", case, "assist_report", text=WORDS).status_code == 302
    assert AssistResult.objects.get().text == WORDS
    for who in ("handler.chengguan", "clerk1"):
        assert WORDS in page(enter, who, "case", case.uuid)
    form = page(enter, "handler.chengguan", "do", case.uuid, "report")
    assert "协办单位的答复" in form and WORDS in form and 'name="without"' not in form
    assert "没有等着协办的事项" in page(enter, "handler.zhifa", "assisting")


def test_the_report_asks_why_it_does_not_wait_and_loses_nothing(cast: Cast, enter: Enter) -> None:
    case = helped(cast)
    answer = do(enter, "handler.chengguan", case, "report", result=WORDS)
    html = answer.content.decode()
    assert answer.status_code == 422 or answer.status_code == 400
    assert WORDS in html and "不等协办" in html
    assert (
        do(enter, "handler.chengguan", case, "report", result=WORDS, without="夜间才能到场").status_code
        == 302
    )


def test_a_part_is_asked_back_and_answered_on_a_page(cast: Cast, enter: Enter) -> None:
    case = helped(cast)
    do(enter, "handler.zhifa", case, "assist_return", reason="餐饮油烟由市场所管")
    form = page(enter, "handler.chengguan", "do", case.uuid, "assist_release")
    assert "餐饮油烟由市场所管" in form
    asked = joint.assist_returns(case)[0]
    refused = do(enter, "handler.chengguan", case, "assist_release", asked=asked.pk, agreed="no")
    assert refused.status_code in (400, 422)
    assert do(enter, "clerk1", case, "assist_release", asked=asked.pk, agreed="yes").status_code == 302
    assert not joint.open_parts(case).exists()


# --- 并案、拆分 -------------------------------------------------------------------------------------------------


def test_a_clerk_merges_by_number_and_hears_that_the_main_matter_has_its_result(
    cast: Cast, enter: Enter
) -> None:
    main, case = service(cast, place="幸福里3号楼"), service(cast, place="幸福里3号楼")
    assert main.number in page(enter, "clerk1", "do", case.uuid, "merge"), (
        "matters at the same place are offered"
    )
    wrong = do(enter, "clerk1", case, "merge", main="没有这件")
    assert wrong.status_code in (400, 422) and "没有这件" in wrong.content.decode()
    assert do(enter, "clerk1", case, "merge", main=main.number).status_code == 302
    assert case.number in page(enter, "clerk1", "case", main.uuid)
    assert "主件已有结果" not in page(enter, "clerk1", "home")
    advance(cast, main, "verified")
    assert "主件已有结果" in page(enter, "clerk1", "home")
    assert "主件已有结果，请答复来访人" in page(enter, "clerk1", "case", case.uuid)
    assert "已修好漏点" in page(enter, "clerk1", "do", case.uuid, "follow")
    assert do(enter, "clerk1", case, "follow", way="phone").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "told"


def test_the_unit_of_the_main_matter_hears_how_many_not_which(cast: Cast, enter: Enter) -> None:
    main, case = service(cast), service(cast)
    clerk = cast["clerk1"]
    acts.merge(clerk.actor, clerk.grants, case.uuid, main=main.number)
    advance(cast, main, "signed")
    html = page(enter, "handler.chengguan", "case", main.uuid)
    assert "有 1 件并入本件" in html and case.number not in html
    assert enter("handler.chengguan").get(reverse("staff:case", args=[case.uuid])).status_code == 404


def test_a_clerk_splits_a_matter(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(name="陈女士", phone="13800002071")
    assert case.text in page(enter, "clerk1", "do", case.uuid, "split")
    given = {"text": "楼道堆物，堵了消防通道。", "category": "safety", "version": case.version}
    assert do(enter, "clerk1", case, "split", **given).status_code == 302
    assert do(enter, "clerk1", case, "split", **given).status_code == 409, "the second press splits nothing"
    new = Case.objects.exclude(pk=case.pk).get()
    assert new.number in page(enter, "clerk1", "case", case.uuid)
    assert enter("handler.chengguan").get(reverse("staff:do", args=[case.uuid, "split"])).status_code == 404


# --- the call-back desk -----------------------------------------------------------------------------------------


def called(enter: Enter, who: str, case: Case, **data: Any) -> Any:
    return enter(who).post(reverse("staff:callbacks"), {"at": str(case.uuid), **data})


def test_the_desk_goes_from_one_matter_to_the_next(cast: Cast, enter: Enter) -> None:
    callback_rules.load_shipped()
    first, second = (advance(cast, service(cast, phone="13800002071"), "told") for _one in range(2))
    html = page(enter, "clerk2", "callbacks")
    assert "综治中心" in html and "解决了吗" in html and "已修好漏点" in html
    assert html.index("回访情况") < html.index("是否解决") < html.index("满意度")
    answer = called(enter, "clerk2", first, outcome="reached", solved="yes", rating="4", way="phone")
    assert answer.status_code == 302 and str(second.uuid) in answer["Location"]
    assert Case.objects.get(pk=first.pk).rating == 4
    answer = called(enter, "clerk2", second, outcome="no_answer", way="phone")
    assert answer["Location"] == reverse("staff:callbacks")
    assert Case.objects.get(pk=second.pk).tries == 1


def test_what_is_wrong_is_said_and_what_was_typed_stays(cast: Cast, enter: Enter) -> None:
    case = advance(cast, service(cast, phone="13800002071"), "told")
    answer = called(enter, "clerk2", case, outcome="reached", comment=WORDS)
    assert answer.status_code in (400, 422)
    assert WORDS in answer.content.decode() and "是否解决：请选择" in answer.content.decode()
    stale = called(enter, "clerk2", case, outcome="no_answer", version="1")
    assert stale.status_code == 409


def test_who_told_finds_the_matter_not_in_the_list_and_is_refused(cast: Cast, enter: Enter) -> None:
    clerk = cast["clerk1"]
    case = clerk.does(service(cast), "dispatch", unit="gongre")
    case = clerk.does(clerk.does(clerk.does(case, "sign"), "start"), "report", result="好")
    case = clerk.does(cast["director"].does(case, "verify"), "tell", way="phone")
    assert "没有等着您回访的事项" in page(enter, "clerk1", "callbacks")
    assert called(enter, "clerk1", case, outcome="reached", solved="yes").status_code == 403
    assert enter("handler.chengguan").get(reverse("staff:callbacks")).status_code == 403


def test_the_phone_is_shown_once_and_that_it_was_stays(cast: Cast, enter: Enter) -> None:
    case = advance(cast, service(cast, name="陈女士", phone="13800002071"), "told")
    assert "13800002071" not in page(enter, "clerk2", "callbacks")
    answer = enter("clerk2").post(reverse("staff:callbacks"), {"at": str(case.uuid), "reveal": "1"})
    assert "13800002071" in answer.content.decode()
    assert said_in(Entry.objects.get(kind="case.revealed"))["reason"] == "回访"


def test_a_matter_of_many_is_called_person_by_person_without_a_name(cast: Cast, enter: Enter) -> None:
    case = advance(cast, service(cast, party_size=9, representatives=REPRESENTATIVES), "told")
    moved = enter("clerk2").get(reverse("staff:do", args=[case.uuid, "call_back"]))
    assert moved.status_code == 302 and reverse("staff:callbacks") in moved["Location"]
    html = page(enter, "clerk2", "callbacks")
    assert "代表1" in html and "代表2" in html and "李一" not in html
    wrong = called(enter, "clerk2", case, **{"person-0-outcome": "reached", "person-1-comment": WORDS})
    assert wrong.status_code in (400, 422) and "请问明是否解决" in wrong.content.decode()
    assert not PersonAnswer.objects.exclude(outcome="").exists()
    given = {"person-0-outcome": "reached", "person-0-solved": "yes", "person-0-rating": "5",
             "person-1-outcome": "reached", "person-1-solved": "yes", "person-1-rating": "2"}  # fmt: skip
    assert called(enter, "clerk2", case, **given).status_code == 302
    assert Case.objects.get(pk=case.pk).rating == 2 and [row.rating for row in joint.answers_of(case)] == [
        5,
        2,
    ]
    shown = page(enter, "clerk1", "case", case.uuid)
    assert "列名的各位" in shown and "非常满意" in shown


def test_persons_told_later_and_rating_later_have_their_pages(cast: Cast, enter: Enter) -> None:
    case = advance(cast, service(cast, party_size=9, representatives=REPRESENTATIVES), "verified")
    assert "代表1" in page(enter, "handler.chengguan", "do", case.uuid, "tell")
    do(enter, "handler.chengguan", case, "tell", way="visit", persons=["0"])
    assert do(enter, "handler.chengguan", case, "person_told", slot="1", way="phone").status_code == 302
    given = {
        f"person-{slot}-{name}": value
        for slot in (0, 1)
        for name, value in (("outcome", "reached"), ("solved", "yes"))
    }
    called(enter, "clerk2", case, **given)
    assert do(enter, "clerk2", case, "person_rate", slot="1", rating="4").status_code == 302
    assert Case.objects.get(pk=case.pk).rating == 4


def test_a_matter_spared_by_the_sample_offers_closing_and_says_why(cast: Cast, enter: Enter) -> None:
    director = cast["director"]
    callback_rules.set_rule(director.actor, director.grants, percent=0)
    case = advance(cast, service(cast), "told")
    html = page(enter, "clerk1", "case", case.uuid)
    assert "未抽中回访" in html and reverse("staff:do", args=[case.uuid, "close"]) in html
    assert case.title not in page(enter, "clerk2", "work", "callback")
    assert do(enter, "clerk1", case, "close").status_code == 302


def test_the_written_decision_stands_on_the_page_and_prints(cast: Cast, enter: Enter) -> None:
    caller, handler = cast["clerk2"], cast["handler.chengguan"]
    case = advance(cast, service(cast), "told")
    case = record_callback(caller.actor, caller.grants, case.uuid, {"outcome": "reached", "solved": "no"})
    case = handler.does(case, "report", result="又修了")
    case = handler.does(cast["head.chengguan"].does(case, "verify"), "tell", way="phone")
    case = record_callback(caller.actor, caller.grants, case.uuid, {"outcome": "reached", "solved": "no"})
    assert do(enter, "director", case, "close", note="赔偿数额有争议，已引导诉讼").status_code == 302
    row = UnsolvedDecision.objects.get()
    assert "赔偿数额有争议" in page(enter, "clerk1", "case", case.uuid)
    assert "书面决定" in page(enter, "clerk1", "decision", case.uuid, row.pk)
    assert enter("handler.zhifa").get(reverse("staff:decision", args=[case.uuid, row.pk])).status_code == 404


@pytest.mark.parametrize("who", ["handler.zhifa", "clerk1"])
def test_units_without_accounts_are_the_desks(cast: Cast, enter: Enter, who: str) -> None:
    case = cast["clerk1"].does(service(cast), "dispatch", unit="chengguan", assisting=["gongre"])
    assert (case.title in page(enter, who, "assisting")) == (who == "clerk1")


def test_assisting_units_log_their_contacts(cast: Cast, enter: Enter) -> None:
    case = helped(cast)
    helper = cast["handler.zhifa"]
    assisting.assist_sign(helper.actor, helper.grants, case.uuid, unit_id=cast.units["zhifa"].pk)
    answer = enter("handler.zhifa").post(reverse("staff:contact", args=[case.uuid]), {"outcome": "reached"})
    assert answer.status_code == 302


def test_while_the_main_matter_has_no_result_no_button_offers_the_telling(cast: Cast, enter: Enter) -> None:
    clerk, main = cast["clerk1"], service(cast)
    case = acts.merge(clerk.actor, clerk.grants, service(cast).uuid, main=main.number)
    follow = reverse("staff:do", args=[case.uuid, "follow"])
    html = page(enter, "clerk1", "case", case.uuid)
    assert follow not in html and reverse("staff:do", args=[case.uuid, "unmerge"]) in html
    clerk.does(main, "withdraw", reason="不反映了")
    assert "主件没有结果就结束了" in page(enter, "clerk1", "case", case.uuid)
