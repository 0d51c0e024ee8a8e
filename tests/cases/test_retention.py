"""What is kept no longer: hidden, brought back or destroyed; what must go is gone, what must stay stays."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cast import Cast, advance
from yimen.cases import queries, retention
from yimen.cases.actions import erasing, hiding, holds, retaining
from yimen.cases.actions.attach import attach
from yimen.cases.actions.handbook import load_handbook
from yimen.cases.fates import fates, of_kind
from yimen.cases.models import (
    Attachment,
    Case,
    CaseKey,
    Disposal,
    Instruction,
    Participant,
    RetentionClass,
)
from yimen.foundation import crypto
from yimen.foundation.errors import Invalid, Missing, Refused, YimenError
from yimen.foundation.home import Home
from yimen.ledger import sequencer
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.findings import TAMPERING, Report
from yimen.ledger.models import Entry
from yimen.ledger.verify import verify

LATER = timedelta(days=1500)  # three years and more
NAME, PHONE, PLACE, WORD = "诸葛晓岚", "13987650123", "望京西园四区九十九号楼", "蛐蛐罐"


@pytest.fixture
def kept(cast: Cast) -> Cast:
    load_handbook()
    return cast


def closed(cast: Cast, **more: Any) -> Case:
    clerk = cast["clerk1"]
    said = {"text": f"{NAME}说{WORD}被偷", "name": NAME, "phone": PHONE, "place": PLACE, "address": PLACE}
    return advance(cast, clerk.opens(**{**said, **more}), "closed")


def later(days: int = 0) -> datetime:
    return timezone.now() + LATER + timedelta(days=days)


def gone(case: Case, cast: Cast) -> Case:
    """Through both stages, the days passed."""
    hiding.hide_due(later())
    Disposal.objects.filter(case=case).update(destroy_at=timezone.now() - timedelta(days=1))
    erasing.erase_ripe()
    return Case.objects.get(pk=case.pk)


# --- rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "amount", "unit", "first"),
    [
        (date(2024, 2, 29), 1, "year", date(2025, 2, 28)),
        (date(2026, 1, 31), 1, "month", date(2026, 2, 28)),
        (date(2026, 11, 30), 3, "month", date(2027, 2, 28)),
        (date(2026, 11, 23), 30, "day", date(2026, 12, 23)),
    ],
)
def test_a_period_ends_on_the_same_day_or_the_last_of_a_shorter_month(
    day: date, amount: int, unit: str, first: date
) -> None:
    rule = RetentionClass(amount=amount, unit=unit)
    assert retention.after(day, rule) == first
    assert retention.after(retention.before(first, rule), rule) <= first
    assert retention.after(retention.before(first, rule) + timedelta(days=1), rule) > first


def test_nothing_is_due_while_it_is_open_or_kept(kept: Cast) -> None:
    kept["clerk1"].opens()
    case = closed(kept)
    assert not retention.due().exists()
    assert list(retention.due(later().date())) == [case]


def test_a_hotline_matter_goes_a_year_earlier(kept: Cast) -> None:
    closed(kept)
    hotline = closed(kept)
    Case.objects.filter(pk=hotline.pk).update(source="12345热线")
    assert list(retention.due(timezone.localdate() + timedelta(days=800))) == [hotline]


# --- the first stage -----------------------------------------------------------------------------------------------


def test_a_hidden_matter_is_in_no_list_and_comes_back_with_a_reason(kept: Cast) -> None:
    case, director = closed(kept), kept["director"]
    assert hiding.hide_due(later()) == 1
    assert not queries.visible_to(director.grants).exists() and not queries.search(director.grants, WORD)
    assert [row.case for row in hiding.hidden_for(director.grants)] == [case]
    with pytest.raises(Invalid):
        hiding.restore(director.actor, director.grants, case.uuid, reason="", until=None)
    with pytest.raises(Missing):
        clerk = kept["clerk1"]
        hiding.restore(clerk.actor, clerk.grants, case.uuid, reason="复查", until=later(30).date())
    hiding.restore(
        director.actor, director.grants, case.uuid, reason="复查要用", until=later(90).date(), now=later()
    )
    assert queries.visible_to(director.grants).get() == case
    assert hiding.hide_due(later(60)) == 0 and hiding.hide_due(later(91)) == 1


def test_a_second_run_hides_nothing_twice(kept: Cast) -> None:
    closed(kept)
    assert (hiding.hide_due(later()), hiding.hide_due(later())) == (1, 0)
    assert Entry.objects.filter(kind="case.hidden").count() == 1


def test_a_matter_that_was_brought_back_meanwhile_is_not_destroyed(kept: Cast) -> None:
    case, director = closed(kept), kept["director"]
    hiding.hide_due(later())
    row = Disposal.objects.get(case=case)
    hiding.restore(
        director.actor, director.grants, case.uuid, reason="还要用", until=later(30).date(), now=later()
    )
    with pytest.raises(YimenError):
        erasing.erase(row)
    assert CaseKey.objects.filter(case=case).exists()


# --- hold ----------------------------------------------------------------------------------------------------------


def test_a_hold_blocks_both_stages_and_takes_two_people_to_lift(kept: Cast) -> None:
    case, director, leader = closed(kept), kept["director"], kept["leader1"]
    row = holds.place(director.actor, director.grants, case.uuid, reason="法院调卷")
    assert hiding.hide_due(later()) == 0 and retaining.held_count(later()) == 1
    holds.ask_lift(director.actor, director.grants, row.pk, reason="已结案")
    with pytest.raises(Refused):
        holds.decide_lift(director.actor, director.grants, row.pk, agree=True)
    assert retention.holds().exists()
    holds.decide_lift(leader.actor, leader.grants, row.pk, agree=True)
    assert hiding.hide_due(later()) == 1
    holds.place(leader.actor, leader.grants, None, reason="审计期间")
    Disposal.objects.update(destroy_at=timezone.now() - timedelta(days=1))
    assert erasing.erase_ripe() == (0, 0) and CaseKey.objects.filter(case=case).exists()


def test_only_director_and_leader_place_a_hold(kept: Cast) -> None:
    case, clerk = closed(kept), kept["clerk1"]
    with pytest.raises(Refused):
        holds.place(clerk.actor, clerk.grants, case.uuid, reason="调卷")


def test_the_database_itself_refuses_what_is_held_or_not_due(kept: Cast) -> None:
    case, director = closed(kept), kept["director"]
    with pytest.raises(Exception, match="no destruction"), transaction.atomic():
        _erase_in_database(case)
    hiding.hide_due(later())
    Disposal.objects.update(state="dying", destroy_at=timezone.now() - timedelta(days=1))
    holds.place(director.actor, director.grants, None, reason="审计")
    with pytest.raises(Exception, match="is held"), transaction.atomic():
        _erase_in_database(case)


def _erase_in_database(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_erase(%s)", [case.pk])


# --- the second stage ----------------------------------------------------------------------------------------------


def everything() -> dict[str, str]:
    """Every table as text, bytes as hex: what a dump of the database would hold."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            found[table] = cursor.fetchone()[0]
    return found


