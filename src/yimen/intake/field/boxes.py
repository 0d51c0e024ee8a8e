"""The keys to which phones seal: made when first asked for, wrapped under the master key, backed up with the database."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection, transaction
from django.utils import timezone

from yimen.foundation import crypto

from .envelope import COORDINATE, CURVE, jwk_of, thumbprint
from .models import FieldBox

_TURN = 5_151_001  # advisory lock: two requests do not both make the first box


def current() -> dict[str, str]:
    """The public key (JWK) that phones seal to now."""
    found = FieldBox.objects.order_by("-pk").first() or new(only_first=True)
    return dict(found.public)


def private_keys() -> list[ec.EllipticCurvePrivateKey]:
    """All of them, the newest first."""
    return [
        _private(bytes(row.wrapped_key), place_of(row.public)) for row in FieldBox.objects.order_by("-pk")
    ]


@transaction.atomic
def new(*, only_first: bool = False) -> FieldBox:
    """Make a box; from now on phones are told this one. With `only_first`, the one that is there if there is any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
    if only_first and (found := FieldBox.objects.order_by("-pk").first()):
        return found
    key = ec.generate_private_key(CURVE)
    public = jwk_of(key.public_key())
    secret = key.private_numbers().private_value.to_bytes(COORDINATE, "big")
    return FieldBox.objects.create(
        public=public, wrapped_key=crypto.wrap(secret, place_of(public)), since=timezone.now()
    )


def place_of(public: dict[str, str]) -> str:
    return f"intake_fieldbox.wrapped_key.{thumbprint(public)}"


@lru_cache(maxsize=64)
def _private(wrapped: bytes, place: str) -> ec.EllipticCurvePrivateKey:
    """Opened once in a process: every report asks for it."""
    secret = crypto.unwrap(wrapped, place)
    return ec.derive_private_key(int.from_bytes(secret, "big"), CURVE)
