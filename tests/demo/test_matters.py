"""The demonstration's matters, played through the verbs into the database: one of each state, and the ten cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from cast import said_in
from yimen.access.registry import grants_of
from yimen.calendars.actions import load_shipped
from yimen.cases import queries, rules
from yimen.cases.actions.categories import load_categories
from yimen.cases.actions.handbook import load_handbook
from yimen.cases.models import (
    Assignment,
    Callback,
    Case,
    Clock,
    Contact,
    Extension,
    Letter,
    Participant,
    Result,
    ReturnRequest,
    SealedExclusion,
    SealedGrant,
)
from yimen.cases.states import OPEN_STATES
from yimen.cli import demo
from yimen.cli.demo import cases
from yimen.cli.demo.goals import SMALL
from yimen.cli.demo.play import Stage, Stuck, play
from yimen.cli.demo.script import Script, Step
from yimen.foundation.actor import Actor
from yimen.foundation.home import Home
from yimen.intake.models import Enquiry
from yimen.ledger.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stage")]


@pytest.fixture(scope="module")
def stage(loaded: float, django_db_blocker: Any) -> Iterator[Stage]:
    """The small set of matters on the street of this module, rolled back after it."""
    with django_db_blocker.unblock():
        savepoint = transaction.savepoint()
        load_shipped()
        load_categories()
        load_handbook()
        yield cases.load(demo.SEED, goals=SMALL)
        transaction.savepoint_rollback(savepoint)


def case_of(stage: Stage, key: str) -> Case:
    return Case.objects.select_related("lead_unit", "category", "accountable_person").get(
        uuid=stage.refs[key]
    )


def kinds(case: Case) -> list[str]:
    return list(
        Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id").values_list("kind", flat=True)
    )


def test_every_goal_stands_in_its_state_in_the_database(stage: Stage) -> None:
    for number, goal in enumerate(SMALL, start=1):
        case = case_of(stage, f"m{number:03d}")
        assert (case.flow, case.state, case.screened) == (goal.flow, goal.state, goal.screened), case.number


def test_deferred_constraints_hold_for_everything_that_was_loaded() -> None:
    connection.check_constraints()


def test_every_open_matter_is_owned_and_has_a_clock_and_a_next_step() -> None:
    for case in Case.objects.filter(state__in=OPEN_STATES):
        assert (
            case.accountable_person_id and case.holder_id and case.next_step and case.clock_id and case.due_at
        )


def test_the_first_contact_is_always_somebody_of_the_window() -> None:
    for case in Case.objects.filter(state__in=OPEN_STATES).select_related(
        "accountable_person", "accountable_unit"
    ):
        assert case.accountable_person is not None and case.accountable_person.sign_in.startswith("clerk")
        assert case.accountable_unit is not None and case.accountable_unit.key == "zongzhi"


def test_the_ledger_replays_to_what_the_rows_say() -> None:
    for case in Case.objects.all():
        entries = Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
        now = rules.replay(entries.values_list("payload", flat=True))
        assert (now["state"], now["flow"], now["holder"]) == (case.state, case.flow, case.holder_id), (
            case.number
        )


def test_times_are_the_real_ones_and_never_later_than_the_last_night() -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for case in Case.objects.all():
        moments = list(
            Entry.objects.filter(subject="case", subject_id=case.pk)
            .order_by("id")
            .values_list("at", flat=True)
        )
        assert moments == sorted(moments), case.number
        assert moments[-1] < midnight


def test_numbers_run_in_the_order_of_arrival() -> None:
    found = Case.objects.filter(sealed=False).order_by("number").values_list("number", "pk")
    opened = dict(Entry.objects.filter(kind="case.opened").values_list("subject_id", "at"))
    years: dict[str, list[Any]] = {}
    for number, pk in found:
        years.setdefault(number.partition("〔")[2][:4], []).append(opened[pk])
    assert all(moments == sorted(moments) for moments in years.values())


def test_few_are_late_and_those_on_purpose(stage: Stage) -> None:
    late = Case.objects.filter(state__in=OPEN_STATES, due_at__lt=timezone.now())
    meant = {stage.refs[f"m{n:03d}"] for n, goal in enumerate(SMALL, start=1) if goal.late} | {
        stage.refs["cable"]
    }
    meant.add(stage.refs["heating"])
    assert {case.uuid for case in late} <= meant


def test_places_of_the_street_find_their_grid() -> None:
    found = Case.objects.filter(sealed=False).exclude(place__startswith="河东区")
    assert not found.filter(grid__isnull=True).exclude(place="").exists()


def test_nobody_reviews_his_own_result_and_the_desk_calls_back() -> None:
    for result in Result.objects.filter(verified_by__isnull=False).select_related("unit"):
        assert result.by_id != result.verified_by_id or not result.unit.online
    for call in Callback.objects.select_related("by", "case"):
        assert call.by.sign_in.startswith("clerk") and call.by_id != call.case.answered_by_id


# The ten cases


def test_the_leak_went_to_the_mediation_room_and_the_second_instalment_came_late(stage: Stage) -> None:
    case = case_of(stage, "leak")
    assert (case.state, case.flow, case.rating) == ("archived", "service", 4)
    assert case.lead_unit is not None and case.lead_unit.key == "sifasuo"
    assert case.grid is not None and case.grid.number == 8
    assert "3600" in Result.objects.get(case=case).text
    assert "晚五天" in Contact.objects.filter(case=case).latest("id").note


def test_the_anonymous_call_closed_without_a_rating(stage: Stage) -> None:
    case = case_of(stage, "grill")
    assert case.anonymous and case.state == "closed" and case.rating is None
    assert not Participant.objects.filter(case=case).exists()
    assert {(a.unit.key, a.role) for a in Assignment.objects.filter(case=case)} == {
        ("zhifa", "lead"),
        ("shichang", "assist"),
    }


def test_twenty_three_people_and_five_representatives_wait_for_warmth(stage: Stage) -> None:
    case = case_of(stage, "heating")
    assert (case.party_size, case.state) == (23, "in_hand")
    assert Participant.objects.filter(case=case, role="representative").count() == 5
    heating = Assignment.objects.get(case=case, unit__key="gongre")
    assert heating.offline and heating.state == "reported"
    opened = Entry.objects.get(kind="case.opened", subject_id=case.pk)
    assert said_in(opened)["reported_to"].startswith("分管领导")


def test_eleven_decorators_got_a_written_agreement_and_the_courts_confirmation(stage: Stage) -> None:
    case = case_of(stage, "wages")
    assert (case.flow, case.party_size, case.rating, case.state) == ("petition", 11, 4, "archived")
    assert case.accepted_at and case.served_at
    assert any(
        "司法确认" in note for note in Contact.objects.filter(case=case).values_list("note", flat=True)
    )


def test_two_units_returned_the_charging_cable_and_the_director_decided(stage: Stage) -> None:
    case = case_of(stage, "cable")
    assert case.returns == 2 and case.designated and case.state == "in_hand"
    assert ReturnRequest.objects.filter(case=case, agreed=True).count() == 2
    assert "case.designate" in kinds(case)
    assert case_of(stage, "cable-first").state == "closed"


def test_the_manhole_was_fenced_first_and_settled_by_the_district(stage: Stage) -> None:
    case = case_of(stage, "manhole")
    assert case.lead_unit is not None and case.lead_unit.key == "qu-zongzhi"
    assert case.urgency == "urgent" and case.state == "closed"


def test_the_elders_words_were_dictated_and_guided(stage: Stage) -> None:
    case = case_of(stage, "elder")
    assert kinds(case)[-2:] == ["case.guide", "case.close"]
    assert Participant.objects.filter(case=case, role="witness").count() == 1


def test_of_the_accusing_letter_only_the_hand_over_is_kept(stage: Stage) -> None:
    case = case_of(stage, "letter")
    assert case.sealed and case.text == "" and case.search_text == "" and case.state == "closed"
    named = SealedExclusion.objects.get(case=case)
    assert named.unit is not None and named.unit.key == "chengguan"
    for sign_in, sees in {
        "handler.jiwei": True,
        "clerk2": True,
        "handler.chengguan": False,
        "director": False,
    }.items():
        user = stage.users[sign_in]
        visible = queries.visible_to(grants_of(Actor(user.pk))).filter(pk=case.pk).exists()
        assert visible is sees, sign_in
    assert SealedGrant.objects.filter(case=case).count() == 3


def test_the_neighbouring_districts_matter_was_closed_on_the_spot(stage: Stage) -> None:
    case = case_of(stage, "elsewhere")
    assert case.closed_at is not None and case.closed_at - case.received_at < timedelta(hours=1)
    assert case.grid is None


def test_the_lift_dispute_came_four_days_late_was_extended_served_and_goes_to_review(stage: Stage) -> None:
    case = case_of(stage, "lift")
    opened = Entry.objects.get(kind="case.opened", subject_id=case.pk)
    assert opened.at - case.received_at > timedelta(days=4)
    assert case.accepted_at and case.told_at and case.served_at
    assert case.received_at < case.accepted_at < case.told_at < case.served_at
    assert Extension.objects.get(case=case).amount == 15
    conclude = Clock.objects.filter(case=case, kind="conclude").latest("id")
    assert conclude.extend == 15 and conclude.outcome == "met"
    letter = Letter.objects.get(case=case)
    assert letter.state == "served" and letter.number and letter.signed_by != letter.drafted_by
    assert case.state == "reviewing" and "case.visited" in kinds(case)
    assert case.clock and case.clock.charged_unit.name == "区信访局"


# Enquiries, repeats, mistakes


def test_enquiries_are_counted_over_the_last_month() -> None:
    assert Enquiry.objects.count() >= 60
    assert Enquiry.objects.filter(at__lt=timezone.now() - timedelta(days=60)).count() == 0


def test_a_second_load_changes_nothing(tmp_path: Any) -> None:
    home = Home(tmp_path)
    home.demo_mark.write_text("demo")
    demo.load(home)
    before = (Case.objects.count(), Entry.objects.count())
    demo.load(home)
    assert (Case.objects.count(), Entry.objects.count()) == before


def test_a_home_that_is_no_demonstration_is_refused(tmp_path: Any) -> None:
    with pytest.raises(RuntimeError, match="demonstration"):
        demo.load(Home(tmp_path))


def test_progress_is_visible(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    cases._progress(40, 80)
    cases._progress(41, 80)
    assert "40/80" in capsys.readouterr().err


def test_a_script_that_asks_for_what_may_not_be_says_where(stage: Stage) -> None:
    step = Step(timezone.now() - timedelta(hours=1), "handler.zhifa", "close")
    with pytest.raises(Stuck, match=r"leak: close by handler\.zhifa"):
        play([Script("leak", (step,))], stage, timezone.now())


def test_the_sign_ins_shown_are_ones_that_exist(stage: Stage) -> None:
    assert settings.DEMO
    for sign_in in (
        "clerk1",
        "director",
        "leader1",
        "handler.chengguan",
        "head.chengguan",
        "lawyer1",
        "auditor",
    ):
        assert sign_in in demo.SIGN_INS and sign_in in stage.users
    assert "yimen-demo" in demo.SIGN_INS
