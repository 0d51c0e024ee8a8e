"""Forms of a matter as PDF and DOCX: offered when they make sense, masked unless a reason is given, each print kept."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from tests.web.staff_ground import Enter

from cast import Cast, advance
from yimen.cases.actions import assisting, materials
from yimen.cases.models import Assignment, Case
from yimen.documents import actions, word
from yimen.ledger.models import Entry
from yimen.web.staff.show import printing


def _opens(cast: Cast, **more: object) -> Case:
    return cast["clerk1"].opens(name="欧阳兰", phone="13800002071", place="永安小区", wish="赔偿吊顶", **more)  # type: ignore[arg-type]


def _url(case: Case, form: str, kind: str = "pdf", row: int = 0) -> str:
    return reverse("staff:paper", args=[case.uuid, form, kind]) + (f"?row={row}" if row else "")


def _words(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return _read(answer.content)


def _read(body: bytes) -> str:
    if body.startswith(b"PK"):
        return "".join(word.text_of(body).split())
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())


def _forms(case: Case) -> list[str]:
    return [offer.form for offer in printing.offers(case)]


def test_papers_are_offered_as_the_matter_goes_on(cast: Cast) -> None:
    case = _opens(cast)
    assert _forms(case) == ["V01"]
    assert _forms(advance(cast, case, "dispatched")) == ["V01", "V02"]
    assert {"V01", "V02", "V04"} <= set(_forms(advance(cast, _opens(cast), "called_back")))


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_dispatch_form_says_lead_assisting_due_and_what_came_back(
    cast: Cast, enter: Enter, kind: str
) -> None:
    case = _opens(cast)
    cast["clerk1"].does(case, "dispatch", unit="chengguan", assisting=["zhifa"], require="三日内到现场")
    handler, head, helper = cast["handler.chengguan"], cast["head.chengguan"], cast["handler.zhifa"]
    unit = cast.units["zhifa"].pk
    assisting.assist_sign(helper.actor, helper.grants, case.uuid, unit_id=unit)
    assisting.assist_report(helper.actor, helper.grants, case.uuid, unit_id=unit, text="已配合到场")
    for person, verb, data in (
        (handler, "sign", {}),
        (handler, "accept", {}),
        (handler, "start", {}),
        (handler, "report", {"result": "已修好漏点", "decision": "support"}),
        (head, "verify", {}),
    ):
        person.does(case, verb, **data)  # fmt: skip
    body = _words(enter("clerk1"), _url(case, "V02", kind))
    for part in (
        "城市管理办",
        "综合行政执法队",
        "三日内到现场",
        "赔偿吊顶",
        f"{case.number}-转1",
        "已修好漏点",
        "chengguan经办",
    ):
        assert part in body


def test_each_sending_has_a_form_of_its_own(cast: Cast, enter: Enter) -> None:
    case = advance(cast, _opens(cast), "dispatched")
    cast["handler.chengguan"].does(case, "request_return", reason="属执法队职责")
    cast["clerk1"].does(case, "agree_return", note="同意")
    cast["clerk1"].does(case, "dispatch", unit="zhifa", require="请执法队办")
    first, second = Assignment.objects.filter(case=case, role="lead").order_by("id")
    client = enter("clerk1")
    returned = _words(client, _url(case, "V02", row=first.pk))
    assert f"{case.number}-转1" in returned and "属执法队职责" in returned
    newest = _words(client, _url(case, "V02"))
    assert f"{case.number}-转2" in newest and "请执法队办" in newest
    assert newest == _words(client, _url(case, "V02", row=second.pk))
    other = advance(cast, _opens(cast), "dispatched")
    assert client.get(_url(other, "V02", row=first.pk)).status_code == 404


def test_a_call_back_form_says_solved_and_the_persons_own_rating(cast: Cast, enter: Enter) -> None:
    case = advance(cast, _opens(cast), "called_back")
    body = _words(enter("clerk1"), _url(case, "V04", "docx"))
    assert case.number in body and "是否解决" in body


def test_names_are_masked_by_a_link_and_in_full_with_a_reason(cast: Cast, enter: Enter) -> None:
    case = _opens(cast)
    client = enter("clerk1")
    for kind in ("pdf", "docx"):
        masked = _words(client, _url(case, "V01", kind))
        assert "欧阳兰" not in masked and "13800002071" not in masked
        full = client.post(_url(case, "V01", kind), {"reason": "送达来访人"})
        assert "欧阳兰" in _read(full.content) and "13800002071" in _read(full.content)
    prints = Entry.objects.filter(kind="case.paper_printed", subject_id=case.pk)
    assert {(e.payload["paper"], e.payload["file"], e.payload["full"]) for e in prints} == {
        ("V01", kind, full) for kind in ("pdf", "docx") for full in (True, False)
    }
    assert Entry.objects.filter(kind="case.revealed", subject_id=case.pk).count() == 2


def test_full_names_without_a_reason_give_the_page_back(cast: Cast, enter: Enter) -> None:
    case = _opens(cast)
    answer = enter("clerk1").post(_url(case, "V01"), {"reason": " "})
    assert answer.status_code == 400 and "请写明为什么要印全名" in answer.content.decode()
    assert enter("leader1").post(_url(case, "V01"), {"reason": "看看"}).status_code == 403
    assert not Entry.objects.filter(kind="case.paper_printed").exists()


def test_what_is_not_there_is_not_printed(cast: Cast, enter: Enter) -> None:
    case, client = _opens(cast), enter("clerk1")
    for url in (_url(case, "V02"), _url(case, "V99"), _url(case, "V01", "exe"), _url(case, "R01")):
        assert client.get(url).status_code == 404
    assert enter("handler.zhifa").get(_url(case, "V01")).status_code == 404


def test_the_page_of_papers_and_the_matters_page_list_them(cast: Cast, enter: Enter) -> None:
    case = advance(cast, _opens(cast), "dispatched")
    client = enter("clerk1")
    for url in (reverse("staff:case", args=[case.uuid]), reverse("staff:papers", args=[case.uuid])):
        page = client.get(url).content.decode()
        assert reverse("staff:paper", args=[case.uuid, "V02", "docx"]) in page
        assert "转办单" in page
    assert "不会改变 PDF" in page


def test_a_sealed_matter_has_no_forms_between_units(cast: Cast) -> None:
    case = advance(cast, _opens(cast), "dispatched")
    case.sealed = True
    assert _forms(case) == ["V01"]
    assert printing.row_of(case, "V02") is None


def test_the_documents_come_from_the_office_s_own_template(cast: Cast, enter: Enter) -> None:
    from edited import with_line

    director = cast["director"]
    actions.upload(director.actor, director.grants, "V02", with_line("本街道自用版式"), "转办单.docx")
    case = advance(cast, _opens(cast), "dispatched")
    assert "本街道自用版式" in _words(enter("clerk1"), _url(case, "V02", "docx"))
    assert "本街道自用版式" not in _words(enter("clerk1"), _url(case, "V02", "pdf"))


# 材料收据


def _takes(cast: Cast, enter: Enter, case: Case, lines: str, **more: str) -> int:
    url = reverse("staff:do", args=[case.uuid, "take_materials"])
    return int(enter("clerk1").post(url, {"materials": lines, "return_on": "", **more}).status_code)


def test_materials_are_taken_printed_and_given_back(cast: Cast, enter: Enter) -> None:
    case = _opens(cast)
    due = timezone.localdate() + timedelta(days=5)
    assert (
        _takes(cast, enter, case, "租房合同 原件 6 页\n供热费发票，复印件", return_on=due.isoformat()) == 302
    )
    contract, bill = materials.materials_of(case)
    assert (contract.kind, contract.pages, contract.return_on) == ("original", 6, due)
    assert (bill.kind, bill.pages, bill.return_on) == ("copy", None, None)
    body = _words(enter("clerk1"), _url(case, "R01"))
    assert "租房合同原件6" in body and due.isoformat() in body and "一式两份" in body
    url = reverse("staff:do", args=[case.uuid, "return_materials"])
    assert "租房合同" in enter("clerk1").get(url).content.decode()
    assert enter("clerk1").post(url, {"materials": [str(contract.pk)]}).status_code == 302
    assert [row.name for row in materials.held_of(case)] == ["供热费发票"]
    assert enter("clerk1").post(url, {"materials": [str(contract.pk)]}).status_code == 400
    kinds = Entry.objects.filter(subject_id=case.pk, kind__startswith="case.materials").values_list(
        "kind", flat=True
    )
    assert sorted(kinds) == ["case.materials_returned", "case.materials_taken"]
    assert timezone.localdate().isoformat() in _words(enter("clerk1"), _url(case, "R01"))


@pytest.mark.parametrize(
    ("lines", "said"),
    [("租房合同", "原件还是复印件"), ("", "请填写"), ("\n".join(["合同 原件"] * 31), "一次最多 30 件"),
     ("长" * 130 + " 原件", "最多 120 字")],
)  # fmt: skip
def test_a_line_that_does_not_say_what_it_is_is_refused_beside_the_field(
    cast: Cast, enter: Enter, lines: str, said: str
) -> None:
    case = _opens(cast)
    url = reverse("staff:do", args=[case.uuid, "take_materials"])
    answer = enter("clerk1").post(url, {"materials": lines, "return_on": ""})
    assert answer.status_code == 400 and said in answer.content.decode()
    assert not materials.materials_of(case)


# 一次性告知单


def test_a_notice_of_everything_needed_is_printed_for_a_common_answer(cast: Cast, enter: Enter) -> None:
    client = enter("clerk1")
    page = client.get(reverse("staff:enquiry")).content.decode()
    url = reverse("staff:notice", args=["heating", "pdf"])
    assert url in page
    for way in (url, f"{url}?size=80mm", f"{url}?lang=en", reverse("staff:notice", args=["heating", "docx"])):
        body = _words(client, way)
        assert "家里暖气不热找谁" in body and "测温记录" in body
    assert client.get(f"{url}?size=a0").status_code == 400
    assert client.get(reverse("staff:notice", args=["nothing", "pdf"])).status_code == 404
