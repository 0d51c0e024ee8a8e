"""`./yimen audit`: what it makes of the advisories' answers. What cannot be asked is never called well."""

from __future__ import annotations

import re

import pytest

from yimen.cli import audit
from yimen.foundation.home import REPO


def pins(lock: str) -> list[str]:
    return re.findall(r"^([a-z0-9][\w.-]*)==", (REPO / lock).read_text(), re.MULTILINE | re.IGNORECASE)


def test_every_package_is_pinned_by_hash_and_the_audit_reads_all_of_them() -> None:
    for lock in audit.LOCKS:
        text = (REPO / lock).read_text()
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert len(pins(lock)) == len(blocks) > 40
        assert all("--hash=sha256:" in block for block in blocks)


def test_a_known_weakness_is_named_with_the_version_that_mends_it() -> None:
    weak = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.0"]}]}
    answer = audit.of_python({"dependencies": [weak, {"name": "django", "version": "5.2", "vulns": []}]})
    assert answer.weak == ["pillow 1.0: PYSEC-1 → ['2.0']"]
    assert answer.unanswered == []
    assert len(answer.asked) == 2


def test_what_was_skipped_or_not_answered_at_all_is_not_well() -> None:
    assert audit.of_python({"dependencies": [{"name": "django", "skip_reason": "not found"}]}).unanswered
    assert audit.of_python({}).unanswered
    assert audit.of_browser({}, ["bootstrap"]).unanswered == ["bootstrap"]
    assert audit.of_browser({"vulnerabilities": {}}, ["bootstrap"]).unanswered == []
    assert audit.of_browser({"vulnerabilities": {"bootstrap": {"severity": "high"}}}, ["bootstrap"]).weak


@pytest.mark.parametrize(
    ("weak", "unanswered", "status"), [([], [], 0), (["x"], [], 1), ([], ["x"], 2), (["x"], ["x"], 1)]
)
def test_the_exit_status_says_which(
    weak: list[str], unanswered: list[str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = audit.Answer(["x"], weak, unanswered)
    monkeypatch.setattr(audit, "_said", lambda words: {})
    monkeypatch.setattr(audit, "of_python", lambda said: answer)
    monkeypatch.setattr(audit, "of_browser", lambda said, packages: answer)
    assert audit.run(None) == status  # type: ignore[arg-type]
