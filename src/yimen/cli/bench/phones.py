"""Reports as phones send them, sealed and signed before the clock runs: what is measured is the house, not the phone."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yimen.access.registry import grants_of
from yimen.accounts.models import User
from yimen.cases.models import EventClass
from yimen.foundation.actor import Actor
from yimen.intake.field import boxes, enrolment, envelope

from .creating import FORM

EACH = 200  # reports of one phone: fewer than it may send in a minute
LABEL = "bench"


class Phone:
    """An enrolled phone of one worker."""

    def __init__(self, maker: Actor, worker: User) -> None:
        self.key = ec.generate_private_key(envelope.CURVE)
        code = enrolment.make_code(maker, grants_of(maker), worker)
        seat = enrolment.enrol(code, envelope.jwk_of(self.key.public_key()), LABEL, "own")
        self.device, self.seat = str(seat.device.uuid), str(seat.uuid)

    def request(self, host: str, event_class: str, box: ec.EllipticCurvePublicKey) -> bytes:
        """A whole HTTP request with a report of its own."""
        ref = str(uuid4())
        body = json.dumps(self._sealed(ref, event_class, box)).encode()
        at, path = str(int(time.time() * 1000)), f"/field/api/items/{ref}"
        signed = self._sign(f"yimen-field-1\nPOST\n{path}\n{at}\n{hashlib.sha256(body).hexdigest()}")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nYimen-Device: {self.device}\r\nYimen-Seat: {self.seat}\r\n"
            f"Yimen-Time: {at}\r\nYimen-Signature: {signed}\r\n\r\n"
        )
        return head.encode() + body

    def _sealed(self, ref: str, event_class: str, box: ec.EllipticCurvePublicKey) -> dict[str, object]:
        data = {"text": FORM["text"], "event_class": event_class, "place": FORM["place"]}
        said = {
            "id": ref, "kind": "report", "made_at": int(time.time() * 1000), "seat": self.seat, "data": data,
            "files": [],
        }  # fmt: skip
        mine, iv = ec.generate_private_key(envelope.CURVE), os.urandom(envelope.IV)
        info = f"yimen-field-1 {ref}".encode()
        key = HKDF(SHA256(), envelope.KEY, salt=None, info=info).derive(mine.exchange(ec.ECDH(), box))
        sealed = AESGCM(key).encrypt(iv, json.dumps(said, ensure_ascii=False).encode(), ref.encode())
        sig = self._sign(f"yimen-item-1\n{ref}\n{hashlib.sha256(sealed).hexdigest()}")
        epk = envelope.jwk_of(mine.public_key())
        return {"v": 1, "epk": epk, "iv": envelope.b64(iv), "data": envelope.b64(sealed), "sig": sig}

    def _sign(self, text: str) -> str:
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(SHA256())))
        return envelope.b64(b"".join(each.to_bytes(envelope.COORDINATE, "big") for each in (r, s)))


def reports(host: str, count: int) -> Iterator[bytes]:
    """So many requests, each with a report of its own, from as many phones of grid workers as that takes."""
    director = User.objects.get(sign_in="director")
    maker = Actor(director.pk, director.name, "web")
    workers = list(
        User.objects.filter(sign_in__startswith="worker", is_active=True).order_by("pk")[: -(-count // EACH)]
    )
    kind = EventClass.objects.filter(settles_at="grid", urgent=False, valid_to__isnull=True).order_by("pk")[0]
    box = envelope.public_key(boxes.current())
    phones = [Phone(maker, worker) for worker in workers]
    for number in range(count):
        yield phones[number % len(phones)].request(host, f"{kind.scheme}:{kind.code}", box)
