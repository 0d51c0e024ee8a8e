"""Rows come in once: answered ones as cases with their own dates, the others into the queue where no clock runs."""

from __future__ import annotations

import csv
import stat
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from importfiles import (
    BOARD,
    BOARD_HEADERS,
    HOTLINE,
    HOTLINE_HEADERS,
    LABELLED,
    LABELLED_HEADERS,
    write_csv,
)

from cast import Cast
from yimen.cases import queries
from yimen.cases.actions.people import participants
from yimen.cases.models import Case, Category, Clock, Participant, Result
from yimen.foundation.errors import Conflict, Invalid
from yimen.foundation.masking import is_id_number
from yimen.intake.importer import run as importer
from yimen.intake.importer.mapping import corrected, propose
from yimen.intake.importer.reading import open_table
from yimen.intake.importer.rejects import Rejects
from yimen.intake.importer.run import Report
from yimen.intake.models import ImportedRecord, QueuedMatter
from yimen.ledger.models import Entry
from yimen.organisations.models import Membership

Rows = list[list[str]]


def take(path: Path, *orders: str, source: str = "board", rehearsal: bool = False, **more: object) -> Report:
    table = open_table(path)
    mapping = corrected(propose(table.headers, table.samples()), table.headers, orders)
    rejects = None if rehearsal else Rejects(path.with_suffix(".rejected.csv"), table.headers)
    return importer.run(table, mapping, source, rejects, **more)  # type: ignore[arg-type]


def board(folder: Path, rows: Rows | None = None) -> Path:
    return write_csv(folder / "board.csv", BOARD_HEADERS, BOARD if rows is None else rows)


def many(number: int) -> Rows:
    return [
        [str(n), "", f"第{n}件", "2024/4/5 9:00:00", f"第{n}盏路灯坏了，请修。", "", "", ""]
        for n in range(number)
    ]


def test_answered_rows_become_cases_and_the_others_wait(cast: Cast, tmp_path: Path) -> None:
    report = take(board(tmp_path))
    assert report.line() == "imported: 3, already there: 0, rejected: 0"
    assert (report.answered, report.queued) == (2, 1)
    assert (
        Case.objects.count() == 2
        and QueuedMatter.objects.count() == 1
        and ImportedRecord.objects.count() == 3
    )


def test_an_answered_row_keeps_its_dates_and_is_result_reported(cast: Cast, tmp_path: Path) -> None:
    take(board(tmp_path))
    case = Case.objects.get(external_number="101")
    assert (case.state, case.source, case.title) == ("reported", "board", "三号楼没有路灯")
    assert timezone.localtime(case.received_at) == datetime(
        2024, 4, 5, 9, 3, 7, tzinfo=timezone.get_current_timezone()
    )
    assert timezone.now() - case.recorded_at < timedelta(minutes=1)
    result = Result.objects.get(case=case)
    assert result.text == "已装好两盏。" and f"{timezone.localtime(result.at):%F %T}" == "2024-04-09 16:00:00"
    assert case.text == "晚上回家看不见路，请装灯。"


def test_a_reply_without_its_time_is_taken_and_the_ledger_says_that_it_is_unknown(
    cast: Cast, tmp_path: Path
) -> None:
    take(write_csv(tmp_path / "h.csv", HOTLINE_HEADERS, HOTLINE), source="h")
    case = Case.objects.get(external_number="H-1")
    entry = Entry.objects.get(kind="case.imported", subject_id=case.pk)
    assert entry.payload["replied_at"] is None
    assert (case.channel, case.place, case.anonymous) == ("phone", "东区 清水河", True)


def test_nothing_is_overdue_on_the_first_day(cast: Cast, tmp_path: Path) -> None:
    take(board(tmp_path))
    take(write_csv(tmp_path / "h.csv", HOTLINE_HEADERS, HOTLINE), source="h")
    for person in cast.people.values():
        assert queries.counts(person.grants)["overdue"] == 0
    assert not Case.objects.filter(due_at__lte=timezone.now()).exists()


def test_no_clock_runs_for_what_waits(cast: Cast, tmp_path: Path) -> None:
    take(write_csv(tmp_path / "l.csv", LABELLED_HEADERS, LABELLED), source="l")
    assert QueuedMatter.objects.count() == 3 and Clock.objects.count() == Case.objects.count() == 0


