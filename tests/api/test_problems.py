"""Every refusal is a problem answer with a stable code, in the reader's language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from yimen.web.api import cases as views
from yimen.web.api import problems

from .machine import Machine


def problem(answer: Any) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = json.loads(answer.content)
    assert set(said) == {"type", "title", "status", "detail", "instance", "code", "errors"}
    assert said["status"] == answer.status_code == problems.KINDS[said["code"]].status
    assert said["type"] == f"urn:yimen:problem:{said['code']}"
    assert said["title"] and said["detail"]
    return said


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/", "/api/", "/api/v2/cases", "/api/v1/cases/1", "/api/v1/cases/"]
)
def test_what_is_not_there(clerk: Machine, path: str) -> None:
    said = problem(clerk.get(path))
    assert (said["code"], said["instance"]) == ("missing", path)


def test_a_method_that_an_address_does_not_take(clerk: Machine) -> None:
    answer = clerk.client.delete("/api/v1/cases", headers=clerk.headers)
    assert problem(answer)["code"] == "method_not_allowed"
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize(
    "body", ["{", "nonsense", '{"text": NaN}', "[" * 100_000, '{"a": ' + "1" * 5000 + "}", "\udcff"]
)
def test_what_cannot_be_read(clerk: Machine, body: str) -> None:
    sent = body.encode("utf-8", "surrogateescape")
    answer = clerk.client.post(
        "/api/v1/cases",
        sent,
        content_type="application/json",
        headers=clerk.headers | {"Idempotency-Key": "x"},
    )
    assert problem(answer)["code"] == "malformed"


@pytest.mark.parametrize(
    "body", ["[]", '"x"', "5", '{"text": "a\\u0000b"}', '{"\\ud800": 1}', '{"text": "\\udfff"}']
)
def test_what_can_be_read_but_not_kept(clerk: Machine, body: str) -> None:
    assert problem(clerk.post("/api/v1/cases", body))["code"] == "invalid"


def test_formats_that_are_not_spoken(clerk: Machine) -> None:
    form = clerk.client.post("/api/v1/cases", {"text": "x"}, headers=clerk.headers)
    assert problem(form)["code"] == "unsupported_media_type"
    assert problem(clerk.get("/api/v1/cases", Accept="text/html"))["code"] == "not_acceptable"
    assert clerk.get("/api/v1/cases", Accept="application/json").status_code == 200


def test_every_wrong_field_is_named_at_once(clerk: Machine) -> None:
    said = problem(clerk.registers(text="", category=5, party_size="3", urgency="soon", card="110101"))
    assert {one["field"] for one in said["errors"]} == {"text", "category", "party_size", "urgency", "card"}
    assert all(one["detail"] for one in said["errors"])
    ours = problem(clerk.registers(phone="no phone", category="none"))
    assert {one["field"] for one in ours["errors"]} == {"phone", "category"}


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "没有找到"), ("en", "Not found"), ("fr", "没有找到")]
)
def test_it_speaks_the_language_that_is_asked_for(clerk: Machine, language: str, title: str) -> None:
    answer = clerk.get("/api/v1/nothing", **{"Accept-Language": language})
    assert answer["Content-Language"] == ("en" if language == "en" else "zh-hans")
    if language != "en":
        assert problem(answer)["title"] == title


def test_what_breaks_is_told_without_its_inside(clerk: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_all: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(views.queries, "worklist", broken)
    answer = clerk.get("/api/v1/cases")
    assert problem(answer)["code"] == "server_error" and b"secret" not in answer.content


def test_a_strange_host_is_told_as_a_problem_too(db: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["yimen.example"]
    answer = Client().get("/api/v1/units", headers={"Host": "evil.example"})
    assert problem(answer)["code"] == "unknown_host"


def test_a_page_still_answers_as_a_page(db: None) -> None:
    assert Client().get("/nothing")["Content-Type"].startswith("text/html")
