"""What machines may send: strict shapes. A number is a number, a text is a text, and nothing unknown is taken in."""

# Shapes are made from the lists of the rooms, which the type checker cannot follow.
# mypy: disable-error-code="valid-type"

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    create_model,
)
from pydantic_core import PydanticCustomError

from yimen.cases import fields
from yimen.cases.actions.open import EARLIEST_YEAR, Registration
from yimen.cases.actions.people import LIMITS, Person
from yimen.cases.models.case import APPEALS, CHANNELS, URGENCIES

LATEST_YEAR = 2100
ID = 2**53 - 1  # the largest number that every JSON reader keeps exactly


def _text(value: Any) -> Any:
    """Dates come as text; a bare number would be taken for seconds since 1970."""
    if not isinstance(value, str):
        raise PydanticCustomError("text_expected", "a date is a text")
    return value


def _sane(value: datetime | date) -> datetime | date:
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise PydanticCustomError("year_out_of_range", "the year is out of range")
    return value


def _placed(value: datetime) -> datetime:
    """A time without a zone is the office's."""
    return timezone.make_aware(value) if timezone.is_naive(value) else value


def _uuid(value: Any) -> Any:
    return _text(value) if not isinstance(value, UUID) else value


def line(limit: int) -> Any:
    return Annotated[StrictStr, Field(max_length=limit)]


def one_of(pairs: Any, *but: str) -> Any:
    return Literal[tuple(code for code, _words in pairs if code not in but)]


Moment = Annotated[datetime, BeforeValidator(_text), AfterValidator(_sane), AfterValidator(_placed)]
Day = Annotated[date, BeforeValidator(_text), AfterValidator(_sane)]
Ref = Annotated[UUID, BeforeValidator(_uuid)]
Name, Phone, Address, Relation = (line(LIMITS[name]) for name in ("name", "phone", "address", "relation"))


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class PersonIn(Strict):
    """Somebody besides the visitor. No identity-card number has a place here."""

    name: Name = ""
    phone: Phone = ""
    relation: Relation = ""


class CaseIn(Strict):
    """A matter as the window writes it down. `name`, `phone`, `address` are sealed and never come back in full."""

    text: Annotated[StrictStr, Field(min_length=1, max_length=20_000)]
    category: line(40)
    title: line(120) = ""
    place: line(200) = ""
    wish: line(500) = ""
    name: Name = ""
    phone: Phone = ""
    address: Address = ""
    channel: one_of(CHANNELS, "import") = "online"
    appeal: one_of(APPEALS, "accusation") = "appeal"
    urgency: one_of([("", ""), *URGENCIES]) = ""
    anonymous: StrictBool = False
    confidential: StrictBool = False
    told_now: StrictBool = False
    received_at: Moment | None = None
    party_size: Annotated[StrictInt, Field(ge=1, le=100_000)] = 1
    representatives: Annotated[list[PersonIn], Field(max_length=20)] = []
    on_behalf: PersonIn | None = None
    witness: PersonIn | None = None
    dictated: StrictBool = False
    read_back: StrictBool = False
    fingerprint: StrictBool = False
    reported_to: line(60) = ""
    reported_at: Moment | None = None
    external_number: line(60) = ""
    from_body: line(100) = ""
    from_number: line(60) = ""
    from_on: Day | None = None
    source: line(60) = ""

    def registration(self, client_key: UUID) -> Registration:
        """As the action takes it."""
        given = {name: getattr(self, name) for name in _PLAIN}
        return Registration(
            **given,
            representatives=tuple(_person(one) for one in self.representatives),
            on_behalf=_person(self.on_behalf) if self.on_behalf else None,
            witness=_person(self.witness) if self.witness else None,
            client_key=client_key,
        )


_PLAIN = tuple(
    name for name in CaseIn.model_fields if name not in ("representatives", "on_behalf", "witness")
)


def _person(given: PersonIn) -> Person:
    return Person(given.name, given.phone, "", given.relation)


def _asked(field: fields.Field) -> Any:
    """The shape of one field of a step, by its kind (`cases.fields.FIELDS`)."""
    word: Any = line(80)
    lists: Any = Annotated[list[word], Field(max_length=50)]
    number = Annotated[StrictInt, Field(ge=1, le=ID)]
    kinds: dict[str, Any] = {
        "choice": one_of(field.choices) if field.choices else line(80),
        "unit": line(80), "units": lists, "persons": lists, "person": number, "leader": number,
        "number": Annotated[StrictInt, Field(ge=1, le=field.limit)],
        "datetime": Moment, "date": Day, "file": Ref, "check": StrictBool, "category": line(40),
    }  # fmt: skip
    return kinds.get(field.kind, line(field.limit))


FieldsIn = create_model(
    "FieldsIn",
    __base__=Strict,
    __doc__="What a step may ask for; which of them a step takes is said by GET …/transitions.",
    **{name: (_asked(field) | None, None) for name, field in fields.FIELDS.items()},  # type: ignore[call-overload]
)


class StepIn(Strict):
    """`version` is the matter's as it was read: when somebody was first, nothing is done and 409 is answered."""

    verb: Annotated[StrictStr, Field(pattern=r"^[a-z_]{1,40}$")]
    version: Annotated[StrictInt, Field(ge=1, le=2**31 - 1)] | None = None
    fields: FieldsIn = Field(default_factory=FieldsIn)

    def data(self) -> dict[str, Any]:
        """Only what was sent, as the runner takes it: people and files by their number as text."""
        sent = self.fields.model_dump(exclude_none=True)  # type: ignore[attr-defined]
        return {name: _plain(name, value) for name, value in sent.items() if value not in ("", [])}


def _plain(name: str, value: Any) -> Any:
    return str(value) if fields.FIELDS[name].kind in ("person", "leader", "file") else value
