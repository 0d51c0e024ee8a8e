"""Search, units, categories, and the description of the door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from cast import Cast
from yimen.access import registry
from yimen.accounts.tokens import SCOPES
from yimen.web.api.declared import DECLARED

from .machine import Machine


def test_search_finds_what_the_person_may_see(cast: Cast, clerk: Machine) -> None:
    number = clerk.registers(text="南门路灯不亮，晚上看不见路。", place="南门").json()["number"]
    found = clerk.get("/api/v1/search", {"q": "路灯"}).json()
    assert [one["number"] for one in found["items"]] == [number] and not found["full"]
    assert Machine(cast["handler.zhifa"]).get("/api/v1/search", {"q": "路灯"}).json()["items"] == []
    assert clerk.get("/api/v1/search", {"q": "13800002071"}).json()["items"] == []


def test_units_and_categories_are_named(clerk: Machine) -> None:
    units = clerk.get("/api/v1/units").json()["items"]
    assert {"key": "gongre", "name": "供热公司", "kind": "external", "online": False} in units
    keys = [one["key"] for one in clerk.get("/api/v1/categories").json()["items"]]
    assert "neighbour" in keys and len(keys) == len(set(keys))


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    answer = Client().get("/api/v1/openapi.json", headers={"Accept-Language": "en"})
    assert answer.status_code == 200 and answer["Content-Type"] == "application/json"
    return dict(json.loads(answer.content))


def test_the_description_is_public_valid_and_complete(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/v1/cases",
        "/api/v1/cases/{ref}",
        "/api/v1/cases/{ref}/transitions",
        "/api/v1/cases/{ref}/attachments",
        "/api/v1/cases/{ref}/attachments/{one}",
        "/api/v1/search",
        "/api/v1/units",
        "/api/v1/categories",
    }
    text = json.dumps(document)
    for ref in {part.split('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]}:
        assert ref in document["components"]["schemas"]


def test_every_operation_says_who_may_call_it_and_how_it_refuses(document: dict[str, Any]) -> None:
    said = [one for by in document["paths"].values() for one in by.values()]
    assert len(said) == sum(len(by) for by in DECLARED.values())
    for one in said:
        assert one["x-yimen-policy"] in {"signed-in", *registry.actions()}
        assert one["security"] == [{"Bearer": [one["x-yimen-scope"]]}] and one["x-yimen-scope"] in SCOPES
        assert {"400", "401", "403", "406", "422", "429", "500"} <= set(one["responses"])
        assert all(
            "application/problem+json" in refusal["content"]
            for status, refusal in one["responses"].items()
            if status >= "400"
        )


def test_no_field_of_it_asks_for_what_is_never_kept(document: dict[str, Any]) -> None:
    names = {
        name for shape in document["components"]["schemas"].values() for name in shape.get("properties", {})
    }
    assert not {name for name in names if "card" in name or name.startswith("id_")}
