"""What the steps of a matter may ask for, and the lists they choose from. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from .states import FLOWS, WINDOW


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. `kind` names its shape; `choices` the enum (code → words)."""

    name: str
    kind: str
    zh: object
    hint: object = ""
    choices: tuple[tuple[str, object], ...] = ()
    limit: int = 10_000


DECISIONS: Final = (("support", _("予以支持")), ("explain", _("解释说明")), ("reject", _("不予支持")))
WAYS: Final = (
    ("counter", _("当面")),
    ("phone", _("电话")),
    ("visit", _("上门")),
    ("letter", _("书面")),
    ("post", _("挂号信")),
    ("message", _("短信")),
)
RATINGS: Final = (
    ("5", _("非常满意")),
    ("4", _("满意")),
    ("3", _("基本满意")),
    ("2", _("不满意")),
    ("1", _("非常不满意")),
)
SOLVED: Final = (("yes", _("已解决")), ("partly", _("部分解决")), ("no", _("未解决")))
OUTCOMES: Final = (
    ("reached", _("已联系上")),
    ("no_answer", _("没有接通")),
    ("refused", _("拒绝回访")),
    ("not_owed", _("匿名，无法回访")),
)
NOT_DRAWN: Final = "not_drawn"  # outcome of a matter that the sample spared (未抽中); nobody chooses it
RECORDED: Final = (("paper", _("纸面批示")), ("voice", _("口头批示")))  # 代录: how it came
REVIEW_OUTCOMES: Final = (
    ("uphold", _("维持")),
    ("change", _("变更")),
    ("annul", _("撤销，责令重新处理")),
    ("withdrawn", _("来访人撤回请求")),
)
GUIDE_KINDS: Final = (
    ("elsewhere", _("属于其他地区或单位：告知有权机关")),
    ("legal", _("引导至诉讼、仲裁、复议等法定途径")),
    ("line", _("引导至专线（110、12345 等）")),
)

FIELDS: Final[dict[str, Field]] = {
    f.name: f
    for f in (
        Field("reply", "longtext", _("答复内容"), _("写下您怎样答复来访人")),
        Field("guide_kind", "choice", _("引导方式"), choices=GUIDE_KINDS),
        Field("body", "text", _("有权处理的单位"), _("名称；地址、电话、时间印在引导单上"), limit=200),
        Field("body_contact", "text", _("地址、电话、时间"), limit=300),
        Field("unit", "unit", _("主办单位")),
        Field("assisting", "units", _("协办单位"), _("可多选，也可不选")),
        Field("require", "longtext", _("办理要求"), _("拟办意见：请承办单位做什么")),
        Field("reason", "longtext", _("理由")),
        Field("opinion", "longtext", _("拟办意见"), _("建议由谁办、怎样办；批示后作为办理要求发给承办单位")),
        Field("days", "number", _("办理时限"), _("工作日；不填则按规定的时限"), limit=365),
        Field("leader", "leader", _("呈送领导")),
        Field("instruction", "text", _("批示内容"), _("如：同意；阅；请××牵头"), limit=500),
        Field("recorded", "choice", _("批示方式"), choices=RECORDED),
        Field("signed_on", "datetime", _("批示时间"), _("领导签字或交代的时间；不填则为现在")),
        Field("paper", "file", _("批示照片"), _("纸面批示须附照片或扫描件")),
        Field("handler", "person", _("经办人"), _("不选则由您办理")),
        Field("result", "longtext", _("办理结果"), _("做了什么，结果如何")),
        Field("decision", "choice", _("处理意见"), _("信访工作条例第三十二条"), choices=DECISIONS),
        Field("basis", "longtext", _("政策法规依据")),
        Field("source_reply", "text", _("答复来源"), _("如：供热公司 11月18日 来函"), limit=200),
        Field(
            "without",
            "longtext",
            _("不等协办的理由"),
            _("还有协办单位没有答复；写明为什么先报，它们仍须答复"),
        ),
        Field("main", "text", _("主件编号"), _("同一件事中先办、由它出结果的那一件"), limit=40),
        Field("persons", "persons", _("答复了哪几位"), _("没有勾的，以后用“逐人答复”补记")),
        Field("way", "choice", _("方式"), choices=WAYS),
        Field("served_on", "datetime", _("送达时间"), _("书面答复以来访人收到之日为准")),
        Field("said", "longtext", _("告知的内容")),
        Field("outcome", "choice", _("回访情况"), choices=OUTCOMES),
        Field("solved", "choice", _("是否解决"), choices=SOLVED),
        Field("rating", "choice", _("满意度"), _("由来访人评价，不能代评"), choices=RATINGS),
        Field("comment", "longtext", _("来访人的话")),
        Field("note", "longtext", _("备注")),
        Field(
            "no_photo",
            "text",
            _("没有处置后照片的理由"),
            _("有照片的先添加照片；没有就写明为什么"),
            limit=200,
        ),
        Field("asked_on", "date", _("请求日期"), _("来访人提出之日；邮寄的以寄出之日为准")),
        Field("authority", "text", _("复查复核机关"), _("原办理机关的上一级机关、单位"), limit=100),
        Field("request", "longtext", _("请求和理由"), _("来访人不服哪里，要求什么")),
        Field("review_outcome", "choice", _("复查复核意见"), choices=REVIEW_OUTCOMES[:3]),
        Field("decided_on", "date", _("作出日期")),
        Field("doc_number", "text", _("意见书文号"), limit=60),
        Field(
            "flow",
            "choice",
            _("事项性质"),
            choices=tuple((flow.value, words) for flow, words in FLOWS.items() if flow in WINDOW),
        ),
    )
}

# Ways that put a reply or a notice into the person's hands in writing (信访工作条例 §§23, 32).
WRITTEN: Final = ("letter", "post")
NOTICE_WAYS: Final = ("counter", "visit", "letter", "post", "message")
