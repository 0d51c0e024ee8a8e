"""Keys, and the few cryptographic acts Yimen needs (docs/rooms/ledger.md, SECURITY 5 and 6). No Django here.

Key files lie in `Home.keys` (0700), one line each (0600): `yimen PURPOSE 64-HEX-DIGITS`.
`master-0001.key`, `master-0002.key` … wrap data keys, the highest number is current, the others still open;
`audit.key` seals the ledger, `index.key` makes blind indexes, `checkpoint.key` (Ed25519) signs checkpoints.

A blob is `version (1 byte) | key id (8) | nonce (12) | ciphertext and tag`; its place (`table.column.row`) is
authenticated with it, so that a blob moved to another row does not open there.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yimen.foundation import home as homes
from yimen.foundation.errors import Broken
from yimen.foundation.home import Home
from yimen.foundation.keyfiles import (
    KEY_SIZE,
    MASTER_NAME,
    KeyTrouble,
    make_folder,
    master_files,
    new_line,
    read_key,
    write_new,
)

_VERSION = b"\x01"
_ID_SIZE, _NONCE_SIZE, _TAG_SIZE = 8, 12, 16
_HEADER_SIZE = len(_VERSION) + _ID_SIZE
_SINGLE = ("audit", "index", "checkpoint")


class SealBroken(Broken):
    """A sealed value does not open: altered, cut, or moved here from another place."""

    code = "seal_broken"


# --- sealing values under a data key -------------------------------------------------------------------


def key_id(key: bytes) -> bytes:
    """Eight bytes that name a key without revealing it."""
    return hashlib.sha256(b"yimen key id\0" + key).digest()[:_ID_SIZE]


def new_data_key() -> bytes:
    """A fresh key for one case: 32 random bytes. Store it only wrapped."""
    return secrets.token_bytes(KEY_SIZE)


def seal(data_key: bytes, plaintext: bytes, aad: str) -> bytes:
    """AES-256-GCM of `plaintext`, bound to its place `aad` ("table.column.row")."""
    return _encrypt("seal", data_key, plaintext, aad)


def open_sealed(data_key: bytes, blob: bytes, aad: str) -> bytes:
    """What `seal` closed. Raises KeyTrouble for another key, SealBroken when altered or out of place."""
    if _id_of(blob) != key_id(data_key):
        raise KeyTrouble("这段密文不是用这把密钥加密的")
    return _decrypt("seal", data_key, blob, aad)


def _encrypt(purpose: str, key: bytes, plaintext: bytes, aad: str) -> bytes:
    _need_size(key)
    header, nonce = _VERSION + key_id(key), secrets.token_bytes(_NONCE_SIZE)
    return header + nonce + AESGCM(key).encrypt(nonce, bytes(plaintext), _bound(purpose, header, aad))


def _decrypt(purpose: str, key: bytes, blob: bytes, aad: str) -> bytes:
    _need_size(key)
    header, rest = blob[:_HEADER_SIZE], blob[_HEADER_SIZE:]
    try:
        return AESGCM(key).decrypt(rest[:_NONCE_SIZE], rest[_NONCE_SIZE:], _bound(purpose, header, aad))
    except InvalidTag:
        raise SealBroken("密文打不开：内容被改动，或不属于这个位置") from None


def _bound(purpose: str, header: bytes, aad: str) -> bytes:
    """The authenticated but unencrypted part; an empty place would let a blob travel."""
    if not aad:
        raise ValueError("aad must name the place of the value: table.column.row")
    return b"yimen " + purpose.encode() + b"\0" + header + aad.encode()


def _id_of(blob: bytes) -> bytes:
    if len(blob) < _HEADER_SIZE + _NONCE_SIZE + _TAG_SIZE or blob[:1] != _VERSION:
        raise SealBroken("密文不完整，或格式不认识")
    return bytes(blob[1:_HEADER_SIZE])


def _need_size(key: bytes) -> None:
    if len(key) != KEY_SIZE:
        raise KeyTrouble(f"密钥长度应为 {KEY_SIZE} 字节，实为 {len(key)} 字节")


# --- the keyring ---------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Keyring:
    """The keys of one home, in memory. Has no repr on purpose: keys must not reach a log."""

    masters: Mapping[bytes, bytes]
    current: bytes
    audit: bytes
    index: bytes
    checkpoint: Ed25519PrivateKey

    def wrap(self, data_key: bytes, aad: str) -> bytes:
        """`data_key` sealed under the current master key."""
        _need_size(data_key)
        return _encrypt("wrap", self.masters[self.current], data_key, aad)

    def unwrap(self, blob: bytes, aad: str) -> bytes:
        """The data key in `blob`, under whichever master of this keyring wrapped it."""
        wanted = _id_of(blob)
        if wanted not in self.masters:
            raise KeyTrouble(f"缺少编号 {wanted.hex()} 的主密钥：请从保管处取回该密钥文件，放入 keys 目录")
        return _decrypt("wrap", self.masters[wanted], blob, aad)

    def rewrapped(self, blob: bytes, aad: str) -> bytes | None:
        """The same data key under the current master; None where it is already."""
        return None if _id_of(blob) == self.current else self.wrap(self.unwrap(blob, aad), aad)

    def blind_index(self, phone: str) -> bytes:
        """32 bytes equal for equal phone numbers however typed; useless without the index key."""
        return hmac.digest(self.index, b"yimen phone 1\0" + phone_digits(phone).encode(), "sha256")

    def content_digest(self, content: bytes) -> bytes:
        """32 bytes equal for equal content; nobody without the index key can try contents out."""
        return hmac.digest(self.index, b"yimen content 1\0" + content, "sha256")

    def chain_mac(self, prev: bytes, canonical: bytes) -> bytes:
        """HMAC-SHA256 that links one ledger row to the one before it."""
        return hmac.digest(self.audit, b"yimen chain 1\0" + _prefixed(prev) + canonical, "sha256")

    def origin_mac(self, canonical: bytes) -> bytes:
        """HMAC-SHA256 by which the application signs what it writes to the ledger."""
        return hmac.digest(self.audit, b"yimen origin 1\0" + canonical, "sha256")

    def sign_checkpoint(self, data: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        return self.checkpoint.sign(b"yimen checkpoint 1\0" + data)

    def verify_checkpoint(self, data: bytes, signature: bytes) -> bool:
        try:
            self.checkpoint.public_key().verify(signature, b"yimen checkpoint 1\0" + data)
        except InvalidSignature:
            return False
        return True

    @property
    def audit_id(self) -> str:
        """Names the audit key, for people: written into checkpoints to tell a wrong key from tampering."""
        return key_id(self.audit).hex()


def _prefixed(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


def phone_digits(phone: str) -> str:
    """Digits only, half width, without China's country code. Raises ValueError when no digit is left."""
    typed = unicodedata.normalize("NFKC", phone).strip()
    digits = "".join(c for c in typed if c in "0123456789")
    if digits.startswith("0086"):
        digits = digits[4:]
    elif digits.startswith("86") and (typed.startswith("+") or re.fullmatch(r"861\d{10}", digits)):
        digits = digits[2:]
    if not digits:
        raise ValueError("a phone number needs digits")
    return digits


