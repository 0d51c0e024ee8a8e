"""Pages of grids: who answers, posting people, leave with stand-ins, the check, files, and the posted paper."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pypdf import PdfReader
from tests.grids import ground

from cast import Cast
from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.grids import actions
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid, GridPost, Leave
from yimen.ledger.models import Entry
from yimen.organisations.models import Office

from .staff_ground import Enter, in_use

GRIDS = "/staff/grids/"
TODAY = timezone.localdate


@pytest.fixture
def street(cast: Cast) -> list[Grid]:
    """Two grids of one community; anna works in the first, ben leads it, sec is the community's secretary."""
    top, community, grids = ground.street()
    cast.units |= {key: ground.unit(key) for key in ("shequ01", "shequ02")}
    cast.joins("sec", "社区书记", "shequ01", Role.COMMUNITY)
    cast.joins("other", "别的书记", "shequ02", Role.COMMUNITY)
    in_use(cast)
    ground.posts(ground.person("anna"), grids[0])
    ground.posts(ground.person("ben"), grids[0], PostRole.LEAD)
    ground.posts(cast["sec"].user, community, PostRole.LEAD)
    return [*grids, community, top]


def texts(answer: Any) -> str:
    return str(answer.content.decode())


def day(offset: int = 0) -> str:
    return (TODAY() + timedelta(days=offset)).isoformat()


def row_of(sign_in: str) -> GridPost:
    return GridPost.objects.select_related("user").get(user__sign_in=sign_in)


def test_the_street_says_who_answers_to_everybody_of_the_house(street: list[Grid], enter: Enter) -> None:
    page = texts(enter("clerk1").get(GRIDS))
    assert "ANNA" in page and "BEN" in page and "社区书记" in page and "<svg" in page
    assert "由上一级负责" in page, "the second grid has nobody of its own"
    assert f"{GRIDS}exchange/" not in page and f"{GRIDS}exchange/" in texts(enter("director").get(GRIDS))


def test_one_grid_shows_its_people_its_place_and_its_past(street: list[Grid], enter: Enter) -> None:
    actions.end_post(ground.ACTOR, row_of("ben").pk, ground.SINCE)
    page = texts(enter("clerk1").get(f"{GRIDS}{street[0].pk}/"))
    assert "ANNA" in page and "以前的任职" in page and "g1-1没有网格长" in page
    assert street[0].code in page and page.count("<path") >= 2 and "指定负责人" not in page


def test_a_stand_in_is_named_with_the_reason(street: list[Grid], enter: Enter) -> None:
    actions.take_leave(ground.ACTOR, row_of("anna").user, TODAY(), TODAY(), ground.person("cara"))
    page = texts(enter("clerk1").get(f"{GRIDS}{street[0].pk}/"))
    assert "g1-1的ANNA不在岗，由CARA代理。" in page and "今天不在岗" in page


def test_somebody_is_posted_and_ended_by_the_community(street: list[Grid], enter: Enter) -> None:
    ground.person("cara")
    sec = enter("sec")
    sent = {"person": "cara", "role": "worker", "since": day(), "until": ""}
    answer = sec.post(f"{GRIDS}{street[1].pk}/post/", sent)
    assert answer.status_code == 302 and row_of("cara").role == "worker"
    assert sec.post(f"{GRIDS}posts/{row_of('cara').pk}/end/", {"last_day": day(3)}).status_code == 302
    assert row_of("cara").until == TODAY() + timedelta(days=3)
    assert Entry.objects.filter(kind="grids.post_ended").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"person": "nobody"}, "person"), ({"person": ""}, "person"), ({"since": "x"}, "since"), ({"role": "king"}, "role"),
     ({"since": "2024-01-01"}, "since"), ({"until": "2024-01-01"}, "until"), ({"person": "anna"}, "person")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    street: list[Grid], enter: Enter, wrong: dict[str, str], field: str
) -> None:
    ground.person("cara")
    sent = {"person": "cara", "role": "worker", "since": day(), "until": ""} | wrong
    answer = enter("director").post(f"{GRIDS}{street[0].pk}/post/", sent)
    page = texts(answer)
    assert (
        answer.status_code == 400 and f'id="id_{field}_error"' in page and f'value="{sent["since"]}"' in page
    )


