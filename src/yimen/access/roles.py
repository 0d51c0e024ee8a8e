"""The roles of a centre. Plain Python: what a role may do is said by the rooms that own the nouns."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    CLERK = "clerk"  # 窗口接待
    DIRECTOR = "director"  # 中心主任
    LEADER = "leader"  # 分管领导
    OFFICER = "officer"  # 派驻人员
    HANDLER = "handler"  # 经办人
    HEAD = "head"  # 科室负责人
    COMMUNITY = "community"  # 社区
    GRIDLEAD = "gridlead"  # 网格长
    WORKER = "worker"  # 网格员
    MEDIATOR = "mediator"  # 调解员
    LAWYER = "lawyer"  # 律师
    COUNSELLOR = "counsellor"  # 心理咨询师
    DISTRICT = "district"  # 区级
    AUDITOR = "auditor"  # 审计员
    SECURITY = "security"  # 安全管理员
    ADMIN = "admin"  # 系统管理员


# Roles of the three separate administrators (GB/T 22239-2019 8.1.5): none of them sees a matter's content.
ADMINISTRATORS = frozenset({Role.ADMIN, Role.SECURITY, Role.AUDITOR})

# What people read. The codes above are what rows and the ledger keep.
NAMES = {
    Role.CLERK: _("窗口接待"),
    Role.DIRECTOR: _("中心主任"),
    Role.LEADER: _("分管领导"),
    Role.OFFICER: _("派驻人员"),
    Role.HANDLER: _("经办人"),
    Role.HEAD: _("科室负责人"),
    Role.COMMUNITY: _("社区"),
    Role.GRIDLEAD: _("网格长"),
    Role.WORKER: _("网格员"),
    Role.MEDIATOR: _("调解员"),
    Role.LAWYER: _("律师"),
    Role.COUNSELLOR: _("心理咨询师"),
    Role.DISTRICT: _("区级"),
    Role.AUDITOR: _("审计员"),
    Role.SECURITY: _("安全管理员"),
    Role.ADMIN: _("系统管理员"),
}
