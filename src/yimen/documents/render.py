"""The door to paper for other rooms: one function for each form, values in, PDF bytes out."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import wrap
from typing import Any

from . import fields, forms
from .press import set_type


def v01(data: forms.V01) -> bytes:
    """群众来访接待登记表 on A4. A short matter takes one page; long texts flow onto further ones, uncut."""
    return set_type("V01", asdict(data) | {"labels": fields.labels("V01")}, data.url)


def slip(data: forms.Slip, size: forms.Size = "a5") -> bytes:
    """The visitor's slip and notice of receipt: A5 upright, or an 80 mm roll as long as its text."""
    return set_type("slip", _pocket(data, size), data.url)


def referral(data: forms.Referral, size: forms.Size = "a5") -> bytes:
    """The slip that says which other body is competent, where it is, when it is open, and why."""
    return set_type("referral", _pocket(data, size), data.url)


def _pocket(data: forms.Slip | forms.Referral, size: forms.Size) -> dict[str, Any]:
    """What small papers share. Raises ValueError for another size or language."""
    if size not in ("a5", "80mm"):
        raise ValueError(f"a slip is a5 or 80mm, not {size!r}")
    if data.lang not in ("zh", "en"):
        raise ValueError(f"a slip is zh or en, not {data.lang!r}")
    code = data.url.partition("#")[2]
    return asdict(data) | {"size": size, "code": " ".join(wrap(code, 5))}
