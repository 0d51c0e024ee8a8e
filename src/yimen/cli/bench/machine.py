"""What the figures were taken on: the machine, the programs, the settings of the database."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from django.db import connection

SETTINGS = (
    "server_version", "shared_buffers", "work_mem", "synchronous_commit", "fsync", "wal_level", "max_wal_size",
    "effective_cache_size", "random_page_cost", "jit",
)  # fmt: skip
PROGRAMS = ("Django", "django-ninja", "psycopg", "psycopg-binary", "granian", "procrastinate", "cryptography")


def facts(folder: Path) -> dict[str, Any]:
    memory = psutil.virtual_memory()
    return {
        "system": platform.platform(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory.total / 2**30, 1),
        "load_before": [round(one, 2) for one in os.getloadavg()],
        "disk_free_gib": round(psutil.disk_usage(str(folder)).free / 2**30, 1),
        "python": platform.python_version(),
        "programs": {name: version(name) for name in PROGRAMS},
        "database": {name: _setting(name) for name in SETTINGS},
    }


def _cpu() -> str:
    try:
        rows = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((row.partition(":")[2].strip() for row in rows if row.startswith("model name")), "")


def _setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])
