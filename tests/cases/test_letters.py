"""Letters: drafted, reviewed, signed by another, numbered, sealed, served; and the unit's own way to a result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from cast import Cast, Person, advance
from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.cases import letter_fields, letterbook, letters, rules
from yimen.cases.actions import extensions, limits
from yimen.cases.actions import letters as writing
from yimen.cases.models import Case, Clock, Letter, LetterText, Result, ServiceReceipt
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.models import Entry
from yimen.organisations.models import Unit

OPINION = {
    "title": "关于电梯停运信访事项的处理意见书", "received_on": timezone.localdate(), "request": "请求修好电梯",
    "facts": "电梯停运十二日，原因是主板损坏。", "decision": "support", "opinion": "已更换主板，恢复运行。",
    "basis": "《物业管理条例》第三十五条", "remedy": "可以自收到之日起三十日内请求复查。",
}  # fmt: skip
NOTICE = {
    "request": "反映电梯停运",
    "received": "来访人当面提出",
    "procedure": "由城市管理办办理，六十日内答复",
}
HAND = {"place": "本中心窗口"}


def draft(who: Person, case: Case, kind: str = "opinion", **more: Any) -> Letter:
    words = OPINION if kind == "opinion" else NOTICE
    return writing.begin(who.actor, who.grants, case.uuid, kind, {**words, **more})


def does(who: Person, letter: Letter, verb: str, **more: Any) -> Letter:
    return writing.move(who.actor, who.grants, letter.case.uuid, letter.uuid, verb, **more)


def serves(who: Person, letter: Letter, way: str = "direct", **more: Any) -> ServiceReceipt:
    given = {"received_at": timezone.now(), **HAND, **more}
    return writing.serve(who.actor, who.grants, letter.case.uuid, letter.uuid, way, given)


def to_state(cast: Cast, letter: Letter, state: str, unit: str = "chengguan") -> Letter:
    handler, head = cast[f"handler.{unit}"], cast[f"head.{unit}"]
    who = {"submit": handler, "review": head, "sign": head, "seal": handler}
    while letter.state != state:
        verb = letters.STATES[letter.state].primary
        letter = does(who[verb], letter, verb)
    return letter


@pytest.fixture
def verified(cast: Cast) -> Case:
    return advance(cast, cast["clerk1"].opens(phone="13800002071", name="王建国"), "verified")


# --- Inside the unit (PRACTICE: 联络员 signs for → assigns → 负责人 reviews → result) ---------------------------------


def test_the_liaison_signs_assigns_the_handler_reports_and_the_head_verifies(cast: Cast) -> None:
    other = cast.joins("handler2", "老赵", "chengguan", Role.HANDLER)
    case = cast["clerk1"].does(cast["clerk1"].opens(), "dispatch", unit="chengguan")
    liaison = cast["handler.chengguan"]
    assert case.holder == liaison.user
    case = liaison.does(case, "sign")
    case = liaison.does(case, "assign", handler=str(other.user.pk))
    assert case.holder == other.user and case.handler == other.user
    case = other.does(case, "accept")
    case = other.does(case, "start")
    assert case.holder == other.user
    case = other.does(case, "report", result="修好了", decision="explain")
    assert case.holder == cast["head.chengguan"].user
    case = cast["head.chengguan"].does(case, "verify")
    assert case.holder == other.user, "the handler tells the person"
    result = Result.objects.get(case=case)
    assert (result.decision, result.verified_by) == ("explain", cast["head.chengguan"].user)


# --- The way of a letter ---------------------------------------------------------------------------------------------


def test_an_opinion_goes_from_draft_to_served_and_tells_the_matter(cast: Cast, verified: Case) -> None:
    handler, head = cast["handler.chengguan"], cast["head.chengguan"]
    letter = to_state(cast, draft(handler, verified, addressee=None), "sealed")
    assert letter.number == f"永街信〔{timezone.localdate().year}〕1号"
    assert letter.issuer == "永安路街道办事处", "never an inner office"
    assert (letter.drafted_by, letter.signed_by) == (handler.user, head.user)
    received = timezone.now()
    serves(handler, letter, received_at=received)
    case = Case.objects.get(pk=verified.pk)
    assert (case.state, case.served_way, case.served_at) == ("told", "letter", received)
    assert case.told_by == handler.user
    conclude = Clock.objects.get(case=case, kind="conclude", rule__flow="petition")
    assert conclude.stopped_at == received and conclude.outcome == "met"
    letter.refresh_from_db()
    assert letter.state == "served" and letterbook.receipt_of(letter).place == "本中心窗口"
    kinds = list(
        Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id").values_list("kind", flat=True)
    )
    assert kinds[-6:] == ["case.letter_submitted", "case.letter_reviewed", "case.letter_signed",
                          "case.letter_sealed", "case.letter_served", "case.tell"]  # fmt: skip
    entries = Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
    assert rules.replay(e.payload for e in entries)["state"] == "told"


def test_the_drafter_neither_reviews_nor_signs(cast: Cast, verified: Case) -> None:
    head = cast["head.chengguan"]
    letter = does(head, draft(head, verified), "submit")
    with pytest.raises(Refused, match="起草过"):
        does(head, letter, "review")
    with pytest.raises(Refused):
        does(cast["handler.chengguan"], letter, "review")
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(signed_by=head.user)


def test_who_worded_a_later_version_does_not_sign_either(cast: Cast, verified: Case) -> None:
    handler, head = cast["handler.chengguan"], cast["head.chengguan"]
    letter = draft(handler, verified)
    writing.edit(head.actor, head.grants, verified.uuid, letter.uuid, {**OPINION, "opinion": "改一句"})
    letter.refresh_from_db()
    letter = does(handler, letter, "submit")
    with pytest.raises(Refused, match="另一位"):
        does(head, letter, "review")


@pytest.mark.parametrize("verb", ["review", "sign", "seal"])
def test_no_step_is_left_out(cast: Cast, verified: Case, verb: str) -> None:
    letter = draft(cast["handler.chengguan"], verified)
    with pytest.raises(Conflict, match="拟稿"):
        does(cast["head.chengguan"], letter, verb)
    with pytest.raises(Conflict):
        serves(cast["handler.chengguan"], letter)


def test_sent_back_from_any_step_it_is_a_draft_again_and_keeps_its_number(cast: Cast, verified: Case) -> None:
    handler, head = cast["handler.chengguan"], cast["head.chengguan"]
    letter = to_state(cast, draft(handler, verified), "signed")
    number = letter.number
    with pytest.raises(Invalid):
        does(head, letter, "send_back")
    letter = does(head, letter, "send_back", reason="依据写错了")
    assert letter.state == "drafting" and letter.signed_by is None and letter.reviewed_at is None
    assert letter.back_reason == "依据写错了"
    writing.edit(
        handler.actor, handler.grants, verified.uuid, letter.uuid, {**OPINION, "basis": "《条例》第三十六条"}
    )
    letter.refresh_from_db()
    assert to_state(cast, letter, "signed").number == number


def test_every_wording_is_kept_and_nobody_changes_one(cast: Cast, verified: Case) -> None:
    handler = cast["handler.chengguan"]
    letter = draft(handler, verified)
    writing.edit(
        handler.actor, handler.grants, verified.uuid, letter.uuid, {**OPINION, "facts": "又查明一处"}
    )
    assert [text.version for text in letterbook.texts_of(letter)] == [2, 1]
    letter.refresh_from_db()
    assert letterbook.text_of(letter).facts == "又查明一处"
    for change in (lambda rows: rows.update(facts="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(LetterText.objects.filter(letter=letter))


def test_a_signed_letter_is_not_worded_anew(cast: Cast, verified: Case) -> None:
    handler = cast["handler.chengguan"]
    letter = to_state(cast, draft(handler, verified), "signed")
    with pytest.raises(Conflict, match="退回修改"):
        writing.edit(handler.actor, handler.grants, verified.uuid, letter.uuid, OPINION)


def test_the_second_tab_does_not_overwrite_the_first(cast: Cast, verified: Case) -> None:
    handler = cast["handler.chengguan"]
    letter = draft(handler, verified)
    writing.edit(handler.actor, handler.grants, verified.uuid, letter.uuid, OPINION, version=1)
    with pytest.raises(Conflict, match="改过"):
        writing.edit(handler.actor, handler.grants, verified.uuid, letter.uuid, OPINION, version=1)
    with pytest.raises(Conflict, match="改过"):
        does(handler, letter, "submit", version=1)


def test_one_letter_of_a_kind_is_in_the_making(cast: Cast, verified: Case) -> None:
    handler = cast["handler.chengguan"]
    letter = draft(handler, verified)
    with pytest.raises(Conflict):
        draft(handler, verified)
    does(handler, letter, "void", reason="写错了件")
    assert draft(handler, verified).state == "drafting"


def test_a_void_letter_says_why_and_its_number_is_not_used_again(cast: Cast, verified: Case) -> None:
    handler, head = cast["handler.chengguan"], cast["head.chengguan"]
    letter = to_state(cast, draft(handler, verified), "signed")
    with pytest.raises(Invalid):
        does(head, letter, "void", reason="  ")
    assert does(head, letter, "void", reason="印错了").void_reason == "印错了"
    with pytest.raises(Conflict):
        does(head, letter, "seal")
    again = to_state(cast, draft(handler, verified), "signed")
    assert again.serial == 2


def test_numbers_run_by_mark_and_year_and_the_mark_is_a_setting(cast: Cast, verified: Case) -> None:
    director = cast["director"]
    unit = Unit.objects.get(key="chengguan")
    given = {"issuer": "永安路街道办事处", "prefix": "永城信", "notice_prefix": "永城告"}
    with pytest.raises(Refused):
        writing.set_head(cast["clerk1"].actor, cast["clerk1"].grants, unit, **given)
    writing.set_head(director.actor, director.grants, unit, **given)
    letter = to_state(cast, draft(cast["handler.chengguan"], verified), "signed")
    notice = to_state(cast, draft(cast["handler.chengguan"], verified, "accept"), "signed")
    year = timezone.localdate().year
    assert (letter.number, notice.number) == (f"永城信〔{year}〕1号", f"永城告〔{year}〕1号")


def test_a_letter_says_everything_the_article_asks(cast: Cast, verified: Case) -> None:
    handler = cast["handler.chengguan"]
    for missing in ("request", "facts", "opinion", "basis", "remedy", "decision", "title"):
        with pytest.raises(Invalid) as caught:
            draft(handler, verified, **{missing: ""})
        assert missing in caught.value.fields
    assert not Letter.objects.exists()


def test_a_service_matter_owes_no_decision_in_its_letter() -> None:
    kind = letters.kinds()["opinion"]
    assert "decision" in letter_fields.needs(kind, "petition")
    assert "decision" not in letter_fields.needs(kind, "service")


def test_no_name_of_the_person_stands_in_the_tables(cast: Cast, verified: Case) -> None:
    letter = writing.begin(
        cast["handler.chengguan"].actor, cast["handler.chengguan"].grants, verified.uuid, "opinion", OPINION, addressee=0
    )  # fmt: skip
    assert letter.addressee == 0
    rows = [*Letter.objects.values_list(), *LetterText.objects.values_list()]
    assert "王建国" not in str(rows)
    with pytest.raises(Invalid):
        writing.edit(
            cast["handler.chengguan"].actor, cast["handler.chengguan"].grants, verified.uuid, letter.uuid, OPINION,
            addressee=7,
        )  # fmt: skip


# --- Telling and the letter ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["letter", "post", "phone"])
def test_while_a_letter_is_in_the_making_the_person_is_not_told_past_it(
    cast: Cast, verified: Case, way: str
) -> None:
    handler = cast["handler.chengguan"]
    letter = draft(handler, verified)
    with pytest.raises(Refused, match="作废"):
        handler.does(verified, "tell", way=way, served_on=timezone.now())
    does(handler, letter, "void", reason="改为当面说明")
    assert handler.does(verified, "tell", way="letter").state == "told"


def test_without_a_letter_telling_stays_as_it_was(cast: Cast, verified: Case) -> None:
    assert cast["handler.chengguan"].does(verified, "tell", way="phone").state == "told"


def test_an_opinion_is_not_served_before_the_result_is_verified(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    letter = to_state(cast, draft(cast["handler.chengguan"], case), "sealed")
    with pytest.raises(Refused, match="审核"):
        serves(cast["handler.chengguan"], letter)
    letter.refresh_from_db()
    assert letter.state == "sealed"


def test_a_refused_service_leaves_nothing_behind(cast: Cast, verified: Case) -> None:
    handler = cast["handler.chengguan"]
    letter = to_state(cast, draft(handler, verified), "sealed")
    before = Entry.objects.count()
    for wrong in ({"received_at": timezone.now() + timedelta(days=1)}, {"received_at": letter.signed_at - timedelta(days=1)},
                  {"place": ""}):  # fmt: skip
        with pytest.raises(Invalid):
            serves(handler, letter, **wrong)
    assert not ServiceReceipt.objects.exists() and Entry.objects.count() == before
    assert Letter.objects.get(pk=letter.pk).state == "sealed"


@pytest.mark.parametrize(
    ("way", "more", "counts"),
    [("post", {"post_number": "XA123", "place": ""}, "post"), ("family", {"relation": "儿子"}, "letter"),
     ("left", {"refusal": "不肯签", "witnessed": True}, "letter"), ("entrusted", {"carrier": "和平里社区"}, "letter"),
     ("home", {}, "letter"), ("notice", {"carrier": "小区公告栏"}, "letter")],
)  # fmt: skip
def test_each_way_of_service_counts_as_written(
    cast: Cast, verified: Case, way: str, more: dict[str, Any], counts: str
) -> None:
    handler = cast["handler.chengguan"]
    letter = to_state(cast, draft(handler, verified), "sealed")
    assert serves(handler, letter, way, **more).way == way
    assert Case.objects.get(pk=verified.pk).served_way == counts


@pytest.mark.parametrize(
    "way", [way for way in letters.ways().values() if way.needs], ids=lambda way: way.key
)
def test_each_way_of_service_asks_for_its_own_proof(cast: Cast, verified: Case, way: letters.Way) -> None:
    letter = to_state(cast, draft(cast["handler.chengguan"], verified), "sealed")
    with pytest.raises(Invalid) as caught:
        serves(cast["handler.chengguan"], letter, way.key, place="")
    assert set(way.needs) <= set(caught.value.fields)


def test_a_letter_is_served_once(cast: Cast, verified: Case) -> None:
    handler = cast["handler.chengguan"]
    letter = to_state(cast, draft(handler, verified), "sealed")
    serves(handler, letter)
    letter.refresh_from_db()
    with pytest.raises(Conflict):
        serves(handler, letter)
    assert ServiceReceipt.objects.count() == 1


# --- The other letters -----------------------------------------------------------------------------------------------


def test_a_refusal_has_its_letter_and_is_told_by_it(cast: Cast) -> None:
    handler = cast["handler.chengguan"]
    case = handler.does(
        advance(cast, cast["clerk1"].opens(), "signed"), "not_accept", reason="已进入诉讼程序"
    )
    letter = to_state(cast, draft(handler, case, "refuse", procedure="已进入诉讼，请依判决。"), "sealed")
    assert letter.number.startswith("永街信告〔")
    with pytest.raises(Refused):
        handler.does(case, "tell", way="letter")
    serves(handler, letter, "post", post_number="XA1")
    assert Case.objects.get(pk=case.pk).state == "told"


def test_the_notice_of_acceptance_stops_the_fifteen_days(cast: Cast) -> None:
    handler = cast["handler.chengguan"]
    case = advance(cast, cast["clerk1"].opens(), "accepted")
    letter = to_state(cast, draft(handler, case, "accept"), "sealed")
    serves(handler, letter)
    case.refresh_from_db()
    assert case.told_at and case.state == "accepted" and case.served_at is None
    assert Clock.objects.get(case=case, kind="inform").outcome == "met"


def test_a_notice_of_extension_follows_an_approved_one(cast: Cast) -> None:
    handler, head = cast["handler.chengguan"], cast["head.chengguan"]
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    with pytest.raises(Refused, match="批准"):
        draft(handler, case, "extend", extension="等检测报告")
    assert "extend" not in {kind.key for kind in letterbook.startable(handler.grants, case)}
    asked = {"amount": 5, "reason": "等检测报告", "told_way": "phone"}
    extensions.extend(head.actor, head.grants, case.uuid, **asked)
    letter = to_state(cast, draft(handler, case, "extend", extension="等检测报告，延长五日"), "sealed")
    serves(handler, letter)
    assert Case.objects.get(pk=case.pk).state == "in_hand"


def test_the_notice_of_forwarding_goes_out_in_the_centres_name(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    director, clerk = cast["director"], cast["clerk1"]
    with pytest.raises(Refused):
        draft(cast["handler.chengguan"], case, "forward", sent_to="城市管理办")
    letter = does(clerk, draft(clerk, case, "forward", sent_to="城市管理办"), "submit")
    with pytest.raises(Refused):
        does(clerk, letter, "review")
    letter = does(clerk, does(director, does(director, letter, "review"), "sign"), "seal")
    serves(clerk, letter)
    case.refresh_from_db()
    assert case.told_at and case.state == "dispatched"


def test_a_unit_without_accounts_writes_by_the_hand_of_the_desk(cast: Cast) -> None:
    clerk, other, director = cast["clerk1"], cast["clerk2"], cast["director"]
    case = clerk.opens()
    case = limits.screen(director.actor, director.grants, case.uuid, flow="petition")
    case = clerk.does(case, "dispatch", unit="gongre")
    for verb, more in (
        ("sign", {}),
        ("accept", {}),
        ("start", {}),
        ("report", {"result": "已修", "decision": "support"}),
    ):
        case = clerk.does(case, verb, **more)
    case = director.does(case, "verify")
    letter = does(clerk, draft(clerk, case), "submit")
    with pytest.raises(Refused):
        does(clerk, letter, "review")
    letter = does(other, letter, "review")
    with pytest.raises(Invalid, match="补充"):
        does(other, letter, "sign")
    letter = does(other, letter, "sign", signatory="供热公司 孙经理")
    assert (
        letter.signatory == "供热公司 孙经理"
        and letter.issuer == "供热公司"
        and letter.number.startswith("供热信〔")
    )
    serves(clerk, does(clerk, letter, "seal"))
    assert Case.objects.get(pk=case.pk).state == "told"


def test_a_unit_without_a_head_has_the_director_for_its_head(cast: Cast, verified: Case) -> None:
    RoleGrant.objects.filter(user=cast["head.chengguan"].user).delete()
    letter = does(cast["handler.chengguan"], draft(cast["handler.chengguan"], verified), "submit")
    assert letter in letterbook.waiting(cast["director"].grants)
    assert does(cast["director"], letter, "review").state == "reviewed"


# --- Nobody forgets, nobody else sees --------------------------------------------------------------------------------


def test_each_letter_waits_for_whose_turn_it_is(cast: Cast, verified: Case) -> None:
    handler, head = cast["handler.chengguan"], cast["head.chengguan"]
    turns = {"drafting": handler, "submitted": head, "reviewed": head, "signed": handler, "sealed": handler}
    letter = draft(handler, verified)
    assert list(letterbook.elsewhere(head.grants)) == [letter], "a draft that lies is seen by the head"
    for state, who in turns.items():
        letter = to_state(cast, letter, state)
        assert list(letterbook.waiting(who.grants)) == [letter], state
        assert not letterbook.waiting(cast["head.zhifa"].grants)
        assert letterbook.steps_for(who.grants, verified, letter)[0].verb == letters.STATES[state].primary
    assert letter in letterbook.elsewhere(cast["director"].grants)
    assert not letterbook.elsewhere(cast["clerk1"].grants)


def test_other_units_do_not_find_a_letter(cast: Cast, verified: Case) -> None:
    letter = draft(cast["handler.chengguan"], verified)
    with pytest.raises(Missing):
        does(cast["head.zhifa"], letter, "void", reason="好奇")
    with pytest.raises(Refused):
        does(cast["clerk1"], letter, "submit")


@pytest.mark.parametrize("verb", ["withdraw", "request_return"])
def test_a_letter_that_the_matter_left_behind_is_void(cast: Cast, verb: str) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    clerk, handler = cast["clerk1"], cast["handler.chengguan"]
    letter = draft(clerk, case, "forward", sent_to="城市管理办")
    if verb == "withdraw":
        clerk.does(case, "withdraw", reason="不要了")
    else:
        case = handler.does(case, "request_return", reason="不归")
        assert Letter.objects.get(pk=letter.pk).state == "drafting"
        clerk.does(case, "agree_return")
    letter.refresh_from_db()
    assert letter.state == "void" and letter.void_reason
    assert Entry.objects.filter(payload__has_key="letters_void").count() == 1


def test_a_sealed_matter_has_no_letters(cast: Cast, verified: Case) -> None:
    Case.objects.filter(pk=verified.pk).update(sealed=True, text="", search_text="")
    verified.refresh_from_db()
    assert letterbook.startable(cast["clerk1"].grants, verified) == []
    with pytest.raises((Refused, Missing)):
        draft(cast["handler.chengguan"], verified)


def test_every_state_of_a_letter_leads_on_or_is_its_end() -> None:
    for name, state in letters.STATES.items():
        verbs = {step.verb for step in letters.STEPS.values() if name in step.sources}
        assert bool(verbs) == (name in letters.OPEN)
        assert not state.primary or state.primary in verbs
    for kind in letters.kinds().values():
        assert kind.act in ("tell", "inform", "") and kind.form in ("V05", "V06")
