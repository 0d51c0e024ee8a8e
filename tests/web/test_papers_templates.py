"""文书模板: handed in, refused with reasons beside the field, gone back to; for administrators and the director."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from edited import with_line, without
from tests.web.staff_ground import Enter

from yimen.documents import word
from yimen.documents.models import TemplateVersion

PAGE = "staff:admin-template"


def _hand_in(client: Client, body: bytes, name: str = "转办单.docx", **more: str) -> tuple[int, str]:
    answer = client.post(reverse(PAGE, args=["V02"]), {"file": SimpleUploadedFile(name, body), **more})
    return answer.status_code, answer.content.decode()


def test_the_page_lists_forms_fields_and_says_that_the_pdf_stays(enter: Enter) -> None:
    client = enter("director")
    listed = client.get(reverse("staff:admin-templates")).content.decode()
    assert "V06 信访处理（答复）意见书" in listed and "不会改变 PDF" in listed
    page = client.get(reverse(PAGE, args=["V02"])).content.decode()
    assert "{{ to_unit }}" in page and "转办单位" in page and "不会改变 PDF" in page
    assert reverse("staff:admin-templates") in client.get(reverse("staff:home")).content.decode()


def test_a_version_is_handed_in_downloaded_and_gone_back_from(enter: Enter) -> None:
    client, body = enter("director"), with_line("自用版式")
    assert _hand_in(client, body, note="加了抬头")[0] == 302
    assert "加了抬头" in client.get(reverse(PAGE, args=["V02"])).content.decode()
    file = client.get(reverse("staff:admin-template-file", args=["V02", 1]))
    assert file.content == body and file["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("staff:admin-template-file", args=["V02", 0])).content == word.shipped("V02")
    choose = reverse("staff:admin-choose-template", args=["V02"])
    assert client.post(choose).status_code == 302
    assert not TemplateVersion.objects.filter(active=True).exists()
    assert client.post(choose, {"version": "1"}).status_code == 302
    assert TemplateVersion.objects.get(active=True).version == 1
    assert client.post(choose, {"version": "7"}).status_code == 404
    assert client.get(reverse("staff:admin-history") + "?subject=template").status_code in (200, 403)


def test_what_is_wrong_is_said_beside_the_file_and_the_note_is_kept(enter: Enter) -> None:
    client = enter("director")
    for body, said in (
        (with_line("{{ contnet }}"), "contnet"), (b"MZ", "不是可以读取的 DOCX"), (with_line("{{ no.x }}"), "不能试填"),
        (without("due"), "办理时限"),
    ):  # fmt: skip
        status, page = _hand_in(client, body, note="试试")
        assert status == 400 and said in page and 'value="试试"' in page
    assert _hand_in(client, b"")[0] == 400
    assert not TemplateVersion.objects.exists()
    assert _hand_in(client, without("due"), note="时限另函", partial="on")[0] == 302


@pytest.mark.parametrize("who", ["clerk1", "handler.chengguan", "leader1"])
def test_others_do_not_get_in(enter: Enter, who: str) -> None:
    client = enter(who)
    for url in (reverse("staff:admin-templates"), reverse(PAGE, args=["V02"]),
                reverse("staff:admin-template-file", args=["V02", 0])):  # fmt: skip
        assert client.get(url).status_code == 403
    assert client.post(reverse("staff:admin-choose-template", args=["V02"])).status_code == 403


def test_a_form_that_is_not_there_is_not_there(enter: Enter) -> None:
    client = enter("director")
    assert client.get(reverse(PAGE, args=["V99"])).status_code == 404
    assert client.get(reverse("staff:admin-template-file", args=["V02", 9])).status_code == 404
