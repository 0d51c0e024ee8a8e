from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from PIL import Image

from cast import SINCE, Cast, play
from yimen.access.roles import Role
from yimen.cases.actions import handbook
from yimen.foundation.ids import uuid7
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid, GridPost, GridRevision
from yimen.intake.field import enrolment
from yimen.organisations.models import Unit

from .phone import Phone, Photo, by_client

Enrolled = Callable[..., Phone]


@pytest.fixture
def cast(db: None) -> Cast:
    """The street with a community, its grid with a lead and two workers, and the classes of events."""
    found = play()
    handbook.load_handbook()
    found.units["shequ3"] = Unit.objects.create(key="shequ3", name="三社区", kind="community")
    for sign_in, name, role in (
        ("community3", "三社区书记", Role.COMMUNITY), ("lead8", "孙网格长", Role.GRIDLEAD),
        ("worker1", "张小丽", Role.WORKER), ("worker2", "李强", Role.WORKER),
    ):  # fmt: skip
        found.joins(sign_in, name, "shequ3", role, liaison=sign_in == "community3")
    draw(found)
    return found


def draw(cast: Cast) -> None:
    """A street, a community, one grid with an outline and people posted."""
    unit, first = cast.units["shequ3"], date(2020, 1, 1)
    square = {
        "type": "Polygon",
        "coordinates": [
            [[116.30, 39.90], [116.31, 39.90], [116.31, 39.91], [116.30, 39.91], [116.30, 39.90]]
        ],
    }
    common = {"scheme": "local", "valid_from": first, "polygon": square}
    street = Grid.objects.create(
        code="110101001000", name="永安路街道", level=Level.STREET, unit=cast.units["centre"], **common
    )
    community = Grid.objects.create(
        code="110101001003", name="三社区", level=Level.COMMUNITY, parent=street, unit=unit, **common
    )
    grid = Grid.objects.create(
        code="11010100100308", name="三社区第8网格", number=8, level=Level.GRID, parent=community, unit=unit,
        places=["永安小区"], **common,
    )  # fmt: skip
    GridRevision.objects.update_or_create(pk=1, defaults={"token": uuid7()})
    for sign_in, place, role in (
        ("community3", community, PostRole.LEAD), ("lead8", grid, PostRole.LEAD), ("worker1", grid, PostRole.WORKER),
        ("worker2", grid, PostRole.WORKER),
    ):  # fmt: skip
        GridPost.objects.create(user=cast[sign_in].user, grid=place, role=role, since=SINCE)


@pytest.fixture
def enrolled(cast: Cast) -> Enrolled:
    """A phone on which this worker is seated."""

    def made(sign_in: str = "worker1", phone: Phone | None = None) -> Phone:
        phone = phone or Phone(by_client(Client()))
        code = enrolment.make_code(cast["lead8"].actor, cast["lead8"].grants, cast[sign_in].user)
        status, told = phone.enrol(code)
        assert status == 200, told
        return phone

    return made


@pytest.fixture
def photo() -> Callable[[int], Photo]:
    """An honest picture, another for another number; 400 × 300 unless a side is given."""

    def taken(number: int = 0, side: int = 400) -> Photo:
        out = io.BytesIO()
        picture = Image.effect_noise((side, side * 3 // 4), 40 + number % 7).convert("RGB")
        picture.putpixel((0, 0), (number % 256, number // 256 % 256, 7))
        picture.save(out, "JPEG", quality=90)
        return Photo(out.getvalue())

    return taken