def test_a_community_posts_in_its_own_grids_only(street: list[Grid], enter: Enter) -> None:
    assert enter("other").get(f"{GRIDS}{street[0].pk}/post/").status_code == 403
    for path in ("end/", "leave/"):
        assert enter("other").get(f"{GRIDS}posts/{row_of('anna').pk}/{path}").status_code == 403
    assert enter("clerk1").get(f"{GRIDS}{street[0].pk}/post/").status_code == 403
    assert "指定负责人" not in texts(enter("other").get(f"{GRIDS}{street[0].pk}/"))


def test_leave_is_entered_told_and_ended(street: list[Grid], enter: Enter) -> None:
    ground.person("cara")
    sec, anna = enter("sec"), row_of("anna")
    assert "g1-1" in texts(sec.get(f"{GRIDS}posts/{anna.pk}/leave/"))
    sent = {"since": day(), "until": day(4), "stand_in": "cara"}
    assert sec.post(f"{GRIDS}posts/{anna.pk}/leave/", sent).status_code == 302
    row = Leave.objects.get()
    again = sec.post(f"{GRIDS}posts/{anna.pk}/leave/", sent)
    assert again.status_code == 400 and "id_since_error" in texts(again) and 'value="cara"' in texts(again)
    end = f"{GRIDS}posts/{anna.pk}/leave/{row.pk}/end/"
    assert end in texts(sec.get(f"{GRIDS}{street[0].pk}/"))
    assert sec.post(end, {"last_day": day(-1)}).status_code == 302
    assert not Leave.objects.exists()
    assert sec.get(f"{GRIDS}posts/{row_of('ben').pk}/leave/{row.pk}/end/").status_code == 404


def test_a_loop_of_stand_ins_is_refused_with_the_chain_by_name(street: list[Grid], enter: Enter) -> None:
    anna, ben = row_of("anna"), row_of("ben")
    actions.take_leave(ground.ACTOR, anna.user, TODAY(), TODAY(), ben.user)
    answer = enter("sec").post(
        f"{GRIDS}posts/{ben.pk}/leave/", {"since": day(), "until": day(), "stand_in": "anna"}
    )
    assert answer.status_code == 400 and "BEN → ANNA → BEN" in texts(answer)


def test_the_check_leads_to_each_grid(street: list[Grid], enter: Enter) -> None:
    User.objects.filter(sign_in="anna").update(is_active=False)
    page = texts(enter("sec").get(f"{GRIDS}coverage/"))
    assert "ANNA的账号已停用" in page and f"{GRIDS}{street[1].pk}/" in page and "今天没有网格员" in page
    assert enter("clerk1").get(f"{GRIDS}coverage/").status_code == 403


def upload(client: Any, name: str, body: bytes) -> Any:
    return client.post(f"{GRIDS}exchange/", {"file": SimpleUploadedFile(name, body)})


def test_a_file_is_tried_first_and_taken_in_by_one_more_press(street: list[Grid], enter: Enter) -> None:
    director = enter("director")
    told = json.loads(director.get(f"{GRIDS}exchange/grids.geojson").content)
    told["features"][2]["properties"]["name"] = "望岭网格"
    tried = upload(director, "map.geojson", json.dumps(told).encode())
    page = texts(tried)
    assert (
        tried.status_code == 200 and "望岭网格" in page and not Grid.objects.filter(name="望岭网格").exists()
    )
    packed = re.search(r'name="again" value="([^"]+)"', page)
    assert packed and director.post(f"{GRIDS}exchange/", {"again": packed[1]}).status_code == 302
    assert Grid.objects.get(pk=street[0].pk).name == "望岭网格"
    assert director.post(f"{GRIDS}exchange/", {"again": "x" * 40}).status_code == 302
    assert Entry.objects.filter(kind="grids.imported").count() == 1


