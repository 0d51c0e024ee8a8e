"""密件: no address of the staff face tells of one to whom it is not for, and nobody does anything with one by any verb."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.house.test_routes import PUBLIC, routes

from cast import Cast
from yimen.access.roles import Role
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.events import LOOKED
from yimen.cases.models import Attachment, Case, Instruction, Letter, Link, Note, OutsideNumber, Supervision
from yimen.cases.queries import get_visible
from yimen.cases.states import VERBS
from yimen.foundation.errors import YimenError
from yimen.ledger.models import Entry
from yimen.web.staff.show.acts import ACTS, scene_of

from .staff_ground import Enter, in_use

STAFF = [route for route in routes() if route.name.startswith("staff:") and route.name not in PUBLIC]
OF_CASES = [route for route in STAFF if "/cases/" in route.path]
ID = "00000000-0000-0000-0000-000000000001"
STRANGERS = ("clerk2", "director", "leader1", "head.zhifa", "handler.jiwei2", "admin", "security", "auditor")
REFUSED = (302, 403, 404, 405)  # led to the second factor, or not there
FACTS = (Attachment, Instruction, Letter, Link, Note, OutsideNumber, Supervision)


@pytest.fixture
def sealed(cast: Cast) -> Case:
    """A letter handed to 纪工委 that names 综合行政执法队; who joined 纪工委 later was not granted it."""
    cast.joins("security", "安全员", "centre", Role.SECURITY)
    clerk = cast["clerk1"]
    case = hand_over_accusation(
        clerk.actor, clerk.grants, to=cast.units["jiwei"], named_units=[cast.units["zhifa"]]
    )
    cast.joins("handler.jiwei2", "新来的", "jiwei", Role.HANDLER)
    in_use(cast)
    return case


def told(answer: Any) -> str:
    """Every word of an answer; of a workbook or a document every part."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            body = b"".join(parts.read(name) for name in parts.namelist())
    return f"{answer.get('Location', '')} {body.decode('utf-8', 'replace')}"


def ledger(case: Case) -> list[str]:
    rows = Entry.objects.filter(subject="case", subject_id=case.pk).exclude(kind__in=LOOKED)
    return list(rows.values_list("kind", flat=True))


def typed(cast: Cast, other: Case) -> dict[str, Any]:
    """Something plausible for every field there is."""
    day = timezone.localdate() + timedelta(days=3)
    longs = ("words", "reason", "note", "text", "instruction", "opinion", "require", "answer", "result", "comment",
             "title", "said", "name", "office", "place", "number", "materials", "request", "basis")  # fmt: skip
    return {
        **dict.fromkeys(longs, "租房合同 复印件 3 页"), "unit": "chengguan", "leader": str(cast["leader1"].user.pk),
        "category": "noise", "other": other.number, "main": other.number, "way": "phone", "flow": "service",
        "recorded": "oral", "amount": "5", "days": "5", "until": day, "due_on": day, "outcome": "reached",
        "solved": "yes", "rating": "5", "system": "petition", "do": "add", "is_final": True, "ground": "other",
        "handler": str(cast["handler.chengguan"].user.pk), "agreed": "yes",
        "asked": "1", "slot": "0", "report": "1", "extension": "1", "reception": "1", "contact": "", "units": ["chengguan"],
    }  # fmt: skip


@pytest.mark.parametrize("who", STRANGERS)
def test_no_address_tells_a_stranger_of_a_sealed_matter(
    cast: Cast, sealed: Case, enter: Enter, who: str
) -> None:
    client, wrong = enter(who), []
    for route in STAFF:
        path = route.path.replace(ID, str(sealed.uuid), 1)
        answer = client.get(path)
        words = told(answer)
        if sealed.number in words or ("密件" in words and route.name != "staff:released"):
            wrong.append(path)
        if route not in OF_CASES and str(sealed.uuid) in words and str(sealed.uuid) not in path:
            wrong.append(path)
        if route in OF_CASES and answer.status_code not in REFUSED:
            wrong.append(f"{path} {answer.status_code}")
    assert not wrong


@pytest.mark.parametrize("who", ["clerk1", "head.jiwei", "clerk2", "director", "head.zhifa"])
def test_nothing_posted_to_a_sealed_matter_changes_it(
    cast: Cast, sealed: Case, enter: Enter, who: str
) -> None:
    client, before, wrong = enter(who), ledger(sealed), []
    given = typed(cast, cast["clerk2"].opens()) | {"version": sealed.version}
    verbs = [f"/staff/cases/{sealed.uuid}/do/{verb}/" for verb in sorted({*VERBS, *ACTS} - {"archive"})]
    for path in [*(route.path.replace(ID, str(sealed.uuid), 1) for route in OF_CASES), *verbs]:
        answer = client.post(path, given)
        refused = answer.status_code in REFUSED if who in STRANGERS else answer.status_code < 500
        if not refused or not unchanged(sealed, before):
            wrong.append(f"{path} {answer.status_code}")
    assert not wrong


def test_no_act_is_done_to_a_sealed_matter_though_it_were_offered(cast: Cast, sealed: Case) -> None:
    """The action itself refuses, whatever the page would have offered."""
    clerk, other, done = cast["clerk1"], cast["clerk2"].opens(), []
    before = ledger(sealed)
    for name, act in ACTS.items():
        scene = scene_of(clerk.grants, get_visible(clerk.grants, sealed.uuid))
        with suppress(YimenError), transaction.atomic():
            act.do(clerk.actor, clerk.grants, scene, typed(cast, other))
            done.append(name)
    assert not done and ledger(sealed) == before


def unchanged(case: Case, before: list[str]) -> bool:
    now = Case.objects.get(pk=case.pk)
    facts = any(model.objects.filter(case=case).exists() for model in FACTS)
    same = (now.version, now.state, now.sealed) == (case.version, "closed", True)
    return same and ledger(case) == before and not facts
