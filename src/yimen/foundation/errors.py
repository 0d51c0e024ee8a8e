"""What can go wrong, in the reader's language. Doors turn these into a page or a problem answer."""

from __future__ import annotations

from collections.abc import Mapping


class YimenError(Exception):
    """Base of every expected refusal: `code` is stable for machines, `str(error)` is for the reader."""

    code = "error"

    def __init__(self, message: object, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code

    def __str__(self) -> str:
        return str(self.message)


class Invalid(YimenError):
    """What was typed cannot be taken. `fields` maps a field's name to the sentence shown beside it."""

    code = "invalid"

    def __init__(
        self, message: object, fields: Mapping[str, object] | None = None, *, code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.fields = dict(fields or {})


class Refused(YimenError):
    """This person may not do this now. Nothing was changed."""

    code = "refused"


class Conflict(YimenError):
    """Somebody else was first: the matter is no longer as the reader saw it."""

    code = "conflict"


class Missing(YimenError):
    """Not there, or not to be seen by this person: the two are deliberately the same (404)."""

    code = "missing"


class Broken(YimenError):
    """What is kept cannot be read: a key is missing, or something was altered. The operator's to mend; told as 500."""

    code = "broken"
