"""③ 23 people and cold radiators: five speak, the leader is phoned, a company without accounts is served by phone."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from cast import Cast
from yimen.cases.models import Attachment, Case, MajorReport, Participant

pytestmark = pytest.mark.browser
TEXT = "我们整栋楼二十三户暖气不热，屋里只有十四度，家里有老人孩子，打供热公司电话一直说排队。"
FIVE = "\n".join(f"代表{name} 1390000{number}" for number, name in enumerate("甲乙丙丁戊", start=3331))


def _scan() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    return {
        "name": "供热公司来函.png",
        "mimeType": "image/png",
        "buffer": out.getvalue(),
    }


def _step(page: Any, case: Case, verb: str, *chosen: str, **fields: str) -> None:
    page.goto(f"/staff/cases/{case.uuid}/do/{verb}/")
    for option in chosen:
        page.get_by_label(option, exact=True).check(force=True)
    for label, value in fields.items():
        control = page.get_by_label(label, exact=True)
        if control.evaluate("each => each.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert "/do/" not in page.url, page.locator("main").inner_text()


def _say(page: Any, case: Case) -> str:
    page.goto(f"/staff/cases/{case.uuid}/")
    return str(page.locator("main").inner_text())


def test_twenty_three_people_with_cold_radiators(visit: Any, cast: Cast, unreadable: Any) -> None:
    clerk, director = visit("clerk1"), visit("director")
    clerk.goto("/staff/register/")
    clerk.get_by_label("反映什么").fill(TEXT)
    clerk.locator("#category input:checked").wait_for(state="attached")
    clerk.get_by_text("多人来访", exact=True).click()
    clerk.get_by_label("一共几人").fill("23")
    clerk.get_by_label("代表", exact=True).fill(FIVE)
    clerk.keyboard.press("Control+Enter")
    clerk.wait_for_url("**/registered/")
    assert "23 人来访，请马上电话报告分管领导" in clerk.locator("main").inner_text()
    case = Case.objects.get()
    assert (case.party_size, Participant.objects.filter(case=case, role="representative").count()) == (23, 5)

    director.goto("/staff/work/unreported/")
    assert "暖气" in director.locator("main").inner_text()
    clerk.get_by_role("link", name="重大情况报告").click()
    clerk.get_by_label("部门或职务").fill("街道分管领导")
    clerk.get_by_label("报告了谁").fill("何书记")
    clerk.get_by_label("报告的内容").fill("23 人到大厅反映暖气不热，情绪平稳，已请五位代表说话。")
    clerk.get_by_label("对方的答复").fill("请供热公司今天到场，我下午过来。")
    clerk.keyboard.press("Control+Enter")
    clerk.wait_for_url(f"**/cases/{case.uuid}/")
    assert MajorReport.objects.get().name == "何书记"
    assert "何书记" in _say(clerk, case)
    assert unreadable(clerk) == []
    director.reload()
    assert "暖气" not in director.locator("main").inner_text()

    _step(director, case, "screen", "服务诉求")
    _step(clerk, case, "dispatch", 主办单位="gongre", 办理要求="请今天到场测温、排查。")
    assert "线下" in _say(clerk, case)
    _step(clerk, case, "sign")
    _step(clerk, case, "start")
    clerk.goto(f"/staff/cases/{case.uuid}/")
    clerk.locator("input[type=file]").first.set_input_files([_scan()])
    clerk.get_by_role("button", name="添加附件").click()
    clerk.get_by_text("已收下 1 个附件").wait_for()
    assert Attachment.objects.filter(case=case).count() == 1
    _step(
        clerk,
        case,
        "report",
        办理结果="楼前阀门堵塞，已清洗除污器、排气，入户测温 20 ℃。",
        答复来源="供热公司 来函",
    )
    _step(director, case, "verify")
    _step(clerk, case, "tell", "电话")

    case.refresh_from_db()
    assert case.accountable_person_id == cast["clerk1"].user.pk, "the first contact follows through"
    assert case.holder_id == cast["clerk2"].user.pk, "who told the group does not call back himself"
    clerk.goto(f"/staff/cases/{case.uuid}/")
    assert "轮到您" not in clerk.locator(".next").inner_text()
    colleague = visit("clerk2")
    colleague.goto(f"/staff/cases/{case.uuid}/")
    assert "轮到您" in colleague.locator(".next").inner_text()
    colleague.goto(f"/staff/cases/{case.uuid}/do/call_back/")
    for each in range(1, 6):
        answered = colleague.get_by_role("group", name=f"代表{each}", exact=True)
        for said in ("已联系上", "已解决", "满意"):
            answered.get_by_label(said, exact=True).check(force=True)
    with colleague.expect_navigation():
        colleague.keyboard.press("Control+Enter")
    _step(clerk, case, "close")
    case.refresh_from_db()
    assert case.state == "closed"
