"""QR codes, error level M: one fold or one thumb-print on a slip still reads."""

from __future__ import annotations

import io

import segno

QUIET = 4  # modules of white around the code, as ISO/IEC 18004 asks


def code(text: str) -> segno.QRCode:
    """The smallest code of level M that holds `text`. Raises ValueError for nothing or too much (~2,300 bytes)."""
    if not text:
        raise ValueError("a QR code needs text")
    return segno.make_qr(text, error="m", boost_error=False)


def svg(text: str) -> str:
    """The code as one SVG element without inline style; black on white in the dark theme too."""
    out = io.BytesIO()
    code(text).save(
        out,
        kind="svg",
        border=QUIET,
        light="#fff",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        nl=False,
    )
    return out.getvalue().decode()


def matrix(text: str) -> list[list[bool]]:
    """Rows of modules without the white border; True is dark."""
    return [[bool(module) for module in row] for row in code(text).matrix]
