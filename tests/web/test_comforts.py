"""Everyday comforts as people meet them on the pages."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from tests.web.staff_ground import Enter

from cast import Cast, advance
from yimen.accounts.models import User
from yimen.cases.models import Case, Note, OutsideNumber, SavedFilter
from yimen.ledger import sequencer
from yimen.ledger.models import Entry
from yimen.web.staff.show import platforms, releases

LONG = "这里有很长的经过。" * 200


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def at(case: Case, *tail: str) -> str:
    return "/".join([f"/staff/cases/{case.uuid}", *tail, ""])


# --- common answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "verb", "who", "field"),
    [("registered", "answer", "clerk1", "reply"), ("registered", "guide", "clerk1", "reason"),
     ("in_hand", "report", "handler.chengguan", "result"), ("verified", "tell", "handler.chengguan", "said")],
)  # fmt: skip
def test_a_common_answer_goes_into_the_field_without_a_script(
    cast: Cast, enter: Enter, state: str, verb: str, who: str, field: str
) -> None:
    case = advance(cast, cast["clerk1"].opens(category="utilities"), state)
    client = enter(who)
    shown = page(client, at(case, "do", verb))
    assert f'name="insert" value="heating" data-into="{field}"' in shown
    typed = client.post(at(case, "do", verb), {"insert": "heating", field: "先说一句。", "body": "供热公司"})
    text = typed.content.decode()
    assert typed.status_code == 200
    assert re.search(rf'<textarea name="{field}"[^>]*>\s*先说一句。\n先打供热公司服务电话', text)
    assert Case.objects.get(pk=case.pk).state == state


def test_an_address_can_bring_the_answer_along(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens()
    shown = page(enter("clerk1"), at(case, "do", "answer") + "?answer=wages")
    assert re.search(r'<textarea name="reply"[^>]*>\s*先收集考勤', shown)


def test_common_answers_are_found_by_words(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(category="noise")
    shown = page(enter("clerk1"), at(case, "do", "answer") + "?find=工资 仲裁")
    assert 'value="wages"' in shown and 'value="heating"' not in shown


# --- numbers elsewhere, copy blocks, papers from above ---------------------------------------------------------


def test_numbers_elsewhere_are_added_shown_and_taken_away(cast: Cast, enter: Enter) -> None:
    case, client = cast["clerk1"].opens(), enter("clerk1")
    client.post(f"{at(case)}outside/", {"do": "add", "system": "petition", "number": "XF-2026-9"})
    assert "XF-2026-9" in page(client, at(case))
    wrong = client.post(f"{at(case)}outside/", {"do": "add", "system": "petition", "number": ""})
    assert wrong.status_code == 400 and "请填写编号" in wrong.content.decode()
    client.post(f"{at(case)}outside/", {"do": "remove", "which": OutsideNumber.objects.get().pk})
    assert not OutsideNumber.objects.exists()


def test_the_copy_block_follows_each_platforms_order_and_masks_people(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(name="欧阳兰", phone="13800002071", place="清溪路 18 号")
    shown = page(enter("clerk1"), f"{at(case)}outside/")
    blocks = re.findall(r'<textarea[^>]*id="copy-(\w+)"[^>]*>(.*?)</textarea>', shown, re.S)
    assert [name for name, _text in blocks] == ["petition", "hotline", "governance"]
    for platform, text in blocks:
        labels = [line.partition("：")[0] for line in text.strip().splitlines()]
        order = [row.label for row in platforms.fields() if row.platform == platform]
        assert labels == [label for label in order if label in labels] and len(labels) >= 5
    assert "138****2071" in shown and "13800002071" not in shown and "欧阳兰" not in shown
    assert "欧**" in shown


def test_names_come_into_the_block_only_for_a_reason_that_stays(cast: Cast, enter: Enter) -> None:
    case, client = cast["clerk1"].opens(name="欧阳兰", phone="13800002071"), enter("clerk1")
    refused = client.post(f"{at(case)}outside/", {"do": "reveal", "reason": " "})
    assert refused.status_code == 400 and "13800002071" not in refused.content.decode()
    shown = client.post(f"{at(case)}outside/", {"do": "reveal", "reason": "录入信访系统"}).content.decode()
    assert "联系电话：13800002071" in shown
    assert Entry.objects.filter(kind="case.revealed", subject_id=case.pk).count() == 1
    leader = enter("leader1").post(f"{at(case)}outside/", {"do": "reveal", "reason": "看看"})
    assert leader.status_code == 403


def test_the_order_of_every_platform_has_a_source_or_is_marked_as_ours() -> None:
    assert {row.certainty for row in platforms.fields()} <= set("SXMD")
    assert not [row for row in platforms.fields() if row.certainty in "SX" and not row.source]
    assert all(row.key not in ("id_no", "sex", "age") for row in platforms.fields())


def test_a_paper_from_above_is_registered_shown_and_corrected(cast: Cast, enter: Enter) -> None:
    client, day = enter("clerk1"), timezone.localdate() - timedelta(days=2)
    client.post("/staff/register/", {
        "text": "电梯常年停用，老人下不了楼。", "category": "housing", "then": "", "from_body": "区信访局",
        "from_number": "区信转〔2026〕86号", "from_on": day.isoformat(), "client_key": "",
    })  # fmt: skip
    case = Case.objects.get()
    assert (case.channel, case.from_on, case.told_at) == ("above", day, None)
    shown = page(client, at(case))
    assert "区信访局" in shown and "区信转〔2026〕86号" in shown
    assert "区信转〔2026〕86号" in page(client, "/staff/work/all/")
    assert case.title in page(client, "/staff/search/?q=区信转〔2026〕86号")
    form = page(client, at(case, "do", "correct"))
    assert f'name="from_on" value="{day.isoformat()}"' in form


def test_the_fold_of_what_was_refused_stands_open_and_the_others_do_not(cast: Cast, enter: Enter) -> None:
    answer = enter("clerk1").post("/staff/register/", {"text": "很多人来反映。", "category": "noise", "party_size": "23",
                                                       "from_on": "2999-01-01"})  # fmt: skip
    folds = re.findall(
        r'<details class="chip"( open)?><summary>.*?</svg>([^<]+)</summary>', answer.content.decode()
    )
    assert {words for is_open, words in folds if is_open} == {"多人来访", "上级来文"}


# --- saved filters, exports ------------------------------------------------------------------------------------


def test_a_filter_is_saved_from_a_list_and_stands_in_the_rail(cast: Cast, enter: Enter) -> None:
    client = enter("clerk1")
    answer = client.post("/staff/filters/", {"do": "save", "name": "城管的", "list": "all",
                                             "query": "unit=chengguan&after=x&q=%E6%BC%8F%E6%B0%B4"})  # fmt: skip
    assert answer["Location"] == "/staff/work/all/?unit=chengguan&q=%E6%BC%8F%E6%B0%B4"
    assert "城管的" in page(client, "/staff/") and "城管的" not in page(enter("clerk2"), "/staff/")
    row = SavedFilter.objects.get()
    assert enter("clerk2").post("/staff/filters/", {"do": "delete", "which": row.pk}).status_code == 404
    client.post("/staff/filters/", {"do": "rename", "which": row.pk, "name": "城管办"})
    assert "城管办" in page(client, "/staff/filters/")
    client.post("/staff/filters/", {"do": "delete", "which": row.pk})
    assert not SavedFilter.objects.exists()


def test_a_filter_without_a_name_comes_back_with_what_it_was(cast: Cast, enter: Enter) -> None:
    answer = enter("clerk1").post(
        "/staff/filters/", {"do": "save", "name": "", "list": "all", "query": "q=1"}
    )
    assert answer.status_code == 400 and 'value="q=1"' in answer.content.decode()


def test_the_workbook_of_a_search_has_everything_found_and_nothing_else(
    cast: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yimen.cases.queries.PAGE", 2)
    for number in range(4):
        cast["clerk1"].opens(f"第{number}号楼暖气不热。", "utilities")
    cast["clerk1"].opens("与此无关的一件。", "noise")
    client = enter("director")
    assert reverse("staff:search-xlsx") + "?q=%E6%9A%96%E6%B0%94" in page(client, "/staff/search/?q=暖气")
    answer = client.get("/staff/search/register.xlsx?q=暖气")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    text = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert all(f"第{number}号楼" in text for number in range(4)) and "与此无关" not in text
    assert enter("handler.zhifa").get("/staff/search/register.xlsx?q=暖气").status_code == 403


# --- notes, what changed, releases, help -----------------------------------------------------------------------


def test_a_note_is_written_on_the_matters_page_and_reminds_at_home(cast: Cast, enter: Enter) -> None:
    case, client = cast["clerk1"].opens(), enter("clerk1")
    client.post(f"{at(case)}note/", {"text": "周四再打电话", "pinned": "1"})
    assert "周四再打电话" in page(client, at(case)) and "周四再打电话" in page(client, "/staff/")
    for other in ("clerk2", "director"):
        assert "周四再打电话" not in page(enter(other), at(case)) + page(enter(other), "/staff/")
    bad = client.post(f"{at(case)}note/", {"text": "留着这句", "remind_on": "2026-13-40"})
    assert bad.status_code == 400 and "留着这句" in bad.content.decode()
    client.post(f"{at(case)}note/", {"do": "delete", "text": "x"})
    assert not Note.objects.exists()


def test_what_others_did_is_counted_listed_and_marked_as_seen(cast: Cast, enter: Enter) -> None:
    case, client = cast["clerk1"].opens(), enter("clerk1")
    advance(cast, case, "signed")
    sequencer.catch_up()
    assert re.search(r'href="/staff/changes/"[^>]*>[^<]*<b>1</b>', page(client, "/staff/"))
    shown = page(client, "/staff/changes/")
    assert "签收" in shown and "chengguan经办" in shown and case.title in shown
    seq = re.search(r'name="seq" value="(\d+)"', shown)
    assert seq
    client.post("/staff/changes/", {"seq": seq[1]})
    assert "没有新的变化" in page(client, "/staff/changes/")


def test_release_notes_are_read_from_the_change_log(cast: Cast, enter: Enter) -> None:
    client = enter("clerk1")
    assert "<h2>0." in page(client, "/staff/released/") and "有什么变化" in page(client, "/staff/released/")
    found = releases.parse("# 更新\n\n## 0.2 — 今天\n开头\n接着。\n- 一点\n  接着说\n- `two` words\n  more\n")
    assert [(one.title, one.words, one.points) for one in found] == [
        ("0.2 — 今天", "开头接着。", ["一点接着说", "two words more"])
    ]


def test_every_key_of_the_script_is_on_the_page_of_keys(cast: Cast, enter: Enter) -> None:
    from yimen.web.staff.rail import KEYS

    shown = page(enter("director"), "/staff/help/")
    for key in ("/", "n", "j", "k", "o", "x", "?"):
        assert f"<kbd>{key}</kbd>" in shown
    for keys in KEYS.values():
        first, second = keys.split()
        assert f"<kbd>{first}</kbd> <kbd>{second}</kbd>" in shown
        assert f'aria-keyshortcuts="{keys}"' in shown


def test_each_person_has_a_key_of_their_own_for_drafts(cast: Cast, enter: Enter) -> None:
    keys = [re.findall(r'data-draft-key="([0-9a-f]{64})"', page(enter(who), "/staff/")) for who in ("clerk1", "clerk1", "clerk2")]  # fmt: skip
    assert keys[0] == keys[1] != keys[2]
    assert "data-draft-key" not in page(Client(), "/staff/sign-in/")


# --- bulk ------------------------------------------------------------------------------------------------------


def _ticks(client: Client, path: str) -> list[str]:
    return re.findall(r'name="case" value="([^"]+)" form="bulk"', page(client, path))


def test_several_are_dispatched_each_with_its_own_entry(cast: Cast, enter: Enter) -> None:
    for number in range(3):
        cast["clerk1"].opens(f"第{number}盏路灯不亮。", "appearance")
    client = enter("clerk1")
    ticks = _ticks(client, "/staff/work/all/")
    first = client.post("/staff/bulk/", {"case": ticks, "verb": "dispatch", "list": "all"})
    assert first.status_code == 200 and first.content.decode().count('name="case"') == 3
    answer = client.post("/staff/bulk/", {"case": ticks, "verb": "dispatch", "list": "all", "go": "1",
                                          "unit": "chengguan", "require": "请查看"})  # fmt: skip
    assert answer["Location"] == "/staff/work/all/"
    assert set(Case.objects.values_list("state", flat=True)) == {"dispatched"}
    assert Entry.objects.filter(kind="case.dispatch").count() == 3


def test_what_is_refused_is_named_and_stays_ticked(cast: Cast, enter: Enter) -> None:
    good, changed, late = (cast["clerk1"].opens(f"第{n}盏路灯不亮。", "appearance") for n in range(3))
    client = enter("clerk1")
    ticks = _ticks(client, "/staff/work/all/")
    cast["clerk2"].does(late, "answer", reply="已经修好")
    Case.objects.filter(pk=changed.pk).update(version=9)
    answer = client.post("/staff/bulk/", {"case": ticks, "verb": "dispatch", "go": "1", "unit": "chengguan"})
    text = answer.content.decode()
    assert answer.status_code == 409 and "办好 1 件，这 2 件没有办成" in text
    assert len(re.findall(r'form="bulk"[^>]* checked', text)) == 2 and good.number not in text
    assert changed.number in text and late.number in text
    assert Case.objects.get(pk=good.pk).state == "dispatched"


def test_several_are_given_to_one_handler_of_the_own_unit(cast: Cast, enter: Enter) -> None:
    from yimen.access.roles import Role

    second = cast.joins("handler2", "第二经办", "chengguan", Role.HANDLER)
    rows = [advance(cast, cast["clerk1"].opens(f"第{n}件要办。", "appearance"), "in_hand") for n in range(2)]
    client = enter("head.chengguan")
    ticks = [f"{row.uuid}~{row.version}" for row in rows]
    client.post("/staff/bulk/", {"case": ticks, "verb": "assign", "go": "1", "handler": str(second.user.pk)})
    assert set(Case.objects.values_list("holder", flat=True)) == {second.user.pk}
    assert enter("leader1").post("/staff/bulk/", {"case": ticks, "verb": "assign"}).status_code == 404


def test_nothing_ticked_is_said_and_what_one_may_not_see_is_not_there(cast: Cast, enter: Enter) -> None:
    client = enter("clerk1")
    assert client.post("/staff/bulk/", {"verb": "dispatch", "list": "all"})["Location"] == "/staff/work/all/"
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    stranger = enter("head.zhifa")
    answer = stranger.post("/staff/bulk/", {"case": [f"{case.uuid}~{case.version}"], "verb": "assign", "go": "1",
                                            "handler": str(cast["handler.zhifa"].user.pk)})  # fmt: skip
    assert case.number not in answer.content.decode()
    assert Case.objects.get(pk=case.pk).version == case.version


# --- large text ------------------------------------------------------------------------------------------------


def test_large_text_is_kept_with_the_person_and_in_this_browser(cast: Cast, enter: Enter) -> None:
    client = enter("clerk1")
    answer = client.post("/staff/text-size/", {"size": "150", "next": "/staff/register/"})
    assert answer["Location"] == "/staff/register/"
    assert 'class="text-150"' in page(client, "/staff/")
    assert User.objects.get(sign_in="clerk1").text_size == 150
    assert 'class="text-150"' in page(enter("clerk1"), "/staff/")


def test_large_text_holds_before_signing_in_and_for_residents(cast: Cast) -> None:
    client = Client()
    client.post("/staff/text-size/", {"size": "125", "next": "https://example.org/"})
    assert 'class="text-125"' in page(client, "/staff/sign-in/")
    assert 'class="portal large"' in page(client, "/")
    assert 'class="portal large"' not in page(client, "/?text=standard")


@pytest.mark.parametrize("size", ["", "1000", "abc", "-1"])
def test_an_unknown_size_is_the_usual_one(cast: Cast, size: str) -> None:
    client = Client()
    assert client.post("/staff/text-size/", {"size": size, "next": "//evil.example"})["Location"] == "/"
    assert 'class="text-' not in page(client, "/staff/sign-in/")


# --- left-overs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "back"),
    [("/staff/cases/{}/contact/", "/staff/cases/{}/"), ("/staff/cases/{}/people/correct/", "/staff/cases/{}/people/"),
     ("/staff/bulk/", "/staff/"), ("/staff/register/suggest/", "/staff/register/"), ("/staff/language/", "/staff/")],
)  # fmt: skip
def test_an_address_that_takes_forms_only_says_so_and_leads_back(
    cast: Cast, enter: Enter, path: str, back: str
) -> None:
    case = cast["clerk1"].opens()
    answer = enter("clerk1").get(path.format(case.uuid))
    text = answer.content.decode()
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "这个网址不能直接打开" in text and f'href="{back.format(case.uuid)}"' in text


def test_a_very_long_text_folds_and_nothing_of_it_is_lost(cast: Cast, enter: Enter) -> None:
    case = cast["clerk1"].opens(LONG)
    shown = page(enter("clerk1"), at(case))
    assert re.search(r'<details class="fold"><summary>显示其余内容（全文 1800 字）', shown)
    parts = re.findall(r'<p class="text">(.*?)(?:<span|</p>)', shown, re.S)
    assert "".join(parts[:2]) == LONG
    short = cast["clerk1"].opens("短短一句。")
    assert 'class="fold"' not in page(enter("clerk1"), at(short))


def test_the_form_to_add_files_is_offered_to_those_who_may(cast: Cast, enter: Enter) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    address = f'action="{at(case, "files")}"'
    assert address in page(enter("handler.chengguan"), at(case))
    assert address not in page(enter("leader1"), at(case))
    closed = advance(cast, cast["clerk1"].opens("另一件要办。"), "closed")
    assert 'name="reason"' in page(enter("clerk1"), at(closed))


def test_the_code_on_the_a4_form_leads_to_the_offices_public_address(
    cast: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yimen.organisations.models import Office
    from yimen.web.staff.views import papers

    seen: dict[str, Any] = {}
    original = papers.papers.v01_of
    monkeypatch.setattr(papers.papers, "v01_of", lambda *a, **k: seen.update(k) or original(*a, **k))
    Office.objects.update(public_url="https://yimen.street.example/")
    case = cast["clerk1"].opens()
    assert enter("clerk1").get(at(case, "v01.pdf")[:-1]).status_code == 200
    assert seen["url"] == f"https://yimen.street.example/staff/cases/{case.uuid}/"


def test_the_reasons_of_an_import_are_counted_alike_in_english() -> None:
    from django.utils import translation

    from yimen.intake.importer.reading import Row
    from yimen.intake.importer.rows import BadRow, draft

    columns = {"record_id": ("编号",), "text": ("内容",), "occurred_at": ("时间",)}
    kinds = set()
    with translation.override("en"):
        for cell in ("昨天下午", "很久以前"):
            with pytest.raises(BadRow) as bad:
                draft(Row(2, {"编号": "1", "内容": "路灯坏了", "时间": cell}), columns, timezone.now())
            assert cell in str(bad.value)
            kinds.add(bad.value.kind)
    assert len(kinds) == 1


def test_every_form_with_a_long_text_keeps_a_draft_or_says_why_not(cast: Cast) -> None:
    """Forms without drafts: a sealed letter's hand-over and contacts on purpose; short or ready-made ones."""
    without = {
        "accusation.html": "nothing of it may stay anywhere",
        "reveal.html": "names and phones",
        "outside_page.html": "the only text is read-only",
        "link.html": "a one-time link to copy",
    }
    folder = Path(platforms.__file__).parents[2] / "templates" / "staff"
    found = {
        file.name
        for file in folder.rglob("*.html")
        if "<textarea" in (text := file.read_text("utf-8")) and "data-draft=" not in text
    }
    assert found <= set(without)
