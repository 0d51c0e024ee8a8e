"""Grids in the database: who may lie where, who answers, and which grid a place in words means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.grids import actions, codes, queries
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid
from yimen.ledger.models import Entry
from yimen.organisations.models import Unit

pytestmark = pytest.mark.django_db
ACTOR = Actor(None, "test", "cli")
SINCE = date(2025, 1, 1)


def square(x: float) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[x, 40], [x + 1, 40], [x + 1, 41], [x, 41], [x, 40]]]}


def unit(number: int, name: str) -> Unit:
    return Unit.objects.create(key=f"shequ{number:02d}", name=name, kind="community")


def grid(unit: Unit, level: Level, code: str, parent: Grid | None = None, **more: Any) -> Grid:
    fields: dict[str, Any] = {"name": "x", "scheme": "cjt349", "valid_from": SINCE, "unit": unit} | more
    return Grid(
        code=codes.cjt349(*code.split("/")[:1], int((code + "/0").split("/")[1])),
        level=level,
        parent=parent,
        **fields,
    )


@pytest.fixture
def street() -> dict[int, Grid]:
    """Two communities: 三社区 with grids 6, 7, 8 and 七社区 with grid 19 alone."""
    third, seventh = unit(3, "三社区"), unit(7, "七社区")
    top = actions.add_grid(ACTOR, grid(third, Level.STREET, "990101007000"))
    three = actions.add_grid(ACTOR, grid(third, Level.COMMUNITY, "990101007003", top))
    seven = actions.add_grid(ACTOR, grid(seventh, Level.COMMUNITY, "990101007007", top))
    rows = {
        6: grid(third, Level.GRID, "990101007003/1", three, number=6, places=["育英里", "望 岭 居"]),
        7: grid(third, Level.GRID, "990101007003/2", three, number=7, places=["永安小区西院"]),
        8: grid(
            third, Level.GRID, "990101007003/3", three, number=8, places=["永安小区"], polygon=square(102)
        ),
        19: grid(seventh, Level.GRID, "990101007007/1", seven, number=19, places=["春晖小区"]),
    }
    return {number: actions.add_grid(ACTOR, row) for number, row in rows.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三社区 第 8 网格 · 永安小区 6-2-301", 8),
        ("第8网格", 8),
        ("永安小区 6-2-301", 8),
        ("永安小区西院 3 号楼", 7),
        ("三社区育英里门口", 6),
        ("望岭居 2 栋", 6),
        ("七社区 12 号楼", 19),
        ("三社区", None),
        ("七社区 第 8 网格", None),
        ("第 99 网格", None),
        ("永安路口", None),
        ("育英里和春晖小区之间", None),
        ("", None),
    ],
)
def test_words_for_a_place_find_its_grid_or_nothing(
    street: dict[int, Grid], text: str, expected: int | None
) -> None:
    found = queries.match_place(text)
    assert (found.number if found else None) == expected


def test_a_grid_that_has_ended_is_no_longer_found(street: dict[int, Grid]) -> None:
    Grid.objects.filter(pk=street[19].pk).update(valid_to=date(2025, 6, 30))
    queries._memory.clear()
    assert queries.match_place("第19网格", on=date(2025, 6, 30)) == street[19]
    assert queries.match_place("第19网格", on=date(2025, 7, 1)) is None


def test_a_new_grid_is_seen_by_a_process_that_had_read_the_map(street: dict[int, Grid]) -> None:
    assert queries.match_place("第9网格") is None
    nine = grid(street[8].unit, Level.GRID, "990101007003/4", street[8].parent, number=9)
    actions.add_grid(ACTOR, nine)
    assert queries.match_place("第9网格") == nine
    assert len(queries._memory) == 1, "only the map in force is kept"


def test_the_map_costs_one_small_query_once_it_is_read(
    street: dict[int, Grid], django_assert_num_queries: Any
) -> None:
    queries.all_grids()
    with django_assert_num_queries(1):
        queries.all_grids()


def test_without_a_map_no_place_is_matched() -> None:
    assert queries.all_grids() == ()
    assert queries.match_place("第8网格") is None


def test_a_grid_never_hangs_straight_under_the_subdistrict(street: dict[int, Grid]) -> None:
    top = Grid.objects.get(level=Level.STREET)
    with pytest.raises(Invalid) as refused:
        actions.add_grid(ACTOR, grid(street[8].unit, Level.GRID, "990101007003/9", top))
    assert "parent" in refused.value.fields


def test_a_bad_code_or_a_broken_outline_is_refused(street: dict[int, Grid]) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    parent = street[8].parent
    with pytest.raises(Invalid) as crossed:
        actions.add_grid(ACTOR, grid(street[8].unit, Level.GRID, "990101007003/9", parent, polygon=bow))
    assert "polygon" in crossed.value.fields
    with pytest.raises(Invalid) as wrong:
        actions.add_grid(ACTOR, grid(street[8].unit, Level.GRID, "990101000003/9", parent))
    assert "code" in wrong.value.fields


def test_a_code_is_never_used_twice(street: dict[int, Grid]) -> None:
    again = grid(street[8].unit, Level.GRID, "990101007003/3", street[8].parent)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.add_grid(ACTOR, again)


def test_posts_hold_for_their_period_only(street: dict[int, Grid]) -> None:
    ma = User.objects.create_user("worker092", "马守田")
    post = actions.post(ACTOR, ma, street[8], PostRole.LEAD, SINCE)
    actions.end_post(ACTOR, post.pk, date(2025, 3, 31))
    assert queries.lead_of(street[8].pk, date(2025, 3, 31)) == post
    assert queries.lead_of(street[8].pk, date(2025, 4, 1)) is None
    assert queries.lead_of(street[8].pk, date(2024, 12, 31)) is None
    with pytest.raises(Invalid):
        actions.end_post(ACTOR, post.pk, date(2024, 12, 1))


def test_changes_of_the_map_are_in_the_ledger(street: dict[int, Grid]) -> None:
    ma = User.objects.create_user("worker092", "马守田")
    actions.post(ACTOR, ma, street[8], PostRole.WORKER, SINCE)
    kinds = list(Entry.objects.filter(subject="grid").values_list("kind", flat=True))
    assert kinds.count("grids.added") == 7
    assert kinds.count("grids.posted") == 1
