"""What became of the last backup and of the last restore drill, in one small file that `doctor` reads.

{"folder": …, "keep_days": …, "drill_days": …, "at": "02:30",
 "backup": {"at": …, "ok": …, "file": …, "why": …}, "good_backup": {…},
 "drill": {"at": …, "ok": …, "file": …, "made_at": …, "why": …}, "good_drill": {…}}
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from yimen.foundation.home import Home


def read(home: Home) -> dict[str, Any]:
    """{} where nothing was ever done, or the file cannot be read."""
    try:
        said = json.loads(home.backup_state.read_text())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def note(home: Home, **facts: Any) -> None:
    """Put these facts into the file; the others stay."""
    draft = home.backup_state.with_name(f".{home.backup_state.name}")
    draft.write_text(json.dumps(read(home) | facts, ensure_ascii=False, indent=1) + "\n")
    draft.replace(home.backup_state)


def note_done(home: Home, what: str, ok: bool, **facts: Any) -> None:
    """`what` is "backup" or "drill"; a good one is kept beside the last."""
    said = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "ok": ok, **facts}
    note(home, **{what: said}, **({f"good_{what}": said} if ok else {}))


def moment(said: Any) -> datetime | None:
    """The time of a fact of this file; None when it never was."""
    try:
        return datetime.fromisoformat(said["at"])
    except (TypeError, KeyError, ValueError):
        return None
