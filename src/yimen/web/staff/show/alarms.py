"""The alarms that ring, as sentences for the administrators: what stands still, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from yimen.reports.alarms import Alarm, ringing

_WORDS: Final[Mapping[str, object]] = {
    "job": _("后台任务积压（%(subject)s）：最久的已等 %(figure)d 分钟。请运行 ./yimen doctor。"),
    "dead": _(
        "%(figure)d 个后台任务几次都没有办成，不再重试。请查看日志 jobs.log，解决后运行 ./yimen jobs --again。"
    ),
    "ledger": _("台账封存停了 %(figure)d 分钟。请运行 ./yimen doctor。"),
    "restore": _("已有 %(figure)d 天没有验证过备份能否恢复。请检查备份的定时演练。"),
    "holidays": _("放假安排只剩 %(figure)d 天；%(subject)s 年的还没有载入，该年的期限是暂定的。"),
    "disk": _("磁盘只剩 %(figure)d GB。请清理或扩容，数据库写满会停止。"),
}


def sentences() -> list[str]:
    """One for each alarm; none is well."""
    return [_said(alarm) for alarm in ringing()]


def _said(alarm: Alarm) -> str:
    return str(_WORDS[alarm.kind]) % {"figure": alarm.figure, "subject": alarm.subject}
