"""Where the bench plays: a home of its own with the demo street's people and no matters, on a disk with room."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from yimen.foundation.home import Home

from .. import database, serving
from ..database import Addresses
from ..drills.stage import Stage, free_port
from ..progress import Failed

BYTES_PER_MATTER = 20_000
"""Tables, indexes and the write-ahead log of one loaded matter, with room to spare."""
SMALLEST = 2 * 1024**3
MARK = "BENCH"


@dataclass(slots=True)
class Ground:
    """A made home with its running database; `token` is a clerk's."""

    stage: Stage
    addresses: Addresses
    token: str = ""

    @property
    def home(self) -> Home:
        return self.stage.home

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The web service alone, as `./yimen up` runs it: its address. No worker takes what is measured away."""
        args = argparse.Namespace(host="127.0.0.1", port=self.stage.port, tls_cert=None, tls_key=None)
        web = serving.services(self.home, args, self.addresses)[0]
        try:
            serving.start([web], args)
            yield self.stage.url
        finally:
            web.ask_to_stop()
            web.finish(15.0)


@contextmanager
def ground(folder: str | None, rows: int) -> Iterator[Ground]:
    """The home in `folder` (kept), or in a temporary one (gone afterwards). Sets Django up for it."""
    with ExitStack() as stack:
        root = Path(folder).resolve() if folder else Path(stack.enter_context(_temporary()))
        _check_room(root, rows)
        stage = Stage(Home(root), free_port(), False, root.with_name(root.name + ".said"))
        stack.callback(stage.said.unlink, missing_ok=True)
        _lay_out(stage)
        addresses = stack.enter_context(database.database(stage.home))
        _set_up_django(stage.home, addresses)
        made = Ground(stage, addresses)
        _people()
        made.token = stage.run("token", "clerk1").strip()
        yield made


@contextmanager
def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="yimen-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the database's own OS user passes through
        yield Path(folder) / "home"


def _check_room(root: Path, rows: int) -> None:
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    free, needed = shutil.disk_usage(there).free, SMALLEST + rows * BYTES_PER_MATTER
    if free < needed:
        raise Failed(
            f"{there} 空间不足：需要 {needed >> 30} GB，现有 {free >> 30} GB；可用 TMPDIR 或 --home 换一处 / "
            f"too little room: {needed >> 30} GB needed, {free >> 30} GB free; name another place by TMPDIR or --home"
        )


def _lay_out(stage: Stage) -> None:
    """A first start by `./yimen up`, which makes keys, database and tables; then the mark of an invented street."""
    mark = stage.home.root / MARK
    if stage.home.root.exists() and any(stage.home.root.iterdir()) and not mark.exists():
        raise Failed(f"这个目录不是测量用的 / not a folder of the bench: {stage.home.root}")
    stage.start()
    stage.stop()
    mark.write_text("测量用，人和事均为虚构 / for measuring, everybody in it is invented\n")
    stage.home.demo_mark.write_text(mark.read_text())


def _set_up_django(home: Home, addresses: Addresses) -> None:
    """Its sessions are set up as those of the web service."""
    os.environ |= {
        "YIMEN_HOME": str(home.root),
        "DATABASE_URL": addresses.app,
        "DJANGO_SETTINGS_MODULE": "yimen.settings.base",
        "YIMEN_DB_SECONDS": str(serving.DB_SECONDS["web"]),
    }
    import django

    django.setup()


def _people() -> None:
    from ..demo import street

    if not street.is_loaded():
        street.load()
