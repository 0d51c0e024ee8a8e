"""What columns mean: proposed rightly, corrected by the operator, refused where nothing may come in."""

from __future__ import annotations

from pathlib import Path

import pytest
from importfiles import (
    BOARD,
    BOARD_HEADERS,
    HOTLINE,
    HOTLINE_HEADERS,
    LABELLED,
    LABELLED_HEADERS,
    write_csv,
    write_lines,
    write_xlsx,
)

from yimen.foundation.errors import Invalid
from yimen.intake.importer.denied import denied
from yimen.intake.importer.mapping import Mapping, corrected, propose
from yimen.intake.importer.reading import Table, open_table


def proposal(tmp_path: Path, headers: list[str], rows: list[list[str]]) -> Mapping:
    return of(open_table(write_csv(tmp_path / "t.csv", headers, rows)))


def of(table: Table) -> Mapping:
    return propose(table.headers, table.samples())


def test_a_message_board_is_understood(tmp_path: Path) -> None:
    found = proposal(tmp_path, BOARD_HEADERS, BOARD)
    assert found.columns == {
        "record_id": ("留言编号",),
        "title": ("留言主题",),
        "text": ("留言详情",),
        "occurred_at": ("留言时间",),
        "reply": ("答复意见",),
        "replied_at": ("答复时间",),
    }
    assert found.offered == {"reporter": "留言用户"}
    assert found.unused(BOARD_HEADERS) == ["留言用户", "完整性指标"]


def test_a_hotline_export_is_understood(tmp_path: Path) -> None:
    found = proposal(tmp_path, HOTLINE_HEADERS, HOTLINE)
    assert found.columns == {
        "record_id": ("id",),
        "title": ("标题",),
        "text": ("投诉件内容",),
        "occurred_at": ("时间",),
        "reply": ("回复1",),
        "channel": ("来源渠道",),
        "place": ("区域", "河流"),
        "anonymous": ("匿名(1)/实名(0)",),
    }
    assert found.unused(HOTLINE_HEADERS) == ["性质", "转处理次数", "有效回复条数"]


def test_a_labelled_set_is_understood_and_its_source_is_no_channel(tmp_path: Path) -> None:
    found = proposal(tmp_path, LABELLED_HEADERS, LABELLED)
    assert found.columns == {
        "record_id": ("record_id",),
        "title": ("title",),
        "text": ("detail",),
        "occurred_at": ("time",),
        "category": ("label",),
    }


@pytest.mark.parametrize(
    ("headers", "row", "expected"),
    [
        (["工单编号", "诉求标题", "诉求内容", "登记时间", "办理结果", "办结时间", "诉求类别", "受理渠道"],
         ["G1", "路灯不亮", "三号楼门口路灯不亮三天", "2024-01-01", "已修复好了", "2024-01-02", "市容环境", "电话"],
         {"record_id": "工单编号", "title": "诉求标题", "text": "诉求内容", "occurred_at": "登记时间", "reply": "办理结果",
          "replied_at": "办结时间", "category": "诉求类别", "channel": "受理渠道"}),
        (["序号", "信访日期", "反映问题", "问题类型", "事发地址", "是否匿名"],
         ["1", "2024年1月1日", "楼上漏水没有人管", "邻里", "幸福里3号楼", "是"],
         {"record_id": "序号", "text": "反映问题", "occurred_at": "信访日期", "category": "问题类型", "place": "事发地址",
          "anonymous": "是否匿名"}),
        (["case_id", "subject", "description", "created_at", "response", "closed_at", "address"],
         ["1", "Street light", "Dark since Monday evening", "2024-01-01T08:00:00Z", "Repaired it", "2024-01-03", "Main St"],
         {"record_id": "case_id", "title": "subject", "text": "description", "occurred_at": "created_at", "reply": "response",
          "replied_at": "closed_at", "place": "address"}),
        (["Service_Request_ID", "service_name", "requested_datetime", "description", "address_string"],
         ["1", "Noise", "2024-01-01T08:00:00Z", "Loud music every night", "Main St 5"],
         {"category": "service_name", "occurred_at": "requested_datetime", "text": "description", "place": "address_string"}),
        (["来信编号", "来 信 时 间", "来信内容（摘要）", "承办单位", "答复情况"],
         ["1", "20240101", "请问老年卡怎样办理，需要什么材料", "民政", "已电话答复来信人"],
         {"record_id": "来信编号", "occurred_at": "来 信 时 间", "text": "来信内容（摘要）", "reply": "答复情况"}),
    ],
)  # fmt: skip
def test_other_offices_words_are_understood(
    tmp_path: Path, headers: list[str], row: list[str], expected: dict[str, str]
) -> None:
    found = proposal(tmp_path, headers, [row]).columns
    assert {name: "+".join(columns) for name, columns in found.items()} == expected


def test_headers_without_meaning_are_read_by_what_is_below(tmp_path: Path) -> None:
    rows = [[f"x{n}", f"2024-01-0{n + 1}", "这里写的是居民反映的很长的一段话"] for n in range(5)]
    assert proposal(tmp_path, ["A", "B", "C"], rows).columns == {"text": ("C",), "occurred_at": ("B",)}


def test_a_time_that_cannot_be_read_is_still_the_time_unless_another_can(tmp_path: Path) -> None:
    rows = [["三天内", "路灯坏了", "2024-01-01"], ["尽快", "漏水", "2024-01-02"]]
    assert proposal(tmp_path, ["时间", "内容", "报送日期"], rows).columns["occurred_at"] == ("报送日期",)
    assert proposal(tmp_path, ["时间", "内容"], [row[:2] for row in rows]).columns["occurred_at"] == ("时间",)


