"""The triage is told what may be the same matter, with the two ways on, and takes a no for good."""

from __future__ import annotations

import pytest
from tests.web.staff_ground import Enter

from cast import LEAK, Cast
from yimen.cases.jobs import alikes_of
from yimen.cases.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast: Cast) -> tuple[Case, Case]:
    first = cast["clerk1"].opens(LEAK)
    second = cast["clerk2"].opens("楼上卫生间漏水，客厅吊顶泡塌了，找了物业三次都没有结果。")
    alikes_of(second.pk)
    return first, second


def test_the_page_and_the_dispatch_offer_merging_and_linking(enter: Enter, pair: tuple[Case, Case]) -> None:
    first, second = pair
    for page in (f"/staff/cases/{second.uuid}/", f"/staff/cases/{second.uuid}/do/dispatch/"):
        shown = enter("director").get(page).content.decode()
        assert "可能是同一件事" in shown and first.number in shown
        assert f"/staff/cases/{second.uuid}/do/merge/?with=" in shown
        assert f"/staff/cases/{second.uuid}/do/link/?with=" in shown


@pytest.mark.parametrize(("verb", "field"), [("merge", "main"), ("link", "other")])
def test_the_number_stands_in_its_field(enter: Enter, pair: tuple[Case, Case], verb: str, field: str) -> None:
    first, second = pair
    shown = enter("clerk2").get(f"/staff/cases/{second.uuid}/do/{verb}/", {"with": first.number})
    assert shown.context["form"][field].value() == first.number


def test_a_no_is_taken_once_and_for_good(enter: Enter, pair: tuple[Case, Case]) -> None:
    first, second = pair
    at = f"/staff/cases/{second.uuid}/alikes/"
    assert enter("clerk2").post(at, {"other": str(first.uuid)}).status_code == 302
    assert "可能是同一件事" not in enter("clerk2").get(f"/staff/cases/{second.uuid}/").content.decode()
    assert enter("clerk2").post(at, {"other": str(first.uuid)}).status_code == 404
    assert enter("clerk2").post(at, {"other": "x"}).status_code == 404


def test_a_unit_does_not_judge(enter: Enter, pair: tuple[Case, Case]) -> None:
    first, second = pair
    answer = enter("handler.zhifa").post(f"/staff/cases/{second.uuid}/alikes/", {"other": str(first.uuid)})
    assert answer.status_code == 404
