"""What a new clerk stumbled over on her first day: each was found by hand in the browser."""

from __future__ import annotations

import logging
import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from tests.web.staff_ground import Enter

from cast import Cast, advance
from yimen.cases import queries
from yimen.cases.models import Case
from yimen.web.staff.forms.register import people_of

REGISTER = "/staff/register/"


def test_the_first_field_has_the_focus_and_the_browser_restores_nothing(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get(REGISTER).content.decode()
    assert re.search(r'<textarea name="text"[^>]*autofocus', page)
    assert re.search(r'<form[^>]*id="register"[^>]*autocomplete="off"', page)


def test_a_refused_form_leaves_the_focus_to_the_summary(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").post(REGISTER, {"text": ""}).content.decode()
    assert "autofocus" not in page
    assert "data-focus" in page


def test_without_a_choice_the_words_decide_the_category(cast: Cast, enter: Enter) -> None:
    text = "楼上卫生间漏水，把我家吊顶泡坏了"
    answer = enter("clerk1").post(REGISTER, {"text": text})
    assert answer.status_code == 302
    assert Case.objects.get().category == queries.suggest(text, 1)[0]


def test_words_that_suggest_nothing_still_ask_for_a_category(cast: Cast, enter: Enter) -> None:
    answer = enter("clerk1").post(REGISTER, {"text": "qqq"})
    assert answer.status_code == 400
    assert "请选择类别" in answer.content.decode()


@pytest.mark.parametrize("line", ["代表2 13800000022", "3栋2单元1 138-0000-0022", "4 138 0000 0022 5"])
def test_a_digit_beside_a_mobile_number_is_not_part_of_it(line: str) -> None:
    (person,) = people_of(line)
    assert re.sub(r"\D", "", person.phone) == "13800000022"


def test_a_matter_accepted_once_is_not_offered_to_be_accepted_again(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    assert Case.objects.get(pk=case.pk).accepted_at
    page = enter("handler.chengguan").get(reverse("staff:case", args=[case.uuid])).content.decode()
    assert "do/report/" in page
    assert "do/accept/" not in page


def test_who_told_the_resident_is_not_said_to_be_the_one_to_call_back(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    for who, verb, data in (
        ("clerk1", "dispatch", {"unit": "gongre"}),
        ("clerk1", "sign", {}),
        ("clerk1", "accept", {}),
        ("clerk1", "start", {}),
        ("clerk1", "report", {"result": "已更换循环泵", "decision": "support"}),
        ("director", "verify", {}),
        ("clerk1", "tell", {"way": "phone"}),
    ):
        case = cast[who].does(case, verb, **data)
    url = reverse("staff:case", args=[case.uuid])
    mine, other = (enter(who).get(url).content.decode() for who in ("clerk1", "clerk2"))
    assert case.holder_id == cast["clerk2"].user.pk
    assert "轮到 " in mine and "吴桐" in mine and "do/call_back/" not in mine
    assert "轮到您" in other and "do/call_back/" in other


def test_an_unknown_step_is_a_page_not_found(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    answer = enter("clerk1").get(reverse("staff:do", args=[case.uuid, "nonsense"]))
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_even_a_short_answer_comes_back_when_the_matter_has_moved_on(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    answer = enter("clerk1").post(reverse("staff:do", args=[case.uuid, "answer"]), {"reply": "请到二楼"})
    assert answer.status_code == 409
    assert "请到二楼" in answer.content.decode()


def test_a_number_alone_is_of_this_year(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    year, serial = re.findall(r"\d+", case.number)
    assert int(year) == timezone.localdate().year
    assert queries.by_number(cast["clerk1"].grants, str(int(serial))) == case
    assert queries.by_number(cast["clerk1"].grants, "00000") is None


def test_a_phone_in_the_search_leads_to_returning_visitors(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get("/staff/search/", {"q": "13800001234"}).content.decode()
    assert "这里不按电话查" in page
    assert "这里不按电话查" not in enter("clerk1").get("/staff/search/", {"q": "漏水"}).content.decode()


def test_what_fails_is_written_to_the_log() -> None:
    assert settings.LOGGING["loggers"]["django"]["handlers"] == ["stderr"]
    assert logging.getLogger("django.request").isEnabledFor(logging.ERROR)
