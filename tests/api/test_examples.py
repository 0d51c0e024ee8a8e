"""The examples of docs/api.md, run as they are written, one after the other."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import uuid
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yimen.foundation.home import REPO
from yimen.web.api.problems import KINDS

from .machine import Machine

TEXT = (REPO / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```sh\n(curl.*?)```\n(\d{3})\n(?:```json\n(.*?)```)?", TEXT, re.S)
ANYTHING = "…"


def test_there_are_examples_and_each_says_what_it_answers() -> None:
    assert len(EXAMPLES) == TEXT.count("```sh\n") >= 12


def test_the_examples_do_what_they_say(clerk: Machine, png: bytes, tmp_path: Path) -> None:
    (tmp_path / "lamp.png").write_bytes(png)
    known = {"URL": "", "TOKEN": clerk.text, "KEY": str(uuid.uuid4()), "FILE": str(tmp_path / "lamp.png")}
    for command, status, expected in EXAMPLES:
        answer = curl(clerk, Template(command).substitute(known))
        assert str(answer.status_code) == status, (command, answer.content.decode())
        if expected:
            learn(json.loads(expected), answer.json(), known, command)


def curl(clerk: Machine, command: str) -> Any:
    """What this command of curl would send, sent by the test's client."""
    parser = argparse.ArgumentParser()
    for names in (("-s",), ("-G",)):
        parser.add_argument(*names, action="store_true")
    for names in (("-X",), ("-d",), ("--data-binary",), ("--data-urlencode",), ("-F",)):
        parser.add_argument(*names)
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("url")
    asked = parser.parse_args(shlex.split(command.replace("\\\n", " "))[1:])
    headers = dict(line.split(": ", 1) for line in asked.H)
    kind = headers.pop("Content-Type", "")
    if asked.data_urlencode:
        name, value = asked.data_urlencode.split("=", 1)
        return clerk.client.get(f"{asked.url}?{name}={quote(value)}", headers=headers)
    if asked.F:
        path = Path(asked.F.removeprefix("file=@"))
        return clerk.client.post(
            asked.url, {"file": SimpleUploadedFile(path.name, path.read_bytes())}, headers=headers
        )
    body = Path(asked.data_binary[1:]).read_bytes() if asked.data_binary else (asked.d or "").encode()
    if asked.X == "POST":
        return clerk.client.post(asked.url, body, content_type=kind, headers=headers)
    return clerk.client.get(asked.url, headers=headers)


def learn(expected: Any, found: Any, known: dict[str, str], where: str) -> None:
    """Everything that is shown is there; `…` is anything, `$NAME` is remembered; lists show their first rows."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            learn(value, found[name], known, f"{where} → {name}")
    elif isinstance(expected, list):
        assert len(found) >= len(expected) and (expected or not found or "choices" in where), where
        for one, other in zip(expected, found, strict=False):
            learn(one, other, known, where)
    elif isinstance(expected, str) and re.fullmatch(r"\$[A-Z]+", expected):
        assert known.setdefault(expected[1:], found) == found, where
    elif isinstance(expected, str) and "$" in expected:
        assert found == Template(expected).substitute(known), where
    elif expected != ANYTHING:
        assert found == expected, where


def test_every_code_is_listed_with_its_status() -> None:
    listed = dict(re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", TEXT, re.M))
    assert listed == {code: str(kind.status) for code, kind in KINDS.items()}


@pytest.mark.parametrize("scope", ["read", "create", "handle", "files"])
def test_every_scope_is_listed(scope: str) -> None:
    assert f"| `{scope}` |" in TEXT
