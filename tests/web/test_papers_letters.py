"""Letters of a matter on paper: drafts say so, the served ones say when; names only with a reason; V03 from its order."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from tests.web.staff_ground import Enter

from cast import Cast, advance
from yimen.cases import letters
from yimen.cases.actions import letters as writing
from yimen.cases.models import Case, Letter, Participant, Supervision
from yimen.documents import word

OPINION = {
    "title": "关于电梯停运信访事项的处理意见书", "received_on": timezone.localdate(), "request": "请求修好电梯",
    "facts": "电梯停运十二日，原因是主板损坏。", "decision": "support", "opinion": "已更换主板，恢复运行。",
    "basis": "《物业管理条例》第三十五条", "remedy": "可以自收到之日起三十日内请求复查。",
}  # fmt: skip


@pytest.fixture
def opinion(cast: Cast) -> Letter:
    """An opinion letter in draft, addressed to the visitor."""
    case = advance(cast, cast["clerk1"].opens(phone="13800002071", name="欧阳兰"), "verified")
    slot = Participant.objects.get(case=case).slot
    handler = cast["handler.chengguan"]
    return writing.begin(handler.actor, handler.grants, case.uuid, "opinion", OPINION, addressee=slot)


def _sealed(cast: Cast, letter: Letter) -> Letter:
    handler, head = cast["handler.chengguan"], cast["head.chengguan"]
    who = {"submit": handler, "review": head, "sign": head, "seal": handler}
    while letter.state != "sealed":
        verb = letters.STATES[letter.state].primary
        person = who[verb]
        letter = writing.move(person.actor, person.grants, letter.case.uuid, letter.uuid, verb)
    return letter


def _served(cast: Cast, letter: Letter) -> None:
    handler = cast["handler.chengguan"]
    given = {"received_at": timezone.now(), "place": "本中心窗口"}
    writing.serve(handler.actor, handler.grants, letter.case.uuid, letter.uuid, "direct", given)


def _read(body: bytes) -> str:
    if body.startswith(b"PK"):
        return "".join(word.text_of(body).split())
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())


def _prints(client: Client, case: Case, form: str, kind: str = "pdf", reason: str = "") -> str:
    url = reverse("staff:paper", args=[case.uuid, form, kind])
    answer: Any = client.post(url, {"reason": reason}) if reason else client.get(url)
    assert answer.status_code == 200
    return _read(answer.content)


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_an_opinion_letter_carries_every_part_and_the_number(
    cast: Cast, enter: Enter, opinion: Letter, kind: str
) -> None:
    letter = _sealed(cast, opinion)
    body = _prints(enter("handler.chengguan"), letter.case, "V06", kind)
    for part in (
        letter.number,
        "永安路街道办事处",
        "请求修好电梯",
        "主板损坏",
        "予以支持。已更换主板",
        "第三十五条",
        "三十日内请求复查",
    ):
        assert part in body
    assert "草稿" not in body and "欧阳兰" not in body
    assert "欧阳兰" in _prints(enter("handler.chengguan"), letter.case, "V06", kind, "送达来访人")


def test_an_unsigned_letter_says_that_it_is_a_draft(enter: Enter, opinion: Letter) -> None:
    assert "草稿，未签发" in _prints(enter("handler.chengguan"), opinion.case, "V06")


def test_the_receipt_of_service_is_ready_to_sign_and_later_says_how_and_when(
    cast: Cast, enter: Enter, opinion: Letter
) -> None:
    letter, client = _sealed(cast, opinion), enter("handler.chengguan")
    ready = _prints(client, letter.case, "R02")
    assert letter.number in ready and "受送达人签名或盖章" in ready and "本中心窗口" not in ready
    _served(cast, letter)
    done = _prints(client, letter.case, "R02", "docx")
    today = timezone.localdate()
    assert "本中心窗口" in done and "当面" in done and f"{today.year}年{today.month}月{today.day}日" in done
    assert f"当面，{today.year}年" in _prints(client, letter.case, "V06")


def test_a_notice_has_the_title_of_its_kind(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "accepted")
    handler = cast["handler.chengguan"]
    words = {"request": "反映电梯停运", "received": "来访人当面提出", "procedure": "六十日内答复"}
    writing.begin(handler.actor, handler.grants, case.uuid, "accept", words)
    body = _prints(enter("handler.chengguan"), case, "V05")
    assert "信访事项受理告知书" in body and "六十日内答复" in body and "草稿" in body


def test_a_supervision_order_prints_lead_and_supporting(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    director = cast["director"].user
    row = Supervision.objects.create(
        case=case, unit=cast.units["chengguan"], number="永督〔2026〕1号", words="三日内办结", signed_by=director,
        instructed_by=director, lead_leader=cast["leader1"].user, at=timezone.now(), due_on=timezone.localdate(),
        feedback_mode="periodic", cycle_days=2, phone="010-1",
    )  # fmt: skip
    row.co_units.add(cast.units["zhifa"])
    for kind in ("pdf", "docx"):
        body = _prints(enter("director"), case, "V03", kind)
        for part in ("永督〔2026〕1号", "三日内办结", "何书记", "综合行政执法队", "每2天", "定期反馈"):
            assert part in body
