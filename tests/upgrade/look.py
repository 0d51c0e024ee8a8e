"""Run on an upgraded home: seeds it, opens pages as several roles, reads sealed people, drains the ledger. Prints one JSON line."""

from __future__ import annotations

import argparse
import json

import django

django.setup()

from django.conf import settings  # noqa: E402

settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}

from django.test import Client  # noqa: E402

from yimen.accounts.models import User  # noqa: E402
from yimen.cases.models import Case, CaseKey, Participant  # noqa: E402
from yimen.cli import seed  # noqa: E402
from yimen.foundation import crypto  # noqa: E402
from yimen.ledger import queries, sequencer  # noqa: E402

PEOPLE = ("clerk1", "director", "handler.zhifa", "auditor")
PAGES = ("/staff/", "/staff/search/?q=路灯", "/staff/changes/")


def main() -> None:
    seed.run(argparse.Namespace(demo=False))
    wrong: list[str] = []
    read = 0
    for name in PEOPLE:
        client = Client()
        client.force_login(User.objects.get(sign_in=name), backend=settings.AUTHENTICATION_BACKENDS[-1])
        paths = [*PAGES, *(f"/staff/cases/{case.uuid}/" for case in Case.objects.order_by("?")[:4])]
        for path in paths:
            status = client.get(path, follow=True).status_code
            read += status == 200
            if status not in (200, 403, 404):
                wrong.append(f"{name} {path} {status}")
    for row in Participant.objects.all()[:20]:
        key = CaseKey.objects.get(case_id=row.case_id)
        crypto.unwrap(bytes(key.wrapped), f"cases_casekey.wrapped.{row.case_id}")
    drained = sequencer.catch_up()
    said = {"matters": Case.objects.count(), "read": read, "wrong": wrong}
    print(json.dumps(said | {"drained": drained, "waiting": queries.lag().waiting}))


main()
