"""G02 网格员工作日志 and G03 安全巡查记录 on paper. Plain values in, PDF bytes out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Final

from .press import set_type

# The words of the two papers (form_fields G02, G03; X: 942113.com/95315 and a patrol record in the field).
LABELS: Final = {
    "date": "日期", "weather": "天气", "grid": "网格", "worker": "网格员", "slot": "时段", "place": "地点",
    "work": "工作内容", "problem": "发现问题", "measure": "处理措施", "feedback": "反馈结果", "event": "事件编号",
    "follow_up": "跟踪事项",
}  # fmt: skip
PATROL: Final = {
    "slot": "时段", "place": "巡查区域", "building": "巡查楼栋", "item": "巡查项目", "problem": "发现问题",
    "advice": "整改建议", "due": "整改期限", "result": "整改结果", "recheck_by": "复查人", "recheck_on": "复查日期",
    "remark": "备注",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the day. `event`: the number of the matter it is about."""

    slot: str
    place: str
    work: str
    problem: str = ""
    measure: str = ""
    feedback: str = ""
    event: str = ""
    follow_up: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """The day of one worker. No resident and no household has a place here (G02 12: 不记录居民逐户信息)."""

    office: str
    date: date
    weekday: str
    weather: str
    grid: str
    worker: str
    sent_to: str = ""
    sent_at: datetime | None = None
    lines: list[Entry] = field(default_factory=list)
    patrols: list[dict[str, str]] = field(default_factory=list)
    printed_at: datetime | None = None
    printed_by: str = ""


def daily(data: Daily) -> bytes:
    """A4; patrols (G03) follow on the same paper, each in a frame of its own."""
    shown = [[(words, one[name]) for name, words in PATROL.items() if name in one] for one in data.patrols]
    return set_type("G02", asdict(data) | {"labels": LABELS, "patrols": shown})
