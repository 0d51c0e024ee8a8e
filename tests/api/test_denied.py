"""The machines' door takes in nothing that Yimen never keeps, and says which name it was."""

from __future__ import annotations

import uuid

import pytest

from yimen.cases.models import Case

from .machine import MATTER, Machine


@pytest.mark.parametrize(
    "name", ["idCard", "visitor_id_card", "民族", "shenfenzheng", "riskScore", "face_image"]
)
def test_a_denied_field_is_refused_by_its_name(clerk: Machine, name: str) -> None:
    answer = clerk.post("/api/v1/cases", MATTER | {name: "1"}, uuid.uuid4())
    assert answer.status_code == 422
    told = answer.content.decode()
    assert name in told and "按设计不收这一项" in told
    assert not Case.objects.exists()


def test_an_unknown_field_is_refused_without_that_word(clerk: Machine) -> None:
    answer = clerk.post("/api/v1/cases", MATTER | {"colour": "1"}, uuid.uuid4())
    assert answer.status_code == 422 and "没有这一项" in answer.content.decode()
