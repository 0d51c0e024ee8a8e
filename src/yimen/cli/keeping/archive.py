"""The file of a backup: a head that anyone can read, then one sealed stream of members.

    YIMEN-BACKUP 1
    {"id": …, "made_at": …, …}        JSON, one fact a line
    (empty line)
    sealed stream (foundation/streams.py): records of type (1 byte) | length (4) | content
        B {"name": …, "packed": …}    a member begins
        D bytes                       its content, deflated when packed
        E {"size": …, "sha256": …}    it ends

The data key is fresh; the head holds it wrapped by the home's current master key, named by `key_id`. The whole head is
authenticated with every piece of the stream. Nothing is ever written under the final name before it is whole.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from yimen.foundation import crypto, release
from yimen.foundation.crypto import Keyring, SealBroken
from yimen.foundation.keyfiles import KeyTrouble
from yimen.foundation.streams import Sealer, StreamBroken, opened

from ..progress import Failed

MAGIC, VERSION = b"YIMEN-BACKUP ", 1
LONGEST_HEAD = 64 * 1024
BLOCK = 1024 * 1024
LEVEL = 3  # of zlib: the text of a database shrinks to a fifth, at 80 MB/s


@dataclass(frozen=True, slots=True)
class Head:
    """What a person can read without the key. `masters` names the master keys that the content needs."""

    made_at: str
    app: str
    postgresql: int
    key_id: str
    masters: list[str]
    demo: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    wrapped_key: str = ""

    def text(self) -> bytes:
        said = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        return MAGIC + b"%d\n" % VERSION + said.encode() + b"\n\n"


def _place(head_id: str) -> str:
    return f"backup.key.{head_id}"


# --- writing -------------------------------------------------------------------------------------------


class Writer:
    """Members one after the other into `out`. `close` marks the end; without it the file never opens."""

    def __init__(self, out: BinaryIO, head: Head, keys: Keyring) -> None:
        key = crypto.new_data_key()
        whole = Head(**(asdict(head) | {"wrapped_key": keys.wrap(key, _place(head.id)).hex()}))
        out.write(whole.text())
        self._stream = Sealer(out, key, whole.text())

    def add(self, name: str, blocks: Iterator[bytes], *, packed: bool = False) -> tuple[int, str]:
        """One member from its blocks of at most BLOCK bytes; answers its size and SHA-256."""
        self._put(b"B", _json({"name": name, "packed": packed}))
        press = zlib.compressobj(LEVEL) if packed else None
        size, digest = 0, hashlib.sha256()
        for block in blocks:
            size += len(block)
            digest.update(block)
            self._put(b"D", press.compress(block) if press else block)
        self._put(b"D", press.flush() if press else b"")
        self._put(b"E", _json({"size": size, "sha256": digest.hexdigest()}))
        return size, digest.hexdigest()

    def close(self) -> None:
        self._stream.close()

    def _put(self, kind: bytes, content: bytes) -> None:
        if content or kind != b"D":
            self._stream.write(kind + len(content).to_bytes(4, "big") + content)


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


# --- reading -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """One member on its way out. `blocks` must be used up before the next one comes."""

    name: str
    blocks: Iterator[bytes]


class Archive:
    """A backup file. Whatever is wrong with it, Failed says so in a sentence; nothing unproved is handed out."""

    def __init__(self, path: Path, keys: Keyring) -> None:
        self.path = path
        self.head, self._text = read_head(path)
        self._key = _unwrapped(self.head, keys)

    def members(self, progress: Callable[[int, int], None] = lambda done, total: None) -> Iterator[Member]:
        """Every member in order; `progress` hears of bytes of the file read, and of how many."""
        size = self.path.stat().st_size
        with self.path.open("rb") as source:
            source.seek(len(self._text))
            pieces = _proved(self.path, opened(source, self._key, self._text))
            yield from _members(_Records(self.path, pieces, lambda: progress(source.tell(), size)))

    def prove(self, progress: Callable[[int, int], None] = lambda done, total: None) -> dict[str, int]:
        """Read the whole file and prove every byte; answers the size of each member. Writes nothing."""
        sizes = {}
        for member in self.members(progress):
            sizes[member.name] = sum(len(block) for block in member.blocks)
        return sizes


def read_head(path: Path) -> tuple[Head, bytes]:
    """The open part of a backup, and its exact bytes. Raises Failed for what is none, or none for this release."""
    try:
        with path.open("rb") as source:
            text = source.read(LONGEST_HEAD)
    except OSError as error:
        raise Failed(f"读不了备份 / cannot read {path}: {error.strerror}") from None
    if not text.startswith(MAGIC):
        raise Failed(f"这不是一扇门的备份 / this is no backup of Yimen: {path}")
    number, _, rest = text[len(MAGIC) :].partition(b"\n")
    if number != b"%d" % VERSION:
        raise Failed(
            f"不认识的备份格式，请用写它的版本或更新的版本 / unknown backup format {number[:8].decode(errors='replace')!r}: "
            f"use the release that wrote it, or a newer one"
        )
    body, end, _ = rest.partition(b"\n\n")
    try:
        said: dict[str, Any] = json.loads(body if end else b"{}")
        head = Head(**said)
        _checked(head)
    except (ValueError, TypeError, KeyError):
        raise Failed(_damaged(path, len(MAGIC) + 2)) from None
    if release.is_newer(head.app):
        raise Failed(
            f"备份由更新的版本 {head.app} 写成，本程序是 {release.release()}，请先升级 / "
            f"written by the newer release {head.app}, this is {release.release()}: upgrade first"
        )
    return head, text[: len(MAGIC) + len(number) + 1 + len(body) + 2]


def _checked(head: Head) -> None:
    bytes.fromhex(head.wrapped_key + head.key_id + "".join(head.masters) + head.id)
    if (
        not all(isinstance(part, str) for part in (head.made_at, head.app))
        or type(head.postgresql) is not int
    ):
        raise ValueError


def _unwrapped(head: Head, keys: Keyring) -> bytes:
    known = {number.hex() for number in keys.masters}
    lacking = sorted({head.key_id, *head.masters} - known)
    if lacking:
        raise Failed(
            f"密钥不对：这份备份要用编号 {' '.join(lacking)} 的主密钥，给出的密钥文件里没有 / "
            f"wrong key: this backup needs master key {' '.join(lacking)}, which the key file does not hold"
        )
    try:
        return keys.unwrap(bytes.fromhex(head.wrapped_key), _place(head.id))
    except (SealBroken, KeyTrouble):
        raise Failed(
            "备份头部被改动或已损坏，拒绝使用 / the head of this backup was altered or damaged: refused"
        ) from None


def _damaged(path: Path, at: int) -> str:
    return (
        f"备份不完整、被改动或已损坏（约第 {at} 字节起），拒绝使用，什么也没有改变 / "
        f"this backup is cut short, altered or damaged (near byte {at}): refused, nothing was changed: {path}"
    )


def _proved(path: Path, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, and for a broken one the sentence that says so."""
    try:
        yield from pieces
    except StreamBroken as broken:
        raise Failed(_damaged(path, broken.at)) from None


