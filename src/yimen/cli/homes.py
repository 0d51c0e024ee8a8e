"""Lays a home out: folders with their permissions, keys, and whose it is."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from yimen.foundation.home import Home
from yimen.localdb import child

from .progress import Failed


def lay_out(home: Home) -> None:
    """Make the folders. Root's home may be passed through by the database's user; all inside is private."""
    try:
        home.root.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        check_owner(home)
        for folder in (home.keys, home.files, home.logs, home.run, home.checkpoints):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Failed(f"不能使用目录 / cannot use the home {home.root}: {error.strerror}") from error


def check_owner(home: Home) -> None:
    """A home that lives belongs to one OS user: another one (root too) would leave files it cannot read."""
    if home.created_mark.exists() and (owner := home.root.stat().st_uid) != os.geteuid():
        raise Failed(
            f"{home.root} 属于用户 {owner}，请用该用户运行 / belongs to user id {owner}: run as that user"
        )


def make_keys(home: Home) -> None:
    """On the first start only. A home with data whose keys are gone gets no new ones: they would open nothing."""
    from yimen.foundation import crypto

    if home.created_mark.exists():
        if not (home.keys / "django").exists():
            raise Failed(
                f"密钥不见了，请从密钥备份恢复 / the keys are gone, restore them from their backup: {home.keys}"
            )
        crypto.keyring(home)
        return
    crypto.make_keys(home)
    if not (home.keys / "django").exists():
        child.write_secret(home.keys / "django", secrets.token_urlsafe(48) + "\n")


def rotate_log(file: Path, limit: int = 10 * 1024 * 1024) -> Path:
    """A log that has grown over `limit` bytes makes room at the next start; one older one is kept."""
    if file.exists() and file.stat().st_size > limit:
        file.replace(file.with_name(file.name + ".1"))
    return file
