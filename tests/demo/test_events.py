"""The demo's matters of places: some in every state, settled on the spot most of all, one with the district."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from yimen.calendars.actions import load_shipped
from yimen.cases import climbing
from yimen.cases.actions.callback_rules import load_shipped as load_callbacks
from yimen.cases.actions.categories import load_categories
from yimen.cases.actions.handbook import load_handbook
from yimen.cases.models import Case, DistrictRequest, RoutingRule
from yimen.cases.states import GRID_LEVELS
from yimen.cli.demo import SEED, events, places
from yimen.grids import index
from yimen.ledger.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reported")]


@pytest.fixture(scope="module")
def reported(loaded: float, django_db_blocker: Any) -> Iterator[None]:
    """Loaded with the street, and undone with it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_shipped()
        load_categories()
        load_callbacks()
        load_handbook()
        places.load(SEED)
        assert not events.is_loaded()
        events.load(SEED)
    yield


def test_every_state_of_the_flow_has_a_matter() -> None:
    states = Counter(Case.objects.filter(flow="grid").values_list("state", flat=True))
    wanted = {*GRID_LEVELS, "told", "called_back", "rated", "closed", "archived"}
    assert wanted <= set(states), wanted - set(states)
    assert Case.objects.filter(flow="grid", settled_on_spot=True, state="closed").count() == 8


def test_one_lies_with_the_district_and_one_before_a_leader() -> None:
    there = [
        case for case in Case.objects.filter(flow="grid", open=True) if climbing.level_of(case) == "district"
    ]
    assert [case.lead_unit.key for case in there] == ["qu-zongzhi"]
    assert DistrictRequest.objects.filter(signed_at__isnull=True).count() == 1


def test_every_point_lies_in_the_grid_it_was_reported_from() -> None:
    for case in Case.objects.filter(flow="grid").select_related("grid"):
        assert index.locate(case.lng, case.lat) == case.grid


def test_the_rules_stand_in_the_ledger_and_were_asked() -> None:
    assert (
        RoutingRule.objects.count()
        == Entry.objects.filter(kind="routing_rule.added").count()
        == len(events.RULES)
    )
    sent = [entry.payload for entry in Entry.objects.filter(kind="case.send")]
    assert any(one.get("by_rule") for one in sent) and all("unit" in one for one in sent)
