"""Pages of the premises: the list, one place, a need made a matter by one button, the table out and in."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook
from tests.grids.ground import street

from cast import Cast
from yimen.cases.models import Case
from yimen.grids import contacts
from yimen.grids.actions import premises as verbs
from yimen.grids.models import Grid, Premise, PremiseNeed, PremiseVisit
from yimen.ledger.models import Entry

from .staff_ground import Enter


@pytest.fixture
def grids(cast: Cast) -> list[Grid]:
    return street(2)[2]


@pytest.fixture
def place(cast: Cast, grids: list[Grid]) -> Premise:
    clerk = cast["clerk1"]
    said = verbs.Described("惠民超市", "shop", "永安路 12 号", grids[0], "值班经理", "0931-000 4321")
    return verbs.add_premise(clerk.actor, clerk.grants, said)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_place_is_registered_shown_changed_and_ended(cast: Cast, enter: Enter, grids: list[Grid]) -> None:
    clerk = enter("clerk1")
    assert "不登记居民和住户" in text(clerk, "/staff/premises/add/")
    sent = {"name": "惠民超市", "kind": "shop", "address": "永安路 12 号", "grid": str(grids[0].pk),
            "contact": "值班经理", "phone": "0931-000 4321"}  # fmt: skip
    wrong = clerk.post("/staff/premises/add/", sent | {"phone": "abc", "grid": ""})
    assert wrong.status_code == 400 and "惠民超市" in wrong.content.decode()
    assert clerk.post("/staff/premises/add/", sent).status_code == 302
    assert clerk.post("/staff/premises/add/", sent).status_code == 409
    row = Premise.objects.get()
    path = f"/staff/premises/{row.uuid}/"
    page = text(clerk, path)
    assert "值班经理" in page and "0931-000 4321" in page
    assert clerk.post(f"{path}edit/", sent | {"kind": "enterprise"}).status_code == 302
    assert clerk.post(f"{path}edit/", {"do": "end", "last_day": ""}).status_code == 400
    assert (
        clerk.post(f"{path}edit/", {"do": "end", "last_day": timezone.localdate().isoformat()}).status_code
        == 302
    )
    page = text(clerk, path)
    assert "值班经理" not in page and "停用" in page
    assert clerk.get("/staff/premises/00000000-0000-0000-0000-000000000001/").status_code == 404


def test_the_list_is_filtered_and_not_for_handlers(
    cast: Cast, enter: Enter, place: Premise, grids: list[Grid]
) -> None:
    clerk = enter("clerk1")
    assert "惠民超市" in text(clerk, "/staff/premises/")
    assert "惠民超市" in text(clerk, f"/staff/premises/?kind=shop&grid={grids[0].pk}&q=惠民")
    assert "没有符合筛选的地方" in text(clerk, "/staff/premises/?kind=facility")
    assert "没有符合筛选的地方" in text(clerk, "/staff/premises/?needs=1&after=nonsense")
    assert enter("handler.chengguan").get("/staff/premises/").status_code == 403


def test_a_visit_and_a_need_are_written_down_where_one_stands(
    cast: Cast, enter: Enter, place: Premise
) -> None:
    clerk, path = enter("clerk1"), f"/staff/premises/{place.uuid}/"
    wrong = clerk.post(path, {"do": "visit", "day": "2999-01-01", "seen": "通道畅通"})
    assert wrong.status_code == 400 and "通道畅通" in wrong.content.decode()
    assert (
        clerk.post(
            path, {"do": "visit", "day": timezone.localdate().isoformat(), "seen": "通道畅通"}
        ).status_code
        == 302
    )
    assert clerk.post(path, {"do": "need", "words": " "}).status_code == 400
    assert clerk.post(path, {"do": "need", "words": "路灯不亮"}).status_code == 302
    assert PremiseVisit.objects.count() == PremiseNeed.objects.count() == 1
    assert "1 项需求" in text(clerk, "/staff/premises/?needs=1")


def test_a_need_becomes_a_matter_by_one_button_and_leads_to_it(
    cast: Cast, enter: Enter, place: Premise
) -> None:
    clerk, person = enter("clerk1"), cast["clerk1"]
    need = verbs.need(person.actor, person.grants, place.uuid, "门前路灯不亮")
    path = f"/staff/premises/needs/{need.pk}/"
    assert "登记为事项</button>" in text(clerk, f"/staff/premises/{place.uuid}/")
    assert "登记为事项</button>" not in text(enter("leader1"), f"/staff/premises/{place.uuid}/")
    assert enter("leader1").post(path, {"do": "matter"}).status_code == 403
    answer = clerk.post(path, {"do": "matter"})
    case = Case.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/staff/cases/{case.uuid}/"
    assert clerk.post(path, {"do": "matter"}).status_code == 409
    page = text(clerk, f"/staff/premises/{place.uuid}/")
    assert case.number in page and f"/staff/cases/{case.uuid}/" in page


def test_a_need_is_answered_in_words(cast: Cast, enter: Enter, place: Premise) -> None:
    clerk, person = enter("clerk1"), cast["clerk1"]
    need = verbs.need(person.actor, person.grants, place.uuid, "何时清运")
    path = f"/staff/premises/needs/{need.pk}/"
    assert "何时清运" in text(clerk, path)
    assert clerk.post(path, {"answer": ""}).status_code == 400
    assert clerk.post(path, {"answer": "七点半"}).status_code == 302
    assert "七点半" in text(clerk, f"/staff/premises/{place.uuid}/")
    assert clerk.get("/staff/premises/needs/999999/").status_code == 404


def book(heads: list[str], *rows: list[str]) -> SimpleUploadedFile:
    made, out = Workbook(), io.BytesIO()
    for row in (heads, *rows):
        made.active.append(row)  # type: ignore[union-attr]
    made.save(out)
    return SimpleUploadedFile("premises.xlsx", out.getvalue())


HEADS = ["名称", "类别", "地址", "网格编码", "联系人", "联系电话"]


def test_a_table_is_tried_then_taken_in_and_comes_out_with_the_same_columns(
    cast: Cast, enter: Enter, place: Premise, grids: list[Grid]
) -> None:
    clerk, path = enter("clerk1"), "/staff/premises/import/"
    rows = [["惠民超市", "商铺", "永安路 12 号", grids[0].code, "值班经理", "0931-000 4321"],
            ["滨河公园", "公共设施", "望河路", grids[1].code, "", ""]]  # fmt: skip
    tried = clerk.post(path, {"file": book(HEADS, *rows)})
    assert tried.status_code == 200 and Premise.objects.count() == 1
    assert (len(tried.context["plan"].added), tried.context["plan"].same) == (1, 1)
    assert clerk.post(path, {"do": "save", "rows": tried.context["rows"]}).status_code == 302
    assert Premise.objects.count() == 2
    answer = clerk.get("/staff/premises/register.xlsx")
    cells = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=3)]  # fmt: skip
    assert cells[1][:4] == rows[0][:4] and cells[1][4:] == ["值班经理", "0931-000 4321"]
    assert Entry.objects.filter(kind="premises.exported").count() == 1
    back = SimpleUploadedFile("out.xlsx", answer.content)
    assert clerk.post(path, {"file": back}).context["plan"].same == 2


def test_a_table_with_a_column_of_residents_or_a_bad_row_takes_nothing_in(
    cast: Cast, enter: Enter, grids: list[Grid]
) -> None:
    clerk, path = enter("clerk1"), "/staff/premises/import/"
    good = ["惠民超市", "商铺", "永安路 12 号", grids[0].code, "", ""]
    refused = clerk.post(path, {"file": book([*HEADS, "居民姓名"], [*good, "王建国"])})
    assert refused.status_code == 400 and "居民姓名" in refused.content.decode()
    tried = clerk.post(path, {"file": book(HEADS, good, ["坏店", "住宅", "x", "999", "", ""])})
    assert "第 3 行" in tried.content.decode() and "照这样导入" not in tried.content.decode()
    assert clerk.post(path, {"do": "save", "rows": tried.context["rows"]}).status_code == 400
    assert clerk.post(path, {"do": "save", "rows": "[1"}).status_code == 400
    assert clerk.post(path, {}).status_code == 400
    assert not Premise.objects.exists()
    assert "试算" in text(clerk, path)


def test_the_contact_stands_on_the_page_of_the_place_and_not_in_the_list(
    cast: Cast, enter: Enter, place: Premise
) -> None:
    assert "4321" not in text(enter("clerk1"), "/staff/premises/")
    assert contacts.of(place)["phone"] == "0931-000 4321"
