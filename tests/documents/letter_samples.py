"""Forms between units, letters, receipts: usual, empty and extreme, with what must be read on each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from paper_samples import URL, at

from yimen.documents import forms, receipts

OFFICE = "永安路街道综治中心"
STREET = "永安路街道办事处"
_SHEET = {"office": OFFICE, "url": URL, "printed_at": at(18, 9, 30), "printed_by": "周敏"}

V02 = forms.V02(
    **_SHEET,
    no="永转〔2026〕00031",
    source_no="永〔2026〕01187",
    to_unit="城市管理办",
    co_units=["供热公司", "七社区"],
    kind="申诉求决",
    content="整栋楼暖气不热，室温 14 ℃左右，要求尽快恢复供热。",
    require="三日内到现场测温，查明原因，把结果书面回复中心。",
    due=date(2026, 11, 24),
    by="陈静",
    at=at(16, 16, 20),
    signed="赵磊 2026年11月17日 09:05",
    objection="换热站属供热公司管理。",
    reply="换热站已修复，室温 20 ℃。",
    rating="基本满意",
    unsat_reason="楼道仍然偏冷。",
)
V03 = forms.V03(
    **_SHEET,
    title="七社区12号楼供热不达标",
    doc_no="永批督〔2026〕3号",
    content="二十三人反映整栋楼暖气不热，催办两次仍未办结。",
    instructed_by="刘主任",
    at=at(18, 9),
    lead_leader="王副主任",
    co_leaders=["李副主任", "孙委员"],
    due=date(2026, 11, 21),
    feedback_mode="定期反馈",
    feedback_cycle="每日十七时前",
    lead_unit="城市管理办",
    co_units=["供热公司", "应急管理办"],
    contact="周敏",
    phone="010-85551234",
    files=["来访登记表", "测温记录"],
    reply="主管网已抢修，先送临时供热车。",
    is_final=False,
    plan_finish=date(2026, 11, 25),
    finished_at=at(24, 18),
    callback_at=at(25, 10),
    callback="五位代表都说室温已经达标。",
    rating="满意",
    source_no="永〔2026〕01187",
)
V04 = forms.V04(
    **_SHEET,
    source_no="永〔2026〕01187",
    topic="整栋楼暖气不热",
    at=at(25, 10, 15),
    way="电话",
    by="陈静",
    reached=True,
    solved="部分解决",
    rating="不满意",
    reason="二楼仍然只有 16 ℃，希望再来测一次。",
    action="重办",
)
V05 = forms.V05(
    issuer=STREET,
    kind="accept",
    doc_no="永信告〔2026〕15号",
    name="周㛃𬱖",
    summary="反映七社区12号楼供热不达标，要求恢复供热并退费。",
    received="2026年11月16日当面收到，同日登记，编号永〔2026〕01187。",
    procedure="由城市管理办办理，自受理之日起六十日内办结并书面答复。",
    sent_to="城市管理办",
    competent="区住房和城乡建设局",
    extension="因需要第三方测温鉴定，延长三十日，至2027年2月15日。",
    approved_by="刘主任",
    date=date(2026, 11, 17),
    served="当面送达，2026年11月17日",
    no="永〔2026〕01187",
)
V06 = forms.V06(
    title="关于七社区12号楼供热问题信访事项的处理意见书",
    doc_no="永信复〔2026〕8号",
    name="周㛃𬱖",
    received=date(2026, 11, 16),
    forwarder="区信访局于2026年11月12日转送",
    request="要求恢复供热，并退还供热不达标期间的费用。",
    facts="经到场测温，11月10日至18日室温在13.5至15.5 ℃之间，低于18 ℃。换热站循环泵故障，19日修复。",
    opinion="予以支持。供热公司按日退还九日热费，十二月五日前退到缴费账户。",
    basis="《城市供热管理条例》第二十一条；供用热合同第九条。",
    remedy="如不服本意见，可自收到之日起30日内向区人民政府请求复查。",
    seal=STREET,
    signed_by="刘主任",
    date=date(2026, 12, 1),
    served="当面送达，2026年12月2日",
    no="永〔2026〕01187",
)
R01 = receipts.R01(
    **_SHEET,
    no="永〔2026〕01187",
    name="周**",
    materials=[
        receipts.Material(name="租房合同", kind="原件", pages=6, return_on=date(2026, 11, 30)),
        receipts.Material(name="供热费发票", kind="复印件", pages=1, returned="2026-11-20"),
    ],
    given_at=at(16, 15, 20),
    taken_by="陈静",
    remark="合同第三页有水渍。",
)
R02 = receipts.R02(
    **_SHEET,
    no="永〔2026〕01187",
    letter="关于七社区12号楼供热问题信访事项的处理意见书（永信复〔2026〕8号）",
    recipient="周㛃𬱖",
    place="七社区12号楼3单元401",
    way="上门",
    sent_by="赵磊",
    received_at=date(2026, 12, 2),
    proxy="周大力（父亲）",
    refused="见证人七社区王书记",
    remark="一次送达",
)
R03 = receipts.R03(
    office=OFFICE,
    topic="水电气热",
    question="家里暖气不热找谁",
    answer="先打供热公司服务电话报修并记下受理号；室内温度未达标的可以要求上门测温并按规定退费。",
    materials="测温记录或报修受理号（有就带上）",
    where="永安路18号一层三号窗口",
    phone="010-85551200",
    hours="周一至周五8:00–18:00",
    by="周敏",
    at=at(16, 15, 2),
)
SHEETS: dict[str, Any] = {"V02": V02, "V03": V03, "V04": V04, "R01": R01, "R02": R02}
LETTERS: dict[str, Any] = {"V05": V05, "V06": V06}
USUAL: dict[str, Any] = {**SHEETS, **LETTERS}

_LISTS = {"co_units", "co_leaders", "files", "materials"}
_NOTHING = {"due", "at", "is_final", "plan_finish", "finished_at", "callback_at", "reached", "date",
            "received_at", "given_at", "printed_at"}  # fmt: skip
_KEPT = {"office", "issuer", "seal", "kind", "assigned", "confidential", "draft"}


def blank(data: Any) -> Any:
    """The same form with nothing filled in."""
    keep = _KEPT - ({"kind"} if type(data).__name__ != "V05" else set())
    names = [name for name in type(data).__dataclass_fields__ if name not in keep]
    empty = {name: [] if name in _LISTS else None if name in _NOTHING else "" for name in names}
    if type(data).__name__ == "V06":
        empty["received"] = None
    return replace(data, **empty)


# What a reader finds on paper for each key of the field list (white space aside).
SEEN: dict[str, dict[str, str]] = {
    "V02": {
        "no": "永转〔2026〕00031", "source_no": "永〔2026〕01187", "to_unit": "城市管理办", "co_units": "供热公司、七社区",
        "kind": "申诉求决", "content": "要求尽快恢复供热", "require": "三日内到现场测温", "due": "2026年11月24日", "by": "陈静",
        "at": "2026年11月16日16:20", "signed": "赵磊2026年11月17日09:05", "objection": "换热站属供热公司管理",
        "reply": "换热站已修复", "rating": "基本满意", "unsat_reason": "楼道仍然偏冷",
    },
    "V03": {
        "title": "七社区12号楼供热不达标", "doc_no": "永批督〔2026〕3号", "content": "催办两次仍未办结", "instructed_by": "刘主任",
        "at": "2026年11月18日09:00", "lead_leader": "王副主任", "co_leaders": "李副主任、孙委员", "due": "2026年11月21日",
        "feedback_mode": "定期反馈", "feedback_cycle": "每日十七时前", "lead_unit": "城市管理办", "co_units": "供热公司、应急管理办",
        "contact": "周敏", "phone": "010-85551234", "files": "来访登记表", "reply": "先送临时供热车", "is_final": "否",
        "plan_finish": "2026年11月25日", "finished_at": "2026年11月24日18:00", "callback_at": "2026年11月25日10:00",
        "callback": "五位代表都说", "rating": "满意",
    },
    "V04": {
        "source_no": "永〔2026〕01187", "at": "2026年11月25日10:15", "way": "电话", "by": "陈静", "reached": "是",
        "solved": "部分解决", "rating": "不满意", "reason": "希望再来测一次", "action": "重办",
    },
    "V05": {
        "doc_no": "永信告〔2026〕15号", "name": "周㛃𬱖", "summary": "要求恢复供热并退费", "received": "当面收到，同日登记",
        "procedure": "六十日内办结", "sent_to": "城市管理办", "competent": "区住房和城乡建设局", "extension": "第三方测温鉴定",
        "approved_by": "刘主任", "date": "2026年11月17日", "served": "当面送达，2026年11月17日",
    },
    "V06": {
        "title": "关于七社区12号楼供热问题信访事项的处理意见书", "received": "2026年11月16日", "forwarder": "区信访局",
        "request": "退还供热不达标期间的费用", "facts": "换热站循环泵故障", "opinion": "予以支持。供热公司按日退还",
        "basis": "《城市供热管理条例》第二十一条", "remedy": "向区人民政府请求复查", "seal": "永安路街道办事处",
        "signed_by": "刘主任", "served": "当面送达，2026年12月2日",
    },
    "R01": {
        "no": "永〔2026〕01187", "name": "周**", "materials": "租房合同", "given_at": "2026年11月16日15:20", "taken_by": "陈静",
        "remark": "第三页有水渍",
    },
    "R02": {
        "no": "永〔2026〕01187", "letter": "永信复〔2026〕8号", "recipient": "周㛃𬱖", "place": "七社区12号楼3单元401",
        "way": "上门", "sent_by": "赵磊", "received_at": "2026年12月2日", "proxy": "周大力（父亲）",
        "refused": "见证人七社区王书记", "remark": "一次送达",
    },
}  # fmt: skip
