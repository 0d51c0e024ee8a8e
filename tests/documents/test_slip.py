"""The visitor's slip and the referral slip, on A5 and on the 80 mm roll."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any, cast

import pytest
from paper_samples import REFERRAL, SLIP, ink, pages, picture, size, words

from yimen.documents import forms, press, render

SIZES: tuple[forms.Size, ...] = ("a5", "80mm")
SAID = [
    "永安路街道综治中心", "来访事项接收告知单", "永〔2026〕01187", "收到时间", "2026年11月16日15:02", "最迟答复",
    "2026年12月1日", "15自然日，信访工作条例第二十三条", "书面告知", "第二十三条", "处理途径交由有关单位办理",
    "办理程序窗口登记", "转送去向城市管理办（主办）、供热公司（协办）", "首问责任人周敏010-85551234", "查询进度",
    "7K3M9QWX2ZT4PB6HCJ1E", "不满意时", "30日内", "复查", "永安路18号一层", "周一至周五8:00–18:00", "010-85551200",
    "110报警", "119火警", "120急救", "单位（盖章）", "告知日期：2026年11月17日",
]  # fmt: skip
TOLD = [
    "有权机关告知单", "不属于本中心的职责", "请向和平街道综治中心", "地址和平路6号", "电话010-86660000",
    "办公时间周一至周五9:00–17:00", "告知理由事发地在和平街道辖区。", "第二十三条", "本单、租房合同", "永〔2026〕01201",
    "凭本单回来找首问责任人", "周敏010-85551234", "110报警", "单位（盖章）",
]  # fmt: skip


@pytest.mark.parametrize("paper", SIZES)
def test_the_slip_says_everything_a_visitor_and_the_law_need(paper: forms.Size) -> None:
    body = words(render.slip(SLIP, paper))
    assert [part for part in SAID if part not in body] == []


@pytest.mark.parametrize("paper", SIZES)
def test_the_referral_says_who_where_when_and_why(paper: forms.Size) -> None:
    body = words(render.referral(REFERRAL, paper))
    assert [part for part in TOLD if part not in body] == []


def test_a_usual_slip_is_one_upright_a5_sheet() -> None:
    for pdf in (render.slip(SLIP), render.referral(REFERRAL)):
        assert len(pages(pdf)) == 1
        assert size(pdf) == pytest.approx((148, 210), abs=0.1)
        assert "第1页/共1页" in words(pdf)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_roll_is_80_mm_wide_one_piece_and_keeps_ink_inside_72_mm(lang: forms.Lang) -> None:
    for pdf in (
        render.slip(replace(SLIP, lang=lang), "80mm"),
        render.referral(replace(REFERRAL, lang=lang), "80mm"),
    ):
        assert len(pages(pdf)) == 1
        assert size(pdf)[0] == pytest.approx(80, abs=0.1)
        left, _top, right, _bottom = ink(picture(pdf))
        assert left >= 3.8
        assert right <= 76.2


def test_the_roll_is_as_long_as_its_text() -> None:
    short, long = (size(render.slip(replace(SLIP, summary="漏水" * n), "80mm"))[1] for n in (2, 400))
    assert 150 < short < 330
    assert long > short + 100


def test_a_bilingual_slip_takes_one_side_of_a5_too() -> None:
    for pdf in (render.slip(replace(SLIP, lang="en")), render.referral(replace(REFERRAL, lang="en"))):
        assert len(pages(pdf)) == 1
        assert size(pdf) == pytest.approx((148, 210), abs=0.2)


def test_long_words_take_a_second_a5_sheet_instead_of_being_cut() -> None:
    pdf = render.slip(replace(SLIP, sent_to="、".join(f"第{n}单位" for n in range(200))))
    got = pages(pdf)
    assert len(got) > 1
    assert all(f"第{n}单位" in "".join(got) for n in range(200))
    assert all(SLIP.no in page for page in got)


@pytest.mark.parametrize("paper", SIZES)
def test_english_lines_stand_beside_the_chinese_only_when_asked_for(paper: forms.Size) -> None:
    both, chinese = words(render.slip(replace(SLIP, lang="en"), paper)), words(render.slip(SLIP, paper))
    for part in ("Receiptandwrittennotice", "1Dec2026", "16Nov202615:02", "police110", "Toldon17Nov2026"):
        assert part not in chinese
        assert part.replace("police110", "110police") in both
    assert [
        part for part in SAID if part in chinese and part not in both and not part.startswith(LABELS)
    ] == []


LABELS = (
    "处理途径",
    "办理程序",
    "转送去向",
    "首问责任人",
)  # an English word stands between these and the fact


def test_without_an_address_there_is_no_code_and_no_word_of_scanning() -> None:
    body = words(render.slip(replace(SLIP, url="")))
    assert "扫码" not in body
    assert "查询码" not in body
    assert "扫码" in words(render.slip(SLIP))


def test_own_sentences_replace_the_standing_ones() -> None:
    own = replace(SLIP, statement="甲句", procedure="乙句", how_to_ask="丙句", unsatisfied="丁句")
    body = words(render.slip(own))
    for mine, standing in (("甲句", "书面告知"), ("乙句", "窗口登记"), ("丙句", "凭编号"), ("丁句", "复查")):
        assert mine in body
        assert standing not in body


def test_an_unknown_day_is_left_to_the_pen() -> None:
    body = words(render.slip(replace(SLIP, answer_by=None, told_at=None, answer_note="")))
    assert "最迟答复年月日" in body
    assert "告知日期：年月日" in body


def test_being_told_is_not_the_day_of_receipt() -> None:
    body = words(render.slip(SLIP))
    assert "收到时间2026年11月16日" in body
    assert "告知日期：2026年11月17日" in body


def test_empty_facts_leave_no_empty_rows() -> None:
    body = words(render.slip(replace(SLIP, name="", summary="", sent_to="", route="")))
    assert not [label for label in ("来访人", "转送去向城", "处理途径交") if label in body]


def test_a_lawful_route_has_its_own_title_and_sentence() -> None:
    body = words(render.referral(replace(REFERRAL, kind="引导法定途径", body="区人民法院")))
    assert "法定途径引导单" in body
    assert "依法应当通过下列法定途径处理" in body
    assert "不属于本中心" not in body


@pytest.mark.parametrize(("paper", "lang"), [("a4", "zh"), ("a5", "fr")])
def test_an_unknown_size_or_language_is_refused(paper: str, lang: str) -> None:
    with pytest.raises(ValueError):
        render.slip(replace(SLIP, lang=cast(Any, lang)), cast(Any, paper))


def test_every_standing_word_has_both_languages() -> None:
    standing = tomllib.loads((press.ROOM / "data" / "words.toml").read_text(encoding="utf-8"))
    pairs = [*standing["slip"]["label"].values(), *standing["referral"]["label"].values()]
    pairs += [
        pair for room in ("slip", "referral") for pair in standing[room].values() if isinstance(pair, list)
    ]
    assert len(pairs) > 25
    for chinese, english in pairs:
        assert chinese.strip()
        assert english.isascii()
        assert english.strip()