def holding(word: str) -> list[str]:
    marks = (word, word.encode().hex(), json.dumps(word)[1:-1])
    return [table for table, text in everything().items() if any(mark in text for mark in marks)]


def test_what_must_go_is_gone_and_what_must_stay_stays(kept: Cast, home: Home, tmp_path: Path) -> None:
    clerk = kept["clerk1"]
    case, other = closed(kept), kept["clerk1"].opens(text="别的事", name="他人", phone="13711112222")
    data = f"{WORD}清单".encode()
    one = attach(clerk.actor, clerk.grants, case.uuid, data, f"{NAME}.txt", reason="补交")
    same = attach(clerk.actor, clerk.grants, other.uuid, data, "same.txt")
    files = [home.files / name for row in (one, same) for name in erasing.parts_of(row)]
    sequencer.catch_up(Checkpoints(tmp_path, crypto.keyring()))
    key = bytes(CaseKey.objects.get(case=case).wrapped).hex()
    before = [path.exists() for path in files]
    assert WORD in Case.objects.get(pk=case.pk).text and holding(NAME)

    row = gone(case, kept)

    assert row.erased_at and row.number == case.number and row.state == "closed" and row.title == ""
    for word in (NAME, PHONE, PLACE, WORD):
        assert holding(word) == [], word
    assert key not in json.dumps(everything())
    assert [path.exists() for path in files] == [False, False, *before[2:]]
    assert not Participant.objects.filter(case=case).exists()
    assert Participant.objects.filter(case=other).exists() and Attachment.objects.get().case == other
    assert queries.visible_to(clerk.grants).get() == other
    assert not queries.search(clerk.grants, WORD) and queries.by_number(clerk.grants, case.number) is None
    proof = Entry.objects.get(kind="case.destroyed").payload
    assert proof["class"] == "visits" and proof["files"] == 2 and proof["rows"]["cases.Participant"] == 1
    lines = home.erasures.read_text().splitlines()
    assert json.loads(lines[-1])["case"] == str(case.uuid) and json.loads(lines[-1])["proof"] == proof["list"]
    sequencer.catch_up(Checkpoints(tmp_path, crypto.keyring()))
    assert changed(verify(Checkpoints(tmp_path, crypto.keyring()))) == {}


