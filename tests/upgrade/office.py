"""The home of the first release, stood up on the suite's own PostgreSQL: two roles, one database, one folder."""

from __future__ import annotations

import lzma
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from django.db import connections
from psycopg import sql

from yimen.cli.database import Addresses
from yimen.cli.keeping import dump
from yimen.cli.keeping.restoring import load_database
from yimen.foundation.home import REPO, Home

KEPT = Path(__file__).parent / "first_release"
OLD = dump.Roles("yimen_owner", "yimen_app")


@dataclass(frozen=True, slots=True)
class Office:
    """A home whose database the environment names, as an office with its own PostgreSQL has it."""

    home: Home
    addresses: Addresses

    @property
    def env(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("YIMEN", "DATABASE", "DJANGO"))
        }
        return kept | {
            "PYTHONPATH": str(REPO / "src"),
            "YIMEN_HOME": str(self.home.root),
            "DATABASE_URL": self.addresses.app,
            "DATABASE_ADMIN_URL": self.addresses.admin,
            "DJANGO_SETTINGS_MODULE": "yimen.settings.base",
        }

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One `./yimen` command on this home."""
        done = subprocess.run(
            [sys.executable, "-m", "yimen.cli", *words],
            env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.addresses.admin, autocommit=True) as connection:
            found = connection.execute(question)
            return found.fetchall() if found.description else []


@contextmanager
def database(owner: str, app: str) -> Iterator[Addresses]:
    """An empty database on the suite's server with these two roles."""
    where = connections["default"].settings_dict
    place = urlencode({"host": where["HOST"] or "/tmp", **({"port": where["PORT"]} if where["PORT"] else {})})
    name = f"office_{secrets.token_hex(4)}"
    with psycopg.connect(f"postgresql://{where['USER']}@/postgres?{place}", autocommit=True) as server:
        for role in (owner, app):
            server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
        )
        try:
            yield Addresses(f"postgresql://{app}@/{name}?{place}", f"postgresql://{owner}@/{name}?{place}")
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in (app, owner):
                server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@contextmanager
def new_database() -> Iterator[Addresses]:
    """Roles by names of their own, as another office would have."""
    tag = secrets.token_hex(3)
    with database(f"owner_{tag}", f"app_{tag}") as addresses:
        yield addresses


@contextmanager
def first_release(folder: Path) -> Iterator[Office]:
    """The kept home, not migrated."""
    with new_database() as addresses:
        home = Home(folder)
        home.root.mkdir(parents=True, exist_ok=True)
        for path in (home.files, home.logs, home.run):
            path.mkdir(mode=0o700)
        for part in ("keys", "checkpoints"):
            shutil.copytree(KEPT / part, folder / part)
        for key in [home.keys, *home.keys.iterdir()]:
            key.chmod(0o700 if key.is_dir() else 0o600)
        for mark in ("CREATED", "DEMO"):
            shutil.copy(KEPT / mark, folder / mark)
        load_database(addresses, _blocks(), OLD)
        yield Office(home, addresses)


def _blocks() -> Iterator[bytes]:
    with lzma.open(KEPT / "database.sql.xz") as text:
        while block := text.read(1 << 20):
            yield block


def point_to(addresses: Addresses) -> Mapping[str, str]:
    """What an office writes into its environment."""
    return {"DATABASE_URL": addresses.app, "DATABASE_ADMIN_URL": addresses.admin}
