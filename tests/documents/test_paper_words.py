"""What people type stays what they typed: no markup, no missing name, no crash."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_samples import REFERRAL, SHORT, SLIP, squeeze, words

from yimen.documents import fonts, render, text

HOSTILE = [
    '#import "x"', "*b*", "_i_", "\\", "$x^2$", "`code`", "<label>", "@reference", "= heading", "- item", "// gone",
    "/* gone */", '#panic("no")', "#read(\"/data/words.toml\")", "[content]", "{code}", "a~b", "--", "---", "...", "'q' \"q\"",
    "\\u{41}", "\\n", "#sys.inputs", "\"}", "<b>bold</b>", "{{ name }}", "%s",
]  # fmt: skip


@pytest.mark.parametrize("evil", HOSTILE)
def test_markup_in_a_name_or_a_text_stays_visible_as_typed(evil: str) -> None:
    data = replace(SHORT, visitor_name=evil, request=f"前{evil}后", attachments=[evil], remark=evil)
    assert words(render.v01(data)).count(squeeze(evil)) >= 4


def test_markup_stays_visible_on_every_slip() -> None:
    evil = squeeze("".join(HOSTILE))
    for paper in ("a5", "80mm"):
        assert evil in words(render.slip(replace(SLIP, summary="".join(HOSTILE)), paper))
        assert evil in words(render.referral(replace(REFERRAL, reason="".join(HOSTILE)), paper))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_can_be_printed(anything: str) -> None:
    pdf = render.v01(replace(SHORT, visitor_name=anything, request=anything, no=anything))
    assert pdf.startswith(b"%PDF")


def test_rare_characters_of_names_are_in_the_fonts() -> None:
    body = words(render.v01(replace(SHORT, visitor_name="㛃𬱖〇䶮𫠆龘")))
    assert "㛃𬱖〇䶮𫠆龘" in body
    assert "字库未收" not in body


def test_both_faces_hold_all_of_gbk() -> None:
    gbk = [bytes([high, low]) for high in range(0x81, 0xFE) for low in range(0x40, 0xFE) if low != 0x7F]
    points = {ord(char) for pair in gbk for char in pair.decode("gbk", "ignore")}
    hanzi = {point for point in points if point >= 0x4E00}
    assert len(hanzi) > 20_900
    assert hanzi <= fonts.covered()


def test_a_character_no_font_holds_shows_its_code_point_and_asks_for_the_pen() -> None:
    body = words(render.v01(replace(SHORT, visitor_name="李𠮷")))
    assert "李20BB7" in body.replace("𠮷", "")
    assert "（U+20BB7），请手写补正" in body
    assert "U+20BB7" in words(render.slip(replace(SLIP, name="李𠮷"), "80mm"))


def test_emoji_do_not_crash_and_ask_for_no_pen() -> None:
    body = words(render.v01(replace(SHORT, request="请快点👍👨‍👩‍👧谢谢")))
    assert "请快点" in body
    assert "谢谢" in body
    assert "1F44D" in body
    assert "手写补正" not in body


@pytest.mark.parametrize("many", ["😀" * 10_000, "😀民" * 3_000, "ཨོཾ" * 2_000])
def test_thousands_of_missing_characters_become_plain_squares(many: str) -> None:
    assert "□□" in words(render.v01(replace(SHORT, request=many))).replace("民", "")


def test_broken_and_invisible_characters_are_dropped_or_shown_never_fatal() -> None:
    assert text.clean("甲\x00\x07\u202e乙\u200d\ufe0f丙\ud800丁") == "甲乙丙\ufffd丁"
    assert "甲乙" in words(render.v01(replace(SHORT, visitor_name="甲\x00\u202e乙\ud800\ue000")))


def test_line_ends_of_every_kind_are_lines() -> None:
    assert text.clean("一\r\n二\r三\u2028四\n五") == "一\n二\n三\n四\n五"


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=200))
def test_breakable_changes_nothing_that_is_seen(typed: str) -> None:
    assert text.breakable(typed).replace("\u200b", "") == typed


def test_phones_and_numbers_are_not_broken() -> None:
    assert text.breakable("010-8555-123456 永〔2026〕01187") == "010-8555-123456 永〔2026〕01187"
