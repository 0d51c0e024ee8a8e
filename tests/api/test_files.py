"""Attachments over the API: taken in after cleaning, handed out after the access check."""

from __future__ import annotations

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from cast import Cast
from yimen.cases.actions.attach import LIMIT
from yimen.ledger.models import Entry

from .machine import Machine

RAW = "application/octet-stream"


def test_a_file_of_a_form_is_kept_listed_and_given_out(clerk: Machine, png: bytes) -> None:
    ref = clerk.registers().json()["id"]
    where = f"/api/v1/cases/{ref}/attachments"
    form = {"file": SimpleUploadedFile("现场.png", png, "image/png")}
    kept = clerk.client.post(where, form, headers=clerk.headers)
    assert kept.status_code == 201 and kept.json()["name"] == "现场.png"
    assert clerk.get(where).json()["items"] == [kept.json()]
    one = kept.json()["id"]
    got = clerk.get(f"/api/v1/cases/{ref}/attachments/{one}")
    assert got.status_code == 200 and got.content.startswith(b"\x89PNG")
    assert got["Content-Disposition"].startswith("attachment") and "sandbox" in got["Content-Security-Policy"]
    assert Entry.objects.filter(kind="case.file_opened", via="api").count() == 1
    original = clerk.get(f"/api/v1/cases/{ref}/attachments/{one}", {"original": "true"})
    assert original.content == png


def test_a_raw_body_is_a_file_too_and_the_same_bytes_are_one(clerk: Machine, png: bytes) -> None:
    where = f"/api/v1/cases/{clerk.registers().json()['id']}/attachments"
    sent = [
        clerk.client.post(f"{where}?name=a.png", png, content_type=RAW, headers=clerk.headers)
        for _ in range(2)
    ]
    assert [one.status_code for one in sent] == [201, 201] and sent[0].json() == sent[1].json()


def test_what_is_no_file_of_a_permitted_kind_is_refused_by_name(clerk: Machine) -> None:
    where = f"/api/v1/cases/{clerk.registers().json()['id']}/attachments"
    answer = clerk.client.post(f"{where}?name=a.png", b"MZ\x90", content_type=RAW, headers=clerk.headers)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "file"
    for body, kind, status in ((b"{}", "application/json", 415), (b"x", "multipart/form-data", 400)):
        answer = clerk.client.post(where, body, content_type=kind, headers=clerk.headers)
        assert answer.status_code == status, answer.content
    assert clerk.client.post(where, {"reason": "x"}, headers=clerk.headers).status_code == 422


def test_a_body_that_is_too_large_is_refused_before_it_is_read(clerk: Machine) -> None:
    where = f"/api/v1/cases/{clerk.registers().json()['id']}/attachments"
    stated = {"CONTENT_LENGTH": str(LIMIT * 2), "CONTENT_TYPE": RAW}
    answer = clerk.client.generic("POST", where, b"", headers=clerk.headers, **stated)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    big = clerk.client.generic(
        "POST", "/api/v1/cases", b"", headers=clerk.headers,
        CONTENT_LENGTH=str(2 * 1024 * 1024), CONTENT_TYPE="application/json",
    )  # fmt: skip
    assert big.status_code == 413


def test_a_file_of_another_matter_is_not_there(cast: Cast, clerk: Machine, png: bytes) -> None:
    refs = [clerk.registers().json()["id"] for _ in range(2)]
    where = f"/api/v1/cases/{refs[0]}/attachments?name=a.png"
    one = clerk.client.post(where, png, content_type=RAW, headers=clerk.headers).json()["id"]
    assert clerk.get(f"/api/v1/cases/{refs[1]}/attachments/{one}").status_code == 404
    assert clerk.get(f"/api/v1/cases/{refs[0]}/attachments/{uuid.uuid4()}").status_code == 404
    stranger = Machine(cast["handler.zhifa"])
    assert stranger.get(f"/api/v1/cases/{refs[0]}/attachments/{one}").status_code == 404
