"""Regular expressions that typed text meets cannot be made to run for ever.

Every pattern of the source is read: none repeats without end what repeats without end itself (the shape that takes
exponential time), and all of them together get through long hostile texts within a few seconds of processor time.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from yimen.foundation.home import REPO

CALLS = {"compile", "sub", "subn", "match", "search", "fullmatch", "findall", "finditer", "split"}
SOURCE = sorted((REPO / "src" / "yimen").rglob("*.py"))
LONG = 5_000
HOSTILE = (
    "a",
    "0",
    " ",
    "1 ",
    "a.",
    "<",
    "-",
    "\t",
    "王",
    "〔",
    "(",
    "\\",
    '"',
    "=",
    "&#",
    "0x",
    "a@",
    "13800138000",
    "％",
)
SECONDS = 30


def patterns() -> Iterator[tuple[str, str]]:
    """(place, pattern) of every `re.…("…")` whose pattern is written out."""
    for file in SOURCE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CALLS
            ):
                of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
                if of_re and node.args and isinstance(node.args[0], ast.Constant):
                    yield f"{file.name}:{node.lineno}", node.args[0].value


def endless_in_endless(tree: object, inside: bool = False) -> bool:
    """Whether a repetition without end holds another one whose texts the outer could take as well."""
    for kind, value in tree:  # type: ignore[attr-defined]
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            _least, most, body = value
            endless = most == kinds.MAXREPEAT
            if inside and endless and not _fenced(tree):
                return True
            if endless_in_endless(body, inside or endless):
                return True
        elif (kind is kinds.SUBPATTERN and endless_in_endless(value[3], inside)) or (
            kind is kinds.BRANCH and any(endless_in_endless(each, inside) for each in value[1])
        ):
            return True
    return False


def _fenced(tree: object) -> bool:
    """A fixed character beside the inner repetition tells its rounds apart."""
    return any(kind is kinds.LITERAL for kind, _value in tree)  # type: ignore[attr-defined]


FOUND = sorted(set(patterns()), key=str)


def test_the_source_has_patterns_to_look_at() -> None:
    assert len(FOUND) > 30


@pytest.mark.parametrize("evil", [r"(a+)+$", r"(a|b*)*x", r"([a-z]+)*\d", r"(?:\s*\w*)*;"])
def test_the_look_finds_the_shape_that_never_ends(evil: str) -> None:
    assert endless_in_endless(parser.parse(evil))


@pytest.mark.parametrize("tame", [r"a+b+", r"(?:\d+\.)+\d+", r"[a-z]+(?:-[a-z]+)*", r"(?:ab){2,4}"])
def test_the_look_leaves_ordinary_ones_alone(tame: str) -> None:
    assert not endless_in_endless(parser.parse(tame))


def test_no_pattern_repeats_without_end_what_repeats_without_end() -> None:
    assert [(place, text) for place, text in FOUND if endless_in_endless(parser.parse(text))] == []


RUN = """
import re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
for pattern in {patterns!r}:
    compiled = re.compile(pattern)
    for piece in {hostile!r}:
        for text in ((piece if isinstance(pattern, str) else piece.encode()) * ({long} // len(piece)),):
            compiled.search(text + ("!" if isinstance(pattern, str) else b"!"))
            compiled.match(text)
print("done")
"""


def test_all_patterns_get_through_long_hostile_texts() -> None:
    texts = sorted({text for _place, text in FOUND}, key=str)
    code = RUN.format(seconds=SECONDS, patterns=texts, hostile=HOSTILE, long=LONG)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "done", f"more than {SECONDS} s of processor time: {done.stderr[-300:]}"
