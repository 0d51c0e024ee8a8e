"""The sealed envelope of a phone and its signatures. Plain Python over `cryptography`; no tables, no Django.

Curve P-256 throughout: ECDSA with SHA-256 (r‖s, as WebCrypto gives it) for signatures, ECDH and HKDF-SHA256 for the key of
an envelope, AES-256-GCM for its content and for files. Shapes and texts: docs/rooms/field.md.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE: Final = ec.SECP256R1()
COORDINATE: Final = 32  # bytes of x, y, r, s and of the private number
KEY, IV, TAG = 32, 12, 16
Jwk = Mapping[str, Any]


class NotSealed(ValueError):
    """An envelope, key or signature that does not have the agreed shape, or does not open."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What travels: everything but the signature is needed to open it."""

    epk: ec.EllipticCurvePublicKey
    iv: bytes
    data: bytes
    sig: bytes


def b64(content: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def unb64(text: object, size: int | None = None) -> bytes:
    """Of exactly `size` bytes where one is given. Raises NotSealed."""
    if not isinstance(text, str) or not text.isascii():
        raise NotSealed("base64url expected")
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError) as error:
        raise NotSealed("base64url expected") from error
    if size is not None and len(found) != size:
        raise NotSealed(f"{size} bytes expected, not {len(found)}")
    return found


def public_key(jwk: object) -> ec.EllipticCurvePublicKey:
    """A P-256 public key from its JWK. Raises NotSealed, for a point that is not on the curve too."""
    if not isinstance(jwk, Mapping) or (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
        raise NotSealed("a P-256 key expected")
    x, y = (int.from_bytes(unb64(jwk.get(name), COORDINATE), "big") for name in "xy")
    try:
        return ec.EllipticCurvePublicNumbers(x, y, CURVE).public_key()
    except ValueError as error:
        raise NotSealed("not a point of P-256") from error


def jwk_of(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The public JWK, with nothing in it but what names the key."""
    numbers = key.public_numbers()
    x, y = (b64(number.to_bytes(COORDINATE, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def thumbprint(jwk: Jwk) -> str:
    """Hex SHA-256 of the key's canonical JSON (RFC 7638)."""
    plain = {"crv": "P-256", "kty": "EC", "x": jwk["x"], "y": jwk["y"]}
    return hashlib.sha256(json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def signed(key: ec.EllipticCurvePublicKey, text: str, signature: bytes) -> bool:
    """Whether `signature` (r‖s) is this key's over the text."""
    if len(signature) != 2 * COORDINATE:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:COORDINATE], signature[COORDINATE:]))
    try:
        key.verify(utils.encode_dss_signature(r, s), text.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def request_text(method: str, path: str, time: str, body: bytes) -> str:
    """What a request's signature is over; `path` with its query."""
    return f"yimen-field-1\n{method}\n{path}\n{time}\n{hashlib.sha256(body).hexdigest()}"


def item_text(uuid: str, data: bytes) -> str:
    """What an item's own signature is over: the ciphertext, so that it holds without opening."""
    return f"yimen-item-1\n{uuid}\n{hashlib.sha256(data).hexdigest()}"


def read(body: object) -> Envelope:
    """An envelope from its JSON value. Raises NotSealed."""
    if not isinstance(body, Mapping) or body.get("v") != 1:
        raise NotSealed("an envelope of version 1 expected")
    return Envelope(
        public_key(body.get("epk")), unb64(body.get("iv"), IV), unb64(body.get("data")),
        unb64(body.get("sig"), 2 * COORDINATE),
    )  # fmt: skip


def open_envelope(envelope: Envelope, uuid: str, boxes: Iterable[ec.EllipticCurvePrivateKey]) -> bytes:
    """The plaintext, by whichever of our boxes it was sealed to. Raises NotSealed."""
    for box in boxes:
        key = _derived(box.exchange(ec.ECDH(), envelope.epk), uuid)
        try:
            return AESGCM(key).decrypt(envelope.iv, envelope.data, uuid.encode())
        except InvalidTag:
            continue
    raise NotSealed("sealed to another key, or altered")


def _derived(shared: bytes, uuid: str) -> bytes:
    return HKDF(SHA256(), KEY, salt=None, info=f"yimen-field-1 {uuid}".encode()).derive(shared)


def open_file(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """A file's plaintext. Raises NotSealed."""
    try:
        return AESGCM(key).decrypt(iv, ciphertext, None)
    except (InvalidTag, ValueError) as error:
        raise NotSealed("the file does not open") from error
