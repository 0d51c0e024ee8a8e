"""Requests that nobody sends by accident: too large, unprintable, or reading between the lines."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.web.staff_ground import Enter

from cast import Cast
from yimen.cases.actions import attach
from yimen.cases.models import Attachment
from yimen.web import size
from yimen.web.staff.views import files


@pytest.mark.parametrize(
    "address",
    [
        "/staff/search/?q=a%00b",
        "/staff/work/all/?state=%00",
        "/staff/work/all/?q=%00&q=x",
        "/staff/queue/?source=%00",
        f"/staff/queue/?after={'9' * 5000}",
    ],
)
def test_a_mad_address_is_no_server_error(enter: Enter, address: str) -> None:
    assert enter("director").get(address).status_code in (200, 400)


def test_a_nul_in_a_form_is_refused_and_the_text_given_back_but_no_secret(enter: Enter) -> None:
    given = {
        "place": "a\0b",
        "text": "说了很久的一段话，不能丢。",
        "password1": "水桶在门后第三格",
        "phone": "13800002071",
    }
    answer = enter("clerk1").post("/staff/register/similar/", given)
    page = answer.content.decode()
    assert answer.status_code == 400 and "说了很久的一段话" in page
    assert "水桶在门后" not in page and "13800002071" not in page


def test_an_absurd_version_of_a_form_is_no_server_error(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    answer = enter("clerk1").post(f"/staff/cases/{case.uuid}/do/dispatch/", {"version": "9" * 5000})
    assert answer.status_code == 400


def test_a_stranger_may_not_send_files(db: None) -> None:
    film = SimpleUploadedFile("film.mp4", b"\0" * (size.STRANGER + 1))
    answer = Client().post("/staff/sign-in/", {"login": "clerk1", "password": "x", "film": film})
    assert answer.status_code == 413 and "太大" in answer.content.decode()


def test_a_stranger_is_refused_before_the_body_is_read(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.http.HttpRequest._load_post_and_files", lambda self: pytest.fail("was read"))
    answer = Client(enforce_csrf_checks=True).post("/staff/sign-in/", {"login": "x" * (size.STRANGER + 1)})
    assert answer.status_code == 413


def test_staff_are_held_to_their_own_limit(
    cast: Cast, enter: Enter, png: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, client = cast["clerk1"].opens(), enter("clerk1")
    monkeypatch.setattr(size, "STRANGER", 10)
    client.post(f"/staff/cases/{case.uuid}/files/", {"files": SimpleUploadedFile("a.png", png)})
    assert Attachment.objects.filter(case=case).count() == 1
    monkeypatch.setattr(size, "STAFF", 10)
    answer = client.post(f"/staff/cases/{case.uuid}/files/", {"files": SimpleUploadedFile("b.png", png)})
    assert answer.status_code == 413


def test_of_a_file_that_is_too_large_no_more_is_read_than_shows_it(
    cast: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LIMIT", 1000)
    monkeypatch.setattr(attach, "LIMIT", 1000)
    seen: list[int] = []
    monkeypatch.setattr(files, "attach", lambda _a, _g, _r, data, _n, **_k: seen.append(len(data)))
    case = cast["clerk1"].opens()
    big = SimpleUploadedFile("big.pdf", b"%PDF-" + b"x" * 9000)
    enter("clerk1").post(f"/staff/cases/{case.uuid}/files/", {"files": big})
    assert seen == [1001]


def test_no_page_tells_the_row_number_of_a_matter(cast: Cast, enter: Enter) -> None:
    """Rows are numbered in one sequence with the sealed ones: a gap would tell that there is one."""
    cases = [cast["clerk1"].opens(f"第{n}盏路灯不亮。", "appearance") for n in range(31)]
    client = enter("clerk1")
    listed = client.get("/staff/work/first-contact/").content.decode()
    cursor = re.search(r"after=([^\"&]+)", listed)
    assert cursor and re.search(r"~[0-9a-f-]{36}$", cursor.group(1).replace("%7E", "~"))
    case = cases[0]
    for address in ("", "do/dispatch/", "do/correct/", "registered/"):
        page = client.get(f"/staff/cases/{case.uuid}/{address}").content.decode()
        assert not re.search(rf"""(?:id|for|name|value|data-[a-z]+)="(?:[a-z_]*-)?{case.pk}\"""", page), (
            address
        )