def test_a_row_without_time_waits_with_its_time_unknown(cast: Cast, tmp_path: Path) -> None:
    take(write_csv(tmp_path / "l.csv", LABELLED_HEADERS, LABELLED), source="l")
    row = QueuedMatter.objects.get(record_id="L2")
    assert row.occurred_at is None and row.title == "学校门口放学时间堵得厉害，孩子过马路很危险"
    assert timezone.now() - row.recorded_at < timedelta(minutes=1)


def test_labels_and_words_choose_the_category(cast: Cast, tmp_path: Path) -> None:
    take(write_csv(tmp_path / "l.csv", LABELLED_HEADERS, LABELLED), source="l")
    chosen = dict(QueuedMatter.objects.values_list("record_id", "category__key"))
    assert chosen == {"L1": "wages", "L2": "education-health", "L3": "appearance"}
    assert QueuedMatter.objects.get(record_id="L1").label == "劳动和社会保障"


def test_a_repeat_adds_nothing(cast: Cast, tmp_path: Path) -> None:
    path = board(tmp_path)
    take(path)
    entries = Entry.objects.count()
    assert take(path).line() == "imported: 0, already there: 3, rejected: 0"
    assert Entry.objects.count() == entries and Case.objects.count() == 2


def test_the_same_ids_of_another_source_are_other_records(cast: Cast, tmp_path: Path) -> None:
    take(board(tmp_path))
    assert take(board(tmp_path), source="elsewhere").imported == 3


def test_new_rows_of_a_grown_file_are_added(cast: Cast, tmp_path: Path) -> None:
    take(board(tmp_path))
    more = [*BOARD, ["104", "U4", "井盖松动", "2024/4/8 8:00:00", "路口井盖一踩就响，怕出事。", "", "", ""]]
    assert take(board(tmp_path, more)).line() == "imported: 1, already there: 3, rejected: 0"


def test_other_content_under_a_known_id_is_rejected(cast: Cast, tmp_path: Path) -> None:
    take(board(tmp_path))
    changed = [[*BOARD[0][:4], "完全是另一件事了。", *BOARD[0][5:]]]
    report = take(board(tmp_path, changed))
    assert report.line() == "imported: 0, already there: 0, rejected: 1"
    assert list(report.reasons) == ["编号已有，内容却不同"]
    assert Case.objects.get(external_number="101").text == "晚上回家看不见路，请装灯。"


def test_a_conflict_inside_one_file_keeps_the_first(cast: Cast, tmp_path: Path) -> None:
    rows = [many(1)[0], many(1)[0], [*many(1)[0][:4], "同一编号的另一件事。", "", "", ""]]
    report = take(board(tmp_path, rows), "record_id=留言编号")
    assert report.line() == "imported: 1, already there: 1, rejected: 1"


def test_without_an_id_column_equal_rows_are_one_record(cast: Cast, tmp_path: Path) -> None:
    rows = [
        ["路灯坏了三天，请修。", "2024-01-01"],
        ["路灯坏了三天，请修。", "2024-01-01"],
        ["路灯坏了三天，请修。", "2024-01-02"],
    ]
    path = write_csv(tmp_path / "n.csv", ["内容", "时间"], rows)
    assert take(path).line() == "imported: 2, already there: 1, rejected: 0"
    assert take(path).line() == "imported: 0, already there: 3, rejected: 0"


def test_a_killed_import_goes_on_where_it_was(cast: Cast, tmp_path: Path) -> None:
    path = board(tmp_path, many(130))

    def die(done: int, _report: Report) -> None:
        if done >= 80:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(path, progress=die)
    assert ImportedRecord.objects.count() == QueuedMatter.objects.count() == 80
    assert take(path).line() == "imported: 50, already there: 80, rejected: 0"


