"""Letters raced over two real connections: no number twice, no letter served twice, none begun twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.races.racing import at_once

from cast import Cast, advance
from yimen.cases.actions import letters as writing
from yimen.cases.models import Case, Letter, ServiceReceipt
from yimen.ledger.models import Entry

OPINION = {
    "title": "处理意见书", "received_on": timezone.localdate(), "request": "修好", "facts": "损坏", "decision": "support",
    "opinion": "已修", "basis": "《条例》第三十二条", "remedy": "三十日内请求复查",
}  # fmt: skip


@pytest.mark.django_db  # asks for the test database, which `stage` cannot do by itself
def test_the_ground_is_there() -> None:
    assert connection.settings_dict["NAME"]


def _verified(cast: Cast) -> Case:
    return advance(cast, cast["clerk1"].opens(), "verified")


def _begin(cast: Cast, case: Case) -> Letter:
    handler = cast["handler.chengguan"]
    return writing.begin(handler.actor, handler.grants, case.uuid, "opinion", OPINION)


def _move(cast: Cast, letter: Letter, *verbs: str) -> Letter:
    for verb in verbs:
        who = cast["head.chengguan" if verb in ("review", "sign") else "handler.chengguan"]
        letter = writing.move(who.actor, who.grants, letter.case.uuid, letter.uuid, verb)
    return letter


def test_letters_signed_at_once_have_numbers_of_their_own(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        rows = [_move(stage, _begin(stage, _verified(stage)), "submit", "review") for _each in range(4)]
        results = at_once(*[lambda row=row: _move(stage, row, "sign") for row in rows])
        serials = sorted(row.serial for row in results if isinstance(row, Letter))
        assert serials == list(range(serials[0], serials[0] + 4)), results


def test_a_letter_begun_twice_at_once_is_one(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        case = _verified(stage)
        results = at_once(*[lambda: _begin(stage, case)] * 2)
        assert (
            sum(isinstance(row, Letter) for row in results) == Letter.objects.filter(case=case).count() == 1
        )


def test_a_letter_served_twice_at_once_tells_once(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        letter = _move(stage, _begin(stage, _verified(stage)), "submit", "review", "sign", "seal")
        handler = stage["handler.chengguan"]
        given = {"received_at": timezone.now(), "place": "窗口"}

        def serve() -> ServiceReceipt:
            return writing.serve(
                handler.actor, handler.grants, letter.case.uuid, letter.uuid, "direct", given
            )

        results = at_once(serve, serve)
        assert sum(isinstance(row, ServiceReceipt) for row in results) == 1, results
        assert Entry.objects.filter(subject_id=letter.case_id, kind="case.tell").count() == 1
