"""Reading what came: JSON without traps, and no text that the database could not keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.parser import Parser

from yimen.foundation.errors import Invalid

_UNFIT: Final = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of characters


class StrictParser(Parser):
    """Refuses what is no JSON object, numbers that are none, NUL and halves of characters."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            found = json.loads(request.body, parse_constant=_none)
        except (ValueError, RecursionError) as error:
            raise HttpError(400, "") from error
        if not isinstance(found, dict):
            raise Invalid(_("请提交一个 JSON 对象"))
        clean(_texts(found))
        return found

    def parse_querydict(
        self, data: MultiValueDict[str, str], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        clean(value for _name, values in data.lists() for value in values)
        return dict(super().parse_querydict(data, list_fields, request))


def _none(name: str) -> Any:
    raise ValueError(name)


def clean(texts: Iterable[str]) -> None:
    """Raises Invalid for a text that could not be kept."""
    for text in texts:
        if _UNFIT.search(text):
            raise Invalid(_("内容里有不能保存的控制字符，请删去后再试"))


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, names too. As deep as the reader went, which is not too deep."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case dict(pairs):
                waiting += [*pairs, *pairs.values()]
            case list(items):
                waiting += items
