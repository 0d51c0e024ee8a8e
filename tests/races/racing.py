"""Several acts begun at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from yimen.foundation.errors import YimenError

PATIENCE = 60  # seconds until a race that stands still is a failure


def at_once(*acts: Callable[[], Any], refusals: tuple[type[Exception], ...] = (YimenError,)) -> list[Any]:
    """What each act gave, or the refusal it met, in their order; any other error fails the test."""
    gate = threading.Barrier(len(acts), timeout=PATIENCE)

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait()
            return act()
        except refusals as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts, timeout=PATIENCE))
