"""After a new master key: the secrets of second factors are wrapped under it (`base64 of key . base64 of secret`)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from allauth.mfa.models import Authenticator
from django.db import transaction

from yimen.foundation import crypto

SEALED = ("secret", "seed", "migrated_codes")
"""Which words of a factor's data are sealed texts, or lists of them."""


@transaction.atomic
def rewrap_factors(place: str) -> int:
    """Wrap under the current master what is wrapped under an older one; answers how many factors."""
    done = 0
    for row in Authenticator.objects.select_for_update():
        data = {name: _again(value, place) if name in SEALED else value for name, value in row.data.items()}
        if data != row.data:
            row.data = data
            row.save(update_fields=["data"])
            done += 1
    return done


def _again(value: object, place: str) -> object:
    if isinstance(value, list):
        return [_again(each, place) for each in value]
    if not isinstance(value, str) or value.count(".") != 1:
        return value
    wrapped, sealed = value.split(".")
    again = crypto.keyring().rewrapped(urlsafe_b64decode(wrapped), place)
    return f"{urlsafe_b64encode(again).decode()}.{sealed}" if again else value
