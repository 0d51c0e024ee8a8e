"""待批示 as a leader and the desk meet it: two clicks, several at once, 代录 with its photo, struck through on page and paper."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from pypdf import PdfReader
from tests.web.staff_ground import Enter

from cast import Cast, advance, submitted
from yimen.access.roles import Role
from yimen.cases import instructions
from yimen.cases.actions import instructions as writing
from yimen.cases.models import Attachment, Case, Instruction, Submission

LIST, SIGN = reverse("staff:instructions"), reverse("staff:sign-instructions")


def wages(cast: Cast, words: str = "包工头欠十一人工资。") -> Case:
    return cast["clerk1"].opens(words, "wages")


def mark(case: Case) -> str:
    return f"{case.uuid}.{Case.objects.get(pk=case.pk).version}"


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def main(answer: HttpResponse) -> str:
    page = text(answer)
    return page[page.index("<main") :]


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_two_clicks_from_the_list_to_the_signature(cast: Cast, enter: Enter) -> None:
    case, leader = submitted(cast, wages(cast), days=5, assisting=["zhifa"]), enter("leader1")
    page = main(leader.get(LIST))
    for words in ("包工头欠十一人工资", "请到现场查明", "城市管理办", "综合行政执法队", "5 个工作日", "周敏"):
        assert words in page
    link = re.search(r'href="([^"]+)">同意</a>', page)
    assert link
    shown = main(leader.get(link[1].replace("&amp;", "&")))
    assert f'name="on" value="{mark(case)}"' in shown and re.search(r'value="同意"[^>]* checked', shown)
    answer = leader.post(SIGN, {"on": mark(case), "phrase": "同意"})
    assert answer["Location"] == LIST
    assert state(case) == "dispatched" and Instruction.objects.get().words == "同意"
    assert "已批示 1 件" in text(leader.get(LIST))


def test_the_count_beside_the_list_is_what_opening_it_shows(cast: Cast, enter: Enter) -> None:
    submitted(cast, wages(cast))
    urgent = cast["clerk1"].opens("楼道起火隐患。", "safety")
    cast["clerk1"].does(urgent, "dispatch", unit="chengguan")
    spoken = submitted(cast, wages(cast, "又一件欠薪。"))
    cast["clerk1"].does(spoken, "record_instruction", instruction="同意", recorded="voice")
    page = text(enter("leader1").get(LIST))
    assert re.search(r"待批示 <b>3</b>", page)
    for heading in ("呈给您的（1）", "补批（1）", "待确认（1）"):
        assert heading in page
    assert "待批示 <b>" not in text(enter("clerk1").get("/staff/"))


def test_clerks_and_units_have_no_such_list(cast: Cast, enter: Enter) -> None:
    for who in ("clerk1", "handler.chengguan", "head.chengguan"):
        assert enter(who).get(LIST).status_code == 403
        assert enter(who).post(SIGN, {"on": "x.1", "phrase": "同意"}).status_code == 403


def test_several_are_signed_at_once_and_what_is_refused_is_named_and_kept(cast: Cast, enter: Enter) -> None:
    one, two, three = (
        submitted(cast, wages(cast, words)) for words in ("甲厂欠薪。", "乙厂欠薪。", "丙厂欠薪。")
    )
    leader, marks = enter("leader1"), [mark(one), mark(two), mark(three)]
    assert main(leader.get(SIGN, {"on": marks, "phrase": "阅"})).count('name="on"') == 3
    cast["clerk1"].does(two, "withdraw_submission", reason="写错单位")
    answer = leader.post(SIGN, {"on": marks, "phrase": "阅"})
    assert answer.status_code == 409
    page = main(answer)
    assert "已批示 2 件" in page and "乙厂欠薪" in page and "这些没有批示成" in page
    assert [state(case) for case in (one, two, three)] == ["dispatched", "registered", "dispatched"]
    assert Instruction.objects.count() == 2


def test_a_second_post_of_the_same_form_signs_nothing_more(cast: Cast, enter: Enter) -> None:
    case = submitted(cast, wages(cast))
    leader, data = enter("leader1"), {"on": mark(case), "phrase": "同意"}
    leader.post(SIGN, data)
    assert leader.post(SIGN, data).status_code == 409
    assert Instruction.objects.count() == 1


def test_own_words_win_and_stay_when_something_is_missing(cast: Cast, enter: Enter) -> None:
    case, leader = submitted(cast, wages(cast)), enter("leader1")
    nothing = leader.post(SIGN, {"on": mark(case)})
    assert nothing.status_code == 400 and "请选择一句，或者自己写" in text(nothing)
    long = leader.post(SIGN, {"on": mark(case), "words": "长" * 501})
    assert long.status_code == 400 and "长" * 400 in text(long)
    leader.post(SIGN, {"on": mark(case), "phrase": "同意", "words": "请××牵头，三日内办结", "unit": "zhifa"})
    assert Instruction.objects.get().words == "请综合行政执法队牵头，三日内办结"


@pytest.mark.parametrize("given", [[], ["nonsense"], ["00000000-0000-0000-0000-000000000001.2"]])
def test_nothing_ticked_or_nonsense_signs_nothing(cast: Cast, enter: Enter, given: list[str]) -> None:
    answer = enter("leader1").post(SIGN, {"on": given, "phrase": "同意"}, follow=True)
    assert answer.status_code in (200, 404)
    assert not Instruction.objects.exists()


def test_a_colleagues_matter_is_not_signed_by_another_leader(cast: Cast, enter: Enter) -> None:
    cast.joins("leader2", "许书记", "centre", Role.LEADER)
    case = submitted(cast, wages(cast))
    assert enter("leader2").post(SIGN, {"on": mark(case), "phrase": "同意"}).status_code == 403
    assert state(case) == "awaiting"


def test_an_urgent_matters_approval_is_signed_from_the_same_list_and_late_ones_say_so(
    cast: Cast, enter: Enter
) -> None:
    case = cast["clerk1"].opens("楼道起火隐患。", "safety")
    cast["clerk1"].does(case, "dispatch", unit="chengguan", require="先断电")
    Submission.objects.update(due_at="2026-01-05T00:00:00Z")
    leader = enter("leader1")
    assert "超期" in main(leader.get(LIST))
    assert "超期" in main(enter("clerk1").get(reverse("staff:case", args=[case.uuid])))
    cast["handler.chengguan"].does(case, "sign")  # the unit's own steps do not disturb it
    answer = leader.post(SIGN, {"on": f"{case.uuid}.after", "phrase": "同意"})
    assert answer.status_code == 302 and Instruction.objects.get().submission
    assert leader.post(SIGN, {"on": f"{case.uuid}.after", "phrase": "同意"}).status_code == 409


def test_the_director_sees_what_waits_for_others_and_sends_it_on(cast: Cast, enter: Enter) -> None:
    other = cast.joins("leader2", "许书记", "centre", Role.LEADER)
    case, director = submitted(cast, wages(cast)), enter("director")
    page = main(director.get(LIST))
    assert "等其他领导批示的（1）" in page and "何书记" in page
    url = reverse("staff:do", args=[case.uuid, "redirect"])
    assert "请到现场查明" in text(director.get(url))
    director.post(url, {"leader": str(other.user.pk)})
    assert Case.objects.get(pk=case.pk).holder == other.user


def test_the_desk_submits_from_the_page_of_the_matter(cast: Cast, enter: Enter) -> None:
    case, clerk = wages(cast), enter("clerk1")
    page = main(clerk.get(reverse("staff:case", args=[case.uuid])))
    url = reverse("staff:do", args=[case.uuid, "submit"])
    assert f'btn-primary" href="{url}"' in page
    form = main(clerk.get(url))
    assert "何书记" in form and '<option value="jingji"' not in form
    wrong = clerk.post(url, {"opinion": "请查明拖欠数额。", "unit": "chengguan", "leader": "", "days": "0"})
    assert wrong.status_code == 400 and "请查明拖欠数额。" in text(wrong)
    leader = str(cast["leader1"].user.pk)
    clerk.post(url, {"opinion": "请查明拖欠数额。", "unit": "chengguan", "leader": leader, "days": "5"})
    assert state(case) == "awaiting" and Submission.objects.get().days == 5


def test_registering_what_needs_an_instruction_goes_on_to_the_proposal(cast: Cast, enter: Enter) -> None:
    data = {
        "text": "包工头欠十一人工资。",
        "category": "wages",
        "then": "dispatch",
        "channel": "visit",
        "party_size": "1",
    }
    answer = enter("clerk1").post(reverse("staff:register"), data)
    assert answer["Location"].endswith("/do/submit/")


def test_a_paper_instruction_is_recorded_with_its_photo(
    cast: Cast, enter: Enter, png: bytes, home: object
) -> None:
    case, clerk = submitted(cast, wages(cast)), enter("clerk1")
    url = reverse("staff:do", args=[case.uuid, "record_instruction"])
    assert "multipart/form-data" in text(clerk.get(url))
    without = clerk.post(url, {"instruction": "同意", "recorded": "paper"})
    assert without.status_code == 400 and "请拍下或扫描领导的批示" in text(without)
    bad = SimpleUploadedFile("x.png", b"<html>", "image/png")
    refused = clerk.post(url, {"instruction": "同意", "recorded": "paper", "paper": bad})
    assert refused.status_code == 400 and 'id="id_paper_error"' in text(refused)
    photo = SimpleUploadedFile("pi.png", png, "image/png")
    assert clerk.post(url, {"instruction": "同意", "recorded": "paper", "paper": photo}).status_code == 302
    row = Instruction.objects.get()
    assert row.paper == Attachment.objects.get() and row.paper.purpose == "paper"
    page = main(enter("handler.chengguan").get(reverse("staff:case", args=[case.uuid])))
    assert "待本人确认" in page and "周敏 代录" in page and "批示照片" in page


def test_the_leader_confirms_or_strikes_what_was_recorded(cast: Cast, enter: Enter) -> None:
    leader, marks = enter("leader1"), []
    for words in ("甲厂欠薪。", "乙厂欠薪。"):
        case = submitted(cast, wages(cast, words))
        cast["clerk1"].does(case, "record_instruction", instruction=f"同意，{words}", recorded="voice")
        marks.append((case, Instruction.objects.get(case=case)))
    (one, first), (two, second) = marks
    confirm = reverse("staff:confirm-instruction", args=[one.uuid, first.uuid])
    assert confirm in main(leader.get(LIST))
    assert leader.get(confirm).status_code == 405
    assert leader.post(confirm)["Location"] == LIST
    strike = reverse("staff:strike-instruction", args=[two.uuid, second.uuid])
    assert second.words in main(leader.get(strike))
    assert leader.post(strike, {"reason": ""}).status_code == 400
    leader.post(strike, {"reason": "我没有说过"})
    assert not instructions.unconfirmed(cast["leader1"].grants)
    page = main(leader.get(reverse("staff:case", args=[two.uuid])))
    assert f'<s class="quote">{second.words}</s>' in page and "我没有说过" in page and "补批" in page
    assert leader.post(strike, {"reason": "再来"}).status_code == 409
    assert (
        enter("clerk2")
        .post(reverse("staff:strike-instruction", args=[one.uuid, first.uuid]), {"reason": "x"})
        .status_code
        == 403
    )


def test_the_unit_reads_the_proposal_and_the_instruction(cast: Cast, enter: Enter) -> None:
    case = submitted(cast, wages(cast))
    cast["leader1"].does(case, "instruct", instruction="请××牵头")
    page = main(enter("handler.chengguan").get(reverse("staff:case", args=[case.uuid])))
    assert "请城市管理办牵头" in page and "请到现场查明，限期解决。" in page


def test_the_story_tells_who_was_asked_and_what_was_said(cast: Cast, enter: Enter) -> None:
    case = submitted(cast, wages(cast), days=5)
    cast["clerk1"].does(case, "record_instruction", instruction="同意", recorded="voice")
    page = main(enter("clerk1").get(reverse("staff:case", args=[case.uuid])))
    story = page[page.index('id="story"') :]
    for words in ("呈批", "呈送", "何书记", "代录批示", "口头批示", "办理时限（工作日）"):
        assert words in story
    assert f">{cast['leader1'].user.pk}<" not in story


@pytest.mark.parametrize(("who", "may"), [("leader1", True), ("director", True), ("clerk1", False)])
def test_writing_of_ones_own_accord_is_offered_to_leaders(
    cast: Cast, enter: Enter, who: str, may: bool
) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    url = reverse("staff:do", args=[case.uuid, "write_instruction"])
    page = main(enter(who).get(reverse("staff:case", args=[case.uuid])))
    assert (url in page) is may
    answer = enter(who).post(url, {"instruction": "请抓紧"})
    assert (answer.status_code == 302) is may
    assert state(case) == "in_hand" and Instruction.objects.count() == int(may)


def test_the_desk_enters_what_a_leader_wrote_on_paper(
    cast: Cast, enter: Enter, png: bytes, home: object
) -> None:
    case, clerk = cast["clerk1"].opens(), enter("clerk1")
    url = reverse("staff:do", args=[case.uuid, "enter_instruction"])
    data: dict[str, Any] = {"leader": str(cast["leader1"].user.pk), "instruction": "阅", "recorded": "paper"}
    clerk.post(url, data | {"paper": SimpleUploadedFile("pi.png", png, "image/png")})
    assert Instruction.objects.get().leader == cast["leader1"].user
    page = main(enter("leader1").get(LIST))
    assert "待确认（1）" in page and "批示照片" in page


def test_an_approval_is_sent_to_another_leader_by_the_desk(cast: Cast, enter: Enter) -> None:
    other = cast.joins("leader2", "许书记", "centre", Role.LEADER)
    case = cast["clerk1"].opens("楼道起火隐患。", "safety")
    cast["clerk1"].does(case, "dispatch", unit="chengguan")
    enter("clerk1").post(
        reverse("staff:do", args=[case.uuid, "redirect_approval"]), {"leader": str(other.user.pk)}
    )
    assert Submission.objects.get().recipient == other.user


def test_phrases_are_edited_by_the_director(cast: Cast, enter: Enter) -> None:
    url = reverse("staff:instruction-phrases")
    assert enter("leader1").get(url).status_code == 403
    director = enter("director")
    assert "请××牵头办理" in text(director.get(url))
    assert director.post(url, {"phrases": "长" * 61}).status_code == 400
    director.post(url, {"phrases": "阅示\n同意"})
    assert instructions.phrases() == ["阅示", "同意"]


def test_the_form_on_paper_shows_instructions_and_strikes_the_wrong_one_through(
    cast: Cast, enter: Enter
) -> None:
    case = submitted(cast, wages(cast))
    cast["leader1"].does(case, "instruct", instruction="同意")
    leader = cast["leader1"]
    wrong = writing.write_instruction(leader.actor, leader.grants, case.uuid, words="请公安牵头")
    writing.strike(leader.actor, leader.grants, case.uuid, wrong.uuid, reason="写错了件")
    pdf = enter("clerk1").get(reverse("staff:v01", args=[case.uuid])).content
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for part in ("同意", "请公安牵头", "写错了件", "请到现场查明"):
        assert part in words
