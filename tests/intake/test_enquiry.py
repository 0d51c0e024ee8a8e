"""咨询速记: counted in ten seconds, nobody written down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cast import Cast
from yimen.access.roles import Role
from yimen.foundation.errors import Invalid, Refused
from yimen.foundation.masking import is_id_number
from yimen.intake import queries
from yimen.intake.actions.enquiry import tally
from yimen.intake.models import Enquiry
from yimen.ledger.models import Entry


def test_an_enquiry_is_a_category_a_line_and_who_answered(cast: Cast) -> None:
    clerk = cast["clerk1"]
    row = tally(clerk.actor, clerk.grants, "relief", "  老年卡 怎么办 ", channel="phone")
    assert (row.category.key, row.line, row.channel, row.by_id) == (
        "relief",
        "老年卡 怎么办",
        "phone",
        clerk.user.pk,
    )
    assert Entry.objects.get(kind="intake.enquiry").payload == {"category": "relief", "channel": "phone"}


def test_the_line_may_be_empty(cast: Cast) -> None:
    assert tally(cast["clerk1"].actor, cast["clerk1"].grants, "relief").line == ""


def test_numbers_of_people_do_not_stay_in_the_line(cast: Cast) -> None:
    number = next(n for check in "0123456789X" if is_id_number(n := "11010119900307123" + check))
    line = tally(cast["clerk1"].actor, cast["clerk1"].grants, "relief", f"{number} 电话13800002071").line
    assert number not in line and "13800002071" not in line


def test_a_table_of_enquiries_has_no_place_for_a_name() -> None:
    assert {field.name for field in Enquiry._meta.get_fields()} == {
        "id",
        "category",
        "line",
        "channel",
        "by",
        "at",
    }


@pytest.mark.parametrize("wrong", [{"category": "x"}, {"line": "字" * 121}, {"channel": "pigeon"}])
def test_what_cannot_be_counted_is_said(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as said:
        tally(cast["clerk1"].actor, cast["clerk1"].grants, **{"category": "relief", **wrong})
    assert set(said.value.fields) == set(wrong) and not Enquiry.objects.exists()


def test_stationed_officers_count_too_and_others_do_not(cast: Cast) -> None:
    officer = cast.joins("officer1", "驻点", "zhifa", Role.OFFICER)
    assert tally(officer.actor, officer.grants, "relief").pk
    for who in ("handler.chengguan", "auditor", "admin"):
        with pytest.raises(Refused):
            tally(cast[who].actor, cast[who].grants, "relief")


def test_the_day_is_counted_by_category(cast: Cast) -> None:
    clerk = cast["clerk1"]
    for category in ("relief", "noise", "relief"):
        tally(clerk.actor, clerk.grants, category)
    tally(clerk.actor, clerk.grants, "noise", at=timezone.now() - timedelta(days=1))
    assert queries.tallied(clerk.grants) == [("社会救助咨询", 2), ("噪音油烟", 1)]
    assert queries.tallied(clerk.grants, date(2001, 1, 1)) == []
