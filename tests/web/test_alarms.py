"""Administrators see on their first page what must wake somebody; others have no such page."""

from __future__ import annotations

import pytest
from tests.web.staff_ground import Enter, in_use

from cast import Cast
from yimen.reports.alarms import Alarm
from yimen.web.staff.show import alarms

pytestmark = pytest.mark.django_db
ALL = ["job", "dead", "ledger", "restore", "holidays", "disk"]


@pytest.fixture(autouse=True)
def _ringing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "ringing", lambda: [Alarm(kind, 7, "2027") for kind in ALL])


def test_every_alarm_has_its_sentence() -> None:
    said = alarms.sentences()
    assert len(said) == len(ALL) and all("7" in one and "%" not in one for one in said)


def test_the_administrator_sees_them_first(cast: Cast, enter: Enter) -> None:
    in_use(cast)
    shown = enter("admin").get("/staff/admin/").content.decode()
    assert "警报" in shown and "./yimen jobs --again" in shown
    assert enter("clerk1").get("/staff/admin/").status_code == 403
