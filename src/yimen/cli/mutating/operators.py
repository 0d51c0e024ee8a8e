"""The faults: what may be done to one node of a syntax tree. Pure.

`edits(node)` gives (words, edit) pairs; `edit(node)` changes the node in place or gives its replacement. Words that
people read (inside `_()`, of errors, of docstrings), annotations and decorators are left alone: to change them is no
fault of a rule.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any, Final

Edit = Callable[[Any], ast.AST | None]

COMPARED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
COUNTED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
NAMES: Final = {
    "min": "max", "max": "min", "any": "all", "all": "any", "filter": "exclude", "exclude": "filter",
    "bisect_left": "bisect_right", "bisect_right": "bisect_left",
}  # fmt: skip
WORDS: Final = {"_", "gettext", "gettext_lazy", "pgettext_lazy"}
PLAIN_TYPES: Final = {"Callable", "Final", "Iterable", "Literal", "Mapping", "dict", "frozenset", "list", "set", "tuple"}  # fmt: skip


def places(statement: ast.stmt) -> list[ast.AST]:
    """The nodes that may be changed, in an order that depends on the source alone."""
    return list(_walk(statement))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    if _spared(node):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params", "ctx"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child)


def _spared(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Raise() | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in WORDS
        case ast.Subscript(value=ast.Name(id=name)):
            return name in PLAIN_TYPES
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
    return False


def edits(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """Every fault of this node."""
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                for other in COMPARED[type(op)]:
                    yield f"{type(op).__name__} → {other.__name__}", _set_op(place, other)
        case ast.BoolOp(op=op, values=values):
            yield f"{type(op).__name__} swapped", _swap_bool
            for place in range(len(values)):
                yield f"operand {place + 1} left out", _without("values", place)
        case ast.UnaryOp(op=ast.Not()):
            yield "not left out", lambda found: found.operand
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in COUNTED:
            yield f"{type(op).__name__} → {COUNTED[type(op)].__name__}", _swap_op
        case ast.Constant(value=value):
            yield from _constants(value)
        case ast.If() | ast.IfExp() | ast.While():
            yield "condition turned round", _turn_round
        case ast.comprehension(ifs=ifs):
            for place in range(len(ifs)):
                yield "condition left out", _without("ifs", place)
        case ast.Return(value=value) if value is not None and not _is_nothing(value):
            yield "returns None", _return_none
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield "statement left out", lambda _found: ast.Pass()
        case ast.Continue():
            yield "continue → break", lambda _found: ast.Break()
        case ast.Name(id=name) if name in NAMES:
            yield f"{name} → {NAMES[name]}", _rename("id")
        case ast.Attribute(attr=name) if name in NAMES:
            yield f"{name} → {NAMES[name]}", _rename("attr")
        case ast.Tuple(elts=elts, ctx=ast.Load()) if len(elts) > 1:
            for place in range(len(elts)):
                yield f"element {place + 1} left out", _without("elts", place)
        case ast.Call(keywords=keywords, args=args):
            for place, keyword in enumerate(keywords):
                yield f"{keyword.arg}= left out", _without("keywords", place)
            if len(args) > 1 and isinstance(node.func, ast.Attribute) and node.func.attr in NAMES:
                for place in range(len(args)):
                    yield f"condition {place + 1} left out", _without("args", place)


def _constants(value: object) -> Iterator[tuple[str, Edit]]:
    if isinstance(value, bool):
        yield f"{value} → {not value}", _constant(not value)
    elif isinstance(value, int):
        yield f"{value} → {value + 1}", _constant(value + 1)
        if value > 1:
            yield f"{value} → {value - 1}", _constant(value - 1)
    elif isinstance(value, str):
        words = value.split()
        if len(words) > 1:
            for word in words:
                yield f"“{word}” left out", _constant(" ".join(each for each in words if each != word))
        else:
            yield f"“{value}” → “{value}XX”", _constant(f"{value}XX")


def _constant(value: Any) -> Edit:
    return lambda found: ast.copy_location(ast.Constant(value), found)


def _set_op(place: int, other: type[ast.cmpop]) -> Edit:
    def edit(found: Any) -> None:
        found.ops[place] = other()

    return edit


def _swap_bool(found: Any) -> None:
    found.op = ast.Or() if isinstance(found.op, ast.And) else ast.And()


def _swap_op(found: Any) -> None:
    found.op = COUNTED[type(found.op)]()


def _turn_round(found: Any) -> None:
    found.test = ast.UnaryOp(ast.Not(), found.test)


def _return_none(found: Any) -> None:
    found.value = ast.Constant(None)


def _rename(field: str) -> Edit:
    return lambda found: setattr(found, field, NAMES[getattr(found, field)])


def _without(field: str, place: int) -> Edit:
    return lambda found: getattr(found, field).pop(place) and None


def _is_nothing(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
