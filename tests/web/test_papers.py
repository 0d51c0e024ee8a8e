"""Papers and files: printed for the right people, recorded, and never opened inside a page."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader
from tests.web.staff_ground import Enter

from cast import Cast, advance, said_in
from yimen.cases.models import Attachment, Case, SlipCode
from yimen.ledger.models import Entry


def _text(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def _opens(cast: Cast) -> Case:
    return cast["clerk1"].opens(name="欧阳兰", phone="13800002071", place="永安小区", wish="赔偿吊顶")


@pytest.mark.parametrize(("size", "width"), [("a5", 420), ("80mm", 227)])
def test_a_slip_is_printed_in_both_sizes_with_a_secret_of_its_own(
    cast: Cast, enter: Enter, size: str, width: int
) -> None:
    case = _opens(cast)
    answer = enter("clerk1").post(reverse("staff:slip", args=[case.uuid]), {"size": size})
    assert answer["Content-Type"] == "application/pdf"
    page = PdfReader(io.BytesIO(answer.content)).pages[0]
    assert round(float(page.mediabox.width)) == width
    text = _text(answer.content)
    assert case.number in text.replace(" ", "")
    assert "欧阳兰" not in text
    assert SlipCode.objects.filter(case=case).count() == 1
    assert Entry.objects.filter(kind="case.slip_printed", subject_id=case.pk).count() == 1


def test_a_slip_is_never_made_by_following_a_link(cast: Cast, enter: Enter) -> None:
    url = reverse("staff:slip", args=[_opens(cast).uuid])
    assert enter("clerk1").get(url).status_code == 405
    assert enter("handler.chengguan").post(url, {"size": "a5"}).status_code == 403
    assert enter("clerk1").post(url, {"size": "a0"}).status_code == 400
    assert not SlipCode.objects.exists()


def test_the_form_is_masked_unless_a_reason_is_given(cast: Cast, enter: Enter) -> None:
    case = _opens(cast)
    url = reverse("staff:v01", args=[case.uuid])
    masked = _text(enter("clerk1").get(url).content).replace(" ", "")
    assert "13800002071" not in masked and "欧阳兰" not in masked
    assert "13800002071" in _text(enter("clerk1").post(url, {"reason": "存档"}).content).replace(" ", "")
    assert Entry.objects.filter(kind="case.paper_printed", subject_id=case.pk).count() == 2
    assert said_in(Entry.objects.get(kind="case.revealed")) == {"reason": "存档"}


def test_the_full_form_is_refused_without_a_reason_and_to_those_who_may_not_see_contacts(
    cast: Cast, enter: Enter
) -> None:
    url = reverse("staff:v01", args=[_opens(cast).uuid])
    assert enter("clerk1").post(url, {"reason": " "}).status_code == 400
    assert enter("leader1").post(url, {"reason": "看看"}).status_code == 403
    assert not Entry.objects.filter(kind="case.paper_printed").exists()


def test_the_form_carries_the_story_so_far(cast: Cast, enter: Enter) -> None:
    case = advance(cast, _opens(cast), "called_back")
    text = _text(enter("clerk1").get(reverse("staff:v01", args=[case.uuid])).content)
    for words in ("群众来访接待登记表", "城市管理办", "已修好漏点"):
        assert words in "".join(text.split())


def test_a_referral_slip_exists_once_the_matter_was_guided(cast: Cast, enter: Enter) -> None:
    case = _opens(cast)
    url = reverse("staff:referral", args=[case.uuid])
    assert enter("clerk1").get(url).status_code == 404
    cast["clerk1"].does(case, "guide", guide_kind="elsewhere", body="区劳动监察大队", reason="属区级职责",
                        body_contact="博雅街 12 号")  # fmt: skip
    page = enter("clerk1").get(reverse("staff:case", args=[case.uuid])).content.decode()
    assert url in page
    assert "区劳动监察大队" in _text(enter("clerk1").get(url).content)


# --- files -----------------------------------------------------------------------------------------------------


def _upload(enter: Enter, case: Case, *files: SimpleUploadedFile, who: str = "clerk1") -> str:
    client = enter(who)
    client.post(reverse("staff:files", args=[case.uuid]), {"files": list(files)})
    return str(client.get(reverse("staff:case", args=[case.uuid])).content.decode())


def test_a_picture_is_taken_in_and_given_back_as_a_download(cast: Cast, enter: Enter, png: bytes) -> None:
    case = _opens(cast)
    assert "已收下 1 个附件" in _upload(enter, case, SimpleUploadedFile("现场 照片.png", png))
    row = Attachment.objects.get()
    answer = enter("clerk1").get(reverse("staff:file", args=[case.uuid, row.uuid]))
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E7%8E%B0")
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox",
    )
    assert "no-store" in answer["Cache-Control"]
    assert Entry.objects.filter(kind="case.file_opened", subject_id=case.pk).count() == 1


def test_the_original_is_given_untouched_when_asked_for(cast: Cast, enter: Enter, png: bytes) -> None:
    case = _opens(cast)
    _upload(enter, case, SimpleUploadedFile("现场.png", png))
    url = reverse("staff:file", args=[case.uuid, Attachment.objects.get().uuid])
    assert enter("clerk1").get(f"{url}?original=1").content == png


def test_a_refused_file_is_named_with_its_reason(cast: Cast, enter: Enter) -> None:
    page = _upload(enter, _opens(cast), SimpleUploadedFile("setup.exe", b"MZ" + bytes(80)))
    assert re.search(r"没有收下 setup\.exe：.+", page)
    assert not Attachment.objects.exists()


def test_sending_no_file_says_so(cast: Cast, enter: Enter) -> None:
    assert "请先选择文件" in _upload(enter, _opens(cast))


def test_files_of_a_matter_one_may_not_see_are_not_there(cast: Cast, enter: Enter, png: bytes) -> None:
    case = _opens(cast)
    _upload(enter, case, SimpleUploadedFile("现场.png", png))
    url = reverse("staff:file", args=[case.uuid, Attachment.objects.get().uuid])
    assert enter("handler.zhifa").get(url).status_code == 404
    assert enter("handler.zhifa").post(reverse("staff:files", args=[case.uuid]), {}).status_code in (302, 404)
    other = cast["clerk1"].opens("另一件事。")
    assert (
        enter("clerk1")
        .get(reverse("staff:file", args=[other.uuid, Attachment.objects.get().uuid]))
        .status_code
        == 404
    )
