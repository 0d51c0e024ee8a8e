"""One row becomes one matter, or a sentence why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from importfiles import BOARD, BOARD_HEADERS

from yimen.foundation.masking import MASK, is_id_number
from yimen.intake.importer.dates import OFFICE
from yimen.intake.importer.reading import Row
from yimen.intake.importer.rows import BadRow, Draft, draft, first_words, shorten, tidy

NOW = datetime(2025, 11, 23, 8, tzinfo=UTC)
COLUMNS = {
    "record_id": ("编号",),
    "title": ("标题",),
    "text": ("内容",),
    "occurred_at": ("时间",),
    "reply": ("答复",),
    "replied_at": ("答复时间",),
    "category": ("类别",),
    "channel": ("渠道",),
    "place": ("区", "路"),
    "anonymous": ("匿名",),
    "reporter": ("姓名",),
    "phone": ("电话",),
}


def of(columns: dict[str, tuple[str, ...]] = COLUMNS, /, **cells: Any) -> Draft:
    return draft(Row(2, {"编号": "1", "内容": "路灯坏了", **cells}), columns, NOW)


def test_a_full_row_becomes_a_matter() -> None:
    done = of(
        标题="路灯", 时间="2024/4/5 9:03:07", 答复="已修", 答复时间="2024-04-06", 类别="市容", 渠道="12345热线", 区="东区",
        路="一路", 匿名="1", 姓名="某甲", 电话="13800000000",
    )  # fmt: skip
    assert done.occurred_at == datetime(2024, 4, 5, 9, 3, 7, tzinfo=OFFICE)
    assert done.replied_at == datetime(2024, 4, 6, tzinfo=OFFICE)
    assert (done.title, done.reply, done.label, done.channel, done.place) == (
        "路灯",
        "已修",
        "市容",
        "phone",
        "东区 一路",
    )
    assert (done.anonymous, done.reporter, done.phone, done.masked) == (True, "某甲", "13800000000", 0)


def test_the_blanks_of_a_message_board_are_cleaned() -> None:
    cells = dict(zip(BOARD_HEADERS, BOARD[0], strict=True))
    columns = {
        "text": ("留言详情",),
        "title": ("留言主题",),
        "reply": ("答复意见",),
        "occurred_at": ("留言时间",),
    }
    assert draft(Row(2, cells), columns, NOW).text == "晚上回家看不见路，请装灯。"


@pytest.mark.parametrize(
    ("rough", "neat"),
    [("\t\n a \t b \r\n\r\n\r\n\r\nc\u3000", "a b\n\nc"), ("\ufeffa\u200bb\x07", "ab"), ("", ""), ("一\u2028二", "一\n二"),
     ("甲\xa0\xa0乙", "甲 乙"), ("a\ud800b", "ab")],
)  # fmt: skip
def test_blanks_and_controls_go_and_words_stay(rough: str, neat: str) -> None:
    assert tidy(rough) == neat


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"内容": ""}, "没有内容"),
        ({"内容": " \t\n "}, "没有内容"),
        ({"内容": "无"}, "没有内容"),
        ({"编号": ""}, "没有编号"),
        ({"编号": "x" * 200}, "编号太长"),
        ({"时间": "前天"}, "看不懂的时间：前天"),
        ({"时间": "2031-01-01"}, "将来"),
        ({"答复": "已修"}, "没有反映时间"),
        ({"时间": "2024-04-05", "答复": "已修", "答复时间": "2024-04-04"}, "早于"),
        ({"时间": "2024-04-05", "答复": "已修", "答复时间": "某天"}, "看不懂的时间"),
        ({"内容": "字" * 20_001}, "超过 20000 字"),
        ({"时间": "2024-04-05", "答复": "字" * 20_001}, "超过 20000 字"),
        ({"内容": "路\ufffd坏"}, "认不出"),
    ],
)
def test_a_bad_row_says_what_is_wrong(cells: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRow, match=sentence):
        of(**cells)


def test_a_row_that_could_not_be_read_keeps_its_reason() -> None:
    with pytest.raises(BadRow, match="不是 JSON"):
        draft(Row(9, {}, "这一行不是 JSON 对象"), COLUMNS, NOW)


def test_twenty_thousand_characters_are_taken() -> None:
    assert len(of(内容="字" * 20_000).text) == 20_000


def test_a_row_without_time_or_title_is_taken() -> None:
    done = of(内容="您好！楼道灯坏了三天。请修。")
    assert done.occurred_at is None and done.title == "楼道灯坏了三天"


def test_the_time_of_an_answer_counts_only_with_an_answer() -> None:
    assert of(时间="2024-04-05", 答复="", 答复时间="胡写").replied_at is None


def test_an_answer_on_the_same_day_without_an_hour_is_not_too_early() -> None:
    assert of(时间="2024-04-05 15:00", 答复="已修", 答复时间="2024-04-05").replied_at


def test_tomorrow_by_a_fast_clock_is_taken() -> None:
    assert of(时间=NOW + timedelta(hours=5)).occurred_at


def test_identity_card_numbers_are_hidden_everywhere() -> None:
    number = next(n for check in "0123456789X" if is_id_number(n := "11010119900307123" + check))
    done = of(
        标题=f"我是{number}", 内容=f"身份证{number}", 时间="2024-04-05", 答复=f"{number}已核实", 区=number
    )
    assert done.masked == 4
    assert not any(number in words for words in (done.title, done.text, done.reply, done.place))
    assert MASK in done.text
    with pytest.raises(BadRow, match="像身份证号"):
        of(编号=number)


def test_without_an_id_column_the_content_is_the_id() -> None:
    columns = {"text": ("内容",), "occurred_at": ("时间",)}
    first, again, other, later = (
        of(columns, 内容=words, 时间=when).record_id
        for words, when in [
            ("甲事", "2024-01-01"),
            (" 甲事\t", "2024/1/1"),
            ("乙事", "2024-01-01"),
            ("甲事", "2024-01-02"),
        ]
    )
    assert first == again and len({first, other, later}) == 3 and first.startswith("#")


def test_the_digest_tells_whether_a_record_changed() -> None:
    assert of().digest == of(类别="别的").digest
    assert of().digest != of(内容="路灯又坏了").digest
    assert of(时间="2024-01-01").digest != of(时间="2024-01-01", 答复="已修").digest


@pytest.mark.parametrize(
    ("word", "channel"),
    [("网站", "online"), ("12345app", "online"), ("e福州app", "online"), ("qq", "online"), ("12345热线", "phone"), ("窗口来访", "visit"),
     ("群众来信", "letter"), ("传真", "fax"), ("区信访局转送", "above"), ("不详", "import"), ("", "import")],
)  # fmt: skip
def test_a_channel_is_known_by_its_words(word: str, channel: str) -> None:
    assert of(渠道=word).channel == channel


@pytest.mark.parametrize(
    ("column", "cell", "anonymous"),
    [("匿名", "1", True), ("匿名", 1.0, True), ("匿名", "是", True), ("匿名", "匿名", True), ("匿名", "0", False), ("匿名", "", False),
     ("匿名(1)/实名(0)", "1", True), ("匿名(1)/实名(0)", "0", False), ("是否实名", "是", False), ("是否实名", "否", True),
     ("实名", "匿名", True)],
)  # fmt: skip
def test_anonymous_is_read_both_ways_round(column: str, cell: Any, anonymous: bool) -> None:
    columns = {"text": ("内容",), "anonymous": (column,)}
    assert of(columns, **{column: cell}).anonymous is anonymous


@pytest.mark.parametrize(
    ("text", "title"),
    [("尊敬的领导：您好！我家楼上漏水。请帮忙", "我家楼上漏水"), ("路灯坏了", "路灯坏了"), ("急！急！楼道着火隐患很大", "楼道着火隐患很大"),
     ("好。", "好。")],
)  # fmt: skip
def test_a_title_is_made_of_the_first_words_that_say_something(text: str, title: str) -> None:
    assert first_words(text) == title


def test_a_long_title_is_cut_and_shows_it() -> None:
    assert shorten("字" * 61) == "字" * 59 + "…" and shorten("字" * 60) == "字" * 60
