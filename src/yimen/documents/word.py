"""Filling a DOCX template. The language of a template is names and conditions, nothing else."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

SHIPPED: Final = Path(__file__).parent / "templates"
# {{ name }}, {% if name %} … {% endif %}: no attribute, call, filter, loop, import or macro exists in a template.
_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or,
    nodes.Compare, nodes.Operand, nodes.Const,
)  # fmt: skip


class Strict(SandboxedEnvironment):
    """A sandbox with a smaller language still; everything is escaped. `named` gathers the names that are asked for."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.named: set[str] = set()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED):
                raise TemplateSyntaxError(f"forbidden: {type(node).__name__}", getattr(node, "lineno", 0))
            if isinstance(node, nodes.Name):
                self.named.add(node.name)
        return tree


def fill(template: bytes, words: Mapping[str, str]) -> tuple[bytes, frozenset[str]]:
    """The filled document and the names its template asks for. A name without words stays blank.

    Raises jinja2.TemplateError for a template beyond the language, and whatever python-docx and lxml raise for a
    file they cannot read: only vetted files come here (`vetting`)."""
    document, strict, out = DocxTemplate(io.BytesIO(template)), Strict(), io.BytesIO()
    document.render(dict(words), strict, autoescape=True)
    document.save(out)
    return out.getvalue(), frozenset(strict.named)


def shipped(form: str) -> bytes:
    """The template of a form as it was delivered."""
    return (SHIPPED / form / f"{form}.docx").read_bytes()


def text_of(document: bytes) -> str:
    """Every word of a document's body, headers and footers; for reading back."""
    from docx import Document

    parts: list[Any] = [Document(io.BytesIO(document)).element.body]
    for section in Document(io.BytesIO(document)).sections:
        parts += [section.header._element, section.footer._element]
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
    return "".join(node.text or "" for part in parts for node in part.iter(space))