def changed(report: Report) -> dict[str, int]:
    """What speaks of tampering; checkpoint files are written at a commit, which no test has."""
    return {code: n for code, n in report.counts.items() if code in TAMPERING and code != "checkpoints_gone"}


def test_words_that_old_entries_hold_in_plain_go_and_the_chain_still_holds(
    kept: Cast, tmp_path: Path
) -> None:
    from yimen.foundation.actor import SYSTEM
    from yimen.ledger.actions import append

    case = closed(kept)
    with transaction.atomic():
        append(SYSTEM, "case.contacted", "case", case.pk, {"way": "phone", "words": {"note": f"{NAME}在家"}})
    place = Checkpoints(tmp_path, crypto.keyring())
    sequencer.catch_up(place)
    gone(case, kept)
    sequencer.catch_up(place)
    assert holding(NAME) == []
    found = verify(place)
    assert (changed(found), found.redacted) == ({}, 1)
    old = Entry.objects.get(kind="case.contacted", payload__way="phone", subject_id=case.pk, actor_id=None)
    with connection.cursor() as cursor:  # a superuser who changes what is left is found out
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
        cursor.execute("UPDATE ledger_entry SET payload = '{}' WHERE id = %s", [old.pk])
        cursor.execute("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only")
    assert verify(place).counts["entry_changed"] == 1


def test_instructions_and_letters_that_nobody_may_change_go_with_their_matter(kept: Cast) -> None:
    from cast import submitted

    case = submitted(kept, kept["clerk1"].opens(text=f"{WORD}丢了"))
    leader = kept["leader1"]
    case = leader.does(case, "instruct", instruction=f"请查{WORD}", unit="chengguan")
    case = advance_from(kept, case)
    assert Instruction.objects.filter(case=case).exists()
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Instruction.objects.filter(case=case)._raw_delete("default")
    gone(case, kept)
    assert not Instruction.objects.filter(case=case).exists() and holding(WORD) == []


def advance_from(cast: Cast, case: Case) -> Case:
    handler, head, caller = cast["handler.chengguan"], cast["head.chengguan"], cast["clerk2"]
    for person, verb, data in (
        (handler, "sign", {}), (handler, "accept", {}), (handler, "start", {}), (handler, "report", {"result": "查了", "decision": "support"}), (head, "verify", {}),
        (handler, "tell", {"way": "phone"}), (caller, "call_back", {"outcome": "reached", "solved": "yes"}),
        (caller, "rate", {"rating": "5"}), (cast["clerk1"], "close", {}),
    ):  # fmt: skip
        case = person.does(case, verb, **data)
    return case


