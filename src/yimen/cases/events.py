"""What this room writes to the ledger. Plain Python: kind → words for the timeline.

Kinds of transitions are `case.<verb>`; the facts below have kinds of their own. Every payload carries state in
plain; the typed texts of a sealed matter and everything personal go into the sealed part, as ciphertext.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import pgettext_lazy

SUBJECT: Final = "case"

# Every verb as something that was done; the Chinese is that of the verb, the English is in the past.
STEPS: Final[dict[str, object]] = {
    "answer": pgettext_lazy("done", "当场答复"),
    "guide": pgettext_lazy("done", "引导告知"),
    "dispatch": pgettext_lazy("done", "转办"),
    "designate": pgettext_lazy("done", "指定承办"),
    "submit": pgettext_lazy("done", "呈批"),
    "instruct": pgettext_lazy("done", "批示"),
    "record_instruction": pgettext_lazy("done", "代录批示"),
    "send_back_proposal": pgettext_lazy("done", "退回重拟"),
    "withdraw_submission": pgettext_lazy("done", "撤回呈批"),
    "redirect": pgettext_lazy("done", "改送其他领导"),
    "recall": pgettext_lazy("done", "收回转办"),
    "sign": pgettext_lazy("done", "签收"),
    "request_return": pgettext_lazy("done", "申请退回"),
    "agree_return": pgettext_lazy("done", "同意退回"),
    "refuse_return": pgettext_lazy("done", "不同意退回"),
    "accept": pgettext_lazy("done", "受理"),
    "not_accept": pgettext_lazy("done", "不予受理"),
    "start": pgettext_lazy("done", "开始办理"),
    "assign": pgettext_lazy("done", "指派经办人"),
    "report": pgettext_lazy("done", "报结果"),
    "verify": pgettext_lazy("done", "审核通过"),
    "send_back": pgettext_lazy("done", "审核退回"),
    "tell": pgettext_lazy("done", "答复"),
    "attempt": pgettext_lazy("done", "回访未接通"),
    "call_back": pgettext_lazy("done", "回访"),
    "redo": pgettext_lazy("done", "退回重办"),
    "rate": pgettext_lazy("done", "登记评价"),
    "merge": pgettext_lazy("done", "并案"),
    "unmerge": pgettext_lazy("done", "取消并案"),
    "follow": pgettext_lazy("done", "随主件答复"),
    "close": pgettext_lazy("done", "办结"),
    "request_review": pgettext_lazy("done", "请求复查"),
    "decide_review": pgettext_lazy("done", "登记复查意见"),
    "request_re_review": pgettext_lazy("done", "请求复核"),
    "decide_re_review": pgettext_lazy("done", "登记复核意见"),
    "annul": pgettext_lazy("done", "复核撤销，责令重办"),
    "withdraw_review": pgettext_lazy("done", "撤回复查复核请求"),
    "withdraw": pgettext_lazy("done", "来访人撤回"),
    "archive": pgettext_lazy("done", "归档"),
    "reopen": pgettext_lazy("done", "重新办理"),
}
FACTS: Final[dict[str, object]] = {
    "case.opened": pgettext_lazy("done", "来访登记"),
    "case.imported": pgettext_lazy("done", "历史导入"),
    "case.informed": pgettext_lazy("done", "告知"),
    "case.screened": pgettext_lazy("done", "甄别"),
    "case.contacted": pgettext_lazy("done", "联系居民"),
    "case.corrected": pgettext_lazy("done", "更正登记"),
    "case.people_corrected": pgettext_lazy("done", "更正联系方式"),
    "case.extended": pgettext_lazy("done", "延期"),
    "case.suspended": pgettext_lazy("done", "中止计时"),
    "case.resumed": pgettext_lazy("done", "恢复计时"),
    "case.urged": pgettext_lazy("done", "催办"),
    "case.supervised": pgettext_lazy("done", "督办"),
    "case.extension_asked": pgettext_lazy("done", "申请延期"),
    "case.extension_refused": pgettext_lazy("done", "不批准延期"),
    "case.reminded": pgettext_lazy("done", "临期提醒"),
    "case.urge_answered": pgettext_lazy("done", "催办回复"),
    "case.supervision_fed_back": pgettext_lazy("done", "督办反馈"),
    "case.supervision_concluded": pgettext_lazy("done", "办结督办"),
    "case.reported_up": pgettext_lazy("done", "重大情况报告"),
    "case.report_amended": pgettext_lazy("done", "更正重大情况报告"),
    "case.at_reception": pgettext_lazy("done", "领导接访"),
    "case.leader_named": pgettext_lazy("done", "领导包案"),
    "case.leader_ended": pgettext_lazy("done", "结束包案"),
    "case.assist_added": pgettext_lazy("done", "增加协办单位"),
    "case.assist_signed": pgettext_lazy("done", "协办单位签收"),
    "case.assist_reported": pgettext_lazy("done", "协办单位报结果"),
    "case.assist_return_asked": pgettext_lazy("done", "协办单位申请退回"),
    "case.assist_released": pgettext_lazy("done", "同意退回协办"),
    "case.assist_kept": pgettext_lazy("done", "不同意退回协办"),
    "case.split": pgettext_lazy("done", "拆分"),
    "case.person_told": pgettext_lazy("done", "逐人答复"),
    "case.person_called": pgettext_lazy("done", "逐人回访"),
    "case.person_rated": pgettext_lazy("done", "逐人登记评价"),
    "case.letter_drafted": pgettext_lazy("done", "起草文书"),
    "case.letter_edited": pgettext_lazy("done", "修改文书"),
    "case.letter_submitted": pgettext_lazy("done", "文书送审"),
    "case.letter_reviewed": pgettext_lazy("done", "文书审核"),
    "case.letter_signed": pgettext_lazy("done", "文书签发"),
    "case.letter_sealed": pgettext_lazy("done", "文书用印"),
    "case.letter_served": pgettext_lazy("done", "文书送达"),
    "case.letter_sent_back": pgettext_lazy("done", "文书退回修改"),
    "case.letter_voided": pgettext_lazy("done", "文书作废"),
    "case.handed_over": pgettext_lazy("done", "工作交接"),
    "case.visited": pgettext_lazy("done", "再次来访"),
    "case.linked": pgettext_lazy("done", "关联事项"),
    "case.viewed_by_slip": pgettext_lazy("done", "凭小票或编号查看"),
    "case.revealed": pgettext_lazy("done", "查看联系方式"),
    "case.file_added": pgettext_lazy("done", "附件"),
    "case.file_opened": pgettext_lazy("done", "打开附件"),
    "case.slip_printed": pgettext_lazy("done", "打印小票"),
    "case.paper_printed": pgettext_lazy("done", "打印文书"),
    "case.materials_taken": pgettext_lazy("done", "收下材料"),
    "case.materials_returned": pgettext_lazy("done", "归还材料"),
    "case.phone_searched": pgettext_lazy("done", "按电话查找"),
    "case.outside_added": pgettext_lazy("done", "登记外部系统编号"),
    "case.outside_removed": pgettext_lazy("done", "撤去外部系统编号"),
    "case.reclocked": pgettext_lazy("done", "重新计算时限"),
    "case.instruction_written": pgettext_lazy("done", "领导批示"),
    "case.instruction_entered": pgettext_lazy("done", "代录批示"),
    "case.instruction_confirmed": pgettext_lazy("done", "本人确认批示"),
    "case.instruction_struck": pgettext_lazy("done", "划去批示"),
    "case.approval_redirected": pgettext_lazy("done", "补批改送其他领导"),
}
KINDS: Final[dict[str, object]] = {**{f"case.{verb}": words for verb, words in STEPS.items()}, **FACTS}

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
