"""群众来访接待登记表: read back from the PDF, and looked at."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from paper_samples import BLANK, INSTRUCTION, SHORT, at, ink, pages, picture, size, squeeze, words
from PIL import Image

from yimen.documents import fields, forms, render

VALUES: dict[str, Any] = {
    "sex": "女",
    "age": "六十岁以上",
    "representatives": ["代表甲", "代表乙"],
    "party_size": 23,
    "receiver_title": "窗口接待员",
    "instruction": [INSTRUCTION],
    "followups": [forms.Record(at=at(17, 10, 1), by="赵磊", text="电话联系来访人")],
    "result": "换热站已修复",
    "feedback": [forms.Record(at=at(19, 10), by="上门", text="送达答复")],
    "rating": "基本满意",
    "remark": "外部编号八八八",
    "is_repeat": True,
}
SEEN = {
    "no": "永〔2026〕01187",
    "visited_at": "2026年11月16日15:02",
    "window": "一号窗口",
    "channel": "走访",
    "visitor_name": "周㛃𬱖",
    "sex": "女",
    "age": "六十岁以上",
    "phone": "138****1234",
    "address": "七社区12号楼3单元401",
    "party_size": "23人",
    "representatives": "代表甲、代表乙",
    "is_repeat": "重复",
    "appeal_kind": "求助",
    "topic": "水电气热",
    "request": "整栋楼暖气不热，室温14℃左右，要求尽快恢复供热。",
    "facts": "11月10日起室温不足16℃。",
    "place_grid": "第19网格",
    "attachments": "1.室温照片",
    "receiver": "周敏",
    "receiver_title": "窗口接待员",
    "first_opinion": "建议转城市管理办主办。",
    "instruction": "请城市管理办牵头。",
    "instructed_by": "批示领导：刘主任",
    "instructed_at": "批示时间：2026年11月16日16:05",
    "route": "交办",
    "handler_unit": "城市管理办",
    "assigned_at": "2026年11月16日16:20",
    "due": "2026年11月24日",
    "followups": "2026年11月17日10:01赵磊电话联系来访人",
    "result": "换热站已修复",
    "feedback": "2026年11月19日10:00上门送达答复",
    "rating": "基本满意",
    "confidential": "否",
    "remark": "外部编号八八八",
}


@cache
def full() -> str:
    return words(render.v01(replace(SHORT, **VALUES)))


@cache
def blank() -> str:
    return words(render.v01(BLANK))


@pytest.mark.parametrize("field", fields.printed("V01"), ids=lambda field: field.key)
def test_a_given_value_stands_on_the_form_with_its_label(field: fields.Field) -> None:
    assert squeeze(field.label) in full()
    assert SEEN[field.key] in full()


@pytest.mark.parametrize(
    "field", [f for f in fields.printed("V01") if f.need == "required"], ids=lambda field: field.key
)
def test_a_required_place_stands_on_the_empty_form_too(field: fields.Field) -> None:
    assert squeeze(field.label) in blank()


def test_what_is_to_be_omitted_is_not_on_the_form() -> None:
    assert "身份证" not in full() + blank()


def test_sex_and_age_have_no_place_to_fill_in_when_nobody_gave_them() -> None:
    assert "性别" not in blank()
    assert "年龄" not in blank()


def test_a_single_visitor_has_no_representatives_row_but_the_blank_form_has() -> None:
    assert "代表姓名" not in words(render.v01(SHORT))
    assert "代表姓名" in blank()


@pytest.mark.parametrize("data", [SHORT, BLANK], ids=["short", "blank"])
def test_a_short_matter_takes_one_sheet_of_a4_inside_the_margins(data: forms.V01) -> None:
    pdf = render.v01(data)
    assert len(pages(pdf)) == 1
    assert size(pdf) == pytest.approx((210, 297), abs=0.1)
    left, top, right, bottom = ink(picture(pdf))
    assert (left, right) == pytest.approx((24, 190), abs=0.6)
    assert top > 8
    assert bottom < 290


def test_there_is_a_place_for_both_signatures_and_the_seal() -> None:
    for place in ("来访人（代表）签名或指印", "接待人签名", "接待单位（盖章）"):
        assert place in blank()


def test_ten_thousand_characters_flow_over_pages_and_none_is_lost() -> None:
    text = "".join(f"第{n}句，楼上漏水无人管。" for n in range(900))
    assert len(text) > 10_000
    pdf = render.v01(replace(SHORT, request=text))
    got = pages(pdf)
    assert len(got) > 4
    body = "".join(got)
    assert all(f"第{n}句" in body for n in range(900))
    assert body.count("漏") == 900


def test_every_page_carries_number_and_page_of_pages() -> None:
    got = pages(render.v01(replace(SHORT, request="楼上漏水。" * 1200, confidential=True)))
    for n, page in enumerate(got, start=1):
        assert f"第{n}页/共{len(got)}页" in page
        assert SHORT.no in page
        assert "不得向被反映的人员和单位透露" in page


@pytest.mark.parametrize("confidential", [False, None])
def test_an_open_matter_carries_no_confidential_mark(confidential: bool | None) -> None:
    assert "不得向被反映" not in words(render.v01(replace(SHORT, confidential=confidential)))


def test_instructions_stand_in_their_order_and_a_struck_one_stays_readable_with_who_and_why() -> None:
    wrong = forms.Instruction(
        instruction="请执法队三日内办结。", instructed_by="王副主任", instructed_at=at(17, 9, 5), recorded_by="周敏",
        struck=True, struck_by="周敏", struck_at=at(17, 9, 30), struck_reason="代录有误",
    )  # fmt: skip
    body = words(render.v01(replace(SHORT, instruction=[INSTRUCTION, wrong])))
    assert body.index("请城市管理办牵头") < body.index("请执法队三日内办结")
    assert "（周敏代录）" in body
    assert "划去：周敏2026年11月17日09:30理由：代录有误" in body


def test_a_struck_instruction_has_a_line_through_it() -> None:
    words_of_it = "请执法队三日内办结请执法队三日内办结"
    plain = replace(INSTRUCTION, instruction=words_of_it)
    through = len(words_of_it) * 10.5 / 72 * 150
    clear, struck = (
        picture(render.v01(replace(SHORT, instruction=[replace(plain, struck=on)]))) for on in (False, True)
    )
    assert not any(abs(run - through) < 8 for run in dark_runs(clear))
    assert any(abs(run - through) < 8 for run in dark_runs(struck))


def dark_runs(image: Image.Image) -> list[int]:
    """Length of the longest unbroken dark stretch of each row right of the labels, inside the frame."""
    inner = image.crop((310, 200, 1110, image.height - 100)).point(lambda grey: 1 if grey < 140 else 0)
    flat, width = inner.tobytes(), inner.width
    rows = (flat[start : start + width] for start in range(0, len(flat), width))
    return [max((len(list(run)) for dark, run in itertools.groupby(row) if dark), default=0) for row in rows]


def test_a_choice_outside_the_list_is_added_beside_it() -> None:
    assert "微信小程序" in words(render.v01(replace(SHORT, channel="微信小程序")))


def test_only_the_chosen_box_is_ticked() -> None:
    none, one = (picture(render.v01(replace(SHORT, route=route))) for route in ("", "调解"))
    assert dark(one) > dark(none)
    assert dark(picture(render.v01(replace(SHORT, route="转送")))) == pytest.approx(dark(one), abs=40)


def dark(image: Image.Image) -> int:
    return sum(image.histogram()[:128])


def test_a_dictated_statement_carries_the_read_back_sentence_and_the_witness() -> None:
    body = words(render.v01(replace(SHORT, dictated=True, witness="陈静", on_behalf="李强（儿子）")))
    assert "已向来访人宣读" in body
    assert "见证人：陈静" in body
    assert "代为反映：李强（儿子）" in body
    assert "宣读" not in full()


def test_a_moment_is_printed_in_office_time_and_one_without_zone_is_refused() -> None:
    assert "2026年11月16日15:02" in words(render.v01(SHORT))  # given in UTC as 07:02
    with pytest.raises(ValueError):
        render.v01(replace(SHORT, visited_at=datetime(2026, 11, 16, 15, 2)))


def test_an_hour_of_the_deadline_is_printed_when_there_is_one() -> None:
    assert "2026年11月17日18:00" in words(render.v01(replace(SHORT, due=at(17, 18))))


def test_an_endless_word_wraps_inside_its_box() -> None:
    pdf = render.v01(replace(SHORT, facts="a" * 400, phone="0" * 60, topic="https://example.org/" + "x" * 90))
    body = words(pdf)
    assert body.count("a" * 400) == 1
    assert "0" * 60 in body
    assert ink(picture(pdf))[2] == pytest.approx(190, abs=0.6)


def test_lines_typed_by_the_clerk_stay_lines() -> None:
    one, three = (picture(render.v01(replace(SHORT, remark=text))) for text in ("甲乙丙", "甲\n乙\r\n丙"))
    assert ink(three)[3] >= ink(one)[3]
    assert pages(render.v01(replace(SHORT, remark="甲\n乙\r\n丙")))[-1].count("甲乙丙") == 1


def test_the_title_of_the_file_names_no_person() -> None:
    import io

    import pypdf

    meta = pypdf.PdfReader(io.BytesIO(render.v01(SHORT))).metadata
    assert meta is not None
    assert meta.title == "群众来访接待登记表 永〔2026〕01187"
    assert "周" not in str(meta)
