"""The demo street is the one that the sign-in page, the guide and the drawn pages speak of."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone
from shapely.geometry import shape
from shapely.ops import unary_union

from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.cli.demo import people
from yimen.grids import codes
from yimen.grids import queries as grids
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid, GridPost
from yimen.organisations import queries
from yimen.organisations.models import Membership, Office, Unit, UnitKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

OFFICES = "党政综合办 党建办 纪工委 平安建设办 社会事务办 城市管理办 应急管理办 经济发展办 综合行政执法队 便民服务中心 退役军人服务站"


def names(kind: UnitKind) -> list[str]:
    return [unit.name for unit in queries.units(kind)]


def test_the_street_loads_in_less_than_ten_seconds(loaded: float) -> None:
    assert loaded < 10


def test_every_unit_of_the_street_is_there() -> None:
    assert names(UnitKind.OFFICE) == OFFICES.split()
    assert names(UnitKind.STATIONED) == ["派出所", "司法所", "市场监管所", "社区卫生服务中心"]
    assert names(UnitKind.EXTERNAL) == ["物业公司", "业委会", "供热公司", "供水公司", "燃气公司", "供电公司"]
    assert len(names(UnitKind.DISTRICT)) == 7
    assert len(names(UnitKind.COMMUNITY)) == 13


def test_the_centre_is_a_unit_of_its_own_inside_the_safety_office() -> None:
    centre = queries.centre()
    assert centre.parent == queries.unit("pingan")
    assert {m.user.sign_in for m in queries.members(centre.pk)} == {
        *(f"clerk{i}" for i in range(1, 6)),
        "director",
    }


def test_a_unit_without_accounts_has_a_phone_and_an_address_and_no_members() -> None:
    offline = list(Unit.objects.filter(online=False))
    assert {unit.kind for unit in offline} == {UnitKind.EXTERNAL, UnitKind.DISTRICT}
    assert all(unit.phone and unit.address for unit in offline)
    assert not Membership.objects.filter(unit__in=offline).exists()


def test_the_sign_ins_are_exactly_those_promised() -> None:
    served = Unit.objects.filter(online=True, kind__in=["office", "stationed", "district"])
    expected = {f"clerk{i}" for i in range(1, 6)} | {"director", "leader1", "leader2", "officer1"}
    expected |= {f"{who}.{unit.key}" for unit in served for who in ("handler", "head")}
    expected |= {f"community{i:02d}" for i in range(1, 14)} | {f"gridlead{i:02d}" for i in range(1, 29)}
    expected |= {f"worker{i:03d}" for i in range(1, 350)} | {f"mediator{i}" for i in range(1, 4)}
    expected |= {"lawyer1", "counsellor1", "district1", "auditor", "security", "admin"}
    assert set(User.objects.filter(demo=True).values_list("sign_in", flat=True)) == expected
    assert len(expected) == 442


def test_all_demo_accounts_share_one_password_hash() -> None:
    assert len(set(User.objects.values_list("password", flat=True))) == 1
    assert User.objects.get(sign_in="clerk1").check_password("yimen-demo")


def test_every_unit_with_accounts_has_exactly_one_liaison() -> None:
    for unit in Unit.objects.filter(online=True):
        assert Membership.objects.filter(unit=unit, liaison=True, active=True).count() == 1, unit.name
    handler = queries.liaison_of(queries.unit("chengguan").pk)
    assert handler is not None and handler.user.sign_in == "handler.chengguan"


def test_every_unit_with_accounts_has_a_head() -> None:
    """Somebody must be able to review a result: the head, the secretary, or the director."""
    for unit in Unit.objects.filter(online=True):
        assert RoleGrant.objects.filter(unit=unit, role__in=[Role.HEAD, Role.DIRECTOR]).exists(), unit.name


@pytest.mark.parametrize(
    ("sign_in", "role", "over"),
    [
        ("clerk1", "clerk", "zongzhi"),
        ("director", "director", "zongzhi"),
        ("leader1", "leader", "zongzhi"),
        ("officer1", "officer", "paichusuo"),
        ("handler.zhifa", "handler", "zhifa"),
        ("head.zhifa", "head", "zhifa"),
        ("community03", "community", "shequ03"),
        ("gridlead08", "gridlead", "shequ03"),
        ("worker092", "worker", "shequ03"),
        ("mediator1", "mediator", "sifasuo"),
        ("district1", "district", "qu-zongzhi"),
        ("auditor", "auditor", "zongzhi"),
        ("security", "security", "zongzhi"),
        ("admin", "admin", "zongzhi"),
    ],
)
def test_each_kind_of_person_holds_the_role_of_the_name(sign_in: str, role: str, over: str) -> None:
    own = RoleGrant.objects.filter(stands_for__isnull=True)
    assert own.filter(user__sign_in=sign_in, role=role, unit__key=over).count() == 1


def test_administrators_hold_one_role_each_and_belong_to_no_unit_that_handles_matters() -> None:
    three = User.objects.filter(sign_in__in=["admin", "security", "auditor"])
    assert RoleGrant.objects.filter(user__in=three).count() == 3
    assert not Membership.objects.filter(user__in=three).exists()


def test_grid_roles_name_their_grid() -> None:
    grid = Grid.objects.get(number=8)
    roles = RoleGrant.objects.filter(grid_code=grid.code)
    assert Counter(roles.values_list("role", flat=True)) == {"worker": 13, "gridlead": 1}


def test_there_are_28_grids_in_13_communities_under_one_subdistrict() -> None:
    assert Counter(grid.level for grid in grids.all_grids()) == {
        Level.STREET: 1,
        Level.COMMUNITY: 13,
        Level.GRID: 28,
    }
    assert [grid.number for grid in grids.grids(Level.GRID)] == list(range(1, 29))
    for grid in grids.grids(Level.GRID):
        assert grid.parent is not None and grid.parent.unit_id == grid.unit_id


def test_every_grid_has_a_leader_and_twelve_or_thirteen_workers() -> None:
    for grid in grids.grids(Level.GRID):
        assert GridPost.objects.filter(grid=grid, role=PostRole.LEAD).count() == 1
        assert GridPost.objects.filter(grid=grid, role=PostRole.WORKER).count() in (12, 13)
    assert GridPost.objects.filter(role=PostRole.WORKER).count() == 349


def test_codes_follow_cjt349_and_differ() -> None:
    found = [grid.code for grid in grids.all_grids()]
    assert len(set(found)) == 42
    for grid in grids.all_grids():
        codes.check(grid.code, grid.scheme, grid.level)
        assert codes.division(grid.code, grid.scheme).startswith("99"), "an invented province"


def test_third_level_outlines_adjoin_without_overlap_gap_or_hole() -> None:
    drawn = {grid.number: shape(grid.polygon) for grid in grids.grids(Level.GRID)}
    assert all(piece.is_valid and piece.geom_type == "Polygon" for piece in drawn.values())
    whole = unary_union(list(drawn.values()))
    assert whole.geom_type == "Polygon" and not whole.interiors
    assert whole.area == pytest.approx(sum(piece.area for piece in drawn.values()), rel=1e-12)
    for a, one in drawn.items():
        assert not any(one.overlaps(other) for b, other in drawn.items() if b > a)
        assert sum(one.intersection(other).length > 0 for b, other in drawn.items() if b != a) >= 2


def test_communities_and_the_subdistrict_are_outlined_by_their_grids() -> None:
    for level, below in ((Level.COMMUNITY, Level.GRID), (Level.STREET, Level.COMMUNITY)):
        for grid in grids.grids(level):
            parts = [shape(g.polygon) for g in grids.grids(below) if g.parent_id == grid.pk]
            assert shape(grid.polygon).geom_type == "Polygon"
            assert shape(grid.polygon).symmetric_difference(unary_union(parts)).area < 1e-15


def test_grids_are_numbered_from_west_to_east_and_north_to_south() -> None:
    middle = {grid.number: shape(grid.polygon).centroid for grid in grids.grids(Level.GRID)}
    start = 1
    for count in (8, 8, 7, 5):
        row = [middle[number] for number in range(start, start + count)]
        assert [p.x for p in row] == sorted(p.x for p in row)
        start += count
    assert middle[1].y > middle[9].y > middle[17].y > middle[24].y


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三社区 · 第 8 网格 · 永安小区 6-2-301", 8),
        ("永安小区 6 号楼旁", 8),
        ("永安小区西院 2 单元", 7),
        ("七社区 · 第 19 网格 · 12 号楼", 19),
        ("十一社区河边", 26),
        ("清溪广场东侧", 4),
    ],
)
def test_places_of_the_drawn_pages_find_their_grid(text: str, number: int) -> None:
    found = grids.match_place(text)
    assert found is not None and found.number == number


def test_every_estate_leads_to_its_own_grid() -> None:
    for grid in grids.grids(Level.GRID):
        for place in grid.places:
            assert grids.match_place(f"{place} 3-1-102") == grid, place


def test_names_are_different_plausible_and_some_need_rare_characters() -> None:
    found = list(User.objects.values_list("name", flat=True))
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}", name) for name in found)
    text = "".join(found)
    assert any(ord(char) > 0xFFFF for char in text), "a character outside the basic plane"
    assert any(0x3400 <= ord(char) < 0x4E00 for char in text), "a character of extension A"


def test_the_office_says_that_everything_is_invented() -> None:
    office = queries.office()
    assert office is not None and "虚构" in office.note
    assert office.name == "永安路街道" and office.division_code == "990101007000"
    note = (people.DATA / "NOTE.md").read_text(encoding="utf-8")
    assert "do not exist" in note and "虚构" in note


def test_every_phone_is_an_obviously_invented_one() -> None:
    phones = [*Unit.objects.values_list("phone", flat=True), *Office.objects.values_list("phone", flat=True)]
    assert all(re.fullmatch(r"0931-000 \d{4}", phone) for phone in phones)
    assert len(set(Unit.objects.values_list("phone", flat=True))) == Unit.objects.count()


def test_the_drawn_people_are_where_they_were_drawn() -> None:
    zhou = Membership.objects.get(user__sign_in="clerk1")
    assert (zhou.user.name, zhou.window) == ("周敏", "2")
    ma = GridPost.objects.get(user__sign_in="worker092")
    assert ma.user.name.startswith("马") and ma.grid.number == 8
    assert User.objects.get(sign_in="leader1").name.startswith("刘")


def test_the_cast_is_the_same_for_a_seed_and_another_for_another_seed(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert people.cast(1) == people.cast(1)
        one, two = people.cast(1), people.cast(2)
    assert [p.sign_in for p in one] == [p.sign_in for p in two]
    assert sum(a.name != b.name for a, b in zip(one, two, strict=True)) > 350


def test_workers_are_shared_out_over_the_grids_without_gap() -> None:
    shared = [number for grid in range(1, 29) for number in people.workers_of(grid)]
    assert shared == list(range(1, 350))


def test_one_leader_stands_in_for_another_next_week() -> None:
    row = RoleGrant.objects.get(stands_for__isnull=False)
    assert (row.user.sign_in, row.stands_for.sign_in, row.role) == ("leader1", "leader2", "leader")
    assert row.until is not None and row.until > row.since > timezone.localdate()
