"""What doctor sees of backups: are there any, does the newest restore, are the keys kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from yimen.foundation import release
from yimen.foundation.home import Home

from .findings import Finding, fault, ok, warn
from .keeping import keyset, schedule, state

LATE = timedelta(hours=36)
"""A nightly backup that is older than that was missed."""
DRILL_GRACE = timedelta(days=2)


def findings(home: Home, now: datetime | None = None) -> Iterator[Finding]:
    """Of a home that was started once; a demonstration without backups is left in peace."""
    moment = now or datetime.now(UTC)
    yield from _marks(home)
    if not home.created_mark.exists():
        return
    said = state.read(home)
    if home.demo_mark.exists() and "backup" not in said and "drill" not in said:
        return
    yield from _keys(home)
    yield from _backups(home, said, moment)
    yield from _drill(said, moment)
    yield from _old(said, moment)


def _marks(home: Home) -> Iterator[Finding]:
    if home.restoring_mark.exists():
        yield fault(
            "这里的恢复没有做完", "a restore was cut short here", "再运行一次同样的 ./yimen restore",
            "run the same ./yimen restore again",
        )  # fmt: skip
    if home.restored_mark.exists():
        yield warn(
            "这里由备份恢复，还没有启动过", "restored from a backup, not started since",
            "把销毁清单放好，再 ./yimen up", "put the list of destroyed matters in its place, then ./yimen up",
        )  # fmt: skip
    if release.is_newer(release.of_home(home)):
        yield fault(
            f"这个目录由更新的版本 {release.of_home(home)} 使用过",
            f"the newer release {release.of_home(home)} has served this home",
            "升级程序", "upgrade the program",
        )  # fmt: skip


def _keys(home: Home) -> Iterator[Finding]:
    if keyset.is_exported(home):
        yield ok("密钥已导出保管", "the keys were exported to be kept elsewhere")
        return
    yield warn(
        "密钥没有（或更换后没有再）导出保管：磁盘坏了，备份也打不开",
        "the keys were never exported as they are now: with this disk gone, no backup opens",
        f"./yimen keys export FILE --home {home.root}，离线保管",
        f"./yimen keys export FILE --home {home.root}, and keep it offline",
    )


def _backups(home: Home, said: dict[str, Any], now: datetime) -> Iterator[Finding]:
    last, good = said.get("backup"), state.moment(said.get("good_backup"))
    log = (f"查看 {home.logs / 'backup.log'}", f"look into {home.logs / 'backup.log'}")
    if last and not last.get("ok"):
        yield fault(f"备份没有做成：{last.get('why')}", f"the last backup failed: {last.get('why')}", *log)
    if said.get("at") == "off":
        yield warn(
            "夜间备份关着（YIMEN_BACKUP_AT=off）", "nightly backups are switched off (YIMEN_BACKUP_AT=off)",
            "请用别的办法每天备份", "make a backup every day in another way",
        )  # fmt: skip
    elif good is None:
        if last is None:
            yield warn(
                "还没有备份", "there is no backup yet",
                "夜里会做第一份；现在就做：./yimen backup FILE", "the first is made at night; now: ./yimen backup FILE",
            )  # fmt: skip
    elif now - good > LATE:
        yield warn(
            f"最近一份好的备份是 {good:%Y-%m-%d %H:%M}Z",
            f"the last good backup is of {good:%Y-%m-%d %H:%M}Z",
            *log,
        )
    else:
        yield ok(f"备份于 {good:%Y-%m-%d %H:%M}Z", f"backed up {good:%Y-%m-%d %H:%M}Z")


def _drill(said: dict[str, Any], now: datetime) -> Iterator[Finding]:
    """Last verified restore: when, of which backup, and why not."""
    last, good = said.get("drill"), said.get("good_drill")
    again = ("./yimen verify-backup", "./yimen verify-backup")
    if last and not last.get("ok"):
        yield fault(
            f"恢复演练没有通过：{last.get('why')}", f"the restore drill failed: {last.get('why')}", *again
        )
    at, days = state.moment(good), said.get("drill_days", schedule.DRILL_DAYS)
    if good is None or at is None:
        if said.get("good_backup"):
            yield warn("还没有演练过恢复", "no backup was ever proved by restoring it", *again)
        return
    name = Path(str(good.get("file"))).name
    zh, en = (
        f"{at:%Y-%m-%d %H:%M}Z 演练恢复过 {name}",
        f"{name} was proved by a restore at {at:%Y-%m-%d %H:%M}Z",
    )
    late = days and now - at > timedelta(days=days) + DRILL_GRACE
    yield warn(f"上次{zh}，太久了", f"{en}: too long ago", *again) if late else ok(zh, en)


def _old(said: dict[str, Any], now: datetime) -> Iterator[Finding]:
    """Backups that should be gone: what was destroyed since is still in them."""
    folder, days = Path(str(said.get("folder", ""))), int(said.get("keep_days", schedule.KEEP_DAYS))
    limit = now - timedelta(days=days + 1)
    old = [path.name for made, path in schedule.kept(folder) if made < limit] if folder.is_dir() else []
    if old:
        yield warn(
            f"{len(old)} 份备份超过 {days} 天：{old[0]} …", f"{len(old)} backups are older than {days} days: {old[0]} …",
            "有了新的备份后删除它们：已销毁的内容还在里面",
            "delete them once there are newer ones: they still hold what was destroyed since",
        )  # fmt: skip
