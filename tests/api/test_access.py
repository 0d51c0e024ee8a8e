"""The API shows each person exactly the matters that their pages show, sealed ones too."""

from __future__ import annotations

import pytest

from cast import Cast
from yimen.cases import queries
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.models import Case

from .machine import Machine


@pytest.fixture
def matters(cast: Cast) -> list[Case]:
    clerk = cast["clerk1"]
    sent = clerk.does(clerk.opens(), "dispatch", unit="chengguan")
    sealed = hand_over_accusation(
        clerk.actor, clerk.grants, to=cast.units["jiwei"], named_people=[cast["director"].user]
    )
    return [clerk.opens(), sent, sealed]


def test_each_person_sees_what_the_pages_show_and_nothing_else(cast: Cast, matters: list[Case]) -> None:
    for name in cast.people:
        machine = Machine(cast[name])
        visible = set(queries.visible_to(cast[name].grants))
        for case in matters:
            expected = 200 if case in visible else 404
            for tail in ("", "/transitions", "/attachments"):
                assert machine.get(f"/api/v1/cases/{case.uuid}{tail}").status_code == expected, (name, case)
        listed = {one["id"] for one in machine.get("/api/v1/cases", {"limit": 100}).json()["items"]}
        assert listed == {str(case.uuid) for case in visible if case.open}


def test_a_sealed_matter_is_there_for_those_who_were_let_in_alone(cast: Cast, matters: list[Case]) -> None:
    sealed = matters[-1]
    seen = {name for name in cast.people
            if Machine(cast[name]).get(f"/api/v1/cases/{sealed.uuid}").status_code == 200}  # fmt: skip
    assert {"clerk1", "handler.jiwei"} <= seen and not seen & {"director", "clerk2", "admin", "handler.zhifa"}
    for name in ("clerk2", "director"):
        assert Machine(cast[name]).get("/api/v1/search", {"q": sealed.number}).json()["items"] == []
