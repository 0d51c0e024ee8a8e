"""Marks in a home that forbid its use: a restore that was cut short, one not yet settled, a newer release's home."""

from __future__ import annotations

from yimen.foundation import release
from yimen.foundation.home import Home

from ..progress import Failed


def refuse(home: Home, *, unsettled: bool = True) -> None:
    """Raises Failed for a home that must not be worked on; with `unsettled` also for one restored, not yet started."""
    if home.restoring_mark.exists():
        raise Failed(
            f"这里的恢复没有做完：请再运行一次 ./yimen restore（同样的参数）/ a restore was cut short here: run the same "
            f"./yimen restore again: {home.root}"
        )
    refuse_newer(home)
    if unsettled and home.restored_mark.exists():
        raise Failed(
            f"这里刚由备份恢复，请先 ./yimen up 启动一次 / just restored from a backup, start it once with ./yimen up: "
            f"{home.root}"
        )


def refuse_newer(home: Home) -> None:
    said = release.of_home(home)
    if release.is_newer(said):
        raise Failed(
            f"这个数据目录由更新的版本 {said} 使用过，本程序是 {release.release()}，不能打开；请升级程序 / this home was "
            f"served by the newer release {said}, this is {release.release()}: upgrade the program: {home.root}"
        )
