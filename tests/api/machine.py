"""A machine at the door: one token, and requests with it."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client

from cast import LEAK, Person
from yimen.accounts import actions, tokens
from yimen.accounts.models import Token
from yimen.foundation.actor import Actor

MATTER = {"text": LEAK, "category": "neighbour", "name": "陈女士", "phone": "13800002071"}


class Machine:
    """Speaks for one person."""

    def __init__(self, person: Person, *scopes: str, days: int = 30, per_minute: int = 0) -> None:
        user, given = person.user, scopes or tuple(tokens.SCOPES)
        row = actions.issue(Actor(user.pk), user, "试验系统", given, days, per_minute=per_minute)
        row, self.text = actions.collect(Actor(user.pk), row.pk, user.pk)
        self.row: Token = row
        self.client = Client(raise_request_exception=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}", "Accept-Language": "zh-hans"}

    def get(self, path: str, asked: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(path, asked, headers=self.headers | headers)

    def post(self, path: str, body: Any = None, key: object = None, **headers: str) -> Any:
        more = {"Idempotency-Key": str(key)} if key else {}
        return self.client.post(
            path, body, content_type="application/json", headers=self.headers | more | headers
        )

    def registers(self, key: object = None, **more: Any) -> Any:
        return self.post("/api/v1/cases", MATTER | more, key or uuid.uuid4())
