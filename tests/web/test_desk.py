"""The other doors of the desk: enquiries, returning visitors, the import queue, hand-over, sealed letters."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.web.staff_ground import Enter

from cast import Cast, advance
from yimen.cases.actions.slips import issue_slip
from yimen.cases.models import Case, Category
from yimen.foundation.actor import SYSTEM
from yimen.intake.actions.queue import enqueue
from yimen.intake.models import Enquiry, QueuedMatter
from yimen.ledger.models import Entry

RETURNING, ENQUIRY, QUEUE = "/staff/returning/", "/staff/enquiry/", "/staff/queue/"


# --- 咨询速记 --------------------------------------------------------------------------------------------------


def test_an_enquiry_is_one_line_and_one_click(cast: Cast, enter: Enter) -> None:
    client = enter("clerk1")
    answer = client.post(ENQUIRY, {"line": "老年证怎么办", "category": "relief", "channel": "visit"})
    assert (answer.status_code, answer["Location"]) == (302, ENQUIRY)
    row = Enquiry.objects.get()
    assert (row.line, row.category.key) == ("老年证怎么办", "relief")
    assert "今天 1 次" in client.get(ENQUIRY).content.decode()


def test_every_category_is_a_button_and_common_answers_stand_beside(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get(ENQUIRY).content.decode()
    assert set(re.findall(r'name="category" value="([\w-]+)"', page)) == {
        row.key for row in Category.objects.all()
    }
    assert "怎样申请最低生活保障" in page


@pytest.mark.parametrize("given", [{"category": "nothing"}, {"category": "relief", "line": "长" * 121}])
def test_a_wrong_enquiry_is_given_back(cast: Cast, enter: Enter, given: dict[str, str]) -> None:
    answer = enter("clerk1").post(ENQUIRY, {"line": "问低保", **given})
    assert answer.status_code == 400
    assert f'value="{given.get("line", "问低保")}"' in answer.content.decode()
    assert not Enquiry.objects.exists()


# --- 再次来访 --------------------------------------------------------------------------------------------------


def test_a_slip_opens_its_matter_in_every_form_people_bring_it(cast: Cast, enter: Enter) -> None:
    clerk = cast["clerk1"]
    case = advance(cast, clerk.opens(), "closed")
    code = issue_slip(clerk.actor, clerk.grants, case)
    year, serial = case.number[2:6], case.number[-5:]
    brought = [
        case.number,
        f"{year} {serial}",
        code,
        code.lower(),
        f"http://yimen.example/m/{case.number}#{code}",
    ]
    for text in brought:
        answer = enter("clerk2").post(RETURNING, {"by": "slip", "slip": text})
        assert answer["Location"] == reverse("staff:case", args=[case.uuid]) + "?returning=1", text
    assert Entry.objects.filter(kind="case.viewed_by_slip").count() == len(brought)


@pytest.mark.parametrize("text", ["", "9999 00001", "永〔2026〕99999", "ABCDE"])
def test_an_unknown_slip_says_what_to_do(cast: Cast, enter: Enter, text: str) -> None:
    answer = enter("clerk1").post(RETURNING, {"by": "slip", "slip": text})
    assert answer.status_code == 400
    assert 'id="id_slip_error"' in answer.content.decode()


def test_a_phone_finds_open_matters_only(cast: Cast, enter: Enter) -> None:
    running = cast["clerk1"].opens(name="陈女士", phone="13800002071")
    done = advance(cast, cast["clerk1"].opens("另一件事。", name="陈女士", phone="13800002071"), "closed")
    page = enter("clerk2").post(RETURNING, {"by": "phone", "phone": "138 0000 2071"}).content.decode()
    assert running.number in page
    assert done.number not in page
    assert Entry.objects.filter(kind="case.phone_searched", subject_id=running.pk).exists()


def test_a_phone_nobody_registered_is_said_kindly(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").post(RETURNING, {"by": "phone", "phone": "13911112222"}).content.decode()
    assert "没有用这个电话登记的在办事项" in page
    assert enter("clerk1").post(RETURNING, {"by": "phone", "phone": "陈"}).status_code == 400


def test_neither_slip_nor_phone_ever_stands_in_an_address(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get(f"{RETURNING}?phone=13800002071&slip=ABC").content.decode()
    assert re.findall(r'<form method="(\w+)" class="sheet', page) == ["post", "post"]
    assert not re.search(r'name="(slip|phone)" value="[^"]', page)


# --- 导入待接收 ------------------------------------------------------------------------------------------------


@pytest.fixture
def row(cast: Cast) -> QueuedMatter:
    return enqueue(
        SYSTEM,
        QueuedMatter(
            source="messages", record_id="R-1", title="小区停水", text="我们小区停水三天了，没有人通知。",
            category=Category.objects.get(key="utilities"), channel="import", recorded_at=timezone.now(),
        ),
        name="欧阳兰", phone="13800002071",
    )  # fmt: skip


def test_a_waiting_row_becomes_a_matter_when_a_clerk_takes_it(
    cast: Cast, enter: Enter, row: QueuedMatter
) -> None:
    client, url = enter("clerk1"), reverse("staff:queued", args=[row.uuid])
    assert "小区停水" in client.get(QUEUE).content.decode()
    shown = client.get(url).content.decode()
    assert "停水三天" in shown
    assert "欧阳" not in shown
    given = {"do": "take", "title": row.title, "text": row.text, "category": "property", "place": "春晓苑"}
    answer = client.post(url, given)
    case = Case.objects.get()
    assert answer["Location"] == reverse("staff:case", args=[case.uuid])
    assert (case.category.key, case.place, case.accountable_person_id) == (
        "property",
        "春晓苑",
        cast["clerk1"].user.pk,
    )
    assert "没有等着接收" in client.get(QUEUE).content.decode()


def test_the_second_taker_is_told(cast: Cast, enter: Enter, row: QueuedMatter) -> None:
    url = reverse("staff:queued", args=[row.uuid])
    given = {"do": "take", "title": row.title, "text": row.text, "category": "utilities", "place": ""}
    assert enter("clerk1").post(url, given).status_code == 302
    assert enter("clerk2").post(url, given).status_code == 404
    assert Case.objects.count() == 1


def test_a_row_is_left_out_only_for_a_reason(cast: Cast, enter: Enter, row: QueuedMatter) -> None:
    url = reverse("staff:queued", args=[row.uuid])
    assert enter("clerk1").post(url, {"do": "refuse"}).status_code == 400
    assert enter("clerk1").post(url, {"do": "refuse", "refusal": "duplicate"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.refusal) == ("refused", "duplicate")


@pytest.mark.parametrize(("query", "found"), [("source=messages", 1), ("source=other", 0), ("category=utilities", 1),
                                              ("q=停水", 1), ("q=停电", 0)])  # fmt: skip
def test_the_queue_is_narrowed_by_its_address(
    cast: Cast, enter: Enter, row: QueuedMatter, query: str, found: int
) -> None:
    page = enter("clerk1").get(f"{QUEUE}?{query}").content.decode()
    assert page.count(f'href="{reverse("staff:queued", args=[row.uuid])}"') == found


# --- 工作交接 --------------------------------------------------------------------------------------------------


def _hand_over(enter: Enter, who: str, **given: Any) -> Any:
    return enter(who).post("/staff/handover/", given)


def test_all_open_matters_go_to_a_colleague(cast: Cast, enter: Enter) -> None:
    for _ in range(2):
        cast["clerk1"].opens()
    ids = {name: cast[name].user.pk for name in ("clerk1", "clerk2")}
    answer = _hand_over(enter, "director", leaving=ids["clerk1"], to=ids["clerk2"], reason="轮岗")
    assert answer.status_code == 302
    assert set(Case.objects.values_list("accountable_person", "holder")) == {(ids["clerk2"], ids["clerk2"])}


def test_nobody_hands_over_to_themselves_or_outside_the_unit(cast: Cast, enter: Enter) -> None:
    cast["clerk1"].opens()
    mine = cast["clerk1"].user.pk
    assert _hand_over(enter, "director", leaving=mine, to=mine).status_code == 400
    assert _hand_over(enter, "director", leaving=mine, to=cast["handler.zhifa"].user.pk).status_code == 400
    assert _hand_over(enter, "clerk1", leaving=mine, to=cast["clerk2"].user.pk).status_code == 403


def test_a_head_sees_only_the_own_unit(cast: Cast, enter: Enter) -> None:
    page = enter("head.chengguan").get("/staff/handover/").content.decode()
    assert "chengguan经办" in page
    assert "zhifa经办" not in page
    assert "周敏" not in page


# --- 检举控告 --------------------------------------------------------------------------------------------------


def test_of_a_sealed_letter_only_the_hand_over_is_kept(cast: Cast, enter: Enter) -> None:
    given = {"to": cast.units["jiwei"].pk, "channel": "letter", "named_units": [cast.units["chengguan"].pk],
             "named_people": "leader1"}  # fmt: skip
    answer = enter("clerk1").post("/staff/accusation/", given)
    case = Case.objects.get()
    assert answer["Location"] == reverse("staff:case", args=[case.uuid])
    assert (case.sealed, case.text, case.state) == (True, "", "closed")
    assert "已移交纪工委" in enter("clerk1").get(answer["Location"]).content.decode()
    for outsider in ("leader1", "head.chengguan", "director", "clerk2"):
        assert enter(outsider).get(answer["Location"]).status_code == 404, outsider
        found = enter(outsider).get(f"/staff/search/?q={case.number}").content.decode()
        assert f"<span>{case.number}</span>" not in found


def test_a_letter_is_never_handed_to_whom_it_names(cast: Cast, enter: Enter) -> None:
    unit = cast.units["jiwei"].pk
    answer = enter("clerk1").post(
        "/staff/accusation/", {"to": unit, "channel": "letter", "named_units": [unit]}
    )
    assert answer.status_code == 400
    assert not Case.objects.exists()


def test_a_name_unknown_to_the_system_is_not_kept(cast: Cast, enter: Enter) -> None:
    given = {"to": cast.units["jiwei"].pk, "channel": "letter", "named_people": "不在系统里的人"}
    answer = enter("clerk1").post("/staff/accusation/", given)
    assert answer.status_code == 400
    assert "不必填写" in answer.content.decode()
