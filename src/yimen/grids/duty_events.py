"""What the roster and the premises write to the ledger. Plain Python: kind → words, subject → words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

SUBJECTS: Final[dict[str, object]] = {
    "duty_shift": _("值班"),
    "duty_swap": _("换班"),
    "duty_setting": _("值班时间"),
    "premise": _("楼宇和单位"),
}
KINDS: Final[dict[str, object]] = {
    "duty.filled": _("排班"),
    "duty.set": _("修改值班"),
    "duty.hours_set": _("修改值班时间"),
    "duty.called": _("记录接报"),
    "duty.given": _("交班"),
    "duty.taken": _("接班"),
    "duty.swap_asked": _("申请换班"),
    "duty.swap_agreed": _("同意换班"),
    "duty.swap_declined": _("不同意换班"),
    "duty.swap_withdrawn": _("收回换班申请"),
    "duty.swap_approved": _("批准换班"),
    "duty.swap_refused": _("不批准换班"),
    "premises.added": _("新增楼宇或单位"),
    "premises.revised": _("修改楼宇或单位"),
    "premises.ended": _("停用楼宇或单位"),
    "premises.imported": _("导入楼宇和单位"),
    "premises.exported": _("导出楼宇和单位"),
    "premises.visited": _("走访"),
    "premises.needed": _("记下需求"),
    "premises.answered": _("答复需求"),
    "premises.raised": _("需求登记为事项"),
}
