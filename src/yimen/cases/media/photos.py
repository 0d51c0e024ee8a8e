"""Photos: decoded and drawn anew. Decoding is the check; the new file holds pixels and nothing else."""

from __future__ import annotations

import warnings
import zipfile
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps

from .verdict import Blocked

MAX_PIXELS: Final = 60_000_000
LONG_SIDE: Final = 2560
LINE_ART_COLOURS: Final = 256
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
_SRGB: Final = ImageCms.createProfile("sRGB")

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def reencode(data: bytes) -> tuple[str, bytes]:
    """(mime, bytes) of a copy: upright, sRGB, long side ≤ 2560, first frame, no metadata. Raises Blocked.

    JPEG for photographs; PNG where there is transparency or few colours (drawings, screenshots of forms).
    """
    if _carries_archive(data):
        raise Blocked("polyglot")
    if data[4:8] == b"ftyp":
        _learn_heic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = _plain(_decode(data))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Blocked("huge_photo") from None
    except (Exception, MemoryError):
        raise Blocked("damaged_photo") from None
    return _encode(picture)


def fetch(data: bytes) -> None:
    """Load what decoding these bytes needs: the worker can open no file afterwards."""
    Image.preinit()
    Image.init()
    if data[4:8] == b"ftyp":
        _learn_heic()


def _carries_archive(data: bytes) -> bool:
    """A picture that is also an archive (GIFAR and its kin): a zip directory that really opens at its end."""
    if b"PK\x05\x06" not in data[-66_000:]:
        return False
    try:
        return bool(zipfile.ZipFile(BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _learn_heic() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def _decode(data: bytes) -> Any:
    """Pixels of the first frame, already small. Opening reads the header and refuses what is over MAX_PIXELS."""
    image = Image.open(BytesIO(data), formats=_FORMATS)
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # JPEG decodes straight to a smaller size
    image.load()
    orientation, profile = _orientation(image), image.info.get("icc_profile")
    image = _eight_bits(image)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return _true_colours(_upright(image, orientation), profile)


def _orientation(image: Any) -> int:
    """The EXIF orientation, 1 when missing or unreadable: a damaged note is no reason to refuse a photo."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return int(image.getexif().get(0x0112, 1))
        except Exception:
            return 1


def _upright(image: Any, orientation: int) -> Any:
    image.getexif()[0x0112] = orientation
    return ImageOps.exif_transpose(image)


def _eight_bits(image: Any) -> Any:
    """Any mode as L, RGB, RGBA or CMYK with eight bits a channel."""
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    if image.mode == "I":
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"L", "RGB", "RGBA", "CMYK"} and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _true_colours(image: Any, profile: bytes | None) -> Any:
    """The picture in sRGB: by its own profile when that is usable, else by the plain formula."""
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB") if image.mode == "CMYK" else image


def _plain(image: Any) -> Any:
    """A new picture with the same pixels: nothing that came with the file comes along."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def _encode(picture: Any) -> tuple[str, bytes]:
    out = BytesIO()
    if picture.mode == "RGBA" or picture.getcolors(LINE_ART_COLOURS) is not None:
        picture.save(out, "PNG", optimize=False)
        return "image/png", out.getvalue()
    picture.save(out, "JPEG", quality=86)
    return "image/jpeg", out.getvalue()
