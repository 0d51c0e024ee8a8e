"""The roles of a centre. Plain Python: what a role may do is said by the rooms that own the nouns."""

from __future__ import annotations

from enum import StrEnum


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