@pytest.mark.parametrize("at", ["_note", "_kill_key", "_empty", "_remove", "_prove"])
def test_a_run_that_is_cut_off_anywhere_is_finished_by_the_next(
    kept: Cast, home: Home, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, clerk = closed(kept), kept["clerk1"]
    row = attach(clerk.actor, clerk.grants, case.uuid, b"%s" % WORD.encode(), "a.txt", reason="补交")
    hiding.hide_due(later())
    Disposal.objects.update(destroy_at=timezone.now() - timedelta(days=1))
    for after in (False, True):
        with monkeypatch.context() as patch:
            plain = getattr(erasing, at)

            def killed(*words: Any, after: bool = after, plain: Any = plain) -> None:
                if after:
                    plain(*words)
                raise KeyboardInterrupt

            patch.setattr(erasing, at, killed)
            if Disposal.objects.exclude(state="destroyed").exists():
                with pytest.raises(KeyboardInterrupt):
                    erasing.erase_ripe()
    erasing.erase_ripe()
    assert Disposal.objects.get().state == "destroyed" and holding(WORD) == []
    assert not any((home.files / name).exists() for name in erasing.parts_of(row))
    assert Entry.objects.filter(kind="case.destroyed").count() == 1


def test_after_a_restore_the_list_is_carried_out_again(kept: Cast, tmp_path: Path) -> None:
    case, other = closed(kept), closed(kept)
    path = tmp_path / "erasures.jsonl"
    line = {"case": str(case.uuid), "at": "2026-11-23T00:00:00+00:00", "proof": "ab" * 32}
    stranger = {**line, "case": "00000000-0000-0000-0000-00000000000a"}
    path.write_text("\n".join([json.dumps(line), json.dumps(stranger), json.dumps(line), '{"case": "torn']))
    director = kept["director"]
    holds.place(director.actor, director.grants, case.uuid, reason="备份里还有的暂停")
    assert erasing.replay(path) == 1
    assert erasing.replay(path) == 0
    assert Case.objects.get(pk=case.pk).erased_at and not Case.objects.get(pk=other.pk).erased_at
    assert Disposal.objects.get().digest == "ab" * 32


def test_a_report_names_numbers_and_no_person(kept: Cast) -> None:
    case = closed(kept)
    director = kept["director"]
    said = retaining.report(later())
    assert said["hide"] == {
        "count": 1, "by_class": {"visits": 1},
        "list": [{"number": case.number, "class": "visits", "due_on": said["hide"]["list"][0]["due_on"]}],
    }  # fmt: skip
    holds.place(director.actor, director.grants, case.uuid, reason=f"{NAME}起诉")
    said = retaining.report(later())
    assert (said["hide"]["count"], said["held"]["count"]) == (0, 1)
    text = json.dumps(said, ensure_ascii=False)
    assert not any(word in text for word in (NAME, PHONE, PLACE, WORD))
    assert not Disposal.objects.exists()


def test_the_nightly_run_is_at_night_and_once_a_day(kept: Cast) -> None:
    night = timezone.make_aware(datetime(2030, 3, 4, 2, 0))
    assert retaining.is_time(night) and not retaining.is_time(night + timedelta(hours=8))
    retaining.run(night)
    assert not retaining.is_time(night)
    assert retaining.is_time(night + timedelta(days=1))


def test_a_line_of_an_enquiry_is_emptied_and_still_counted(kept: Cast) -> None:
    from yimen.intake.actions.enquiry import tally
    from yimen.intake.models import Enquiry

    clerk = kept["clerk1"]
    tally(clerk.actor, clerk.grants, "neighbour", f"{WORD}的事")
    assert erasing.expire(timezone.now() + timedelta(days=200)) == 0
    assert erasing.expire(timezone.now() + timedelta(days=400)) == 1
    assert Enquiry.objects.get().line == ""


# --- the table -----------------------------------------------------------------------------------------------------


def test_every_column_the_table_names_is_there() -> None:
    for fate in fates():
        assert fate.model and fate.emptied is not None
        assert fate.path or fate.fate in ("kept", "ledger", "jobs") or fate.label == "cases.Case"
        assert fate.why or fate.fate not in ("kept", "counted", "ledger", "jobs"), fate.label


def test_an_emptied_matter_says_nothing_that_was_typed(kept: Cast) -> None:
    """Whatever text column a matter has or gets: it is emptied, or one of those that only say a kind."""
    from django.db import models

    plain = {"number", "flow", "state", "channel", "appeal", "urgency", "served_way", "next_step", "last_outcome",
             "last_solved", "window", "verified"}  # fmt: skip
    emptied = set(next(fate for fate in of_kind("counted") if fate.model is Case).emptied)
    texts = {
        f.name
        for f in Case._meta.fields
        if isinstance(f, models.CharField | models.TextField | models.BinaryField)
    }
    assert texts - emptied == plain
    loose = {
        f.name for f in Case._meta.fields if type(f) is models.BigIntegerField
    }  # keys that nothing else lets go
    assert loose and loose <= emptied


def test_figures_stay_what_they_were_and_the_register_keeps_the_number(kept: Cast) -> None:
    from yimen.reports import measures, registers

    case, director, head = closed(kept), kept["director"], kept["head.chengguan"]
    closed(kept)
    today = timezone.localdate()
    span = measures.period(today, today)
    names = [*measures._LISTS, *measures._PARTS]
    before = [measures.count_all(who.grants, names, span) for who in (director, head)]
    assert before[0]["received"] == 2 and before[0]["closed"] == 2
    hiding.hide_due(later(), most=1)
    assert [measures.count_all(who.grants, names, span) for who in (director, head)] == before
    assert registers.rows(director.grants, "visits", today, today, {}).count() == 1
    gone(case, kept)
    assert [measures.count_all(who.grants, names, span) for who in (director, head)] == before
    lines = {
        row.case.number: row
        for row in registers.lines("visits", registers.rows(director.grants, "visits", today, today, {}))
    }
    assert str(registers.CELLS["title"](lines[case.number])) == "已销毁"


def as_app(statement: str, *words: object) -> list[Any]:
    """What the app's role would do: every ordinary right on every table, owner of nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE retention_probe")
        try:
            cursor.execute(statement, words)
            return cursor.fetchall() if cursor.description else []
        finally:
            if not connection.needs_rollback and cursor.connection.info.transaction_status.name != "INERROR":
                cursor.execute("RESET ROLE")


@pytest.fixture
def probe(kept: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE retention_probe NOLOGIN")
        cursor.execute("GRANT USAGE ON SCHEMA public TO retention_probe")
        cursor.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO retention_probe"
        )
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO retention_probe")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT set_config('yimen.erasing', 'decided', true); DELETE FROM cases_instruction",
        "SELECT set_config('yimen.erasing', 'decided', true); DELETE FROM cases_lettertext",
        "SELECT set_config('yimen.erasing', 'decided', true); UPDATE ledger_entry SET payload = '{}'",
        "SELECT set_config('yimen.erasing', 'decided', true); DELETE FROM ledger_entry",
    ],
)
def test_the_apps_role_gains_nothing_by_naming_the_setting_itself(probe: None, statement: str) -> None:
    with pytest.raises(Exception, match="append-only"):
        as_app(statement)


def test_the_apps_role_cannot_make_a_destruction_due(kept: Cast, probe: None) -> None:
    case = closed(kept)
    rule = retention.rules()["visits"].pk
    as_app(
        "INSERT INTO cases_disposal (case_id, rule_id, state, due_on, hidden_at, destroy_at, reason, digest, counts, files)"
        " VALUES (%s, %s, 'dying', now(), '2000-01-01', '2000-01-01', '', '', '{}', '[]')", case.pk, rule,
    )  # fmt: skip
    row = Disposal.objects.get()
    assert row.state == "hidden" and row.destroy_at > timezone.now() + timedelta(hours=23)
    as_app("UPDATE cases_disposal SET state = 'dying', destroy_at = '2000-01-01'")
    with pytest.raises(Exception, match="no destruction"):
        as_app("SELECT cases_erase(%s)", case.pk)
    Disposal.objects.update(destroy_at=timezone.now() - timedelta(days=1))  # the owner: the days have passed
    assert as_app("SELECT cases_erase(%s)", case.pk)
