"""What a letter and its service receipt ask for, and what is wrong with what was typed. Plain Python, no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yimen.foundation.errors import Invalid

from .fields import DECISIONS, Field
from .letters import Kind, Way
from .rules import plain
from .states import Flow

_RECEIVERS: Final = (
    ("self", _("本人")),
    ("family", _("同住成年家属")),
    ("agent", _("代理人或者指定的代收人")),
    ("unit", _("所在单位或者居（村）民委员会")),
)
FIELDS: Final[dict[str, Field]] = {
    field.name: field
    for field in (
        Field("title", "text", _("标题"), limit=120),
        Field("received_on", "date", _("收到日期")),
        Field("forwarder", "text", _("转送机关及日期"), _("上级转来的写；没有就不填"), limit=200),
        Field("request", "longtext", _("请求事项"), _("来访人要求什么；不写姓名、住址")),
        Field("facts", "longtext", _("认定的事实和理由")),
        Field("decision", "choice", _("处理意见"), _("信访工作条例第三十二条"), choices=DECISIONS),
        Field("opinion", "longtext", _("处理意见的内容")),
        Field("basis", "longtext", _("法律法规依据")),
        Field("remedy", "longtext", _("救济告知")),
        Field("received", "longtext", _("接收情况")),
        Field("procedure", "longtext", _("处理途径和程序"), _("不予受理的，写明理由")),
        Field("sent_to", "text", _("转送去向"), limit=200),
        Field("competent", "text", _("有权处理的机关"), _("名称、地址、电话"), limit=300),
        Field("extension", "longtext", _("延期理由和新的期限")),
    )
}
SERVICE: Final[dict[str, Field]] = {
    field.name: field
    for field in (
        Field("received_at", "datetime", _("收到时间"), _("以来访人收到之日为准；邮寄的看回执")),
        Field("place", "text", _("送达地点"), _("如：本中心窗口、住处；不写门牌"), limit=200),
        Field("receiver", "choice", _("由谁签收"), choices=_RECEIVERS),
        Field("relation", "text", _("代收人与来访人的关系"), _("只写关系，不写姓名"), limit=40),
        Field("post_number", "text", _("挂号信编号"), limit=40),
        Field("carrier", "text", _("受托单位或公告的地方"), limit=100),
        Field("refusal", "text", _("拒收事由"), limit=200),
        Field("witnessed", "check", _("有见证人在场并签名")),
        Field("scan", "file", _("回证扫描件"), _("签收的送达回证或邮政回执")),
        Field("note", "longtext", _("备注"), limit=500),
    )
}
_NEEDS: Final = {
    "V06": ("title", "received_on", "request", "facts", "opinion", "basis", "remedy"),
    "accept": ("request", "received", "procedure"),
    "forward": ("request", "received", "procedure", "sent_to"),
    "refuse": ("request", "received", "procedure"),
    "extend": ("request", "received", "procedure", "extension"),
}
_MAY: Final = {"V06": ("forwarder", "decision"), "refuse": ("competent",)}
_ORDER: Final = tuple(FIELDS)


def needs(kind: Kind, flow: str) -> tuple[str, ...]:
    """Fields without which the letter says too little; a petition's opinion says its decision (条例 §32)."""
    found = _NEEDS[kind.notice or kind.form]
    return (*found, "decision") if kind.form == "V06" and flow == Flow.PETITION else found


def asked(kind: Kind) -> tuple[Field, ...]:
    """Every field of the letter, in the order of the paper."""
    names = {*_NEEDS[kind.notice or kind.form], *_MAY.get(kind.notice or kind.form, ())}
    return tuple(FIELDS[name] for name in _ORDER if name in names)


def check_letter(kind: Kind, flow: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The wording out of `data`, stripped. Raises Invalid by field."""
    return _check(asked(kind), needs(kind, flow), data)


def check_service(way: Way, data: Mapping[str, Any], signed_at: datetime, now: datetime) -> dict[str, Any]:
    """The receipt out of `data`: what the way needs is filled, received between signing and now. Raises Invalid by field."""
    clean = _check(tuple(SERVICE.values()), ("received_at", *way.needs), data)
    received = clean["received_at"]
    if received > now or received < signed_at.replace(second=0, microsecond=0):  # typed to the minute
        raise Invalid(gettext("收到时间不对"), {"received_at": gettext("须在签发之后，不能在将来")})
    if way.key == "left" and not clean.get("witnessed"):
        raise Invalid(
            gettext("留置送达要有见证人"),
            {"witnessed": gettext("请见证人在回证上签名；没有见证人的，另选送达方式")},
        )
    return clean


def _check(fields: tuple[Field, ...], needed: tuple[str, ...], data: Mapping[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    wrong: dict[str, object] = {}
    for field in fields:
        value = plain(data.get(field.name))
        if value in ("", None, False):
            if field.name in needed:
                wrong[field.name] = gettext("请填写%s") % field.zh
            continue
        if complaint := _complaint(field, value):
            wrong[field.name] = complaint
        clean[field.name] = value
    if wrong:
        raise Invalid(gettext("还有内容要补充或更正"), wrong)
    return clean


def _complaint(field: Field, value: Any) -> str:
    if field.choices and value not in dict(field.choices):
        return gettext("请从所列选项中选择")
    if field.kind == "date" and not isinstance(value, date):
        return gettext("请填写日期")
    if field.kind == "datetime" and not isinstance(value, datetime):
        return gettext("请填写日期和时间")
    if isinstance(value, str) and len(value) > field.limit:
        return gettext("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": field.limit, "now": len(value)}
    return ""
