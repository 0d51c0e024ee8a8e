"""Django's backend with two things that every page pays for done in less: asking for life, and reading moments."""

from __future__ import annotations

import select
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import BaseTzLoader


class MomentLoader(BaseTzLoader):
    """A `timestamptz` out of the server's text, in UTC: a list of thirty matters reads some five hundred of them.

    What Python's own reader does not know (infinity, years before Christ) is left to psycopg, which says so.
    """

    timezone = UTC

    def load(self, data: Any) -> datetime:
        text = str(data, "ascii")
        with suppress(ValueError):
            if text.endswith("+00"):
                return datetime.fromisoformat(text)
        moment: datetime = super().load(data)
        return moment


class DatabaseWrapper(base.DatabaseWrapper):
    """`ENGINE` of this project."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if self.timezone == UTC:
            connection.adapters.register_loader("timestamptz", MomentLoader)
        return connection

    def is_usable(self) -> bool:
        """A server that ended a connection, or died, has left its last word or the end of the line on the socket.

        Nothing waits to be read on a connection that rests. Django asks before the first statement of a request.
        """
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not waiting.poll(0)
