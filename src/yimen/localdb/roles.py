"""Two roles: the owner migrates, the app works. Neither is a superuser; the app owns nothing."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from . import child
from .cluster import SUPERUSER
from .place import Place

DATABASE = "yimen"
OWNER = "yimen_owner"
APP = "yimen_app"


@dataclass(frozen=True, slots=True)
class Passwords:
    """Generated once per home; the file is readable by the home's user only."""

    superuser: str
    owner: str
    app: str


def passwords(file: Path) -> Passwords:
    """The home's database passwords, made on first use and never overwritten."""
    if not file.exists():
        fresh = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
        child.write_secret(file, json.dumps(asdict(fresh)) + "\n")
    return Passwords(**json.loads(file.read_text()))


def address(place: Place, role: str, password: str, database: str = DATABASE) -> str:
    """A `postgresql://` address over the private socket, as DATABASE_URL takes it."""
    where = urlencode({"host": str(place.socket), "port": place.port})
    return f"postgresql://{quote(role)}:{quote(password)}@/{database}?{where}"


def establish(place: Place, words: Passwords) -> None:
    """Make roles and database when missing, and set the roles' passwords to the home's. Idempotent."""
    with psycopg.connect(address(place, SUPERUSER, words.superuser, "postgres"), autocommit=True) as server:
        for role, word in ((OWNER, words.owner), (APP, words.app)):
            _role(server, role, word)
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not known:
            server.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
    with psycopg.connect(address(place, SUPERUSER, words.superuser)) as database:
        database.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)))


def grant(admin_address: str, app_role: str) -> None:
    """What the owner creates from now on, the app may read and write, no more. Run before each migrate."""
    app = sql.Identifier(app_role)
    with psycopg.connect(admin_address) as database:
        name = sql.Identifier(database.info.dbname)
        for statement in (
            sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
            sql.SQL("REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC"),  # none that hides one of ours
            sql.SQL("GRANT CONNECT ON DATABASE {name} TO {app}"),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {app}"),
            sql.SQL(
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}"
            ),
            sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}"),
        ):
            database.execute(statement.format(name=name, app=app))


# What the app never does to these tables, it may not do either: which migrations were run is the owner's word, what
# waits for a number in the ledger is written by a trigger and taken away, who sees a sealed matter is only added to,
# what became of a job is written by triggers and goes with the job.
WITHHELD = {
    "django_migrations": "INSERT, UPDATE, DELETE",
    "ledger_pending": "UPDATE",
    "cases_sealedgrant": "UPDATE, DELETE",
    "cases_sealedexclusion": "UPDATE, DELETE",
    "procrastinate_events": "UPDATE, DELETE",
    "procrastinate_periodic_defers": "INSERT, DELETE",
}


def narrow(admin_address: str, app_role: str) -> None:
    """Take back what the defaults gave too much of. Run after each migrate; an app that owns the tables keeps all."""
    with psycopg.connect(admin_address) as database:
        for table, rights in WITHHELD.items():
            owner = database.execute(
                "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass(%s)", [table]
            ).fetchone()
            if owner and owner[0] != app_role:
                statement = sql.SQL("REVOKE {rights} ON {table} FROM {app}")
                database.execute(
                    statement.format(
                        rights=sql.SQL(rights), table=sql.Identifier(table), app=sql.Identifier(app_role)
                    )
                )


def _role(server: psycopg.Connection, role: str, word: str) -> None:
    known = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = "ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
    server.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(word)))
