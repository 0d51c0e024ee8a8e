"""Lists and the map are read from indexes alone, which holds only for pages that were looked over since they last changed.

PostgreSQL looks a table over when a fifth of it changed: at a million matters that is years. Here it is one in fifty.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = ("cases_case", "cases_assignment")
SHARES = ("vacuum", "vacuum_insert", "analyze")


def _each(words: str) -> str:
    return ";\n".join(f"ALTER TABLE {table} {words}" for table in TABLES)


def _options(value: str = "") -> str:
    return ", ".join(f"autovacuum_{share}_scale_factor{value}" for share in SHARES)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0018_map_of_units")]

    operations: ClassVar = [
        migrations.RunSQL(_each(f"SET ({_options(' = 0.02')})"), _each(f"RESET ({_options()})"))
    ]
