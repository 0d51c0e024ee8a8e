"""Administration: who may open which page, and what each page does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cast import Cast, advance
from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.accounts.models import Invitation, User
from yimen.calendars.models import BusinessHours, CalendarYear, ClockRule
from yimen.cases.actions import callback_rules
from yimen.cases.actions.handbook import load_handbook
from yimen.cases.models import (
    CallbackRule,
    Case,
    Category,
    Clock,
    CommonAnswer,
    PublicPhone,
    RetentionClass,
    SuspensionReason,
)
from yimen.ledger.models import Entry
from yimen.organisations.models import Membership, Office, Unit
from yimen.web import handbook
from yimen.web.staff.views.admin.things import THINGS

from .auth_ground import add_app
from .staff_ground import Enter, in_use

ADMIN = "/staff/admin/"
TODAY = timezone.localdate
PASSWORD = "水桶在门后第三格"


@pytest.fixture
def street(cast: Cast) -> Cast:
    """The cast with a security administrator, the handbook, and accounts that are in use."""
    load_handbook()
    callback_rules.load_shipped()
    cast.joins("security", "安全员", "centre", Role.SECURITY)
    in_use(cast)
    return cast


def day(offset: int = 0) -> str:
    return (TODAY() + timedelta(days=offset)).isoformat()


def texts(answer: Any) -> str:
    return str(answer.content.decode())


# --- routes × roles

SYSTEM, SECURITY, AUDITOR, DIRECTOR = {"admin"}, {"security"}, {"auditor"}, {"director"}
ALL = SYSTEM | SECURITY | AUDITOR
Args = tuple[str, ...]
# keys of rows that are there
MEMBER, PERSON, GRANT, RULE, CATEGORY, CALLBACK = [
    "member",
    "person",
    "grant",
    "rule",
    "category",
    "callback",
]
PAGES: list[tuple[str, Args, set[str]]] = [
    ("staff:admin", (), ALL),
    ("staff:admin-office", (), SYSTEM),
    ("staff:admin-units", (), SYSTEM),
    ("staff:admin-add-unit", (), SYSTEM),
    ("staff:admin-unit", ("zhifa",), SYSTEM),
    ("staff:admin-edit-unit", ("zhifa",), SYSTEM),
    ("staff:admin-end-unit", ("zhifa",), SYSTEM),
    ("staff:admin-join", ("zhifa",), SYSTEM),
    ("staff:admin-member", (MEMBER,), SYSTEM),
    ("staff:admin-leave", (MEMBER,), SYSTEM),
    ("staff:admin-people", (), SYSTEM | SECURITY),
    ("staff:admin-person", (PERSON,), SYSTEM | SECURITY),
    ("staff:admin-roles", (), SYSTEM | SECURITY),
    ("staff:admin-grant", (), SECURITY),
    ("staff:admin-revoke", (GRANT,), SECURITY),
    ("staff:admin-stand-in", (GRANT,), SECURITY),
    *(("staff:admin-rows", (name,), SYSTEM) for name in THINGS),
    ("staff:admin-add-row", ("categories",), SYSTEM),
    ("staff:admin-add-row", ("hours",), SYSTEM),
    ("staff:admin-row", ("categories", CATEGORY), SYSTEM),
    ("staff:admin-end-row", ("categories", CATEGORY), SYSTEM),
    ("staff:admin-rules", (), SYSTEM),
    ("staff:admin-rule", (RULE,), SYSTEM),
    ("staff:admin-add-rule", (), SYSTEM),
    ("staff:admin-calendar", (), SYSTEM),
    ("staff:admin-year", ("2026",), SYSTEM),
    ("staff:admin-callbacks", (), SYSTEM | DIRECTOR),
    ("staff:admin-callback-rule", (), SYSTEM | DIRECTOR),
    ("staff:admin-callback-script", (), SYSTEM | DIRECTOR),
    ("staff:admin-end-callback-rule", (CALLBACK,), SYSTEM | DIRECTOR),
    ("staff:admin-tokens", (), SECURITY),
    ("staff:admin-issue-token", (), SECURITY),
    ("staff:admin-history", (), ALL),
]
PRESSED: list[tuple[str, Args, set[str]]] = [
    ("staff:admin-liaison", (MEMBER,), SYSTEM),
    ("staff:admin-switch", (PERSON,), SYSTEM | SECURITY),
    ("staff:admin-first-link", (PERSON,), SYSTEM),
]
OTHERS = ("clerk1", "director", "leader1", "handler.zhifa", "head.zhifa")


def _address(name: str, args: Args, cast: Cast) -> str:
    user = cast["handler.zhifa"].user
    rows = {
        MEMBER: Membership.objects.get(user=user),
        PERSON: user,
        GRANT: RoleGrant.objects.get(user=user),
        RULE: ClockRule.objects.filter(valid_to__isnull=True).first(),
        CATEGORY: Category.objects.first(),
        CALLBACK: CallbackRule.objects.first(),
    }
    return reverse(name, args=[rows[arg].pk if arg in rows else arg for arg in args])


@pytest.mark.parametrize("who", sorted(ALL) + list(OTHERS))
def test_every_page_opens_to_its_administrators_and_to_nobody_else(
    street: Cast, enter: Enter, who: str
) -> None:
    client = enter(who)
    for name, args, allowed in PAGES:
        status = client.get(_address(name, args, street)).status_code
        assert status == (200 if who in allowed else 403), (who, name, args, status)
    for name, args, allowed in PRESSED:
        path = _address(name, args, street)
        assert client.get(path).status_code in (403, 405)
        assert who in allowed or client.post(path).status_code == 403, (who, name)


def test_no_administrator_sees_a_matter(street: Cast, enter: Enter) -> None:
    case = street["clerk1"].opens(phone="13800004411", name="林小满")
    for who in ALL:
        client = enter(who)
        assert client.get(f"/staff/cases/{case.uuid}/").status_code == 404
        for name, args, allowed in PAGES:
            if who in allowed:
                page = texts(client.get(_address(name, args, street)))
                assert "泡塌了一块" not in page and "13800004411" not in page and "林小满" not in page, name


def test_the_rail_offers_each_administrator_the_own_doors(street: Cast, enter: Enter) -> None:
    rail = {who: texts(enter(who).get("/staff/")) for who in (*ALL, "clerk1")}
    assert f'href="{ADMIN}units/"' in rail["admin"] and f'href="{ADMIN}units/"' not in rail["security"]
    assert f'href="{ADMIN}roles/"' in rail["security"] and f'href="{ADMIN}history/"' in rail["auditor"]
    assert f'href="{ADMIN}roles/"' not in rail["auditor"] and ADMIN not in rail["clerk1"]


# --- from an empty home


@pytest.mark.django_db
def test_an_empty_home_is_made_ready_without_a_programmer() -> None:
    """First administrator by the command, then units, members by link, roles, until the window registers."""
    from django.conf import settings as live

    from yimen.calendars import actions as calendars
    from yimen.cases.actions.categories import load_categories
    from yimen.cli.admin import make

    calendars.load_shipped()
    load_categories()
    make("boss")

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(sign_in=name), backend=live.AUTHENTICATION_BACKENDS[-1])
        return client

    def takes_into_use(name: str) -> None:
        user = User.objects.get(sign_in=name)
        user.set_password(PASSWORD)
        user.save()
        add_app(user)  # administrators need a second factor

    takes_into_use("boss")
    boss = signed_in("boss")
    assert "开始登记以前" in texts(boss.get(ADMIN))
    boss.post(
        f"{ADMIN}office/", {"name": "清河街道", "centre_name": "清河街道综治中心", "number_prefix": "清"}
    )
    made = {"name": "城管办", "kind": "office", "online": "on", "order": "1"}
    assert boss.post(f"{ADMIN}units/add/", made).status_code == 302
    office = Unit.objects.get(name="城管办")
    centre = Unit.objects.get(kind="centre")
    for unit, name in ((centre, "clerk"), (centre, "chief"), (centre, "guard"), (office, "worker")):
        given = {"person": name, "name": f"同事{name}", "since": day()}
        page = texts(boss.post(f"{ADMIN}units/{unit.key}/join/", given))
        assert "/staff/invitation/" in page
        takes_into_use(name)
    assert Membership.objects.get(unit=office).liaison, "the first member is the liaison"
    guard = {"person": "guard", "role": "security", "unit": centre.key, "since": day()}
    assert boss.post(f"{ADMIN}roles/grant/", {**guard, "role": "clerk"}).status_code == 403
    assert boss.post(f"{ADMIN}roles/grant/", guard).status_code == 302
    assert boss.post(f"{ADMIN}roles/grant/", {**guard, "person": "chief"}).status_code == 403, "once only"
    keeper = signed_in("guard")
    for name, role, unit in (
        ("clerk", "clerk", centre),
        ("chief", "director", centre),
        ("worker", "handler", office),
    ):
        given = {"person": name, "role": role, "unit": unit.key, "since": day()}
        assert keeper.post(f"{ADMIN}roles/grant/", given).status_code == 302
    window = signed_in("clerk")
    text = {"text": "楼道灯坏了三天没人修", "category": "property", "channel": "visit"}
    assert window.post("/staff/register/", text).status_code == 302
    assert Case.objects.get().number.startswith("清")


# --- units and members


def test_a_unit_is_changed_and_the_change_stands_in_the_history(street: Cast, enter: Enter) -> None:
    client = enter("admin")
    given = {"name": "综合执法队", "kind": "office", "online": "on", "order": "3", "phone": "0931-1"}
    assert client.post(f"{ADMIN}units/zhifa/edit/", given).status_code == 302
    assert Unit.objects.get(key="zhifa").name == "综合执法队"
    page = texts(enter("auditor").get(f"{ADMIN}history/?subject=unit&id={street.units['zhifa'].pk}"))
    assert "综合行政执法队" in page and "综合执法队" in page and "修改单位" in page


def test_a_taken_name_is_said_beside_the_field_and_nothing_typed_is_lost(street: Cast, enter: Enter) -> None:
    given = {"name": "城市管理办", "kind": "office", "online": "on", "order": "3", "address": "博雅街 9 号"}
    answer = enter("admin").post(f"{ADMIN}units/add/", given)
    assert answer.status_code == 400
    assert "已有同名单位" in texts(answer) and 'value="博雅街 9 号"' in texts(answer)


def test_a_unit_under_itself_is_refused(street: Cast, enter: Enter) -> None:
    client, zhifa = enter("admin"), street.units["zhifa"]
    given = {"name": "城市管理办", "kind": "office", "online": "on", "order": "0", "parent": str(zhifa.pk)}
    assert client.post(f"{ADMIN}units/chengguan/edit/", given).status_code == 302
    other = {"name": zhifa.name, "kind": "office", "online": "on", "order": "0"}
    answer = client.post(f"{ADMIN}units/zhifa/edit/", {**other, "parent": str(street.units["chengguan"].pk)})
    assert answer.status_code == 400 and "下级" in texts(answer)


def test_a_unit_is_not_ended_while_matters_lean_on_it_and_they_are_named(street: Cast, enter: Enter) -> None:
    client = enter("admin")
    case = advance(street, street["clerk1"].opens(), "signed", unit="zhifa")
    page = client.get(f"{ADMIN}units/zhifa/end/")
    assert case.number in texts(page)
    answer = client.post(f"{ADMIN}units/zhifa/end/", {"last_day": day()})
    assert answer.status_code == 409 and f"还有未办结事项：{case.number}" in texts(answer)
    assert Unit.objects.get(key="zhifa").valid_to is None


def test_a_unit_without_matters_and_people_ends_by_date_and_stays_readable(
    street: Cast, enter: Enter
) -> None:
    client = enter("admin")
    assert client.post(f"{ADMIN}units/gongre/end/", {"last_day": day(-1)}).status_code == 302
    assert "供热公司" in texts(client.get(f"{ADMIN}units/")) and Unit.objects.filter(key="gongre").exists()
    clerk = texts(enter("clerk1").get(f"/staff/cases/{street['clerk1'].opens().uuid}/do/dispatch/"))
    assert "城市管理办" in clerk and "供热公司" not in clerk


def test_the_liaison_is_moved_and_there_is_always_one(street: Cast, enter: Enter) -> None:
    client = enter("admin")
    head = Membership.objects.get(user=street["head.zhifa"].user)
    client.post(f"{ADMIN}members/{head.pk}/liaison/")
    found = Membership.objects.filter(unit=street.units["zhifa"], liaison=True)
    assert [row.user_id for row in found] == [street["head.zhifa"].user.pk]
    case = advance(street, street["clerk1"].opens(), "dispatched", unit="zhifa")
    assert case.holder_id == street["head.zhifa"].user.pk


def test_a_member_with_open_matters_does_not_leave_before_the_hand_over(street: Cast, enter: Enter) -> None:
    client = enter("admin")
    case = advance(street, street["clerk1"].opens(), "signed", unit="zhifa")
    member = Membership.objects.get(user=street["handler.zhifa"].user)
    path = f"{ADMIN}members/{member.pk}/leave/"
    answer = client.post(path, {"last_day": day()})
    assert answer.status_code == 409 and case.number in texts(answer) and "交接" in texts(answer)
    given = {"leaving": street["handler.zhifa"].user.pk, "to": street["head.zhifa"].user.pk}
    assert enter("head.zhifa").post("/staff/handover/", given).status_code == 302
    assert client.post(path, {"last_day": day()}).status_code == 302
    member.refresh_from_db()
    assert not member.active


def test_whoever_comes_back_has_one_membership(street: Cast, enter: Enter) -> None:
    client = enter("admin")
    member = Membership.objects.get(user=street["handler.jiwei"].user)
    client.post(f"{ADMIN}members/{member.pk}/leave/", {"last_day": day()})
    given = {"person": "handler.jiwei", "since": day(), "title": "干事"}
    assert client.post(f"{ADMIN}units/jiwei/join/", given).status_code == 302
    assert client.post(f"{ADMIN}units/jiwei/join/", given).status_code == 400, "twice is said, not done"
    member.refresh_from_db()
    assert member.active and member.title == "干事"
    assert Membership.objects.filter(user=member.user).count() == 1


def test_title_and_window_are_changed(street: Cast, enter: Enter) -> None:
    member = Membership.objects.get(user=street["clerk2"].user)
    enter("admin").post(f"{ADMIN}members/{member.pk}/", {"title": "窗口", "window": "3 号"})
    member.refresh_from_db()
    assert (member.title, member.window) == ("窗口", "3 号")


# --- accounts


def test_an_account_is_switched_off_only_without_matters_but_security_may_at_once(
    street: Cast, enter: Enter
) -> None:
    advance(street, street["clerk1"].opens(), "signed", unit="zhifa")
    user = street["handler.zhifa"].user
    enter("admin").post(f"{ADMIN}people/{user.pk}/switch/", {"to": "off"})
    assert User.objects.get(pk=user.pk).is_active
    enter("security").post(f"{ADMIN}people/{user.pk}/switch/", {"to": "off"})
    assert not User.objects.get(pk=user.pk).is_active


def test_the_last_system_administrator_is_not_switched_off(street: Cast, enter: Enter) -> None:
    user = street["admin"].user
    enter("security").post(f"{ADMIN}people/{user.pk}/switch/", {"to": "off"})
    assert User.objects.get(pk=user.pk).is_active


def test_a_first_link_is_given_again_only_to_an_account_nobody_has_used(street: Cast, enter: Enter) -> None:
    client = enter("admin")
    assert client.post(f"{ADMIN}people/{street['clerk1'].user.pk}/first-link/").status_code == 403
    fresh = User.objects.create(sign_in="newcomer", name="新来的", password="!")
    assert "/staff/invitation/" in texts(client.post(f"{ADMIN}people/{fresh.pk}/first-link/"))
    RoleGrant.objects.create(user=fresh, role="clerk", unit=street.units["centre"], since=TODAY())
    assert client.post(f"{ADMIN}people/{fresh.pk}/first-link/").status_code == 403
    assert Invitation.objects.count() == 1


# --- dated rows


def test_a_category_gets_another_name_from_a_day_and_running_matters_keep_theirs(
    street: Cast, enter: Enter
) -> None:
    case, row = street["clerk1"].opens(category="noise"), Category.objects.get(key="noise")
    path = f"{ADMIN}rows/categories/{row.pk}/"
    client = enter("admin")
    page = client.get(path)
    assert "现有 1 件在办事项" in texts(page)
    given = {"name": "噪声油烟", "short": "噪声", "default_unit": "zhifa", "dispatch_mode": "approve",
             "urgency": "normal", "words": "噪声 油烟，夜里", "order": "2", "valid_from": day(1)}  # fmt: skip
    assert client.post(path, given).status_code == 302
    row.refresh_from_db()
    new = Category.objects.get(key="noise", valid_to__isnull=True)
    assert row.valid_to == TODAY() and new.words == ["噪声", "油烟", "夜里"] and new.pk != row.pk
    case.refresh_from_db()
    assert case.category_id == row.pk and case.category.name == "噪音油烟"
    assert client.post(path, given).status_code == 409, "the replaced version is not changed again"


def test_a_new_category_is_offered_at_the_window_and_the_form_sent_twice_makes_one(
    street: Cast, enter: Enter
) -> None:
    client = enter("admin")
    path = f"{ADMIN}rows/categories/add/"
    key = texts(client.get(path)).split('name="key" value="')[1].split('"')[0]
    given = {"key": key, "name": "公园绿地", "dispatch_mode": "direct", "urgency": "normal", "order": "50",
             "default_unit": "", "words": "", "valid_from": day()}  # fmt: skip
    assert [client.post(path, given).status_code for _ in range(2)] == [302, 400]
    assert Category.objects.filter(name="公园绿地").count() == 1
    assert "公园绿地" in texts(enter("clerk1").get("/staff/register/"))


def test_an_ended_category_is_offered_no_more_and_the_last_one_stays(street: Cast, enter: Enter) -> None:
    client = enter("admin")
    noise, other = Category.objects.get(key="noise"), Category.objects.get(key="other")
    assert client.post(f"{ADMIN}rows/categories/{noise.pk}/end/", {"last_day": day(-1)}).status_code == 302
    assert "噪音油烟" not in texts(enter("clerk1").get("/staff/register/"))
    answer = client.post(f"{ADMIN}rows/categories/{other.pk}/end/", {"last_day": day()})
    assert answer.status_code == 400 and "其他" in texts(answer)


def test_a_common_answer_changes_at_the_counter_from_its_day(street: Cast, enter: Enter) -> None:
    row = CommonAnswer.objects.get(key="leak")
    given = {"question": row.question, "answer": "先关水阀，再来 2 号窗口。", "materials": "照片",
             "category": "neighbour", "order": "5", "valid_from": day(1)}  # fmt: skip
    path = f"{ADMIN}rows/answers/{row.pk}/"
    assert enter("admin").post(path, given).status_code == 302
    assert "2 号窗口" not in "".join(one.answer for one in handbook.answers())
    new = CommonAnswer.objects.get(key="leak", valid_to__isnull=True)
    given = {**given, "valid_from": day(1), "answer": "先关水阀，再来 3 号窗口。"}
    assert enter("admin").post(f"{ADMIN}rows/answers/{new.pk}/", given).status_code == 302, "not yet in force"
    assert CommonAnswer.objects.filter(key="leak").count() == 2
    CommonAnswer.objects.filter(pk=row.pk).delete()
    CommonAnswer.objects.filter(pk=new.pk).update(valid_from=TODAY())
    handbook._cache.clear()
    assert "3 号窗口" in "".join(one.answer for one in handbook.answers())


def test_a_phone_is_changed_for_residents_and_emergency_numbers_stay(street: Cast, enter: Enter) -> None:
    client, row = enter("admin"), PublicPhone.objects.get(number="12333")
    given = {"number": "12333", "name": "人社热线", "when": "工资社保", "name_en": "", "when_en": "", "order": "7",
             "valid_from": day()}  # fmt: skip
    assert client.post(f"{ADMIN}rows/phones/{row.pk}/", given).status_code == 302
    assert "人社热线" in texts(Client().get("/"))
    police = PublicPhone.objects.get(number="110")
    assert client.post(f"{ADMIN}rows/phones/{police.pk}/end/", {"last_day": day()}).status_code == 400
    moved = {**given, "number": "111", "emergency": "on"}
    assert client.post(f"{ADMIN}rows/phones/{police.pk}/", moved).status_code == 400


@pytest.mark.parametrize(("key", "amount", "unit", "status"), [
    ("audit-log", 5, "month", 400), ("audit-log", 6, "month", 302), ("visits", 11, "year", 400),
    ("visits", 2, "year", 302), ("sharing", 35, "month", 400), ("care", 2, "year", 400),
])  # fmt: skip
def test_retention_stays_inside_its_bounds(
    street: Cast, enter: Enter, key: str, amount: int, unit: str, status: int
) -> None:
    row = RetentionClass.objects.get(key=key)
    given = {"amount": amount, "unit": unit, "counted_from": row.counted_from, "basis": "街道〔2026〕3 号",
             "certainty": "D", "valid_from": day()}  # fmt: skip
    answer = enter("admin").post(f"{ADMIN}rows/retention/{row.pk}/", given)
    assert answer.status_code == status
    if status == 400:
        assert "街道〔2026〕3 号" in texts(answer), "what was typed is still there"


def test_business_hours_get_a_new_version_from_a_day(street: Cast, enter: Enter) -> None:
    row = BusinessHours.objects.get()
    client, path = enter("admin"), f"{ADMIN}rows/hours/{row.pk}/"
    given = {"purpose": "work", "periods": "09:00-12:00;13:30-17:30", "weekdays": "", "season_from": "",
             "season_to": "", "name": "冬季", "certainty": "D", "source": "街道通知", "valid_from": day(1)}  # fmt: skip
    assert client.post(path, {**given, "periods": "九点到五点"}).status_code == 400
    assert client.post(path, given).status_code == 302
    from yimen.calendars.queries import current

    weekday = next(found for n in range(1, 9) if current().is_work_day(found := TODAY() + timedelta(days=n)))
    assert current().hours(weekday)[0] == (9 * 60, 12 * 60)
    only = BusinessHours.objects.get(valid_to__isnull=True)
    assert client.post(f"{ADMIN}rows/hours/{only.pk}/end/", {"last_day": day(2)}).status_code == 400


def test_a_share_of_call_backs_is_set_for_a_category_and_ended_again(street: Cast, enter: Enter) -> None:
    client, path = enter("admin"), f"{ADMIN}callbacks/"
    given = {
        "category": "noise",
        "flow": "",
        "percent": "20",
        "always": ["group"],
        "certainty": "D",
        "valid_from": day(),
    }
    assert client.post(f"{path}rule/", {**given, "percent": "120"}).status_code == 400
    assert client.post(f"{path}rule/", given).status_code == 302
    row = CallbackRule.objects.get(category="noise")
    assert "20%" in texts(client.get(path)) and "抽样回访" in texts(
        client.get(f"{ADMIN}history/?subject=callback_rule")
    )
    assert client.post(f"{path}rule/{row.pk}/end/", {"last_day": day()}).status_code == 302
    general = CallbackRule.objects.get(category="")
    assert client.post(f"{path}rule/{general.pk}/end/", {"last_day": day()}).status_code == 400


def test_the_callers_words_are_changed(street: Cast, enter: Enter) -> None:
    given = {"category": "", "flow": "", "opening": "您好，这里是{centre}。", "ask_solved": "解决了吗？",
             "ask_rating": "满意吗？", "closing": "", "certainty": "D", "valid_from": day()}  # fmt: skip
    client = enter("director")
    assert client.post(f"{ADMIN}callbacks/script/", {**given, "opening": ""}).status_code == 400
    assert client.post(f"{ADMIN}callbacks/script/", given).status_code == 302
    assert "您好，这里是{centre}。" in texts(client.get(f"{ADMIN}callbacks/"))


# --- reasons for suspending


def test_a_reason_for_suspending_is_added_and_the_laws_own_is_locked(street: Cast, enter: Enter) -> None:
    client, path = enter("admin"), f"{ADMIN}rows/suspensions/"
    hearing = SuspensionReason.objects.get(key="hearing")
    page = texts(client.get(path))
    assert "举行听证" in page and "法定" in page and f"{path}{hearing.pk}/" not in page
    assert client.get(f"{path}{hearing.pk}/").status_code == 403
    assert client.post(f"{path}{hearing.pk}/end/", {"last_day": day()}).status_code == 403
    form = texts(client.get(f"{path}add/"))
    assert 'value="in_hand"' in form and 'value="S"' not in form
    given = {"key": "stop-0a1b2c3d", "name": "等待汛期结束", "name_en": "", "flows": ["service"], "states": ["in_hand"],
             "article": "街道规定", "certainty": "D", "source": "会议纪要", "order": 9, "valid_from": day()}  # fmt: skip
    refused = client.post(f"{path}add/", {**given, "states": []})
    assert (
        refused.status_code == 400
        and "请填写可以中止的环节" in texts(refused)
        and "等待汛期结束" in texts(refused)
    )
    assert client.post(f"{path}add/", given).status_code == 302
    assert client.post(f"{path}add/", given).status_code == 400
    row = SuspensionReason.objects.get(name="等待汛期结束")
    changed = {**given, "states": ["in_hand", "reported"], "valid_from": day(1)}
    assert client.post(f"{path}{row.pk}/", changed).status_code == 302
    assert "办理中" in texts(client.get(path)) and "已报结果" in texts(client.get(path))
    history = texts(enter("auditor").get(f"{ADMIN}history/?subject=suspension_reason"))
    assert "等待汛期结束" in history and "suspension_reason." not in history


# --- clock rules


def test_a_limit_of_law_is_changed_only_with_a_new_article_and_its_source(street: Cast, enter: Enter) -> None:
    row = ClockRule.objects.get(code="XF-15N")
    client, path = enter("admin"), f"{ADMIN}rules/{row.pk}/"
    assert "法规原文规定的期限" in texts(client.get(path))
    given = {"amount": 30, "unit": "natural_day", "extend_max": 0, "what": row.what, "article": row.article,
             "source": row.source, "certainty": "S", "valid_from": day(1)}  # fmt: skip
    for amount in (30, 5):
        answer = client.post(path, {**given, "amount": amount})
        assert answer.status_code == 400 and "就不能改法定期限" in texts(answer)
    changed = {
        **given,
        "article": "《信访工作条例》（2027）第二十三条",
        "source": "国务院公报 2027 年第 1 号",
    }
    assert client.post(path, changed).status_code == 302
    new = ClockRule.objects.get(code="XF-15N", valid_to__isnull=True)
    assert new.amount == 30 and new.article.endswith("（2027）第二十三条")


def test_the_centres_own_limit_changes_from_a_day_and_running_clocks_keep_theirs(
    street: Cast, enter: Enter
) -> None:
    case = street["clerk1"].opens()
    clock = Clock.objects.filter(case=case, running=True, rule__certainty="D").first()
    assert clock is not None
    row = ClockRule.objects.get(code=clock.rule["code"], valid_to__isnull=True)
    client, path = enter("admin"), f"{ADMIN}rules/{row.pk}/"
    assert "正在走的计时用这条规则" in texts(client.get(path))
    given = {"amount": row.amount + 2, "unit": row.unit, "extend_max": row.extend_max, "what": row.what,
             "article": row.article, "source": row.source, "certainty": "D", "valid_from": day(1)}  # fmt: skip
    assert client.post(path, {**given, "valid_from": day(-1)}).status_code == 400
    assert client.post(path, given).status_code == 302
    before = clock.due_at
    clock.refresh_from_db()
    assert (clock.due_at, clock.rule["amount"]) == (before, row.amount)
    page = texts(enter("auditor").get(f"{ADMIN}history/?subject=clock_rule"))
    assert row.code in page and "修改时限规则" in page


def test_a_further_limit_is_added_for_a_category_and_ended_by_date(street: Cast, enter: Enter) -> None:
    client, path = enter("admin"), f"{ADMIN}rules/add/"
    assert "流程和环节" in texts(client.get(path))
    given = {"place": "service/conclude", "category": "noise", "urgency": "", "amount": 3, "unit": "natural_day",
             "extend_max": 0, "what": "三日办结", "article": "街道规定", "source": "会议纪要", "certainty": "D",
             "valid_from": day()}  # fmt: skip
    for wrong in ({"category": ""}, {"place": "petition/conclude"}, {"valid_from": day(-1)}, {"place": ""},
                  {"source": ""}, {"certainty": "S"}):  # fmt: skip
        answer = client.post(path, {**given, **wrong})
        assert (answer.status_code == 400 and "会议纪要" in texts(answer)) or "source" in wrong, wrong
        assert 'aria-invalid="true"' in texts(answer), wrong
    assert "《信访工作条例》第三十四条规定，不能缩短也不能放宽" in texts(
        client.post(path, {**given, "place": "petition/conclude"})
    )
    assert client.post(path, given).status_code == 302
    assert client.post(path, given).status_code == 400, "the form sent twice makes one row"
    row = ClockRule.objects.get(what="三日办结")
    assert f"{ADMIN}rules/{row.pk}/end/" in texts(client.get(f"{ADMIN}rules/"))
    case = street["clerk1"].opens(category="noise")
    clock = Clock.objects.get(case=case, running=True, step="screen")
    assert clock.rule["code"] != row.code
    assert client.post(f"{ADMIN}rules/{row.pk}/end/", {"last_day": day(-1)}).status_code == 400
    assert client.post(f"{ADMIN}rules/{row.pk}/end/", {"last_day": day(2)}).status_code == 302
    law = ClockRule.objects.get(code="XF-15N")
    assert client.get(f"{ADMIN}rules/{law.pk}/end/").status_code == 404
    page = texts(enter("auditor").get(f"{ADMIN}history/?subject=clock_rule"))
    assert "新增时限规则" in page and "停用时限规则" in page


# --- calendars


NEXT = TODAY().year + 1


def _year(*rows: tuple[str, str, str]) -> str:
    return "date,kind,holiday_zh\n" + "\n".join(",".join(row) for row in rows) + "\n"


def test_a_year_is_compared_and_its_effect_shown_before_it_is_published(street: Cast, enter: Enter) -> None:
    client, path = enter("admin"), f"{ADMIN}calendar/"
    case = street["clerk1"].opens()
    first = date(NEXT, 1, 4)
    Clock.objects.filter(case=case, running=True, step="inform").update(
        start_at=timezone.make_aware(timezone.datetime(NEXT - 1, 12, 20, 10)), provisional=True
    )
    clock = Clock.objects.get(case=case, running=True, step="inform")
    from yimen.cases.actions import clocks

    clocks.compute(clock)
    clock.provisional = True
    rows = [(first.isoformat(), "off", "假"), (date(NEXT, 1, 5).isoformat(), "off", "假")]
    clock.save()
    sent = SimpleUploadedFile("y.csv", _year(*rows).encode(), "text/csv")
    page = texts(client.post(path, {"file": sent}))
    assert "新增" in page and first.isoformat() in page and case.number in page
    assert not CalendarYear.objects.filter(year=NEXT).exists(), "comparing writes nothing"
    answer = client.post(path, {"text": _year(*rows), "publish": "1"})
    assert answer.status_code == 302 and CalendarYear.objects.get(year=NEXT).origin == "office"
    clock.refresh_from_db()
    assert not clock.provisional and timezone.localdate(clock.due_at) > first
    assert f"已载入到 {NEXT} 年" in texts(client.get(path))
    assert "假" in texts(client.get(f"{path}{NEXT}/"))


def test_the_comparison_tells_what_a_correction_changes_day_by_day(street: Cast, enter: Enter) -> None:
    client, path = enter("admin"), f"{ADMIN}calendar/"
    client.post(
        path,
        {"text": _year((f"{NEXT}-01-01", "off", "元旦"), (f"{NEXT}-01-02", "off", "元旦")), "publish": "1"},
    )
    page = texts(
        client.post(
            path, {"text": _year((f"{NEXT}-01-01", "work", "元旦"), (f"{NEXT}-01-03", "off", "元旦"))}
        )
    )
    assert all(word in page for word in ("新增", "取消", "改变"))


def test_a_table_that_cannot_be_read_is_refused_with_its_line_and_kept(street: Cast, enter: Enter) -> None:
    bad = f"date,kind\n{NEXT}-01-01,free\n"
    answer = enter("admin").post(f"{ADMIN}calendar/", {"text": bad})
    assert answer.status_code == 400 and "第 2 行" in texts(answer) and f"{NEXT}-01-01,free" in texts(answer)


# --- the office


def test_the_office_is_renamed_and_a_new_matter_takes_the_new_prefix(street: Cast, enter: Enter) -> None:
    given = {
        "name": "永定路街道",
        "centre_name": "永定路街道综治中心",
        "number_prefix": "定",
        "phone": "0931-7",
    }
    assert enter("admin").post(f"{ADMIN}office/", given).status_code == 302
    assert Office.objects.get().name == "永定路街道"
    assert street["clerk1"].opens().number.startswith("定")
    assert enter("admin").post(f"{ADMIN}office/", {**given, "name": ""}).status_code == 400


# --- history


def test_reading_the_history_is_noted_and_no_matter_stands_in_it(street: Cast, enter: Enter) -> None:
    street["clerk1"].opens()
    page = texts(enter("auditor").get(f"{ADMIN}history/"))
    assert "case." not in page
    assert "泡塌了一块" not in texts(enter("auditor").get(f"{ADMIN}history/?subject=case"))
    assert Entry.objects.filter(kind="audit.read", actor_id=street["auditor"].user.pk).count() == 2


def test_the_history_is_filtered_by_date_and_person_and_bad_dates_do_no_harm(
    street: Cast, enter: Enter
) -> None:
    enter("admin").post(f"{ADMIN}office/", {"name": "甲街道", "centre_name": "甲中心", "number_prefix": "甲"})
    client = enter("auditor")
    assert "修改本单位信息" in texts(client.get(f"{ADMIN}history/?subject=office&from={day()}&to={day()}"))
    assert (
        "修改本单位信息"
        not in texts(client.get(f"{ADMIN}history/?subject=office&from={day(1)}")).split("<ul")[-1]
    )
    assert client.get(f"{ADMIN}history/?from=gestern&id=9999999999999999999999").status_code == 200
