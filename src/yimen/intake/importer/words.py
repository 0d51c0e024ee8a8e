"""How people call their columns, in Chinese and English: what the mapping is proposed from.

Headers are compared squeezed (`denied.squeeze`: no width, case, spaces, signs). `exact` is ordered by weight: of two
date columns the earlier word wins. `pieces` count anywhere in a header; `never` rules a header out for this field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Meaning:
    """One field that a column can fill. `personal` fields come in only when the operator names them."""

    name: str
    zh: object
    exact: tuple[str, ...]
    pieces: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    personal: bool = False
    several: bool = False


_ANSWER: Final = ("答复", "回复", "办结", "办理", "处理", "反馈", "reply", "answer", "response")
_OTHER_TIMES: Final = (
    "更新",
    "修改",
    "截止",
    "到期",
    "期限",
    "派单",
    "转办",
    "签收",
    "完成",
    "回访",
    "updated",
    "due",
    "时长",
)
_NUMBERS: Final = (
    "次数",
    "条数",
    "数量",
    "指标",
    "时长",
    "count",
    "是否",
    "状态",
    "满意",
    "评价",
    "打分",
    "得分",
)
_PEOPLE: Final = ("用户", "user", "人", "姓名", "电话", "手机")

MEANINGS: Final[tuple[Meaning, ...]] = (
    Meaning(
        "record_id",
        _("原编号"),
        (*("recordid", "留言编号", "工单编号", "工单号", "事项编号", "信访编号", "受理编号", "登记编号", "案件编号", "caseid", "id"),
         *("编号", "单号", "流水号", "登记号", "留言id", "case", "number", "no", "序号")),
        ("编号", "工单号", "单号", "流水号", "caseno", "recordno"),
        (*_PEOPLE, *_ANSWER, "单位", "部门", "网格", "区划"),
    ),
    Meaning(
        "title",
        _("标题"),
        ("标题", "主题", "留言主题", "事项标题", "诉求标题", "信访标题", "工单标题", "事由", "题目", "title", "subject", "事项名称"),
        ("标题", "主题", "subject"),
        _ANSWER,
    ),
    Meaning(
        "text",
        _("内容"),
        (*("内容", "留言详情", "留言内容", "诉求内容", "反映内容", "投诉内容", "投诉件内容", "事项内容", "来信内容", "主要诉求"),
         *("问题描述", "情况描述", "工单内容", "反映问题", "反映情况", "正文", "详情", "描述", "诉求", "detail", "details"),
         *("text", "content", "description", "body", "message", "问题")),
        ("内容", "详情", "描述", "正文", "诉求", "content", "description"),
        (*_ANSWER, "类", "时间", "日期", "人", "地", "标题", "编号", "渠道", *_NUMBERS),
    ),
    Meaning(
        "occurred_at",
        _("反映时间"),
        (*("来访时间", "反映时间", "留言时间", "来电时间", "来信时间", "投诉时间", "提交时间", "诉求时间", "信访日期", "来访日期"),
         *("登记时间", "登记日期", "受理时间", "收件日期", "收到时间", "收到日期", "创建时间", "occurredat", "createdat", "time"),
         *("date", "datetime", "timestamp", "时间", "日期", "created", "发生时间", "发布时间", "requesteddatetime")),
        ("时间", "日期", "time", "date"),
        (*_ANSWER, *_OTHER_TIMES, "closed"),
    ),
    Meaning(
        "reply",
        _("官方答复"),
        (*("答复意见", "答复内容", "回复内容", "官方回复", "官方答复", "答复", "回复", "回复意见", "反馈内容", "反馈结果"),
         *("办理结果", "处理结果", "办理情况", "处理情况", "处理意见", "officialreply", "reply", "answer", "response")),
        ("答复", "回复", "办理结果", "处理结果", "reply"),
        ("时间", "日期", "单位", "部门", "人", "time", "date", "by", *_NUMBERS),
    ),
    Meaning(
        "replied_at",
        _("答复时间"),
        (*("答复时间", "答复日期", "回复时间", "回复日期", "办结时间", "办结日期", "反馈时间", "办理时间", "处理时间", "完成时间"),
         *("repliedat", "replytime", "replydate", "answeredat", "responsetime", "closedat", "updateddatetime")),
        ("答复时间", "回复时间", "办结时间", "答复日期", "回复日期"),
        ("时长", "期限", "截止", "应"),
    ),
    Meaning(
        "category",
        _("类别"),
        (*("类别", "分类", "诉求类别", "问题类别", "事项类别", "诉求分类", "问题分类", "一级分类", "一级标签", "一级类别", "内容分类"),
         *("诉求类型", "问题类型", "事项类型", "类型", "标签", "label", "category", "servicename", "type", "class", "topic")),
        ("类别", "分类", "一级标签"),
        ("人", "用户", "二级", "三级", "满意", *_ANSWER),
    ),
    Meaning(
        "channel",
        _("来源渠道"),
        ("来源渠道", "渠道", "受理渠道", "诉求渠道", "反映渠道", "信访形式", "来源方式", "诉求来源", "channel", "来源", "source"),
        ("渠道", "来源方式"),
        _ANSWER,
    ),
    Meaning(
        "place",
        _("地点"),
        (*("地点", "发生地点", "事发地点", "问题地点", "事发地址", "诉求地址", "发生地址", "位置", "地址", "所属区域", "区域"),
         *("所属社区", "社区", "街道", "小区", "河流", "place", "location", "address", "addressstring", "district", "area")),
        ("地点", "事发地", "发生地", "所属区", "小区名"),
        ("联系", "家庭", "户籍", "住址", "通讯", "居住", "邮箱", "email", "身份", "ip"),
        several=True,
    ),
    Meaning(
        "anonymous",
        _("是否匿名"),
        ("是否匿名", "匿名", "是否实名", "匿名实名", "anonymous", "isanonymous"),
        ("匿名", "anonym"),
    ),
    Meaning(
        "reporter",
        _("反映人姓名"),
        (*("反映人", "来访人", "来电人", "投诉人", "信访人", "诉求人", "姓名", "反映人姓名", "联系人", "留言人", "留言用户"),
         *("用户", "用户名", "昵称", "reporter", "name", "user", "username", "author", "firstname", "lastname")),
        ("姓名", "反映人", "来访人", "来电人", "投诉人", "用户"),
        ("电话", "手机", "地址", "住址", "编号", "性别", "年龄", *_ANSWER),
        personal=True,
    ),
    Meaning(
        "phone",
        _("联系电话"),
        ("联系电话", "电话", "手机", "手机号", "手机号码", "来电号码", "联系方式", "phone", "mobile", "tel", "telephone"),
        ("电话", "手机", "phone", "mobile"),
        ("单位", "部门", "办理人", "是否"),
        personal=True,
    ),
)  # fmt: skip
FIELDS: Final = tuple(meaning.name for meaning in MEANINGS)
BY_NAME: Final = {meaning.name: meaning for meaning in MEANINGS}

# A cell of a channel column → the channels of `cases`.
CHANNEL_WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("above", ("上级", "转送", "交办", "督办", "区转", "市转", "信访局", "第三方", "领导")),
    ("phone", ("电话", "热线", "12345", "来电", "语音", "phone", "hotline", "call")),
    ("visit", ("走访", "来访", "窗口", "现场", "上门", "当面", "walk", "visit", "counter")),
    ("letter", ("来信", "书信", "信件", "letter", "mail")),
    ("fax", ("传真", "fax")),
    ("online", ("网", "微信", "微博", "app", "qq", "邮箱", "邮件", "留言", "论坛", "小程序", "贴吧", "email", "web", "online", "短信")),
)  # fmt: skip
YES: Final = frozenset({"1", "是", "匿名", "y", "yes", "true", "t", "anonymous", "√", "1.0"})
NO: Final = frozenset({"0", "否", "实名", "n", "no", "false", "f", "named", "0.0", ""})
NOTHING: Final = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "null", "none", "nan", "n/a", "na", "nil"}
)


def channel_of(word: str) -> str:
    """The channel a cell speaks of; nothing when it is not a word for a channel."""
    plain = word.strip().lower().replace("12345app", "app")
    for channel, words in CHANNEL_WORDS:
        if any(piece in plain for piece in words):
            return channel
    return ""
