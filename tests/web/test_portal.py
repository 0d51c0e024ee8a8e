"""The residents' page and the phone face: plain, quick, without an account, a cookie or a script."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation

from cast import Cast
from yimen.organisations.models import Office

pytestmark = pytest.mark.django_db


def test_it_stands_before_anything_is_set_up() -> None:
    for path in ("/", "/field/", "/m/永〔2026〕00001"):
        assert Client().get(path).status_code == 200


def test_emergencies_come_before_everything_else(cast: Cast) -> None:
    page = Client().get("/").content.decode()
    places = [page.index(f'href="tel:{number}"') for number in ("110", "119", "120", "12345", "12388")]
    assert places == sorted(places)
    assert places[2] < page.index("什么时候来")


def test_it_says_when_where_and_what_to_bring(cast: Cast) -> None:
    Office.objects.update(hours="工作日 08:00–12:00", address="清溪路 18 号", phone="0931-000 0100")
    page = Client().get("/").content.decode()
    for words in ("工作日 08:00–12:00", "清溪路 18 号", "0931-000 0100", "要带什么", "不记身份证号"):
        assert words in page


def test_it_needs_no_script_and_sets_no_session() -> None:
    answer = Client().get("/")
    assert "<script" not in answer.content.decode()
    assert "yimen_session" not in answer.cookies


def test_letters_can_be_made_larger_by_a_link() -> None:
    assert 'class="portal large"' in Client().get("/?text=large").content.decode()


def test_a_slips_page_says_the_same_whether_the_number_exists_or_not(cast: Cast) -> None:
    case = cast["clerk1"].opens(name="欧阳兰")
    real = Client().get(f"/m/{case.number}").content.decode()
    invented = Client().get("/m/永〔2026〕99999").content.decode()
    assert real.replace(case.number, "") == invented.replace("永〔2026〕99999", "") or "csrf" in real
    assert case.title not in real


@pytest.mark.parametrize(
    "text", ["hello", "<script>alert(1)</script>", "请打13800000000转账", "永〔2026〕1<b>"]
)
def test_a_slips_page_repeats_nothing_but_a_number(text: str) -> None:
    page = Client().get(f"/m/{text}")
    assert page.status_code in (200, 404)
    assert text not in re.sub(r'name="next" value="[^"]*"', "", page.content.decode())


def test_only_reading_is_allowed() -> None:
    assert Client().post("/").status_code == 405
    assert Client().post("/field/").status_code == 405


def test_the_language_is_changed_without_an_account_and_leads_back() -> None:
    client = Client()
    answer = client.post("/language/", {"language": "en", "next": "/?text=large"})
    assert answer["Location"] == "/?text=large"
    assert '<html lang="en"' in client.get("/").content.decode()
    assert (
        client.post("/language/", {"language": "zh-hans", "next": "https://example.org/"})["Location"] == "/"
    )


def test_the_language_of_a_reader_ends_with_the_answer() -> None:
    client, before = Client(), translation.get_language()
    client.post("/language/", {"language": "en"})
    assert '<html lang="en"' in client.get("/").content.decode()
    assert client.get("/staff/").status_code == 302
    assert translation.get_language() == before
