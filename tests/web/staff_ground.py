"""The staff face as people with different roles meet it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from cast import Cast, play
from yimen.access.roles import ADMINISTRATORS

from .auth_ground import add_app

Enter = Callable[[str], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    """A small street with everybody in place."""
    return play()


@pytest.fixture
def enter(cast: Cast) -> Enter:
    """A browser in which this person is signed in."""

    def signed_in(sign_in: str) -> Client:
        client = Client()
        client.force_login(cast[sign_in].user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client

    return signed_in


def in_use(cast: Cast) -> None:
    """Everybody has taken the account into use, administrators with their second factor."""
    for person in cast.people.values():
        person.user.password = "pbkdf2_sha256$1$a$b"
        person.user.save()
        if person.grants.has(*ADMINISTRATORS):
            add_app(person.user)


@pytest.fixture
def png() -> bytes:
    """A small, honest picture."""
    out = io.BytesIO()
    Image.new("RGB", (24, 16), "teal").save(out, "PNG")
    return out.getvalue()
