"""The door to paper for other rooms: one function for each form, values in, PDF bytes out."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import wrap
from typing import Any

from . import fields, forms, receipts
from .press import set_type

Paper = forms.V01 | forms.V02 | forms.V03 | forms.V04 | forms.V05 | forms.V06 | receipts.R01 | receipts.R02


def v01(data: forms.V01) -> bytes:
    """群众来访接待登记表 on A4. A short matter takes one page; long texts flow onto further ones, uncut."""
    return set_type("V01", asdict(data) | {"labels": fields.labels("V01")}, data.url)


def slip(data: forms.Slip, size: forms.Size = "a5") -> bytes:
    """The visitor's slip and notice of receipt: A5 upright, or an 80 mm roll as long as its text."""
    return set_type("slip", _pocket(data, size), data.url)


def referral(data: forms.Referral, size: forms.Size = "a5") -> bytes:
    """The slip that says which other body is competent, where it is, when it is open, and why."""
    return set_type("referral", _pocket(data, size), data.url)


def paper(data: Paper) -> bytes:
    """A form or letter by the shape of its values: V02–V06 and R02 on A4, R01 on A5."""
    form = type(data).__name__
    return set_type(form, asdict(data) | {"labels": fields.labels(form)}, getattr(data, "url", ""))


def r03(data: receipts.R03, size: forms.Size = "a5") -> bytes:
    """一次性告知单 to take home."""
    return set_type("R03", _pocket(data, size), data.url)


def _pocket(data: forms.Slip | forms.Referral | receipts.R03, size: forms.Size) -> dict[str, Any]:
    """What small papers share. Raises ValueError for another size or language."""
    if size not in ("a5", "80mm"):
        raise ValueError(f"a slip is a5 or 80mm, not {size!r}")
    if data.lang not in ("zh", "en"):
        raise ValueError(f"a slip is zh or en, not {data.lang!r}")
    code = data.url.partition("#")[2]
    return asdict(data) | {"size": size, "code": " ".join(wrap(code, 5))}
