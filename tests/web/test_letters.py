"""Letters and reviews on the pages: begun, signed by another, served with a receipt, never forgotten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.staff_ground import Enter

from cast import Cast, above, advance, decided
from yimen.cases.models import Case, Letter, LetterHead, LetterText, Review, ServiceReceipt

WORDS = {
    "title": "关于电梯停运的处理意见书", "request": "请求修好电梯", "facts": "停运十二日，主板损坏。",
    "decision": "support", "opinion": "已更换主板。", "basis": "《物业管理条例》第三十五条", "remedy": "三十日内请求复查。",
}  # fmt: skip


def words(**more: Any) -> dict[str, Any]:
    return {**WORDS, "received_on": timezone.localdate().isoformat(), **more}


def at(case: Case, tail: str = "") -> str:
    return f"/staff/cases/{case.uuid}/{tail}"


@pytest.fixture
def verified(cast: Cast) -> Case:
    return advance(cast, cast["clerk1"].opens(phone="13800002071", name="王建国"), "verified")


@pytest.fixture
def begun(verified: Case, enter: Enter) -> Letter:
    enter("handler.chengguan").post(
        reverse("staff:letter-new", args=[verified.uuid, "opinion"]), words(addressee="0")
    )
    return Letter.objects.get()


def url(name: str, letter: Letter, *more: str) -> str:
    return reverse(name, args=[letter.case.uuid, letter.uuid, *more])


def step(client: Client, letter: Letter, verb: str, **data: Any) -> Any:
    letter.refresh_from_db()
    return client.post(
        at(letter.case, f"letters/{letter.uuid}/do/{verb}/"), {"version": letter.version, **data}
    )


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def test_the_whole_way_on_the_pages(verified: Case, begun: Letter, enter: Enter, png: bytes) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    handler, head = enter("handler.chengguan"), enter("head.chengguan")
    assert "处理（答复）意见书" in page(handler, at(verified)) and "待送审" in page(handler, at(verified))
    assert step(handler, begun, "submit").status_code == 302
    assert "待审核" in page(head, "/staff/letters/")
    step(head, begun, "review")
    step(head, begun, "sign")
    assert step(handler, begun, "seal").status_code == 302
    begun.refresh_from_db()
    assert begun.state == "sealed" and begun.number in page(handler, "/staff/letters/")
    received = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    scan = SimpleUploadedFile("回证.png", png, "image/png")
    wrong = step(handler, begun, "serve", way="direct", received_at=received)
    assert wrong.status_code == 400 and "请填写送达地点" in wrong.content.decode()
    done = step(handler, begun, "serve", way="direct", received_at=received, place="本中心窗口", scan=scan)
    assert done.status_code == 302, done.content.decode()
    verified.refresh_from_db()
    assert verified.state == "told" and ServiceReceipt.objects.get().scan is not None
    text = page(handler, url("staff:letter", begun))
    assert "送达回证" in text and "回证.png" in text and "当面交本人" in text


def test_the_decision_stands_among_the_facts(verified: Case, enter: Enter) -> None:
    assert "<dt>处理意见</dt><dd>予以支持</dd>" in page(enter("clerk1"), at(verified))


def test_the_next_line_leads_to_the_letter(verified: Case, begun: Letter, enter: Enter) -> None:
    handler, head = enter("handler.chengguan"), enter("head.chengguan")
    step(handler, begun, "submit")
    line = re.search(r'class="sheet next.*?</section>', page(head, at(verified)), re.S)
    assert line and "待审核" in line[0] and f"letters/{begun.uuid}/" in line[0] and "轮到您" in line[0]
    assert "do/tell" not in line[0]


def test_what_the_matter_says_already_stands_in_the_first_draft(verified: Case, enter: Enter) -> None:
    text = page(enter("handler.chengguan"), at(verified, "letters/new/opinion/"))
    assert "已修好漏点，商定赔偿。" in text and "三十日内" in text
    assert "王建国" not in text and "王**" in text


def test_bad_input_is_said_beside_the_field_and_nothing_typed_is_lost(verified: Case, enter: Enter) -> None:
    response = enter("handler.chengguan").post(
        at(verified, "letters/new/opinion/"), words(basis="", facts="查明如下")
    )
    text = response.content.decode()
    assert response.status_code == 400 and "请填写法律法规依据" in text and "查明如下" in text
    assert not Letter.objects.exists()


def test_a_double_post_opens_the_letter_that_is_there(verified: Case, begun: Letter, enter: Enter) -> None:
    again = enter("handler.chengguan").post(at(verified, "letters/new/opinion/"), words())
    assert again.status_code == 302 and str(begun.uuid) in again.headers["Location"]
    assert Letter.objects.count() == LetterText.objects.count() == 1


def test_two_who_edit_at_once_are_told(verified: Case, begun: Letter, enter: Enter) -> None:
    handler = enter("handler.chengguan")
    page_of = url("staff:letter-edit", begun)
    assert handler.post(page_of, words(version=1, facts="一稿")).status_code == 302
    late = handler.post(page_of, words(version=1, facts="二稿"))
    assert late.status_code == 409 and "二稿" in late.content.decode()
    assert "历次文稿（2）" in page(handler, url("staff:letter", begun))


def test_the_drafter_is_offered_neither_review_nor_signature(verified: Case, enter: Enter) -> None:
    head = enter("head.chengguan")
    head.post(at(verified, "letters/new/opinion/"), words())
    letter = Letter.objects.get()
    step(head, letter, "submit")
    text = page(head, url("staff:letter", letter))
    assert "/do/review/" not in text and "/do/send_back/" in text
    assert step(head, letter, "review").status_code == 403


def test_sent_back_the_reason_is_read_by_the_drafter(verified: Case, begun: Letter, enter: Enter) -> None:
    handler, head = enter("handler.chengguan"), enter("head.chengguan")
    step(handler, begun, "submit")
    assert step(head, begun, "send_back").status_code == 400
    step(head, begun, "send_back", reason="依据写错了")
    assert "依据写错了" in page(handler, url("staff:letter", begun))


def test_strangers_find_no_letter(verified: Case, begun: Letter, enter: Enter) -> None:
    other = enter("head.zhifa")
    for tail in (
        f"letters/{begun.uuid}/",
        f"letters/{begun.uuid}/edit/",
        f"letters/{begun.uuid}/do/void/",
        "letters/new/opinion/",
    ):
        assert other.get(at(verified, tail)).status_code == 404
    assert verified.number not in page(other, "/staff/letters/")


@pytest.mark.parametrize("tail", ["letters/new/nothing/", "letters/new/refuse/"])
def test_a_letter_that_does_not_fit_is_refused(verified: Case, enter: Enter, tail: str) -> None:
    assert enter("handler.chengguan").get(at(verified, tail)).status_code in (403, 404)


def test_the_director_sets_the_marks(enter: Enter, cast: Cast) -> None:
    director = enter("director")
    assert "永街信" in page(director, "/staff/letters/heads/")
    given = {"issuer": "永安路街道办事处", "prefix": "永城信", "notice_prefix": "永城告"}
    assert director.post("/staff/letters/heads/chengguan/", given).status_code == 302
    assert LetterHead.objects.get().prefix == "永城信"
    assert enter("clerk1").get("/staff/letters/heads/").status_code == 403


def test_paper_is_printed_with_the_name_masked(verified: Case, begun: Letter, enter: Enter) -> None:
    handler = enter("handler.chengguan")
    text = page(handler, url("staff:letter", begun))
    link = re.search(r'href="([^"]*V06\.pdf[^"]*)"', text)
    assert link
    response = handler.get(link[1].replace("&amp;", "&"))
    assert response.status_code == 200 and response.content.startswith(b"%PDF")


# --- Review ----------------------------------------------------------------------------------------------------------


def test_a_request_for_review_is_registered_at_the_desk(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told", way="letter")
    clerk = enter("clerk1")
    assert "以前请求复查" in page(clerk, at(case)) and "登记复查请求" in page(clerk, at(case))
    given = {
        "asked_on": timezone.localdate().isoformat(),
        "way": "letter",
        "authority": "区信访局",
        "request": "不服",
    }
    late = clerk.post(at(case, "do/request_review/"), {**given, "asked_on": "2031-01-01"})
    assert late.status_code == 400 and "不能在将来" in late.content.decode()
    assert clerk.post(at(case, "do/request_review/"), given).status_code == 302
    text = page(clerk, at(case))
    assert "复查中" in text and "区信访局" in text and "等候意见" in text
    served = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    opinion = {
        "review_outcome": "uphold",
        "decided_on": given["asked_on"],
        "served_on": served,
        "doc_number": "区信复3号",
    }
    assert clerk.post(at(case, "do/decide_review/"), opinion).status_code == 302
    assert Review.objects.get().outcome == "uphold"
    assert "以前请求复核" in page(clerk, at(case))


def test_a_final_re_review_is_explained_on_the_page(cast: Cast, enter: Enter) -> None:
    case = above(cast, cast["clerk1"].opens(), "re_reviewing")
    case = cast["clerk1"].does(case, "decide_re_review", **decided())
    text = page(enter("clerk1"), at(case))
    assert "不再受理" in text and "do/reopen" not in text
    refused = enter("clerk1").post(at(case, "do/reopen/"), {"reason": "还是不服"})
    assert refused.status_code == 403 and "第三十六条" in refused.content.decode()


def test_an_annulled_matter_offers_to_be_handled_anew(cast: Cast, enter: Enter) -> None:
    case = above(cast, cast["clerk1"].opens(), "reviewed", "annul")
    line = re.search(r'class="sheet next.*?</section>', page(enter("clerk1"), at(case)), re.S)
    assert line and "do/redo" in line[0]
