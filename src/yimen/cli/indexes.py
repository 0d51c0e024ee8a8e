"""Where this machine gets its Python packages from: pip's configuration, handed on to uv, which does not read it.

Nothing here names a registry; without any configuration both tools use their own default.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path

# pip's option → the variable in which uv takes the same.
TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}
# uv's other names for the same; when one is set, the machine's owner has told uv already.
SAME = {"UV_DEFAULT_INDEX": ("UV_INDEX_URL",), "UV_EXTRA_INDEX_URL": ("UV_INDEX",)}


def uv_environment(env: Mapping[str, str] = os.environ, files: list[Path] | None = None) -> dict[str, str]:
    """Variables to add for uv. A pinned, hashed requirement may come from any configured index."""
    configured = pip_options(env, files if files is not None else pip_files(env))
    added = {"UV_INDEX_STRATEGY": "unsafe-best-match"} if "UV_INDEX_STRATEGY" not in env else {}
    for option, variable in TO_UV.items():
        told = any(env.get(name) for name in (variable, *SAME.get(variable, ())))
        if option in configured and not told:
            added[variable] = _as_uv_writes(option, configured[option])
    return added


def pip_options(env: Mapping[str, str], files: list[Path]) -> dict[str, str]:
    """pip's effective options: later files and then the environment override earlier files."""
    found: dict[str, str] = {}
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {key.replace("_", "-"): value for key, value in parser.items(section)}
    for option in TO_UV:
        value = env.get("PIP_" + option.upper().replace("-", "_"))
        if value:
            found[option] = value
    return found


def pip_files(env: Mapping[str, str]) -> list[Path]:
    """pip's configuration files, in pip's order."""
    named = env.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    homes = Path(env.get("HOME") or Path.home())
    shared = [
        Path(folder) / "pip" for folder in (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if folder
    ]
    folders = [*shared, Path("/etc")]
    own = [homes / ".pip", Path(env.get("XDG_CONFIG_HOME") or homes / ".config") / "pip"]
    files = [folder / "pip.conf" for folder in (*folders, *own)]
    return [*files, Path(named)] if named else files


def _as_uv_writes(option: str, value: str) -> str:
    words = value.split()
    if option == "no-index":
        return "1" if value.strip().lower() in {"1", "true", "yes", "on"} else "0"
    return ",".join(words) if option == "find-links" else " ".join(words)