def keyring(home: Home | None = None) -> Keyring:
    """The keyring of `home` (default: the current home), read once per process and folder."""
    return _load((home or homes.current()).keys)


@functools.lru_cache(maxsize=16)
def _load(folder: Path) -> Keyring:
    numbered = master_files(folder)
    if not numbered:
        raise KeyTrouble(f"{folder} 中没有主密钥：新装请先运行 ./yimen up，迁移请从保管处取回密钥")
    masters = [read_key(path, "master") for path in numbered]
    audit, index, checkpoint = (read_key(folder / f"{name}.key", name) for name in _SINGLE)
    return Keyring(
        masters={key_id(key): key for key in masters},
        current=key_id(masters[-1]),
        audit=audit,
        index=index,
        checkpoint=Ed25519PrivateKey.from_private_bytes(checkpoint),
    )


# --- making keys ---------------------------------------------------------------------------------------


def make_keys(home: Home) -> list[str]:
    """Make what a new home lacks; answers the names of the files made now. Never overwrites a key.

    The first master is written last: a run cut short is completed by the next. Once a master exists,
    a missing key was lost, not unmade, and KeyTrouble says so.
    """
    folder = home.keys
    make_folder(folder)
    made = write_new(folder, "django", secrets.token_urlsafe(50) + "\n")
    if master_files(folder):
        _load.cache_clear()
        keyring(home)
        return made
    for name in _SINGLE:
        made += write_new(folder, f"{name}.key", new_line(name))
    made += write_new(folder, "master-0001.key", new_line("master"))
    _load.cache_clear()
    return made


def rotate_master(home: Home) -> str:
    """Add a master key and make it current; older ones still open. Running processes see it at restart."""
    keyring(home)
    last = MASTER_NAME.fullmatch(master_files(home.keys)[-1].name)
    name = f"master-{int(last[1]) + 1 if last else 1:04d}.key"
    if not write_new(home.keys, name, new_line("master")):
        raise KeyTrouble(f"另一个进程刚刚建立了 {name}")
    _load.cache_clear()
    return name


# --- the current home's keyring, for callers that need one act ------------------------------------------


def wrap(data_key: bytes, aad: str) -> bytes:
    return keyring().wrap(data_key, aad)


def unwrap(blob: bytes, aad: str) -> bytes:
    return keyring().unwrap(blob, aad)


def blind_index(phone: str) -> bytes:
    return keyring().blind_index(phone)


def content_digest(content: bytes) -> bytes:
    return keyring().content_digest(content)


def chain_mac(prev: bytes, canonical: bytes) -> bytes:
    return keyring().chain_mac(prev, canonical)


def sign_checkpoint(data: bytes) -> bytes:
    return keyring().sign_checkpoint(data)


def verify_checkpoint(data: bytes, signature: bytes) -> bool:
    return keyring().verify_checkpoint(data, signature)
