"""How the ledger's codes are read by people on the page of changes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yimen.documents import events as templates
from yimen.grids import duty_events
from yimen.intake.field import events as field_events
from yimen.reports import exporting

SUBJECTS = {
    "unit": _("单位与人员"),
    "user": _("账号与角色"),
    "office": _("本单位信息"),
    "category": _("类别"),
    "clock_rule": _("时限规则"),
    "calendar_year": _("工作日历"),
    "calendar_version": _("随软件更新的规则"),
    "business_hours": _("工作时间"),
    "common_answer": _("常用答复"),
    "public_phone": _("公布电话"),
    "competent_body": _("有权机关"),
    "retention_class": _("保存期限"),
    "suspension_reason": _("中止理由"),
    "template": _("文书模板"),
    "number": _("脱机登记编号"),
    "callback_rule": _("抽样回访"),
    "callback_script": _("回访用语"),
    "routing_rule": _("派遣规则"),
    "event_class": _("事件和部件"),
    "pressure_setting": _("催办督办的数字"),
    "grid": _("网格"),
    **duty_events.SUBJECTS,
    **field_events.SUBJECTS,
    "history": _("查看变更记录"),
    "export": _("导出台账"),
    "backup": _("备份与恢复"),
}

_ROWS = {"added": _("新增"), "revised": _("修改"), "ended": _("停用")}
KINDS = {
    **{
        f"{noun}.{verb}": words
        for noun in (
            "category", "business_hours", "common_answer", "public_phone", "competent_body", "retention_class",
            "suspension_reason",
            "callback_rule", "callback_script", "routing_rule", "event_class",
        )
        for verb, words in _ROWS.items()
    },
    **templates.KINDS,
    **exporting.KINDS,
    **duty_events.KINDS,
    **field_events.KINDS,
    "number.reserved": _("预留编号"),
    "number.reprinted": _("重印脱机登记表"),
    "number.voided": _("作废编号"),
    "organisations.office_set": _("修改本单位信息"),
    "organisations.unit_added": _("增设单位"),
    "organisations.unit_edited": _("修改单位"),
    "organisations.unit_ended": _("停用单位"),
    "organisations.member_joined": _("加入单位"),
    "organisations.member_edited": _("修改职务或窗口"),
    "organisations.member_left": _("结束任职"),
    "organisations.liaison_moved": _("改任联络员"),
    "access.granted": _("授予角色"),
    "access.revoked": _("收回角色"),
    "accounts.created": _("建账号"),
    "accounts.activated": _("启用账号"),
    "accounts.deactivated": _("停用账号"),
    "accounts.signed_in": _("登录"),
    "accounts.sign_in_failed": _("登录没有成功"),
    "accounts.sign_in_held": _("登录已暂停"),
    "accounts.signed_out": _("退出"),
    "accounts.session_ended": _("登录被结束"),
    "accounts.password_changed": _("更换密码"),
    "accounts.invited": _("给出一次性链接"),
    "accounts.invitation_used": _("用了一次性链接"),
    "accounts.factor_added": _("增加两步验证"),
    "accounts.factor_removed": _("解除两步验证"),
    "accounts.reset_asked": _("申请解除两步验证"),
    "accounts.reset_confirmed": _("确认解除两步验证"),
    "accounts.reset_withdrawn": _("撤回解除申请"),
    "accounts.link_asked": _("申请一次性链接"),
    "accounts.link_confirmed": _("确认一次性链接"),
    "accounts.link_withdrawn": _("撤回链接申请"),
    "accounts.token_issued": _("签发令牌"),
    "accounts.token_collected": _("领取令牌"),
    "accounts.token_ended": _("停用令牌"),
    "accounts.token_tries_held": _("不对的令牌太多，已放慢"),
    "calendars.year_loaded": _("发布工作日历"),
    "calendars.rule_revised": _("修改时限规则"),
    "calendars.rule_added": _("新增时限规则"),
    "calendars.rule_ended": _("停用时限规则"),
    "calendars.shipped_loaded": _("载入随软件提供的规则"),
    "cases.phrases_set": _("修改批示常用语"),
    "cases.letter_head_set": _("修改发文字号"),
    "pressure.set": _("修改催办督办的数字"),
    "grids.posted": _("派驻网格"),
    "grids.post_ended": _("结束派驻"),
    "grids.added": _("增设网格"),
    "grids.changed": _("修改网格"),
    "grids.ended": _("撤销网格"),
    "grids.imported": _("导入网格"),
    "grids.exported": _("导出网格"),
    "grids.leave_taken": _("登记不在岗"),
    "grids.leave_ended": _("提前回岗"),
    "audit.read": _("查看变更记录"),
    "backup.restored": _("由备份恢复"),
}  # fmt: skip

_LABELS = {
    "name": _("名称"), "kind": _("类别"), "parent": _("上级单位"), "online": _("有账号"), "phone": _("电话"),
    "address": _("地址"), "hours": _("时间"), "order": _("排列次序"), "valid_from": _("起用日期"),
    "valid_to": _("最后一天"), "last_day": _("最后一天"), "user": _("人员"), "unit": _("单位"), "role": _("角色"),
    "since": _("从哪天起"), "until": _("到哪天止"), "stands_for": _("代理谁"), "reason": _("原因"),
    "title": _("职务"), "window": _("窗口"), "liaison": _("联络员"), "amount": _("期限"), "article": _("依据"),
    "extend_max": _("最多共可延长"), "certainty": _("可靠程度"), "source": _("来源"), "short": _("简称"),
    "name_en": _("英文名称"), "default_unit": _("通常主办单位"), "dispatch_mode": _("转办方式"),
    "urgency": _("紧急程度"), "words": _("提示词"), "question": _("问"), "answer": _("答"), "materials": _("材料"),
    "category": _("类别"), "number": _("号码"), "when": _("什么事打"), "emergency": _("紧急电话"),
    "matters": _("管哪些事"), "basis": _("依据"), "counted_from": _("从何时算起"), "periods": _("时段"),
    "weekdays": _("星期几"), "purpose": _("用途"), "year": _("年份"), "days": _("天数"), "sign_in": _("登录名"),
    "code": _("规则代号"), "centre_name": _("中心名称"), "number_prefix": _("编号首字"),
    "division_code": _("区划代码"), "public_url": _("网址"), "note": _("说明"), "asked_by": _("申请人"),
    "as": _("以何身份"), "flow": _("流程"), "step": _("环节"), "roles": _("一并结束的角色"), "key": _("代号"), "percent": _("抽取比例"), "always": _("一律回访"), "opening": _("开场白"),
    "list": _("哪个清单"), "rows": _("行数"), "filter": _("筛选"), "form": _("格式"),
    "scopes": _("用途"), "expires_at": _("有效到"), "why": _("原因"), "minutes": _("分钟"),
    "settles_at": _("最低哪一级可以处置"), "filing_condition": _("立案条件"), "closing_condition": _("结案条件"),
    "limit_amount": _("处置时限"), "limit_unit": _("时限单位"), "evidence": _("要哪些照片"), "subject": _("哪一类"), "place": _("哪里"), "assisting": _("协办单位"), "ask_solved": _("问是否解决"), "ask_rating": _("问满意度"), "closing": _("结束语"),
}  # fmt: skip


def label_of(name: str) -> object:
    return _LABELS.get(name, name)