def test_a_workbook_goes_the_same_way_and_wrong_rows_stop_it(street: list[Grid], enter: Enter) -> None:
    director = enter("director")
    book = openpyxl.load_workbook(io.BytesIO(director.get(f"{GRIDS}exchange/grids.xlsx").content))
    out = io.BytesIO()
    book["任职"].append([street[1].code, "", "anna", "", "网格员", date(2026, 1, 1), None])
    book.save(out)
    assert 'name="again"' in texts(upload(director, "map.xlsx", out.getvalue()))
    book["任职"].append([street[1].code, "", "nobody", "", "网格员", date(2026, 1, 1), None])
    out = io.BytesIO()
    book.save(out)
    page = texts(upload(director, "map.xlsx", out.getvalue()))
    assert "没有这个登录名：nobody" in page and 'name="again"' not in page


@pytest.mark.parametrize("body", [b"", b"no map", b"PK\x03\x04broken"])
def test_what_is_no_map_is_refused_beside_the_field(street: list[Grid], enter: Enter, body: bytes) -> None:
    answer = upload(enter("director"), "map.geojson", body)
    assert answer.status_code == 400 and "alert" in texts(answer)


def test_only_those_who_draw_the_map_have_it_as_a_file(street: list[Grid], enter: Enter) -> None:
    for path in ("exchange/", "exchange/grids.geojson", "exchange/grids.xlsx"):
        assert enter("sec").get(GRIDS + path).status_code == 403
    public = json.loads(enter("director").get(f"{GRIDS}exchange/grids.geojson?public=1").content)
    ring = public["features"][0]["geometry"]["coordinates"][0]
    assert all(round(number, 3) == number for point in ring for number in point)
    assert Entry.objects.filter(kind="grids.exported").count() == 1


def test_the_posted_paper_says_names_and_phones_on_screen_and_in_print(
    street: list[Grid], enter: Enter
) -> None:
    actions.change_grid(ground.ACTOR, street[0], {"places": ["和顺里"]})
    Office.objects.update(duty_phone="0931-000 0110", supervision_phone="0931-000 0112")
    actions.take_leave(ground.ACTOR, row_of("anna").user, TODAY(), TODAY(), ground.person("cara"))
    clerk = enter("clerk1")
    page = texts(clerk.get(f"{GRIDS}{street[0].pk}/poster/"))
    pdf = clerk.get(f"{GRIDS}{street[0].pk}/poster.pdf")
    reader = PdfReader(io.BytesIO(pdf.content))
    paper = "".join(part.extract_text() for part in reader.pages)
    assert len(reader.pages) == 1
    for said in (page, paper.replace("\n", "").replace("\u200b", "")):
        for words in ("ANNA", "BEN", "和顺里", "0931-000 0110", "0931-000 0112", street[0].code):
            assert words in said
        assert "CARA" not in said, "a paper on the wall outlives a leave"


def test_a_grid_without_an_outline_or_people_is_posted_too(street: list[Grid], enter: Enter) -> None:
    bare = ground.made(Level.GRID, 1, 8, street[2], name="新网格")
    assert enter("clerk1").get(f"{GRIDS}{bare.pk}/").status_code == 200
    assert enter("clerk1").get(f"{GRIDS}{bare.pk}/poster.pdf").content.startswith(b"%PDF")


def test_without_a_map_the_page_says_what_to_do(cast: Cast, enter: Enter) -> None:
    in_use(cast)
    assert "还没有网格" in texts(enter("clerk1").get(GRIDS))
    assert "没有发现问题" in texts(enter("director").get(f"{GRIDS}coverage/"))
