"""Premises: places with a business contact that is sealed and forgotten, visits, needs, and a need made a matter."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cast import Cast, Person, play
from yimen.access.roles import Role
from yimen.cases.models import Case, Participant
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.grids import contacts, premises, premises_table
from yimen.grids.actions import premises as verbs
from yimen.grids.actions import premises_import
from yimen.grids.actions.drawing import renew
from yimen.grids.actions.premises import Described
from yimen.grids.models import Grid, Premise, PremiseNeed, PremiseVisit
from yimen.intake.actions.places import raise_need
from yimen.ledger.models import Entry
from yimen.organisations.models import Unit

from .ground import street

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CONTACT = {"name": "值班经理", "phone": "0931-000 4321"}


@pytest.fixture
def cast(db: None) -> Cast:
    return play()


@pytest.fixture
def grids(cast: Cast) -> list[Grid]:
    _top, _community, rows = street(2)
    cast.units["shequ01"] = Unit.objects.get(key="shequ01")
    cast.units["shequ02"] = Unit.objects.create(key="shequ02", name="二社区", kind="community")
    cast.joins("community1", "社区一", "shequ01", Role.COMMUNITY)
    cast.joins("community2", "社区二", "shequ02", Role.COMMUNITY)
    cast.joins("worker1", "网格员一", "shequ01", Role.WORKER)
    return rows


def said(grid: Grid, name: str = "惠民超市", **more: str) -> Described:
    fields = {
        "kind": "shop",
        "address": "永安路 12 号",
        "contact": CONTACT["name"],
        "phone": CONTACT["phone"],
    }
    return Described(name=name, grid=grid, **fields | more)


def added(who: Person, grid: Grid, **more: str) -> Premise:
    return verbs.add_premise(who.actor, who.grants, said(grid, **more))


def test_the_business_contact_is_sealed_and_stands_in_no_column_and_no_entry(
    cast: Cast, grids: list[Grid]
) -> None:
    row = added(cast["clerk1"], grids[0])
    kept = Premise.objects.get()
    assert contacts.of(kept) == CONTACT
    raw = b"".join(bytes(getattr(kept, name)) for name in ("sealed", "wrapped_key"))
    assert "值班经理".encode() not in raw and b"4321" not in raw
    assert "4321" not in str(
        [entry.payload for entry in Entry.objects.filter(subject="premise", subject_id=row.pk)]
    )


def test_after_the_end_the_contact_is_forgotten_and_the_database_holds_it_so(
    cast: Cast, grids: list[Grid]
) -> None:
    clerk = cast["clerk1"]
    row = added(clerk, grids[0])
    verbs.visit(clerk.actor, clerk.grants, row.uuid, "门前整洁")
    with pytest.raises(Invalid):
        verbs.end_premise(clerk.actor, clerk.grants, row.uuid, timezone.localdate() + DAY)
    verbs.end_premise(clerk.actor, clerk.grants, row.uuid, timezone.localdate())
    row.refresh_from_db()
    assert contacts.of(row) == {"name": "", "phone": ""} and row.wrapped_key is None
    with pytest.raises(Conflict):
        verbs.visit(clerk.actor, clerk.grants, row.uuid, "再去")
    assert PremiseVisit.objects.count() == 1
    assert added(clerk, grids[0]).pk != row.pk  # the same place again is a new row


def test_one_place_stands_in_the_register_once(cast: Cast, grids: list[Grid]) -> None:
    added(cast["clerk1"], grids[0])
    with pytest.raises(Conflict):
        added(cast["clerk1"], grids[0])
    added(cast["clerk1"], grids[1])


def test_what_is_wrong_is_said_beside_its_field(cast: Cast, grids: list[Grid]) -> None:
    clerk, top = cast["clerk1"], Grid.objects.get(level=1)
    bad = Described("", "house", "", top, phone="138x")
    with pytest.raises(Invalid) as refused:
        verbs.add_premise(clerk.actor, clerk.grants, bad)
    assert set(refused.value.fields) == {"name", "kind", "address", "grid", "phone"}


def test_a_community_keeps_and_sees_its_own_places_and_its_workers_see_them(
    cast: Cast, grids: list[Grid]
) -> None:
    row = added(cast["community1"], grids[0])
    with pytest.raises(Refused):
        added(cast["community2"], grids[0], name="别处")
    with pytest.raises(Refused):
        added(cast["worker1"], grids[0], name="别处")
    for who, sees in {
        "community1": True,
        "worker1": True,
        "community2": False,
        "clerk1": True,
        "leader1": True,
    }.items():
        assert premises.register(cast[who].grants).filter(pk=row.pk).exists() == sees, who
    assert not premises.register(cast["handler.chengguan"].grants).exists()
    with pytest.raises(Missing):
        premises.get(cast["community2"].grants, row.uuid)
    with pytest.raises(Missing):
        verbs.visit(cast["community2"].actor, cast["community2"].grants, row.uuid, "看看")
    verbs.visit(cast["worker1"].actor, cast["worker1"].grants, row.uuid, "通道畅通")


def test_a_change_keeps_the_contact_out_of_the_ledger_and_nothing_changed_is_told(
    cast: Cast, grids: list[Grid]
) -> None:
    clerk = cast["clerk1"]
    row = added(clerk, grids[0])
    with pytest.raises(Invalid):
        verbs.edit_premise(clerk.actor, clerk.grants, row.uuid, said(grids[0]))
    verbs.edit_premise(clerk.actor, clerk.grants, row.uuid, said(grids[0], phone="0931-000 9999"))
    entry = Entry.objects.get(kind="premises.revised").payload
    assert entry["contact_changed"] is True and "9999" not in str(entry)
    with pytest.raises(Refused):
        community = cast["community1"]
        verbs.edit_premise(
            community.actor,
            community.grants,
            row.uuid,
            said(Grid(level=3, unit=cast.units["shequ02"], code="x")),
        )


def test_visits_are_words_about_the_place_and_not_in_the_future(cast: Cast, grids: list[Grid]) -> None:
    clerk = cast["clerk1"]
    row = added(clerk, grids[0])
    verbs.visit(clerk.actor, clerk.grants, row.uuid, "联系 13800002071，通道堵塞", timezone.localdate() - DAY)
    assert PremiseVisit.objects.get().seen == "联系 〔号码已隐去〕，通道堵塞"
    for seen, day, field in (
        ("", None, "seen"),
        ("好", timezone.localdate() + DAY, "day"),
        ("长" * 501, None, "seen"),
    ):
        with pytest.raises(Invalid) as refused:
            verbs.visit(clerk.actor, clerk.grants, row.uuid, seen, day)
        assert set(refused.value.fields) == {field}


# --- needs


@pytest.fixture
def need(cast: Cast, grids: list[Grid]) -> PremiseNeed:
    row = added(cast["clerk1"], grids[0])
    worker = cast["worker1"]
    return verbs.need(worker.actor, worker.grants, row.uuid, "门前路灯不亮，希望检修。")


def test_a_need_becomes_a_matter_in_one_step_in_its_grid_and_with_nobody_in_it(
    cast: Cast, need: PremiseNeed
) -> None:
    clerk = cast["clerk1"]
    case = raise_need(clerk.actor, clerk.grants, need.pk)
    need.refresh_from_db()
    assert (need.state, need.number, need.decided_by) == ("matter", case.number, clerk.user)
    kept = Case.objects.get(pk=case.pk)
    assert kept.text == "门前路灯不亮，希望检修。" and "惠民超市" in kept.place and kept.anonymous
    assert kept.accountable_person == clerk.user and not Participant.objects.filter(case=case).exists()
    assert [e.kind for e in Entry.objects.order_by("id")][-2:] == ["case.opened", "premises.raised"]


def test_a_place_of_a_numbered_grid_leads_the_matter_to_that_grid(cast: Cast, need: PremiseNeed) -> None:
    grid = need.premise.grid
    Grid.objects.filter(pk=grid.pk).update(name="第1网格")
    Grid.objects.filter(pk=grid.parent_id).update(name="一社区")
    Unit.objects.filter(key="shequ01").update(name="一社区")
    renew()
    case = raise_need(cast["clerk1"].actor, cast["clerk1"].grants, need.pk)
    assert case.grid_id == grid.pk


def test_whoever_taps_second_makes_no_second_matter(cast: Cast, need: PremiseNeed) -> None:
    clerk, director = cast["clerk1"], cast["director"]
    raise_need(clerk.actor, clerk.grants, need.pk)
    with pytest.raises(Conflict):
        raise_need(director.actor, director.grants, need.pk)
    with pytest.raises(Conflict):
        verbs.answer_need(clerk.actor, clerk.grants, need.pk, "已修")
    assert Case.objects.count() == 1


def test_a_need_is_made_a_matter_at_the_desk_alone_and_answered_where_it_is_seen(
    cast: Cast, need: PremiseNeed
) -> None:
    worker, stranger = cast["worker1"], cast["community2"]
    with pytest.raises(Refused):
        raise_need(worker.actor, worker.grants, need.pk)
    with pytest.raises(Missing):
        verbs.answer_need(stranger.actor, stranger.grants, need.pk, "好")
    with pytest.raises(Invalid):
        verbs.answer_need(worker.actor, worker.grants, need.pk, "")
    assert verbs.answer_need(worker.actor, worker.grants, need.pk, "已换灯泡").state == "answered"


def test_a_matter_that_cannot_be_opened_leaves_the_need_open(
    cast: Cast, need: PremiseNeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yimen.intake.actions.places._category", lambda _words: "nothing")
    with pytest.raises(Invalid):
        raise_need(cast["clerk1"].actor, cast["clerk1"].grants, need.pk)
    need.refresh_from_db()
    assert need.state == "open" and not Case.objects.exists()


# --- the table


HEADS = {
    "名称": "name",
    "类别": "kind",
    "地址": "address",
    "所属网格": "grid",
    "联系人": "contact",
    "联系电话": "phone",
}


def row(place: Grid, name: str = "惠民超市", **more: str) -> dict[str, str]:
    fields = {"name": name, "kind": "商铺", "address": "永安路 12 号", "grid": place.code}
    return fields | {"contact": CONTACT["name"], "phone": CONTACT["phone"]} | more


def test_known_columns_are_found_and_others_passed_over() -> None:
    assert premises_table.columns([*HEADS, "备注"]) == HEADS
    with pytest.raises(Invalid, match="地址"):
        premises_table.columns(["名称", "类别", "网格"])


@pytest.mark.parametrize(
    "header",
    ["居民姓名", "住户", "户主电话", "常住人口", "身份证号", "id_card", "家庭成员", "重点人员", "民族", "租客", "resident_name", "households"],
)  # fmt: skip
def test_a_column_of_residents_refuses_the_whole_file_by_its_name(header: str) -> None:
    with pytest.raises(Invalid):
        premises_table.columns([*HEADS, header])


def test_a_dry_run_says_what_is_new_changed_the_same_and_wrong_by_row(cast: Cast, grids: list[Grid]) -> None:
    clerk = cast["clerk1"]
    added(clerk, grids[0])
    added(clerk, grids[0], name="老店")
    plan = premises_table.judge(
        clerk.grants,
        [
            (2, row(grids[0])), (3, row(grids[0], "老店", phone="0931-000 1111")), (4, row(grids[1], "新店")),
            (5, row(grids[1], "新店")), (6, row(grids[0], "坏店", kind="住宅")), (7, row(grids[0], "无格", grid="第99网格")),
        ],
    )  # fmt: skip
    assert ([one.number for one in plan.added], [one.number for one in plan.changed], plan.same) == (
        [4],
        [3],
        1,
    )
    assert [one.number for one in plan.wrong] == [5, 6, 7] and all(one.wrong for one in plan.wrong)
    assert Premise.objects.count() == 2


def test_an_import_is_all_or_nothing_and_a_repeat_changes_nothing(cast: Cast, grids: list[Grid]) -> None:
    clerk = cast["clerk1"]
    good, bad = [(2, row(grids[0])), (3, row(grids[1]))], [(4, row(grids[0], "坏店", kind="住宅"))]
    with pytest.raises(Invalid):
        premises_import.take(clerk.actor, clerk.grants, good + bad)
    assert not Premise.objects.exists()
    premises_import.take(clerk.actor, clerk.grants, good)
    with pytest.raises(Invalid):
        premises_import.take(clerk.actor, clerk.grants, good)
    premises_import.take(clerk.actor, clerk.grants, [(2, row(grids[0], phone="0931-000 2222")), good[1]])
    assert {contacts.of(one)["phone"] for one in Premise.objects.all()} == {"0931-000 2222", CONTACT["phone"]}
    assert Entry.objects.filter(kind="premises.imported").count() == 2


def test_a_community_imports_its_own_places_only(cast: Cast, grids: list[Grid]) -> None:
    stranger = cast["community2"]
    plan = premises_table.judge(stranger.grants, [(2, row(grids[0]))])
    assert plan.wrong and not plan.added


def test_the_list_is_narrowed_by_kind_grid_words_and_open_needs(
    cast: Cast, grids: list[Grid], need: PremiseNeed
) -> None:
    clerk = cast["clerk1"]
    other = added(clerk, grids[1], name="滨河公园", kind="facility")
    names = lambda **by: [one.name for one in premises.page(clerk.grants, **by).rows]  # noqa: E731
    assert names() == ["惠民超市", "滨河公园"] and names(kind="facility") == ["滨河公园"]
    assert names(grid=grids[0].pk) == ["惠民超市"] and names(grid=grids[0].parent_id) == [
        "惠民超市",
        "滨河公园",
    ]
    assert names(words="滨河") == ["滨河公园"] and names(open_needs=True) == ["惠民超市"]
    assert premises.page(clerk.grants).rows[0].open_needs == 1  # type: ignore[attr-defined]
    with pytest.raises(Missing):
        premises.get(clerk.grants, uuid.uuid4())
    assert premises.get(clerk.grants, other.uuid) == other
