"""Forms between units, letters and receipts: every key on the paper, usual, empty and extreme."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from letter_samples import LETTERS, R01, R03, SEEN, SHEETS, USUAL, V02, V05, V06, blank
from paper_samples import ink, pages, picture, size, squeeze, words

from yimen.documents import fields, render

KEYS = [(form, field) for form in USUAL for field in fields.printed(form)]
LONG = "".join(f"第{n}句，楼上漏水无人管。" for n in range(900))


@cache
def usual(form: str) -> str:
    return words(render.paper(USUAL[form]))


@pytest.mark.parametrize(("form", "field"), KEYS, ids=lambda one: getattr(one, "key", one))
def test_every_key_of_the_list_stands_on_the_paper(form: str, field: fields.Field) -> None:
    assert SEEN[form][field.key] in usual(form)
    if form in SHEETS:
        assert squeeze(field.label) in usual(form)


@pytest.mark.parametrize("form", USUAL)
def test_the_shape_of_a_form_takes_every_key_of_its_list(form: str) -> None:
    assert set(fields.labels(form)) <= {field.name for field in dataclasses.fields(USUAL[form])}


@pytest.mark.parametrize("form", SHEETS)
def test_the_empty_form_has_every_place_and_takes_one_sheet(form: str) -> None:
    pdf = render.paper(blank(SHEETS[form]))
    assert len(pages(pdf)) == 1
    for field in fields.printed(form):
        assert squeeze(field.label) in words(pdf)
    assert size(pdf) == pytest.approx((148, 210) if form == "R01" else (210, 297), abs=0.2)


@pytest.mark.parametrize("form", SHEETS)
def test_a_usual_form_takes_one_sheet_inside_its_margins(form: str) -> None:
    pdf = render.paper(SHEETS[form])
    assert len(pages(pdf)) == 1
    left, _top, right, bottom = ink(picture(pdf))
    width, height = size(pdf)
    assert left > 11 and right < width - 11 and bottom < height - 6


def test_lead_and_assisting_on_a_dispatch_lead_and_supporting_on_a_supervision() -> None:
    assert "（主办）" in usual("V02") and "协办单位" in usual("V02") and "牵头" not in usual("V02")
    assert "牵头单位" in usual("V03") and "配合单位" in usual("V03") and "协办" not in usual("V03")


def test_a_dispatch_that_asks_for_a_report_is_called_so() -> None:
    assert "交办单" not in usual("V02")
    assert "交办单" in words(render.paper(replace(V02, assigned=True)))


@pytest.mark.parametrize(
    ("kind", "title", "place"),
    [("accept", "信访事项受理告知书", "处理途径和程序"), ("forward", "信访事项转送告知书", "转送/交办去向"),
     ("refuse", "信访事项不予受理告知书", "有权处理机关"), ("extend", "信访事项延长办理期限告知书", "延期理由与新期限")],
)  # fmt: skip
def test_each_notice_has_its_title_and_the_places_it_needs(kind: Any, title: str, place: str) -> None:
    empty = words(render.paper(replace(blank(V05), kind=kind)))
    assert title in empty and place in empty
    assert ("延期理由" in empty) == (kind == "extend")


@pytest.mark.parametrize("form", LETTERS)
def test_a_letter_keeps_the_measures_of_gb_t_9704(form: str) -> None:
    """Text area 156 mm wide from 28 mm; the red head is red, and the first page bears no number."""
    pdf = render.paper(LETTERS[form])
    assert size(pdf) == pytest.approx((210, 297), abs=0.2)
    first = pages(pdf)[0]
    assert first.startswith("永安路街道办事处")
    assert "—1—" not in first
    left, _top, right, bottom = ink(picture(pdf))
    assert (left, right) == pytest.approx((20, 190), abs=0.6)  # the double lines are 170 mm long
    assert bottom == pytest.approx(277, abs=1.5)  # and the lower one stands 20 mm from the edge


@pytest.mark.parametrize("form", LETTERS)
def test_the_seal_never_stands_on_a_page_without_text(form: str) -> None:
    data = LETTERS[form]
    for n in range(0, 900, 75):
        grown = replace(data, **({"facts": LONG[:n]} if form == "V06" else {"procedure": LONG[:n]}))
        last = pages(render.paper(grown))[-1]
        assert "特此告知" in last or "五、救济告知" in last
        assert last.index("永安路街道办事处", 9 if last.startswith("永") else 0) < last.index("送达")


def test_a_draft_says_so_and_an_issued_letter_does_not() -> None:
    assert "草稿" in words(render.paper(replace(V06, draft=True)))
    assert "草稿" not in usual("V06") + usual("V05")


@pytest.mark.parametrize(
    ("form", "key"), [("V02", "content"), ("V03", "content"), ("V04", "reason"), ("V05", "procedure"),
                      ("V06", "facts"), ("R01", "remark"), ("R02", "refused")],
)  # fmt: skip
def test_ten_thousand_characters_flow_and_none_is_lost(form: str, key: str) -> None:
    got = pages(render.paper(replace(USUAL[form], **{key: LONG})))
    assert len(got) > 3
    assert "".join(got).count("漏") == 900


@pytest.mark.parametrize("form", USUAL)
def test_rare_characters_and_emoji_are_shown_or_asked_for(form: str) -> None:
    text_key = next(
        f.name for f in dataclasses.fields(USUAL[form]) if f.name in ("content", "reason", "name", "letter")
    )
    body = words(render.paper(replace(USUAL[form], **{text_key: "李𠮷㐂😀"})))
    assert "20BB7" in body and "1F600" in body and "㐂" in body
    assert "（U+20BB7），请手写补正" in body


@pytest.mark.parametrize("form", USUAL)
def test_markup_stays_visible(form: str) -> None:
    for key in SEEN[form]:
        if isinstance(getattr(USUAL[form], key), str):
            assert "#panic[*x*]" in words(render.paper(replace(USUAL[form], **{key: "#panic[*x*]"}))), key


def test_forty_materials_run_over_with_the_head_of_the_list_repeated() -> None:
    got = pages(render.paper(replace(R01, materials=R01.materials * 20)))
    assert len(got) > 1
    assert all("材料名称" in page for page in got[:2])


def test_a_material_says_original_or_copy_and_when_it_goes_back() -> None:
    body = usual("R01")
    for part in ("1租房合同原件62026-11-30", "2供热费发票复印件12026-11-20"):
        assert part in body


@pytest.mark.parametrize("paper", ["a5", "80mm"])
@pytest.mark.parametrize("field", fields.printed("R03"), ids=lambda field: field.key)
def test_the_notice_of_everything_needed_has_every_key(paper: Any, field: fields.Field) -> None:
    body = words(render.r03(R03, paper))
    value = getattr(R03, field.key)
    assert squeeze(field.label) in body
    assert ("2026年11月16日15:02" if field.key == "at" else squeeze(value)) in body
    assert len(pages(render.r03(replace(R03, lang="en"), paper))) == 1