def test_a_failure_inside_a_batch_leaves_nothing_of_it(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = importer.enqueue
    calls: list[int] = []

    def fall(*args: object, **more: object) -> object:
        calls.append(1)
        if len(calls) == 50:
            raise RuntimeError("the power went")
        return plain(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(importer, "enqueue", fall)
    with pytest.raises(RuntimeError):
        take(board(tmp_path, many(60)))
    assert QueuedMatter.objects.count() == ImportedRecord.objects.count() == 40
    monkeypatch.undo()
    assert take(board(tmp_path, many(60))).line() == "imported: 20, already there: 40, rejected: 0"


def test_a_rehearsal_counts_and_writes_nothing(cast: Cast, tmp_path: Path) -> None:
    bad = [["105", "", "", "某天", "路灯坏了", "", "", ""]]
    path = board(tmp_path, [*BOARD, *bad])
    entries = Entry.objects.count()
    report = take(path, rehearsal=True)
    assert report.line() == "imported: 3, already there: 0, rejected: 1" and report.rejects is None
    assert Case.objects.count() == QueuedMatter.objects.count() == ImportedRecord.objects.count() == 0
    assert Entry.objects.count() == entries and sorted(p.name for p in tmp_path.iterdir()) == ["board.csv"]


def test_two_imports_of_one_source_do_not_run_together(cast: Cast, tmp_path: Path) -> None:
    asked = connection.get_connection_params()
    beside = {key: asked[key] for key in ("dbname", "user", "host", "port", "password") if asked.get(key)}
    with psycopg.connect(**beside) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('yimen import board', 0))")
        with pytest.raises(Conflict, match="正在"):
            take(board(tmp_path))
        assert take(board(tmp_path), source="another").imported == 3
    assert take(board(tmp_path)).imported == 3


# Rejects


BAD: Rows = [
    ["201", "", "", "2024/1/1", "", "", "", ""],
    ["202", "", "", "某天", "路灯坏了", "", "", ""],
    ["203", "", "", "2024/1/1", "字" * 20_001, "", "", ""],
    ["204", "", "", "2099/1/1", "路灯坏了", "", "", ""],
    ["", "", "", "2024/1/1", "没有编号的事", "", "", ""],
    ["206", "", "", "", "有答复没时间", "已修", "", ""],
]


def test_bad_rows_stop_nothing_and_say_why(cast: Cast, tmp_path: Path) -> None:
    report = take(board(tmp_path, [BAD[0], *BOARD, *BAD[1:]]), "record_id=留言编号")
    assert report.line() == f"imported: 3, already there: 0, rejected: {len(BAD)}"
    assert report.rejects == tmp_path / "board.rejected.csv"
    with report.rejects.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["原行号", "未导入原因", *BOARD_HEADERS]
    assert [row["留言编号"] for row in rows] == ["201", "202", "203", "204", "", "206"]
    assert [row["未导入原因"] for row in rows[:2]] == ["没有内容", "看不懂的时间：某天"]


def test_the_file_of_rejects_is_private_and_goes_when_all_is_well(cast: Cast, tmp_path: Path) -> None:
    rejects = take(board(tmp_path, BAD[:1])).rejects
    assert rejects and stat.S_IMODE(rejects.stat().st_mode) == 0o600
    take(board(tmp_path))
    assert not rejects.exists()


def test_corrected_rejects_come_in(cast: Cast, tmp_path: Path) -> None:
    rejects = take(board(tmp_path, [*BOARD, BAD[1]])).rejects
    assert rejects
    rejects.write_text(
        rejects.read_text(encoding="utf-8-sig").replace("某天,", "2024-01-01,").replace("：2024-01-01", ""),
        "utf-8",
    )
    again = rejects.rename(tmp_path / "again.csv")
    assert take(again, "record_id=留言编号").line() == "imported: 1, already there: 0, rejected: 0"
    assert QueuedMatter.objects.get(record_id="202").text == "路灯坏了"


def test_rejects_carry_no_denied_column_no_id_number_and_no_formula(cast: Cast, tmp_path: Path) -> None:
    number = next(n for check in "0123456789X" if is_id_number(n := "11010119900307123" + check))
    headers = ["编号", "时间", "内容", "民族", "备注"]
    path = write_csv(
        tmp_path / "d.csv", headers, [["1", "某天", f"我是{number}", "某族", '=cmd|" /C calc"!A0']]
    )
    rejects = take(path).rejects
    words = rejects.read_text(encoding="utf-8-sig") if rejects else ""
    assert "某天" in words and number not in words and "某族" not in words and "民族" not in words
    assert "'=cmd" in words


# People and numbers of people


def test_names_and_phones_stay_outside_unless_the_operator_says_so(cast: Cast, tmp_path: Path) -> None:
    headers = ["编号", "时间", "内容", "姓名", "电话", "答复"]
    rows = [
        ["1", "2024-01-01", "路灯坏了请修一下", "某甲", "13800002071", "已经修好了"],
        ["2", "2024-01-01", "井盖松动很危险", "某乙", "13800002072", ""],
    ]
    path = write_csv(tmp_path / "p.csv", headers, rows)
    take(path, source="without")
    assert Participant.objects.count() == 0 and not QueuedMatter.objects.exclude(sealed=None).exists()
    take(path, "reporter=姓名", "phone=电话", source="with")
    case, row = Case.objects.get(source="with"), QueuedMatter.objects.get(source="with")
    assert [(p.name, p.phone) for p in participants(case, full=True)] == [("某甲", "13800002071")]
    assert row.sealed and "某乙".encode() not in bytes(row.sealed)
    assert not Entry.objects.filter(payload__icontains="13800002072").exists()


def test_an_anonymous_row_keeps_nobody(cast: Cast, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", ["编号", "内容", "姓名", "是否匿名"], [["1", "井盖松动很危险", "某乙", "是"]]
    )
    take(path, "reporter=姓名")
    row = QueuedMatter.objects.get()
    assert row.anonymous and row.sealed is None


def test_identity_card_numbers_are_masked_and_counted(cast: Cast, tmp_path: Path) -> None:
    number = next(n for check in "0123456789X" if is_id_number(n := "11010119900307123" + check))
    report = take(
        board(tmp_path, [["1", "", "", "2024/1/1", f"我的身份证号是{number}，请帮忙。", "", "", ""]])
    )
    row = QueuedMatter.objects.get()
    assert report.masked == 1 and number not in row.text + row.title


def test_denied_columns_are_nowhere(cast: Cast, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "d.csv",
        ["编号", "内容", "民族", "重点人员"],
        [["1", "井盖松动很危险", "CANARY1", "CANARY2"]],
    )
    take(path)
    row = QueuedMatter.objects.values().get()
    assert "CANARY" not in str(row) and not Entry.objects.filter(payload__icontains="CANARY").exists()


# The office


def test_every_record_leaves_one_entry_in_the_ledger(cast: Cast, tmp_path: Path) -> None:
    take(board(tmp_path))
    assert Entry.objects.filter(kind="case.imported", via="import").count() == 2
    entry = Entry.objects.get(kind="intake.queued")
    assert (entry.subject_id, entry.payload["record"]) == (QueuedMatter.objects.get().pk, "103")


def test_history_stands_in_the_name_of_a_clerk_of_the_centre(cast: Cast, tmp_path: Path) -> None:
    take(board(tmp_path))
    assert {case.accountable_person_id for case in Case.objects.all()} == {cast["clerk1"].user.pk}


def test_an_imported_case_can_be_worked_to_its_end(cast: Cast, tmp_path: Path) -> None:
    Category.objects.update(default_unit="chengguan")
    take(board(tmp_path))
    case = Case.objects.get(external_number="101")
    case = cast["head.chengguan"].does(case, "verify")
    case = cast["handler.chengguan"].does(case, "tell", way="phone")
    case = cast["clerk2"].does(case, "call_back", outcome="reached", solved="yes", rating="5")
    assert cast["clerk1"].does(case, "close").state == "closed"


def test_without_anybody_at_the_centre_answers_find_no_home(cast: Cast, tmp_path: Path) -> None:
    Membership.objects.filter(unit__kind="centre").update(active=False)
    with pytest.raises(Invalid, match="中心人员"):
        take(board(tmp_path))


def test_without_categories_the_operator_is_told_what_to_do(db: None, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="yimen up"):
        take(board(tmp_path))


def test_the_queue_takes_a_hundred_rows_a_second_in_few_statements(
    cast: Cast, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(40 * 8 + 20):  # type: ignore[operator]
        take(board(tmp_path, many(40)))


def test_nothing_in_the_file_of_rejects_runs_as_a_formula(cast: Cast, tmp_path: Path) -> None:
    """Headers come from the same stranger as the cells."""
    path = write_csv(
        tmp_path / "board.csv",
        [*BOARD_HEADERS, "=cmd|' /C calc'!A0"],
        [["201", "", "＝1+1", "某天", "\t=1+1", "", "", "", "@SUM(1)"]],
    )
    rejects = take(path, "record_id=留言编号").rejects
    assert rejects
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [
        cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    ]
    assert "'＝1+1" in cells and "'=cmd|' /C calc'!A0" in cells
