"""Columns that are refused by their name, whatever is in them (SCOPE.md, `foundation/data/deny_fields.csv`)."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import yimen.foundation

TABLE: Final = Path(yimen.foundation.__file__).parent / "data" / "deny_fields.csv"
# How the same things are called in the tables people really have; key → words.
_OTHER_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "id_no": ("身份证", "证件号", "证件号码", "idcard", "identitycard", "idnumber", "sfz", "sfzh", "护照号"),
    "face": ("人脸", "人像", "biometric"),
    "camera_feed": ("摄像头编号", "监控点位"),
    "track": ("轨迹", "定位历史", "车牌", "plateno", "platenumber"),
    "person_class": ("重点人", "特殊人群", "管控", "人群标签", "人员标签", "personclass"),
    "risk_score_person": ("风险评分", "风险等级", "风险分", "预警等级", "riskscore", "risklevel"),
    "religion": ("宗教",),
    "health": ("病史", "疾病", "健康状况", "精神病", "残疾等级", "残疾类别"),
    "ethnic": ("ethnicity", "nation", "民族"),
    "education": ("文化程度", "受教育程度"),
    "political": ("政治面貌", "党派"),
    "marital": ("婚姻状况", "婚否", "maritalstatus"),
    "welfare_list": ("低保", "独居", "残疾人"),
    "household_register": ("户口本", "户籍信息", "家庭成员"),
    "bank": ("银行卡", "银行账号", "银行账户", "金融账户", "bankaccount", "bankcard"),
    "child": ("未成年人姓名", "儿童姓名", "孩子姓名"),
    "repeat_profile": ("上访次数", "缠访", "信访次数", "来访次数", "投诉次数"),
}


def squeeze(header: str) -> str:
    """A header without width, case, spaces and signs, so that two spellings of one word are equal."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", header).lower())


@cache
def _rules() -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """(key, words, why) for each line of the table."""
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple((row["key"], _words(row), row["field_zh"]) for row in rows)


def _words(row: dict[str, str]) -> tuple[str, ...]:
    named = [squeeze(piece.removesuffix("等")) for piece in row["field_zh"].split("/")]
    return (*(word for word in named if len(word) > 1), *_OTHER_WORDS.get(row["key"], ()))


def denied(header: str) -> str:
    """The kind of denied field that `header` names (as the table words it), or nothing when it may come in."""
    plain = squeeze(header)
    tokens = "_" + re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", header).lower()) + "_"
    for key, words, what in _rules():
        if f"_{key}_" in tokens or any(_holds(plain, tokens, word) for word in words):
            return what
    return ""


def _holds(plain: str, tokens: str, word: str) -> bool:
    """Chinese words count anywhere in a header; Latin ones only as the whole header or one of its words."""
    return f"_{word}_" in tokens or word == plain if word.isascii() else word in plain
