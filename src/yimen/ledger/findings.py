"""What `verify` may find, in words an operator understands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

SHOWN = 20  # of one kind; the rest is counted

# Proof, or very nearly, that somebody went round the application.
TAMPERING = {
    "entry_changed": _("第 %(seq)s 号记录（编号 %(entry)s）被改动：校验码与内容不符"),
    "entry_gone": _("第 %(seq)s 号记录（编号 %(entry)s）的正文不见了"),
    "entry_forged": _("编号 %(entry)s 的记录不是本系统写入的，或写入后被改动：来源校验码不符"),
    "entry_twice": _("编号 %(entry)s 的记录在链中或台账中出现不止一次"),
    "entry_unnumbered": _("编号 %(entry)s 的记录没有进入校验链，也不在待编号队列中"),
    "gap": _("序号从 %(before)s 跳到 %(seq)s：中间的记录被删除或改了号"),
    "queue_without_entry": _("待编号队列中有编号 %(entry)s，但记录本身不见了"),
    "queue_after_number": _("编号 %(entry)s 已有序号，却又出现在待编号队列中"),
    "tail_cut": _("链只到第 %(tail)s 号，而校验点证明曾经到过第 %(seq)s 号：尾部被删除，或数据库被换回旧的"),
    "checkpoint_differs": _("第 %(seq)s 号与 %(at)s 的校验点不符：链被整段替换过"),
    "checkpoint_forged": _("校验点文件第 %(line)s 行（第 %(seq)s 号）的签名不对"),
    "checkpoint_order": _("校验点文件第 %(line)s 行与上一行不衔接：文件中有行被删除、改动或调换"),
    "checkpoint_backwards": _("校验点文件第 %(line)s 行的序号倒退到 %(seq)s：数据库曾被换回旧的"),
    "checkpoints_gone": _("有 %(tail)s 条已编号记录，却没有任何校验点：校验点文件被删除，或所在磁盘没有挂上"),
    "restore_forged": _("恢复记录第 %(line)s 行的签名不对，或无法读取"),
    "trigger_missing": _("保护用的触发器 %(name)s 被删除"),
    "trigger_off": _("保护用的触发器 %(name)s 被停用"),
    "trigger_changed": _("保护用的触发器 %(name)s 或其函数被改动"),
    "trigger_foreign": _("表 %(table)s 上有来历不明的触发器或规则 %(name)s"),
    "table_changed": _("表 %(table)s 的结构被改动：%(name)s"),
    "privilege": _("数据库用户 %(role)s 不该有修改台账的权限，却能对 %(table)s 执行 %(name)s"),
}
# Worth knowing; no proof of anything.
NOTICES = {
    "waiting": _("有 %(count)s 条记录正在等待编号，最久的等了 %(seconds)s 秒"),
    "app_owns": _("本系统连接数据库所用的用户 %(role)s 是超级用户或台账的所有者，应改用权限更小的用户"),
    "restored": _("%(at)s 由 %(made_at)s 的备份恢复过，恢复到第 %(seq)s 号"),
    "set_back": _(
        "那次恢复放下了第 %(seq)s 号之后、到第 %(beyond)s 号的旧记录：校验点见过它们，这条链上没有"
    ),
    "redacted": _("有 %(count)s 条旧记录所填的文字已随事项销毁，其余内容有凭证、没有改动"),
    "checkpoint_torn": _("校验点文件第 %(line)s 行无法读取，可能是断电时没有写完"),
    "head_missing": _("最新校验点文件无法读取，以逐行的校验点为准"),
}
SENTENCES = {**TAMPERING, **NOTICES}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: `code` for machines, `str()` for people, `facts` for both."""

    code: str
    facts: dict[str, object]

    @property
    def is_tampering(self) -> bool:
        return self.code in TAMPERING

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % self.facts


@dataclass
class Report:
    """The outcome of one verification. `counts` counts every finding, `findings` keeps 20 of each kind."""

    entries: int = 0
    numbered: int = 0
    waiting: int = 0
    checkpoints: int = 0
    tail: int = 0
    redacted: int = 0
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, **facts: object) -> None:
        if self.counts[code] < SHOWN:
            self.findings.append(Finding(code, facts))
        self.counts[code] += 1

    @property
    def tampering(self) -> int:
        """How many findings speak of tampering."""
        return sum(count for code, count in self.counts.items() if code in TAMPERING)

    @property
    def clean(self) -> bool:
        return not self.tampering
