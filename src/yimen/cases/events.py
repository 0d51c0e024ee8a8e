"""What this room writes to the ledger. Plain Python: kind → words for the timeline.

Kinds of transitions are `case.<verb>`; the facts below have kinds of their own. Every payload carries state in
plain; the typed texts of a sealed matter and everything personal go into the sealed part, as ciphertext.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from .states import VERBS

SUBJECT: Final = "case"

FACTS: Final[dict[str, object]] = {
    "case.opened": _("来访登记"),
    "case.imported": _("历史导入"),
    "case.informed": _("告知"),
    "case.screened": _("甄别"),
    "case.contacted": _("联系居民"),
    "case.corrected": _("更正登记"),
    "case.extended": _("延期"),
    "case.suspended": _("中止计时"),
    "case.resumed": _("恢复计时"),
    "case.urged": _("催办"),
    "case.supervised": _("督办"),
    "case.assist_added": _("增加协办单位"),
    "case.assist_signed": _("协办单位签收"),
    "case.assist_reported": _("协办单位报结果"),
    "case.handed_over": _("工作交接"),
    "case.visited": _("再次来访"),
    "case.linked": _("关联事项"),
    "case.viewed_by_slip": _("凭小票或编号查看"),
    "case.revealed": _("查看联系方式"),
    "case.file_added": _("附件"),
    "case.file_opened": _("打开附件"),
    "case.slip_printed": _("打印小票"),
    "case.paper_printed": _("打印登记表"),
    "case.phone_searched": _("按电话查找"),
    "case.granted": _("授权查看"),
    "case.reclocked": _("重新计算时限"),
}
KINDS: Final[dict[str, object]] = {**{f"case.{verb}": words for verb, words in VERBS.items()}, **FACTS}

# Kinds that say who looked: kept in the ledger, not shown in a matter's own story.
LOOKED: Final = frozenset(
    {
        "case.viewed_by_slip",
        "case.revealed",
        "case.file_opened",
        "case.phone_searched",
        "case.paper_printed",
        "case.slip_printed",
    }
)
