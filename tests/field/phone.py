"""A phone in a few lines of Python: it speaks the protocol of docs/rooms/field.md, over whatever carries its requests."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.test import Client

from yimen.intake.field.envelope import b64, jwk_of, public_key

CHUNK = 256 * 1024
Ask = Callable[[str, str, bytes, dict[str, str]], tuple[int, Any]]


def by_client(client: Client) -> Ask:
    """Requests through Django's own test client; the answer's JSON, or its bytes where it is none."""

    def ask(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        kind = "application/json" if method == "POST" else "application/octet-stream"
        found = client.generic(method, path, body, content_type=kind, headers=headers)
        return found.status_code, (
            json.loads(found.content)
            if found.get("Content-Type", "").startswith("application/json")
            else found.content[:4000]
        )

    return ask


@dataclass
class Photo:
    """A file as it lies on the phone."""

    content: bytes
    name: str = "现场.jpg"
    mime: str = "image/jpeg"
    purpose: str = "near"
    key: bytes = field(default_factory=lambda: os.urandom(32))
    iv: bytes = field(default_factory=lambda: os.urandom(12))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sealed(self) -> bytes:
        return AESGCM(self.key).encrypt(self.iv, self.content, None)

    def promise(self) -> dict[str, Any]:
        return {
            "sha256": self.sha256, "size": len(self.content), "name": self.name, "mime": self.mime,
            "purpose": self.purpose, "key": b64(self.key), "iv": b64(self.iv),
        }  # fmt: skip


@dataclass
class Ready:
    """An item as it waits to be sent: sealed, signed, with what the receipt will be compared with."""

    uuid: UUID
    envelope: dict[str, Any]
    body_sha256: str
    photos: list[Photo] = field(default_factory=list)


class Phone:
    """One device. `seat` is the worker who holds it now."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.device = self.seat = ""
        self.box: dict[str, str] = {}
        self.settings: dict[str, Any] = {}

    @property
    def jwk(self) -> dict[str, str]:
        return jwk_of(self.key.public_key())

    def sign(self, text: str) -> str:
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(SHA256())))
        return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def request(
        self, method: str, path: str, body: bytes = b"", *, now: float | None = None, **more: str
    ) -> tuple[int, Any]:
        """One signed request. `more` replaces or adds headers (underscores for dashes)."""
        at = str(int((time.time() if now is None else now) * 1000))
        text = f"yimen-field-1\n{method}\n{path}\n{at}\n{hashlib.sha256(body).hexdigest()}"
        headers = {"Yimen-Time": at, "Yimen-Signature": self.sign(text)}
        if self.device:
            headers |= {"Yimen-Device": self.device, "Yimen-Seat": self.seat}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        return self.ask(method, path, body, headers)

    def enrol(self, code: str, label: str = "测试手机", kind: str = "own") -> tuple[int, Any]:
        body = json.dumps({"code": code, "key": self.jwk, "label": label, "kind": kind}).encode()
        device, self.device = self.device, ""
        status, told = self.request("POST", "/field/api/enrol", body)
        self.device = device
        if status == 200:
            self.device, self.seat, self.box = told["device"], told["seat"], told["box"]
            self.settings = told["settings"]
        return status, told

    def seal(
        self,
        kind: str,
        data: dict[str, Any],
        photos: Iterable[Photo] = (),
        *,
        uuid: UUID | None = None,
        **more: Any,
    ) -> Ready:
        """An item made ready. `more` replaces parts of the plaintext."""
        ref, files = uuid or uuid4(), list(photos)
        body = {
            "id": str(ref), "kind": kind, "made_at": int(time.time() * 1000), "seat": self.seat, "data": data,
            "files": [photo.promise() for photo in files], **more,
        }  # fmt: skip
        return self.seal_bytes(ref, json.dumps(body, ensure_ascii=False).encode(), files)

    def seal_bytes(self, ref: UUID, text: bytes, files: list[Photo] | None = None) -> Ready:
        mine, iv = ec.generate_private_key(ec.SECP256R1()), os.urandom(12)
        shared = mine.exchange(ec.ECDH(), public_key(self.box))
        key = HKDF(SHA256(), 32, salt=None, info=f"yimen-field-1 {ref}".encode()).derive(shared)
        data = AESGCM(key).encrypt(iv, text, str(ref).encode())
        sig = self.sign(f"yimen-item-1\n{ref}\n{hashlib.sha256(data).hexdigest()}")
        envelope = {"v": 1, "epk": jwk_of(mine.public_key()), "iv": b64(iv), "data": b64(data), "sig": sig}
        return Ready(ref, envelope, hashlib.sha256(text).hexdigest(), files or [])

    def send(self, ready: Ready) -> tuple[int, Any]:
        return self.request("POST", f"/field/api/items/{ready.uuid}", json.dumps(ready.envelope).encode())

    def put(
        self, ready: Ready, photo: Photo, offset: int, piece: bytes | None = None, **more: str
    ) -> tuple[int, Any]:
        """One piece, as it should be unless `piece` or a header says otherwise."""
        whole = photo.sealed
        piece = whole[offset : offset + CHUNK] if piece is None else piece
        path = f"/field/api/items/{ready.uuid}/files/{photo.sha256}?offset={offset}&total={len(whole)}"
        heads = {"Yimen_Chunk": hashlib.sha256(piece).hexdigest()} | more
        return self.request("PUT", path, piece, **heads)

    def upload(self, ready: Ready, photo: Photo) -> tuple[int, Any]:
        """Every piece in turn; the last answer."""
        offset, answer = 0, (0, {})
        while offset < len(photo.sealed):
            answer = self.put(ready, photo, offset)
            if answer[0] != 200:
                return answer
            offset = answer[1]["received"]
        return answer

    def deliver(self, ready: Ready) -> dict[str, Any]:
        """The words, then every file; the receipt at the end, compared as a phone must before it deletes anything."""
        status, told = self.send(ready)
        assert status == 200, told
        for photo in ready.photos:
            status, told = self.upload(ready, photo)
            assert status == 200, told
        status, told = self.request("GET", f"/field/api/items/{ready.uuid}")
        assert (status, told["item"], told["body_sha256"]) == (200, str(ready.uuid), ready.body_sha256)
        assert set(told["done"]) == {photo.sha256 for photo in ready.photos}
        return dict(told)

    def export(self, *items: Ready) -> bytes:
        """What "export unsent items" writes."""
        listed = [
            {
                "uuid": str(one.uuid), "envelope": one.envelope,
                "files": [{"sha256": photo.sha256, "data": b64(photo.sealed)} for photo in one.photos],
            }
            for one in items
        ]  # fmt: skip
        return json.dumps({"yimen_field_export": 1, "items": listed}).encode()
