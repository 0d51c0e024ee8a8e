"""Asks a running server whether it is well. Standard library only."""

from __future__ import annotations

import http.client
import ssl


def health(host: str, port: int, *, tls: bool) -> tuple[int, str]:
    """Status and body of `/healthz`; status 0 when nobody answers."""
    where = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = _connection(where, port, tls)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read(2000).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def _connection(host: str, port: int, tls: bool) -> http.client.HTTPConnection:
    if not tls:
        return http.client.HTTPConnection(host, port, timeout=5)
    trusting = ssl.create_default_context()  # our own server, asked over our own machine
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=5, context=trusting)
