"""The page of a matter asks as much for a matter with everything as for a bare one, and shows every reader only theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cast import Cast, advance
from yimen.access.registry import grants_of
from yimen.cases import dossier, queries
from yimen.cases.actions import desk, leaders, majors, notes, people, pressure, reminders
from yimen.cases.actions import instructions as writing
from yimen.cases.actions.joint import merge
from yimen.cases.actions.keys import data_key
from yimen.cases.actions.transition import run
from yimen.cases.models import Attachment, Case, Letter, LetterText, Link, Participant
from yimen.foundation import together
from yimen.foundation.ids import uuid7
from yimen.foundation.together import question

from .staff_ground import Enter
from .test_query_counts import MOST, beyond

KINDS = [name for name, kind in vars(dossier.Dossier).items() if isinstance(kind, dossier.Kind)]
READERS = ("clerk1", "director", "handler.chengguan", "head.chengguan", "leader1")
CALLS, PEOPLE = 40, 23


def bare(cast: Cast) -> Case:
    """With the unit, and nothing on it but what brought it there."""
    return advance(cast, cast["clerk1"].opens(name="欧阳兰", phone="13800002071"), "in_hand")


def laden(cast: Cast) -> Case:
    """Five instructions, four letters, three helping units, six files, forty calls, twenty-three people, and more."""
    clerk, handler = cast["clerk1"], cast["handler.chengguan"]
    case = clerk.opens(name="欧阳兰", phone="13800002071", party_size=PEOPLE)
    case = clerk.does(case, "dispatch", unit="chengguan", assisting=["zhifa", "jiwei", "gongre"])
    for verb in ("sign", "accept", "start"):
        case = handler.does(case, verb)
    _people(case)
    for _each in range(CALLS):
        desk.contact(clerk.actor, clerk.grants, case.uuid, outcome="reached", note="已联系")
    for each in range(5):
        who = cast["leader1"]
        writing.write_instruction(who.actor, who.grants, case.uuid, words=f"请限期解决（{each}）")
    for each in range(4):
        _letter(cast, case, each)
    _pressed(cast, case)
    rows = [_file(cast, case, each) for each in range(6)]
    Attachment.objects.bulk_create(rows)
    return Case.objects.get(pk=case.pk)


def _people(case: Case) -> None:
    key = data_key(case.pk)
    rows = []
    for slot in range(1, PEOPLE):
        person = people.Person(f"居民{slot}", f"1390000{slot:04}")
        sealed = people.seal_person(case.pk, slot, key, person)
        rows.append(Participant(case=case, slot=slot, role="representative", sealed=sealed))
    Participant.objects.bulk_create(rows)


def _letter(cast: Cast, case: Case, each: int) -> None:
    by, now = cast["handler.chengguan"].user, timezone.now()
    row = Letter.objects.create(
        uuid=uuid7(), case=case, kind=("accept", "forward", "extend", "refuse")[each], unit=cast.units["chengguan"],
        issuer="永安路街道", state="drafting", version=2, drafted_by=by, drafted_at=now, changed_at=now,
    )  # fmt: skip
    for version in (1, 2):
        LetterText.objects.create(letter=row, version=version, title="告知书", by=by, at=now)


def _pressed(cast: Cast, case: Case) -> None:
    clerk, director = cast["clerk1"], cast["director"]
    reminders.remind(clerk.actor, clerk.grants, case.uuid)
    pressure.urge(clerk.actor, clerk.grants, case.uuid, words="请尽快")
    majors.report_up(clerk.actor, clerk.grants, case.uuid, name="何书记")
    leaders.take_charge(director.actor, director.grants, case.uuid, leader=cast["leader1"].user.pk)
    notes.write_note(clerk.actor, clerk.grants, case.uuid, text="周四再打电话")
    Link.objects.create(case=case, other=clerk.opens(), kind="same", by=clerk.user, at=timezone.now())


def _file(cast: Cast, case: Case, each: int) -> Attachment:
    return Attachment(
        uuid=uuid7(), case=case, name=f"{each}.png", mime="image/png", size=9, sha256=f"{each:064}", state="clean",
        by=cast["clerk1"].user, at=timezone.now(),
    )  # fmt: skip


def asked(enter: Enter, who: str, url: str, data: dict[str, Any] | None = None) -> tuple[int, int]:
    """Statements of one warm request beyond those of the session, and its answer."""
    client, said = enter(who), list[str]()

    def listen(execute: Any, sql: str, *more: Any) -> Any:
        said.append(sql)
        return execute(sql, *more)

    client.get(reverse("staff:help"))
    with connection.execute_wrapper(listen):
        answer = client.get(url) if data is None else client.post(url, data)
    return len(beyond(said)), answer.status_code


def test_a_matter_with_everything_costs_no_more_than_a_bare_one(cast: Cast, enter: Enter) -> None:
    few, many = bare(cast), laden(cast)
    for who in READERS:
        counts = []
        for case in (few, many):
            for path in ("staff:case", "staff:papers", "staff:outside", "staff:note"):
                count, status = asked(enter, who, reverse(path, args=[case.uuid]))
                assert status == 200 and count <= MOST, (who, path, count)
                counts.append(count)
        assert counts[4] <= counts[0] + 1, (who, counts)
        count, _status = asked(enter, who, reverse("staff:case", args=[many.uuid]) + "?in=mine")
        assert count <= MOST, (who, "beside its list", count)


@pytest.mark.parametrize("verb", ["report", "correct", "supervise", "ask_extension", "suspend", "add_assist"])
def test_the_page_of_a_step_or_an_act_asks_few_questions(cast: Cast, enter: Enter, verb: str) -> None:
    case = laden(cast)
    for who in ("handler.chengguan", "head.chengguan", "director"):
        count, _status = asked(enter, who, reverse("staff:do", args=[case.uuid, verb]))
        assert count <= MOST, (who, verb, count)


def test_what_is_read_together_is_what_each_question_answers_alone(cast: Cast) -> None:
    for case in (bare(cast), laden(cast)):
        for who in READERS:
            grants = cast[who].grants
            opened = dossier.open_(case, grants, KINDS)
            alone = dossier.Dossier(case, grants)
            for name in KINDS:
                assert _plain(opened.read[name]) == _plain(getattr(alone, name)), (who, name)


def _plain(rows: list[Any]) -> list[dict[str, Any]]:
    return [
        {each.attname: _bytes(getattr(row, each.attname)) for each in row._meta.concrete_fields
         if each.attname not in row.get_deferred_fields()}
        for row in rows
    ]  # fmt: skip


def _bytes(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def test_rows_read_together_bring_what_they_name(cast: Cast, django_assert_num_queries: Any) -> None:
    case = laden(cast)
    with django_assert_num_queries(2):
        opened = dossier.open_(case, cast["director"].grants)
    with django_assert_num_queries(0):
        assert {row.unit.name for row in opened.parts} == {
            "城市管理办",
            "综合行政执法队",
            "纪工委",
            "供热公司",
        }
        assert {row.clock.charged_unit_id for row in opened.parts} == {row.unit_id for row in opened.parts}
        assert [row.drafted_by.name for row in opened.letters] == ["chengguan经办"] * 4
        assert {row.leader.name for row in opened.told} == {"何书记"}


def test_a_question_that_no_row_can_answer_is_not_asked(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert together.read({"none": question(Case.objects.filter(pk__in=[]))}) == {"none": []}


def test_a_row_that_an_action_locks_has_no_open_dossier(cast: Cast) -> None:
    """Opened before, changed by a colleague, decided on again: the action sees what is true now."""
    case = bare(cast)
    handler = cast["handler.chengguan"]
    dossier.open_(case, handler.grants)
    run(handler.actor, handler.grants, case.uuid, "report", {"result": "修好了", "decision": "support"})
    assert not dossier.of(case).results, "the page keeps what it has read"
    locked = queries.get_visible(handler.grants, case.uuid, lock=False)
    assert len(dossier.of(locked).results) == 1


def test_an_open_dossier_answers_no_other_reader(cast: Cast) -> None:
    case = laden(cast)
    clerk, other = cast["clerk1"], cast["clerk2"]
    dossier.open_(case, clerk.grants)
    assert notes.note_of(clerk.grants, case).text == "周四再打电话"
    assert notes.note_of(other.grants, case).text == ""
    with pytest.raises(LookupError):
        assert dossier.Dossier(case).others


def test_other_matters_are_shown_only_to_who_may_see_them(cast: Cast, enter: Enter) -> None:
    case = laden(cast)
    other = Link.objects.get(case=case).other
    url = reverse("staff:case", args=[case.uuid])
    assert other.number in enter("clerk1").get(url).content.decode()
    assert other.number not in enter("handler.chengguan").get(url).content.decode()


def test_what_was_taken_from_a_person_is_gone_with_the_next_request(cast: Cast, enter: Enter) -> None:
    case = bare(cast)
    url, client = reverse("staff:case", args=[case.uuid]), enter("handler.chengguan")
    assert client.get(url).status_code == 200
    from yimen.access.models import RoleGrant

    RoleGrant.objects.filter(user=cast["handler.chengguan"].user).update(
        until=timezone.localdate() - timedelta(days=1)
    )
    assert not grants_of(cast["handler.chengguan"].actor).by_role
    assert client.get(url).status_code == 404


def test_a_long_story_is_shown_from_its_end_and_more_of_it_on_demand(
    cast: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, clerk = bare(cast), cast["clerk1"]
    for each in range(dossier.STORY):
        desk.contact(clerk.actor, clerk.grants, case.uuid, outcome="reached", note=f"第{each}次联系")
    url, client = reverse("staff:case", args=[case.uuid]), enter("clerk1")
    page = client.get(url).content.decode()
    assert page.count("次联系") == dossier.STORY and "看更早的经过" in page
    assert "登记" not in page[page.index('class="tl"') : page.index("看更早的经过")].replace("登记的", "")
    more = client.get(f"{url}?story={dossier.STORY * 2}").content.decode()
    assert "看更早的经过" not in more and more.count("<li><time") > page.count("<li><time")
    assert client.get(f"{url}?story=-1").status_code == client.get(f"{url}?story=9e9").status_code == 200


def test_on_a_phone_the_story_comes_before_the_acts_and_one_tap_leads_to_them(
    cast: Cast, enter: Enter
) -> None:
    page = enter("clerk1").get(reverse("staff:case", args=[bare(cast).uuid])).content.decode()
    assert page.index('id="story"') < page.index('id="can"')
    assert page.index('href="#can"') < page.index('id="matter"')


def test_a_merged_matter_reads_its_main_one_with_it(cast: Cast, enter: Enter) -> None:
    clerk = cast["clerk1"]
    main, other = clerk.opens(), clerk.opens()
    other = merge(clerk.actor, clerk.grants, other.uuid, main=main.number)
    for who in ("clerk1", "director"):
        for case, shown in ((other, main), (main, other)):
            url = reverse("staff:case", args=[case.uuid])
            assert shown.number in enter(who).get(url).content.decode()
            assert asked(enter, who, url)[0] <= MOST


def test_a_step_asks_only_what_its_guards_look_at(cast: Cast) -> None:
    """Statements of the runner, its savepoint among them. What it writes: matter, clocks, part, ledger."""
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    for who, verb, data, most in (
        ("handler.chengguan", "sign", {}, 14),
        ("handler.chengguan", "accept", {}, 12),
        ("handler.chengguan", "start", {}, 12),
        ("handler.chengguan", "report", {"result": "修好了", "decision": "support"}, 18),
        ("head.chengguan", "verify", {}, 16),
    ):
        person = cast[who]
        with CaptureQueriesContext(connection) as said:
            run(person.actor, person.grants, case.uuid, verb, data)
        assert len(said) <= most, (verb, len(said))
