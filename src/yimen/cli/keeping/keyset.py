"""The keys of one home in one text file, to be kept outside of it: what a restore needs beside the backup.

Text, so that it can be printed, put in a safe and typed in again: a comment, then one key a line, then a check sum.
The passwords of the private database are not in it (a restore makes new ones), nor a server's TLS key.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yimen.foundation import keyfiles, release
from yimen.foundation.crypto import Keyring, key_id
from yimen.foundation.home import Home
from yimen.foundation.keyfiles import MASTER_NAME, KeyTrouble

from ..progress import Failed

FIRST = "yimen-keys 1"
SINGLE = ("django", "audit.key", "index.key", "checkpoint.key")
LONGEST = 64 * 1024


@dataclass(frozen=True, repr=False)
class KeySet:
    """File names of `Home.keys` and what is in them. Has no repr on purpose."""

    files: Mapping[str, str]

    def keyring(self) -> Keyring:
        """Raises KeyTrouble for a damaged or missing key."""
        masters = [self._key(name, "master") for name in sorted(self.files) if MASTER_NAME.fullmatch(name)]
        if not masters:
            raise KeyTrouble("密钥文件里没有主密钥 / no master key in the key file")
        audit, index, checkpoint = (
            self._key(f"{name}.key", name) for name in ("audit", "index", "checkpoint")
        )
        return Keyring(
            {key_id(key): key for key in masters}, key_id(masters[-1]), audit, index,
            Ed25519PrivateKey.from_private_bytes(checkpoint),
        )  # fmt: skip

    def _key(self, name: str, purpose: str) -> bytes:
        if name not in self.files:
            raise KeyTrouble(f"密钥文件里缺少 {name} / {name} is missing from the key file")
        return keyfiles.parse(self.files[name], Path(name), purpose)

    @property
    def fingerprint(self) -> str:
        """Changes when a key is added; reveals none."""
        return hashlib.sha256(("yimen key set\0" + "\n".join(self.lines())).encode()).hexdigest()[:16]

    def lines(self) -> list[str]:
        return [f"{name} {self.files[name].strip()}" for name in sorted(self.files)]

    def text(self, made: datetime) -> str:
        """What is written, printed and kept."""
        body = [FIRST, *self.lines()]
        return "\n".join([
            f"# 一扇门 Yimen {release.release()} — 全部密钥 all keys, {made:%Y-%m-%d %H:%M}Z",
            "# 谁拿到这个文件和一份备份，就能读到全部内容。请离线、上锁保管，不要和备份放在一起。",
            "# Whoever has this file and a backup can read everything. Keep it offline, locked away, apart from backups.",
            *body,
            f"sum {_sum(body)}",
        ]) + "\n"  # fmt: skip

    def write(self, folder: Path) -> None:
        """Into an empty keys folder, each 0600."""
        keyfiles.make_folder(folder)
        for name, text in self.files.items():
            keyfiles.write_new(folder, name, text.strip() + "\n")


def of_home(home: Home) -> KeySet:
    """Raises KeyTrouble when one is missing."""
    return of_folder(home.keys)


def of_folder(folder: Path) -> KeySet:
    names = [*SINGLE, *(path.name for path in keyfiles.master_files(folder))]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing or len(names) == len(SINGLE):
        raise KeyTrouble(
            f"{folder} 里的密钥不全 / keys are missing there: {' '.join(missing) or 'master-*.key'}"
        )
    found = KeySet({name: (folder / name).read_text() for name in names})
    found.keyring()
    return found


def read(path: Path) -> KeySet:
    """From an exported file; or a copy of a keys folder, or one key in it beside the others. Raises Failed."""
    try:
        if path.is_dir():
            return of_folder(path)
        with path.open(errors="replace") as file:
            text = file.read(LONGEST)
        if path.name in SINGLE or MASTER_NAME.fullmatch(path.name):
            return of_folder(path.parent)
        return _parsed(text)
    except OSError as error:
        raise Failed(f"读不了密钥文件 / cannot read the key file {path}: {error.strerror}") from None
    except KeyTrouble as trouble:
        raise Failed(str(trouble)) from None


def _parsed(text: str) -> KeySet:
    lines = [
        " ".join(line.split()) for line in text.splitlines() if line.strip() and not line.startswith("#")
    ]
    if not lines or lines[0] != FIRST:
        raise KeyTrouble(
            "这不是一扇门导出的密钥文件（./yimen keys export）/ this is no exported key file of Yimen"
        )
    *body, last = lines
    if last != f"sum {_sum(body)}":
        raise KeyTrouble(
            "密钥文件不完整或抄错了：校验和不符 / the key file is cut or mistyped: its check sum differs"
        )
    named = dict(line.split(" ", 1) for line in body[1:])
    if strange := [name for name in named if name not in SINGLE and not MASTER_NAME.fullmatch(name)]:
        raise KeyTrouble(f"密钥文件里有不认识的内容 / unknown lines in the key file: {' '.join(strange)}")
    found = KeySet(named)
    found.keyring()
    return found


def _sum(body: list[str]) -> str:
    return hashlib.sha256("\n".join(body).encode()).hexdigest()[:16]


def export(home: Home, target: Path) -> KeySet:
    """Write the key file (0600, never over another), and remember in the home that these keys are kept outside."""
    keys = of_home(home)
    if home.root in target.resolve().parents:
        raise Failed(
            f"密钥文件不能放在数据目录里：磁盘坏了就一起没了 / not inside the home, one dead disk would take both: {home.root}"
        )
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Failed(f"已有这个文件，不覆盖 / exists already, not overwritten: {target}") from None
    except OSError as error:
        raise Failed(f"不能写入 / cannot write {target}: {error.strerror}") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(keys.text(datetime.now(UTC)))
        file.flush()
        os.fsync(file.fileno())
    _mark(home).write_text(keys.fingerprint + "\n")
    return keys


def is_exported(home: Home) -> bool:
    """Whether the keys as they are now were ever exported."""
    try:
        return _mark(home).read_text().strip() == of_home(home).fingerprint
    except (OSError, KeyTrouble):
        return False


def _mark(home: Home) -> Path:
    return home.root / "KEYS-EXPORTED"