class _Records:
    """The stream cut into records again. Ends at a proved end only."""

    def __init__(self, path: Path, pieces: Iterator[bytes], beat: Callable[[], None]) -> None:
        self.path = path
        self._pieces, self._beat, self._held = pieces, beat, bytearray()

    def next(self) -> tuple[bytes, bytes] | None:
        """Type and content of the next record; None after the last."""
        if not self._fill(5):
            return None
        length = int.from_bytes(self._held[1:5], "big")
        self._fill(5 + length)
        kind, content = bytes(self._held[:1]), bytes(self._held[5 : 5 + length])
        del self._held[: 5 + length]
        return kind, content

    def _fill(self, wanted: int) -> bool:
        while len(self._held) < wanted:
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._held += piece
            self._beat()
        return True


def _members(records: _Records) -> Iterator[Member]:
    while (record := records.next()) is not None:
        said = json.loads(record[1])
        blocks = _blocks(records, bool(said["packed"]))
        yield Member(str(said["name"]), blocks)
        for _left in blocks:
            pass


def _blocks(records: _Records, packed: bool) -> Iterator[bytes]:
    """The content of one member up to its end, compared with the hash that was taken when it was written."""
    press = zlib.decompressobj() if packed else None
    digest = hashlib.sha256()
    while (record := records.next()) is not None and record[0] == b"D":
        for block in _plain(record[1], press):
            digest.update(block)
            yield block
    if press and (rest := press.flush()):
        digest.update(rest)
        yield rest
    if record is None or json.loads(record[1])["sha256"] != digest.hexdigest():
        raise Failed(_damaged(records.path, 0))


def _plain(content: bytes, press: Any) -> Iterator[bytes]:
    """Deflated content grows in steps of BLOCK, so that memory stays small."""
    if press is None:
        yield content
        return
    while content:
        if block := press.decompress(content, BLOCK):
            yield block
        content = press.unconsumed_tail
