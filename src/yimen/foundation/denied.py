"""Names that no column, field, form or schema may bear, whatever is in it (`data/deny_fields.csv`: what Yimen will
never keep). Known in Chinese, in English in any spelling (id_card, idCard, ID-Card) and in pinyin. Plain Python."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parent / "data" / "deny_fields.csv"
# How the same things are called in the tables people really have; key → words.
_OTHER_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "id_no": ("身份证", "证件号", "证件号码", "idcard", "identitycard", "idnumber", "nationalid", "passportno", "sfz", "sfzh",
              "shenfenzheng", "shenfenzhenghao", "zhengjianhao", "护照号"),
    "face": ("人脸", "人像", "biometric", "faceid", "faceimage", "renlian", "renxiang"),
    "camera_feed": ("摄像头编号", "监控点位", "camerafeed", "xueliang", "shexiangtou"),
    "track": ("轨迹", "定位历史", "车牌", "plateno", "platenumber", "trajectory", "gpstrack", "guiji", "chepai"),
    "person_class": ("重点人", "特殊人群", "管控", "人群标签", "人员标签", "personclass", "persontype", "keyperson",
                     "specialpopulation", "watchlist", "blacklist", "zhongdianren", "zhongdianrenyuan", "guankong"),
    "risk_score_person": ("风险评分", "风险等级", "风险分", "预警等级", "riskscore", "risklevel", "fengxiandengji"),
    "religion": ("宗教", "zongjiao"),
    "specific_identity": ("specificidentity", "tedingshenfen"),
    "health": ("病史", "疾病", "健康状况", "精神病", "残疾等级", "残疾类别", "disability", "healthstatus", "jiankang", "canji"),
    "ethnic": ("ethnicity", "nation", "民族", "minzu"),
    "education": ("文化程度", "受教育程度", "educationlevel", "xueli"),
    "political": ("政治面貌", "党派", "politicalstatus", "zhengzhimianmao"),
    "marital": ("婚姻状况", "婚否", "maritalstatus", "hunyin", "hunyinzhuangkuang"),
    "welfare_list": ("低保", "独居", "残疾人", "dibao", "welfarelist"),
    "household_register": ("户口本", "户籍信息", "家庭成员", "householdregister", "hukou", "huji"),
    "bank": ("银行卡", "银行账号", "银行账户", "金融账户", "bankaccount", "bankcard", "yinhangka", "yinhangzhanghao"),
    "child": ("未成年人姓名", "儿童姓名", "孩子姓名", "childname"),
    "repeat_profile": ("上访次数", "缠访", "信访次数", "来访次数", "投诉次数", "repeatvisitor", "visitcount", "shangfangcishu"),
}  # fmt: skip


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
    plain, parts = squeeze(header), _parts(header)
    runs = {
        "".join(parts[here:there]) for here in range(len(parts)) for there in range(here + 1, len(parts) + 1)
    }
    for key, words, what in _rules():
        if any(_holds(plain, runs, word) for word in (key.replace("_", ""), *words)):
            return what
    return ""


def _parts(header: str) -> list[str]:
    """visitorIdCard, visitor_id_card, Visitor ID-card → visitor, id, card."""
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", unicodedata.normalize("NFKC", header))
    return [part for part in re.split(r"[\W_]+", text.lower()) if part]


def _holds(plain: str, runs: set[str], word: str) -> bool:
    """Chinese words count anywhere in a header; Latin ones only as whole words of it, one or several together."""
    return word in runs or word == plain if word.isascii() else word in plain
