"""Long lists are made by a job: access asked again when it runs and when the file is fetched, gone after its day."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from jobs_ground import rows as jobs
from openpyxl import load_workbook
from tests.web.staff_ground import Enter, enter

from cast import Cast
from yimen.access.models import RoleGrant
from yimen.cases.models import Case
from yimen.ledger.models import Entry
from yimen.reports import exports
from yimen.reports import jobs as made_by
from yimen.reports.models import Export

__all__ = ["enter"]
LIST = "/staff/registers/visits.xlsx"
WORDS = "三单元楼道灯坏了两个月"


@pytest.fixture(autouse=True)
def _two_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIMEN_FIGURES_EXPORT_QUEUE_ROWS", "2")


@pytest.fixture
def matters(cast: Cast) -> list[Case]:
    return [cast["clerk1"].opens(f"{WORDS}，第{n}次来。") for n in range(3)]


def asked(client: Client, path: str = LIST) -> Export:
    answer = client.get(path)
    row = Export.objects.order_by("-pk").first()
    assert row is not None and answer["Location"] == f"/staff/exports/{row.uuid}/"
    return row


def run_jobs() -> None:
    """What the runner would do with the jobs of exports that are due."""
    for name, _status, args in jobs():
        if name == "reports.export":
            made_by.export_of(**args)


def file_of(row: Export) -> Any:
    return exports._file(row)


def revoke(cast: Cast, who: str) -> None:
    RoleGrant.objects.filter(user=cast[who].user).update(until=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize(
    "path",
    [LIST, "/staff/work/all/register.xlsx", f"/staff/search/register.xlsx?q={WORDS}",
     "/staff/figures/received/?as=xlsx"],
)  # fmt: skip
def test_a_long_list_is_made_by_a_job_and_fetched_by_the_one_who_asked(
    cast: Cast, matters: list[Case], enter: Enter, path: str
) -> None:
    client = enter("director")
    row = asked(client, path)
    page = client.get(f"/staff/exports/{row.uuid}/").content.decode()
    assert "排队等候" in page and 'hx-trigger="every 3s"' in page
    assert client.get(f"/staff/exports/{row.uuid}/file.xlsx").status_code == 404, "not made yet"
    run_jobs()
    assert "下载" in client.get(f"/staff/exports/{row.uuid}/").content.decode()
    file = client.get(f"/staff/exports/{row.uuid}/file.xlsx")
    sheet = load_workbook(io.BytesIO(file.content)).active
    assert {sheet.cell(line, 1).value for line in range(4, 7)} == {case.number for case in matters}
    row.refresh_from_db()
    assert (row.state, row.rows, row.done) == ("made", 3, 3)
    assert Entry.objects.filter(kind="reports.exported", actor_id=cast["director"].user.pk).count() == 1
    assert str(row.uuid) in client.get("/staff/exports/").content.decode()


def test_a_short_list_is_given_at_once(cast: Cast, enter: Enter) -> None:
    cast["clerk1"].opens(WORDS)
    assert enter("director").get(LIST)["Content-Type"].endswith("spreadsheetml.sheet")
    assert not Export.objects.exists()


def test_the_job_carries_ids_and_nothing_else(cast: Cast, matters: list[Case], enter: Enter) -> None:
    row = asked(enter("clerk1"), f"/staff/search/register.xlsx?q={WORDS}")
    mine = [(name, args) for name, _status, args in jobs() if name.startswith("reports.")]
    assert mine == [
        ("reports.export", {"actor": cast["clerk1"].user.pk, "export": row.pk}),
        ("reports.export_over", {"export": row.pk}),
    ]
    assert WORDS not in str(Export.objects.values()), "words of a search may be a name"


def test_who_lost_the_role_before_the_job_ran_gets_nothing_and_is_told(
    cast: Cast, matters: list[Case], enter: Enter
) -> None:
    client = enter("clerk1")
    row = asked(client)
    revoke(cast, "clerk1")
    run_jobs()
    row.refresh_from_db()
    assert row.state == "refused" and not file_of(row).exists()
    assert "没有生成：您已没有导出台账的权限" in client.get(f"/staff/exports/{row.uuid}/").content.decode()
    assert client.get(f"/staff/exports/{row.uuid}/file.xlsx").status_code == 404


def test_who_lost_the_role_after_the_job_ran_finds_no_file(
    cast: Cast, matters: list[Case], enter: Enter
) -> None:
    client = enter("clerk1")
    row = asked(client)
    run_jobs()
    revoke(cast, "clerk1")
    assert client.get(f"/staff/exports/{row.uuid}/file.xlsx").status_code == 404
    assert not Entry.objects.filter(kind="reports.exported").exists()


def test_a_file_with_a_matter_that_is_no_longer_ones_own_is_destroyed(
    cast: Cast, matters: list[Case], enter: Enter
) -> None:
    """A head who now leads another unit may still export, but not what the file holds."""
    for case in matters:
        cast["clerk1"].does(case, "dispatch", unit="chengguan")
    client = enter("head.chengguan")
    row = asked(client)
    run_jobs()
    RoleGrant.objects.filter(user=cast["head.chengguan"].user).update(unit=cast.units["zhifa"])
    assert client.get(f"/staff/exports/{row.uuid}/file.xlsx").status_code == 404
    row.refresh_from_db()
    assert row.state == "gone" and row.key is None and not file_of(row).exists()


def test_an_account_that_was_switched_off_gets_nothing(cast: Cast, matters: list[Case], enter: Enter) -> None:
    row = asked(enter("clerk1"))
    cast["clerk1"].user.is_active = False
    cast["clerk1"].user.save()
    run_jobs()
    row.refresh_from_db()
    assert row.state == "refused" and not file_of(row).exists()


def test_nobody_else_finds_it_whatever_they_may_export(cast: Cast, matters: list[Case], enter: Enter) -> None:
    row = asked(enter("clerk1"))
    run_jobs()
    for path in (f"/staff/exports/{row.uuid}/", f"/staff/exports/{row.uuid}/file.xlsx"):
        assert enter("director").get(path).status_code == 404
    assert "来访登记台账" not in enter("director").get("/staff/exports/").content.decode()


def test_the_file_at_rest_is_sealed_and_its_day_ends(cast: Cast, matters: list[Case], enter: Enter) -> None:
    client = enter("clerk1")
    row = asked(client)
    run_jobs()
    row.refresh_from_db()
    body = file_of(row).read_bytes()
    assert not body.startswith(b"PK") and b"xl/" not in body and matters[0].number.encode() not in body
    assert (file_of(row).stat().st_mode & 0o777) == 0o600
    Export.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert client.get(f"/staff/exports/{row.uuid}/file.xlsx").status_code == 404
    made_by.export_over(row.pk)
    row.refresh_from_db()
    assert (row.state, row.key, bytes(row.asked)) == ("gone", None, b"") and not file_of(row).exists()
    assert "已过期" in client.get(f"/staff/exports/{row.uuid}/").content.decode()


def test_its_end_does_not_come_early(cast: Cast, matters: list[Case], enter: Enter) -> None:
    row = asked(enter("clerk1"))
    run_jobs()
    made_by.export_over(row.pk)
    row.refresh_from_db()
    assert row.state == "made" and file_of(row).exists()


def test_a_job_that_runs_twice_makes_one_file(cast: Cast, matters: list[Case], enter: Enter) -> None:
    row = asked(enter("clerk1"))
    Export.objects.update(state="making", done=1)  # its runner was killed on the way
    run_jobs()
    first = file_of(row).read_bytes()
    run_jobs()
    assert file_of(row).read_bytes() == first


def test_a_rolled_back_request_leaves_neither_row_nor_job(cast: Cast, matters: list[Case]) -> None:
    from yimen.reports.lists import Wanted

    clerk = cast["clerk1"]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        exports.ask(clerk.actor, clerk.grants, Wanted("work/all", "全部在办"), 3)
        raise ZeroDivisionError
    assert not Export.objects.exists()
    assert not [name for name, _status, _args in jobs() if name.startswith("reports.")]


def test_the_database_keeps_no_key_of_what_is_gone(cast: Cast, matters: list[Case], enter: Enter) -> None:
    row = asked(enter("clerk1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=row.pk).update(state="gone")
