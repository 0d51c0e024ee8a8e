"""What doctor sees of the database: does it answer, is it current, does the ledger keep up, is the year's table in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from yimen.foundation.home import Home
from yimen.localdb.errors import LocalDatabaseError

from . import database, preflight
from .database import Addresses
from .findings import Finding, fault, ok, warn
from .progress import Failed

LONGEST_LAG = timedelta(minutes=2)


def findings(home: Home) -> Iterator[Finding]:
    """Never starts a server: a stopped database is said, not mended."""
    try:
        addresses, first = _reach(home)
    except (Failed, LocalDatabaseError, OSError) as error:
        yield fault(
            str(error), str(error), "按上面的话处理后再运行 doctor", "do what it says, then ask doctor again"
        )
        return
    yield from first
    if addresses is None:
        return
    os.environ |= {
        "YIMEN_HOME": str(home.root),
        "DATABASE_URL": addresses.app,
        "DJANGO_SETTINGS_MODULE": "yimen.settings.base",
    }
    import django

    django.setup()
    for look in (_migrations, _ledger, _jobs, _years):
        try:
            yield from look()
        except Exception as error:  # whatever it is, the operator should read it and the rest
            yield fault(f"数据库读不了：{error}", f"cannot read the database: {error}", *_LOGS)
            return


_LOGS = ("运行 ./yimen up；仍不行请查看日志", "run ./yimen up; if that does not help, look into the logs")


def _reach(home: Home) -> tuple[Addresses | None, list[Finding]]:
    own = database.own_addresses()
    if own:
        warnings = database.check_own(own)
        todo = ("按 docs/operating 建立两个角色", "make two roles as docs/operating says")
        return own, [warn(line, line, *todo) for line in warnings] or [
            ok("数据库可以连接", "the database answers")
        ]
    if not database.exists(home):
        return None, []
    cluster = database.cluster_of(home)
    cluster.check_version()
    if cluster.ready():
        return database.addresses_of(home, cluster), [ok("自带数据库在运行", "the private database answers")]
    if preflight.is_running(home):
        return None, [fault("自带数据库不应答", "the private database does not answer", *_LOGS)]
    return None, [
        ok("自带数据库已停止（服务没有运行）", "the private database is stopped (the service is not running)")
    ]


def _migrations() -> Iterator[Finding]:
    from yimen.web import health

    if health.migrated():
        yield ok("数据表是最新的", "the tables are current")
    else:
        yield fault(
            "数据表需要更新",
            "the tables need migrating",
            "停止后再运行 ./yimen up",
            "stop and run ./yimen up",
        )


def _ledger() -> Iterator[Finding]:
    from yimen.ledger import queries

    lag = queries.lag()
    if lag.oldest > LONGEST_LAG:
        minutes = lag.oldest.total_seconds() / 60
        yield fault(
            f"台账有 {lag.waiting} 条记录等待封存，最久 {minutes:.0f} 分钟",
            f"{lag.waiting} ledger entries wait to be sealed, the oldest for {minutes:.0f} minutes",
            *_LOGS,
        )
    else:
        yield ok("台账封存及时", "the ledger's chain keeps up")


def _jobs() -> Iterator[Finding]:
    from django.conf import settings

    from yimen.jobs import queries

    old = [queue for queue in queries.queues() if queue.oldest.total_seconds() > settings.ALARM_JOB_SECONDS]
    for queue in old:
        minutes = queue.oldest.total_seconds() / 60
        yield fault(
            f"后台任务积压（{queue.name}）：{queue.waiting} 个，最久 {minutes:.0f} 分钟",
            f"{queue.waiting} jobs wait ({queue.name}), the oldest for {minutes:.0f} minutes",
            *_LOGS,
        )
    if dead := queries.count_dead():
        yield fault(
            f"{dead} 个后台任务几次都没有办成，不再重试",
            f"{dead} jobs failed too often and are no longer tried",
            "查看 log/jobs.log，解决后运行 ./yimen jobs --again",
            "look into log/jobs.log, mend it, then run ./yimen jobs --again",
        )
    if not old and not dead:
        yield ok("后台任务没有积压", "jobs are done in time")


def _years() -> Iterator[Finding]:
    from yimen.calendars import queries

    missing = queries.missing_year()
    if missing is None:
        yield ok("放假安排已载入", "the holiday table is loaded")
    else:
        yield warn(
            f"{missing} 年放假安排还没有载入，该年的期限是暂定的",
            f"no holiday table for {missing}: deadlines in that year are provisional",
            "国务院公布后更新程序，或载入放假安排表",
            "update Yimen once it is published, or load the table",
        )
