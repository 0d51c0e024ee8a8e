"""One fault in one module, put into the running program.

Nothing is imported anew: a fork of the judging process takes the fault in. A function gets the code of its faulty twin
(whoever imported it by name has it too); a table is worked out again, and everything that was worked out from it.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from yimen.foundation.home import REPO

from .operators import edits, places

PACKAGE = REPO / "src" / "yimen"


@dataclass(frozen=True, slots=True)
class Mutant:
    """Statement `at` of the module, node `node` of it, fault `edit`. `key` stays the same while the line does."""

    file: str
    at: int
    node: int
    edit: int
    line: int
    words: str
    name: str
    source: str

    @property
    def key(self) -> str:
        return f"{self.file}::{self.name}::{self.source}::{self.words}"

    @property
    def module(self) -> str:
        return "yimen." + self.file.removesuffix(".py").replace("/", ".")


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse((PACKAGE / file).read_text("utf-8"))


def mutants(file: str) -> Iterator[Mutant]:
    """Every fault of one file (its path inside the package), from top to bottom."""
    lines = (PACKAGE / file).read_text("utf-8").splitlines()
    seen: dict[tuple[str, str, str], int] = {}
    for at, statement in enumerate(_tree(file).body):
        for number, node in enumerate(places(statement)):
            line = getattr(node, "lineno", statement.lineno)
            for place, (words, _edit) in enumerate(edits(node)):
                name, source = _name(statement), _said(node, lines[line - 1])
                seen[name, source, words] = times = seen.get((name, source, words), 0) + 1
                words = f"{words} ({times})" if times > 1 else words
                yield Mutant(file, at, number, place, line, words, name, source)


def _name(statement: ast.stmt) -> str:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    return str(getattr(statement, "name", "") or getattr(targets[0], "id", "") or "…")


def _said(node: ast.AST, line: str) -> str:
    try:
        text = ast.unparse(node)
    except (AttributeError, ValueError, KeyError):
        text = line.strip()
    return text if len(text) <= 70 and "\n" not in text else line.strip()[:70]


def put_in(mutant: Mutant) -> None:
    """Let this process go on with the fault. Anything that breaks on the way is a fault that was noticed."""
    module = sys.modules[mutant.module]
    body = list(_tree(mutant.file).body)
    body[mutant.at] = _faulty(body[mutant.at], mutant)
    _take(module, body[mutant.at])
    _work_out(module, [each for each in body[mutant.at + 1 :] if _is_table(each)])
    _register_again()


def _faulty(statement: ast.stmt, mutant: Mutant) -> ast.stmt:
    twin = copy.deepcopy(statement)
    found = places(twin)[mutant.node]
    new = list(edits(found))[mutant.edit][1](found)
    if new is None:
        return ast.fix_missing_locations(twin)
    changed: Any = _Swap(found, ast.copy_location(new, found)).visit(twin)
    return ast.fix_missing_locations(changed)


class _Swap(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else self.generic_visit(node)


def _is_table(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AnnAssign | ast.Assert)


def _take(module: ModuleType, statement: ast.stmt) -> None:
    if _is_table(statement):
        _work_out(module, [statement])
        return
    name, before = _name(statement), module.__dict__.get(_name(statement))
    _run(module, [statement])
    after = module.__dict__.get(name)
    if isinstance(before, type):
        _give_methods(before, after)
    elif before is not None:
        _give_code(before, after)
    if before is not None:
        module.__dict__[name] = before


def _give_methods(before: type, after: Any) -> None:
    for name, twin in vars(after).items():
        old = vars(before).get(name)
        if isinstance(twin, property):
            _give_code(getattr(old, "fget", None), twin.fget)
        elif isinstance(twin, FunctionType):
            _give_code(old, twin)


def _give_code(before: Any, after: Any) -> None:
    """A function everybody already holds runs its twin from now on; what it remembers (lru_cache) is forgotten."""
    if hasattr(before, "cache_clear"):
        before.cache_clear()
    before, after = getattr(before, "__wrapped__", before), getattr(after, "__wrapped__", after)
    if not isinstance(before, FunctionType) or len(before.__code__.co_freevars) != len(
        after.__code__.co_freevars
    ):
        return
    before.__code__, before.__defaults__, before.__kwdefaults__ = (
        after.__code__,
        after.__defaults__,
        after.__kwdefaults__,
    )


def _work_out(module: ModuleType, statements: list[ast.stmt]) -> None:
    """Tables anew; whoever imported one by its name holds the new one."""
    names = [_name(each) for each in statements if not isinstance(each, ast.Assert)]
    before = {name: module.__dict__.get(name) for name in names}
    _run(module, statements)
    for name, old in before.items():
        _hand_on(module, name, old, module.__dict__.get(name))


def _hand_on(module: ModuleType, name: str, old: Any, new: Any) -> None:
    if isinstance(old, dict) and isinstance(new, dict) and old is not new:
        fresh = dict(new)
        old.clear()
        old.update(fresh)
        module.__dict__[name] = old
        return
    for other in list(sys.modules.values()):
        held = getattr(other, "__dict__", {})
        if other is not module and name in held and (held[name] is old):
            held[name] = new


def _run(module: ModuleType, statements: list[ast.stmt]) -> None:
    code = compile(ast.Module(list(statements), []), f"{module.__name__} (mutant)", "exec")
    exec(code, module.__dict__)


def _register_again() -> None:
    """Rules of access were registered when the house opened: once more, with the fault in."""
    registry = sys.modules.get("yimen.access.registry")
    if registry is None or not registry._REGISTRY:
        return
    registry._REGISTRY.clear()
    for room in (
        "access.administration",
        "cases.access",
        "documents.access",
        "intake.access",
        "reports.access",
    ):
        module = sys.modules.get(f"yimen.{room}")
        if module is not None:
            module.register_all()


def source_of(mutant: Mutant) -> str:
    """Where to look: file and line, for people."""
    return f"{Path('src/yimen') / mutant.file}:{mutant.line}"
