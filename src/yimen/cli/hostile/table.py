"""The whole table, and what may not be found in a clean copy."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from PIL import Image

from .disguises import DISGUISES
from .making import CANARY, Hostile
from .papers import PAPERS
from .pictures import PICTURES

ALL: list[Hostile] = [*PICTURES, *PAPERS, *DISGUISES]
SECRETS = (
    CANARY,
    b"CANARY",
    b"Exif\0\0",
    b"InventedPhone",
    b"<script",
    b"JavaScript",
    b"/Launch",
    b"ICC_PROFILE",
)
_PLAIN = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def leaks(derivative: bytes) -> list[str]:
    """What of the original's hidden parts a copy still has; empty is well."""
    opened = _unpacked(derivative) if derivative.startswith(b"%PDF-") else derivative
    found = [repr(secret) for secret in SECRETS if secret in opened]
    return found if derivative.startswith(b"%PDF-") else found + _beside_pixels(derivative)


def _beside_pixels(picture: bytes) -> list[str]:
    image = Image.open(BytesIO(picture))
    image.load()
    found = sorted(set(image.info) - _PLAIN) + (["exif"] if image.getexif() else [])
    return found + ([f"{image.n_frames} frames"] if getattr(image, "n_frames", 1) != 1 else [])


def _unpacked(data: bytes) -> bytes:
    """A PDF with every stream opened, so that a search sees everything."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as paper:
        paper.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                   object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)  # fmt: skip
    return out.getvalue()
