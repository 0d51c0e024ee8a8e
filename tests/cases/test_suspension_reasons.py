"""Reasons for 中止计时 are rows of the office: loaded once, changed from a day on; the law's own are locked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cast import Cast, advance, play
from yimen.cases import suspensions
from yimen.cases.actions import limits
from yimen.cases.actions.handbook import add, end, load_handbook, revise
from yimen.cases.models import Case, Suspension, SuspensionReason
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, Refused
from yimen.ledger.models import Entry

ADMIN = Actor(None, "admin", "web")
DAY = timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Cast:
    found = play()
    load_handbook()
    return found


def today() -> date:
    return timezone.localdate()


def reason(**more: Any) -> SuspensionReason:
    given = {"key": "stop-1", "name": "等待汛期结束", "flows": ["service", "petition"], "states": ["in_hand"],
             "article": "街道规定", "certainty": "D", "source": "会议纪要", "valid_from": today()}  # fmt: skip
    return SuspensionReason(**given | more)


def suspend(cast: Cast, case: Case, ground: str) -> Suspension:
    head = cast["head.chengguan"]
    return limits.suspend(head.actor, head.grants, case.uuid, ground=ground)


def in_hand(cast: Cast) -> Case:
    return advance(cast, cast["clerk1"].opens(), "in_hand", unit="chengguan")


def test_the_shipped_reasons_are_loaded_once_with_their_own_dates(cast: Cast) -> None:
    assert load_handbook() == 0 and SuspensionReason.objects.count() == len(suspensions.grounds())
    hearing = SuspensionReason.objects.get(key="hearing")
    assert (hearing.certainty, hearing.valid_from, hearing.states) == (
        "S",
        date(2022, 5, 1),
        ["re_reviewing"],
    )
    assert suspensions.kept() == list(suspensions.grounds().values())


def test_before_they_are_loaded_the_shipped_reasons_hold(db: None) -> None:
    assert not SuspensionReason.objects.exists()
    assert "visitor" in {row.key for row in suspensions.grounds_for("petition", "in_hand", today())}


def test_an_added_reason_suspends_from_its_day_and_an_ended_one_no_more(cast: Cast) -> None:
    case = in_hand(cast)
    row = add(ADMIN, reason(valid_from=today() + DAY))
    with pytest.raises(Invalid):
        suspend(cast, case, "stop-1")
    SuspensionReason.objects.filter(pk=row.pk).update(valid_from=today())
    assert suspend(cast, case, "stop-1").ground == "stop-1"
    visitor = SuspensionReason.objects.get(key="visitor")
    end(ADMIN, visitor, today() - DAY)
    with pytest.raises(Invalid):
        suspend(cast, in_hand(cast), "visitor")
    kinds = set(Entry.objects.filter(subject="suspension_reason").values_list("kind", flat=True))
    assert kinds == {"suspension_reason.added", "suspension_reason.ended"}


def test_a_suspension_keeps_the_words_of_its_day(cast: Cast) -> None:
    row = SuspensionReason.objects.get(key="force")
    revise(ADMIN, row, today() + DAY, {"name": "洪水、地震等不可抗力"})
    assert suspensions.words_of("force", today()) == "不可抗力"
    assert (
        suspensions.words_of("force", today() + DAY)
        == suspensions.words_of("force")
        == "洪水、地震等不可抗力"
    )


def test_what_the_law_names_is_neither_changed_nor_ended_nor_invented(cast: Cast) -> None:
    hearing = SuspensionReason.objects.get(key="hearing")
    with pytest.raises(Refused):
        revise(ADMIN, hearing, today() + DAY, {"states": ["in_hand"]})
    with pytest.raises(Refused):
        end(ADMIN, hearing, today())
    with pytest.raises(Invalid):
        add(ADMIN, reason(certainty="S"))
    hearing.refresh_from_db()
    assert hearing.valid_to is None and hearing.states == ["re_reviewing"]


@pytest.mark.parametrize(
    "wrong", [{"flows": []}, {"states": []}, {"states": ["closed"]}, {"flows": ["x"]}], ids=str
)
def test_a_reason_names_flows_and_states_that_can_rest(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        add(ADMIN, reason(**wrong))
    assert set(refused.value.fields) == set(wrong)
