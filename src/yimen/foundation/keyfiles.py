"""Key files: read with suspicion, written whole or not at all, never overwritten. No Django here."""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from yimen.foundation.errors import Broken

KEY_SIZE = 32
MASTER_NAME = re.compile(r"master-(\d{4})\.key")


class KeyTrouble(Broken):
    """The keys are missing, damaged, readable by others, or not the ones that were used."""

    code = "keys"


def master_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("master-*.key") if MASTER_NAME.fullmatch(p.name))


def read_key(path: Path, purpose: str) -> bytes:
    try:
        mode, text = stat.S_IMODE(path.stat().st_mode), path.read_bytes().decode("ascii", "replace")
    except FileNotFoundError:
        raise KeyTrouble(f"缺少密钥文件 {path}：请从保管处取回，不能另造一把代替") from None
    except OSError as error:
        raise KeyTrouble(f"读不了密钥文件 {path}：{error.strerror}") from None
    if mode & 0o077:
        raise KeyTrouble(f"密钥文件 {path} 可被其他用户读取：请运行 chmod 600 {path}")
    return parse(text, path, purpose)


def parse(text: str, path: Path, purpose: str) -> bytes:
    """The key in one line of text. Raises KeyTrouble that names `path`."""
    words = text.split()
    if len(words) != 3 or words[0] != "yimen":
        raise KeyTrouble(f"密钥文件 {path} 已损坏，或不是一扇门的密钥")
    if words[1] != purpose:
        raise KeyTrouble(f"密钥文件 {path} 放错了：里面是 {words[1]}，应为 {purpose}")
    if not re.fullmatch(r"[0-9a-f]{64}", words[2]):
        raise KeyTrouble(f"密钥文件 {path} 不完整：应有 64 位十六进制数字，实有 {len(words[2])} 位")
    return bytes.fromhex(words[2])


def new_line(purpose: str) -> str:
    return f"yimen {purpose} {secrets.token_hex(KEY_SIZE)}\n"


def make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_new(folder: Path, name: str, text: str) -> list[str]:
    """Write a whole 0600 file or none: a hard link appears complete and refuses an existing name."""
    if (folder / name).exists():
        return []
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, folder / name)
    except FileExistsError:
        return []
    finally:
        draft.unlink()
    _sync_folder(folder)
    return [name]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
