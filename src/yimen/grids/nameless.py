"""Typed words about a place, made ready to be kept: no control characters, and no numbers that belong to people."""

from __future__ import annotations

import re
from typing import Final

from yimen.foundation.masking import MOBILE, mask_id_numbers

_MOBILE: Final = re.compile(rf"(?<!\d){MOBILE}(?!\d)")
HIDDEN: Final = "〔号码已隐去〕"


def plain(words: str) -> str:
    """Stripped, line ends kept, identity-card and mobile numbers hidden (they are no part of a place)."""
    lines = (" ".join(line.split()) for line in words.replace("\x00", "").splitlines())
    return _MOBILE.sub(HIDDEN, mask_id_numbers("\n".join(lines).strip())[0])