def test_a_column_of_words_is_known_by_its_header_when_it_is_empty(tmp_path: Path) -> None:
    assert proposal(tmp_path, ["编号", "内容"], [["1", ""]]).columns["text"] == ("内容",)


def test_an_id_that_repeats_is_no_id(tmp_path: Path) -> None:
    found = proposal(tmp_path, ["编号", "内容"], [["1", "路灯坏了"], ["1", "漏水"], ["1", "太吵"]])
    assert "record_id" not in found.columns


def test_an_answer_is_never_guessed_without_its_word(tmp_path: Path) -> None:
    found = proposal(
        tmp_path, ["编号", "内容", "另一段"], [["1", "路灯坏了三天没有人修", "已经派人修好了，谢谢您的反映"]]
    )
    assert "reply" not in found.columns and found.columns["text"] == ("内容",)


def test_a_flag_named_answer_is_no_answer(tmp_path: Path) -> None:
    rows = [["1", "路灯坏了三天没有人修", "是", "2024-01-02"]]
    found = proposal(tmp_path, ["编号", "内容", "回复", "回复时间"], rows)
    assert "reply" not in found.columns and "replied_at" not in found.columns


def test_names_phones_and_home_addresses_are_not_proposed(tmp_path: Path) -> None:
    headers = ["编号", "姓名", "联系电话", "家庭住址", "内容"]
    found = proposal(tmp_path, headers, [["1", "某甲", "13800000000", "幸福里3号", "路灯坏了"]])
    assert set(found.columns) == {"record_id", "text"}
    assert found.offered == {"reporter": "姓名", "phone": "联系电话"}


def test_proposals_are_the_same_for_workbooks_and_json_lines(tmp_path: Path) -> None:
    sheet = open_table(write_xlsx(tmp_path / "a.xlsx", {"表": [BOARD_HEADERS, *BOARD]}))
    lines = open_table(
        write_lines(tmp_path / "a.jsonl", [dict(zip(BOARD_HEADERS, row, strict=True)) for row in BOARD])
    )
    assert of(sheet).columns == of(lines).columns == proposal(tmp_path, BOARD_HEADERS, BOARD).columns


# Denied columns


@pytest.mark.parametrize(
    "header",
    ["身份证号", "身份证号码", "身份证", "反映人身份证号", "证件号码", "id_no", "ID Card", "民族", "ethnic", "Ethnicity", "人员类别",
     "重点人员", "管控等级", "特殊人群", "宗教信仰", "政治面貌", "婚姻状况", "文化程度", "学历", "低保户", "是否低保", "残疾类别", "人脸",
     "face", "车牌识别", "行踪轨迹", "track", "银行账号", "银行卡号", "上访次数", "风险等级", "risk_level", "risk_score_person", "精神障碍",
     "健康状况", "health", "political", "religion", "民 族", "身份證号".replace("證", "证"), "ＩＤ＿ＮＯ"],
)  # fmt: skip
def test_a_denied_column_is_known_by_its_name(header: str) -> None:
    assert denied(header)


@pytest.mark.parametrize(
    "header",
    [*BOARD_HEADERS, *HOTLINE_HEADERS, *LABELLED_HEADERS, "surface", "interface", "tracking number".replace("tracking ", ""),
     "类别", "事项类别", "联系电话", "来源", "地址", "社区", "网格", "备注", "姓名", "headline", "banker".replace("banker", "bench")],
)  # fmt: skip
def test_an_ordinary_column_is_not_denied(header: str) -> None:
    assert not denied(header)


def test_every_line_of_the_deny_table_refuses_its_own_words() -> None:
    import csv

    from yimen.intake.importer.denied import TABLE

    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for word in [row["key"], *row["field_zh"].split("/")]:
                assert denied(word), word


def test_denied_columns_are_refused_and_named(tmp_path: Path) -> None:
    rows = [["1", "110101199003070000", "汉", "路灯坏了"]]
    found = proposal(tmp_path, ["编号", "身份证号", "民族", "内容"], rows)
    assert set(found.refused) == {"身份证号", "民族"}
    assert found.columns == {"record_id": ("编号",), "text": ("内容",)}
    assert found.unused(["编号", "身份证号", "民族", "内容"]) == []


def test_not_even_the_operator_can_map_a_denied_column() -> None:
    with pytest.raises(Invalid, match="不能导入"):
        corrected(Mapping({"text": ("内容",)}), ["内容", "民族"], ["category=民族"])


# Orders of the operator


HEADERS = ["编号", "内容", "区", "路", "姓名"]


def test_an_order_replaces_adds_joins_and_leaves_out() -> None:
    mapping = Mapping({"record_id": ("编号",), "text": ("内容",)}, {}, {"reporter": "姓名"})
    result = corrected(mapping, HEADERS, ["place=区+路", "record_id=", "reporter= 姓 名 "])
    assert result.columns == {"text": ("内容",), "place": ("区", "路"), "reporter": ("姓名",)}
    assert result.offered == {}


def test_an_order_takes_a_column_from_where_it_was() -> None:
    mapping = Mapping({"title": ("内容",), "text": ("编号",)})
    assert corrected(mapping, HEADERS, ["text=内容"]).columns == {"text": ("内容",)}


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ("text", "看不懂"),
        ("colour=内容", "看不懂"),
        ("text=别的", "没有列"),
        ("place=区+别的", "没有列"),
        ("text=", "哪一列是内容"),
    ],
)
def test_an_order_that_makes_no_sense_is_answered(order: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        corrected(Mapping({"text": ("内容",)}), HEADERS, [order])
