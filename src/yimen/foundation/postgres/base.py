"""Whether a kept connection still holds is read off its socket: asking the server costs every request a round trip."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """`ENGINE` of this project."""

    def is_usable(self) -> bool:
        """A server that ended a connection, or died, has left its last word or the end of the line on the socket.

        Nothing waits to be read on a connection that rests. Django asks before the first statement of a request.
        """
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not waiting.poll(0)
