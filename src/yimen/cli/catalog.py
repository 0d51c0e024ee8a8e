"""Which commands there are, read from their files without importing them. Standard library only.

A command is a module (or a package) here with `HELP`; further module-level constants steer how it is run:
`HELP_EN`, `GROUP` (run, data, care, develop), `NEEDS_DATABASE` (True), `NEEDS_PACKAGES` (True; False runs with
any Python), `NEEDS_DEVELOPMENT` (False), `DB_ROLE` ("app" or "admin"), `HIDDEN` (False), `PASSES_ON` (False; True
hands every word over unread, as `args.words`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
GROUPS = {
    "run": ("日常运行", "Day to day"),
    "data": ("数据", "Data"),
    "care": ("维护", "Care"),
    "develop": ("开发", "Development"),
}
# Commands whose module does not say its group.
USUAL = {"admin": "run", "import": "data", "due": "data", "verify-ledger": "care"}
ORDER = ["up", "doctor", "admin", "import", "due", "verify-ledger", "test", "check"]


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    module: str
    help: str
    help_en: str = ""
    group: str = "care"
    needs_database: bool = True
    needs_packages: bool = True
    needs_development: bool = False
    db_role: str = "app"
    hidden: bool = False
    passes_on: bool = False


def commands(folder: Path = FOLDER) -> dict[str, Command]:
    """Every command by its name, in the order in which help shows them."""
    files = [*folder.glob("*.py"), *folder.glob("*/__init__.py")]
    found = [command for file in files if (command := _read(file))]
    found.sort(key=lambda command: (ORDER.index(command.name) if command.name in ORDER else 99, command.name))
    return {command.name: command for command in found}


def _read(file: Path) -> Command | None:
    said = _constants(ast.parse(file.read_text(encoding="utf-8")))
    if not isinstance(said.get("HELP"), str):
        return None
    stem = file.parent.name if file.stem == "__init__" else file.stem
    name = stem.rstrip("_").replace("_", "-")
    return Command(
        name=name,
        module=f"yimen.cli.{stem}",
        help=str(said["HELP"]),
        help_en=str(said.get("HELP_EN", "")),
        group=str(said.get("GROUP", USUAL.get(name, "care"))),
        needs_database=bool(said.get("NEEDS_DATABASE", True)),
        needs_packages=bool(said.get("NEEDS_PACKAGES", True)),
        needs_development=bool(said.get("NEEDS_DEVELOPMENT", False)),
        db_role=str(said.get("DB_ROLE", "app")),
        hidden=bool(said.get("HIDDEN", False)),
        passes_on=bool(said.get("PASSES_ON", False)),
    )


def _constants(tree: ast.Module) -> dict[str, object]:
    """Module-level NAME = literal; a translated literal `_("…")` counts as its text."""
    found: dict[str, object] = {}
    for node in tree.body:
        for target, value in _assignments(node):
            if target.isupper() and (literal := _literal(value)) is not None:
                found[target] = literal
    return found


def _assignments(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        return [(node.target.id, node.value)]
    if isinstance(node, ast.Assign):
        return [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]
    return []


def _literal(value: ast.expr) -> object:
    if isinstance(value, ast.Call) and len(value.args) == 1:
        return _literal(value.args[0])
    return value.value if isinstance(value, ast.Constant) else None


def help_text(known: dict[str, Command]) -> str:
    """What `./yimen --help` prints."""
    lines = ["一扇门 Yimen", "", "用法 Usage: ./yimen 命令 COMMAND [选项 options]"]
    for group, (title, title_en) in GROUPS.items():
        members = [command for command in known.values() if command.group == group and not command.hidden]
        if members:
            lines += ["", f"{title} {title_en}"]
            lines += [line for command in members for line in _entry(command)]
    lines += ["", "每个命令的选项 Options of a command: ./yimen 命令 COMMAND --help"]
    lines += ["第一次使用 First time: ./yimen up"]
    return "\n".join(lines) + "\n"


def _entry(command: Command) -> list[str]:
    first, beside = command.help, command.help_en
    if not beside and " / " in first:
        first, beside = first.split(" / ", 1)
    lines = [f"  {command.name:<14} {first}"]
    return [*lines, f"  {'':<14} {beside}"] if beside else lines
