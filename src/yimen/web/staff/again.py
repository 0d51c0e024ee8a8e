"""A file that was looked at and goes along with the page, to be taken in by one more press."""

from __future__ import annotations

import base64
import zlib

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid


def packed(content: bytes) -> str:
    """As a hidden field carries it."""
    return base64.b64encode(zlib.compress(content, 1)).decode()


def unpacked(text: str, limit: int) -> bytes:
    """What `packed` gave, at most `limit` bytes; Invalid for anything else, or what would swell."""
    try:
        door = zlib.decompressobj()
        content = door.decompress(base64.b64decode(text, validate=True), limit + 1)
    except (ValueError, zlib.error) as error:
        raise Invalid(_("文件没有完整送到，请重新选择文件")) from error
    if len(content) > limit or not door.eof:
        raise Invalid(_("文件没有完整送到，请重新选择文件"))
    return content
