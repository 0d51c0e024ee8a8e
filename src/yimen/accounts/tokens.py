"""What a token looks like, and what it may be for. Pure.

`yimen_` + 43 characters of 256 random bits + 6 characters of CRC-32 over what stands before: recognisable when it turns
up where it should not, and a slip of the keyboard is seen without asking the database.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from typing import Final

from django.utils.translation import gettext_lazy as _

PREFIX: Final = "yimen_"
_DIGITS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SECRET, _CHECK = 43, 6  # characters: 256 and 32 bits in base 62
_WHOLE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_SECRET + _CHECK}}}", re.ASCII)
HINT: Final = 4  # characters of the secret that stay readable, to tell one token from another

# What a token may be used for, whatever its person may do besides. Every operation names the one it needs.
SCOPES: Final = {
    "read": _("看事项、清单和附件目录，搜索"),
    "create": _("登记事项"),
    "handle": _("办理：签收、报结果等每一步"),
    "files": _("上传和下载附件"),
}


def make() -> str:
    """A new token's whole text; nobody can make it again."""
    body = PREFIX + _base62(secrets.randbits(256), _SECRET)
    return body + _check(body)


def is_well_formed(text: str) -> bool:
    """Whether prefix, length and checksum hold. Says nothing about whether the token is known."""
    return bool(_WHOLE.fullmatch(text)) and secrets.compare_digest(_check(text[:-_CHECK]), text[-_CHECK:])


def digest(text: str) -> str:
    """What is stored. A plain SHA-256 is enough: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(text.encode()).hexdigest()


def hint(text: str) -> str:
    return text[: len(PREFIX) + HINT]


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK)


def _base62(number: int, width: int) -> str:
    found = ""
    for _place in range(width):
        number, rest = divmod(number, len(_DIGITS))
        found = _DIGITS[rest] + found
    return found
