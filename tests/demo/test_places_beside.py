"""What the demo street has beside its matters: premises in its grids, a roster without a gap, shifts handed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from yimen.calendars.actions import load_shipped
from yimen.cli.demo import SEED, places
from yimen.grids import contacts, duty
from yimen.grids.models import DutyCall, DutyHandover, DutyShift, DutySwap, Premise, PremiseNeed, PremiseVisit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("beside")]


@pytest.fixture(scope="module")
def beside(loaded: float, django_db_blocker: Any) -> Iterator[None]:
    """Loaded with the street, and undone with it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_shipped()
        assert not places.is_loaded()
        places.load(SEED)
    yield


def test_forty_places_of_every_kind_stand_in_grids_with_a_contact_of_the_business() -> None:
    rows = list(Premise.objects.select_related("grid"))
    assert len(rows) >= 40 and {row.kind for row in rows} == {"building", "shop", "enterprise", "facility"}
    assert all(row.grid.level == 3 and contacts.of(row)["phone"].startswith("0931-000 ") for row in rows)
    assert PremiseVisit.objects.count() == 12
    assert sorted(PremiseNeed.objects.values_list("state", flat=True)) == ["answered", "open", "open", "open"]


def test_the_roster_has_no_gap_from_last_week_to_a_month_ahead() -> None:
    today = timezone.localdate()
    day = timedelta(days=1)
    assert duty.gaps(today - 7 * day, today + 30 * day) == []
    assert duty.on_duty(timezone.now()) is not None and DutyShift.objects.count() == 38
    assert all(one.phone for one in DutyShift.objects.all())


def test_shifts_that_are_over_have_calls_and_signatures_and_nothing_lies_in_the_future() -> None:
    now = timezone.now()
    assert DutyCall.objects.count() >= 6 and not DutyCall.objects.filter(at__gt=now).exists()
    assert DutyHandover.objects.filter(taken_at__isnull=False).count() >= 5
    assert DutySwap.objects.get().state == "agreed"
