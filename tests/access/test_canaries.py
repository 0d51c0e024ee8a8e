"""Fifteen channels by which a word could leave a matter, looked through for everybody: nobody meets a word not theirs.

Each channel is a function that gives texts; each is shown able to fail by somebody who may see, or by a word put there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pypdf import PdfReader
from tests.api.machine import Machine

from yimen.cases import queries
from yimen.cases.models import Attachment
from yimen.web.staff.lists import WORKLISTS

from . import expected
from .doors import Visitor, doors
from .planted import MARK, Planted, keep_searched_words, plant
from .world import HIRED, World

ROLES = sorted(HIRED)
LISTS = [
    *(f"/staff/work/{name}/" for name in WORKLISTS), "/staff/callbacks/", "/staff/assisting/", "/staff/letters/",
    "/staff/instructions/", "/staff/supervision/", "/staff/weekly/", "/staff/receptions/", "/staff/queue/",
    "/staff/registers/", "/staff/registers/?register=callbacks", "/staff/handover/", "/staff/filters/", "/staff/exports/",
]  # fmt: skip
FIGURES = ["/staff/figures/", "/staff/figures/?by=unit", "/staff/figures/exceptions/", "/staff/figures/received/",
           "/staff/pressure/", "/staff/sheets/day/"]  # fmt: skip
BOOKS = ["/staff/registers/visits.xlsx", "/staff/registers/dispatches.xlsx", "/staff/registers/callbacks.xlsx",
         "/staff/work/all/register.xlsx", f"/staff/search/register.xlsx?q={MARK}", "/staff/figures/received/?as=xlsx",
         "/staff/sheets/day/sheet.xlsx"]  # fmt: skip
PAPERS = ["papers/", "v01.pdf", "referral.pdf", "papers/visit-form.pdf", "papers/visit-form.docx"]


@dataclass
class Scene:
    """The street with its canaries, and who is looking."""

    world: World
    planted: list[Planted]
    searched: str

    def hidden(self, who: str) -> list[str]:
        """Words that this person must meet nowhere: of matters not theirs everything, of all others the secrets."""
        found = [self.searched]
        for one in self.planted:
            mine = who in expected.sees()[one.relation]
            found += [
                *one.secret.values(),
                *one.own.values(),
                *([] if mine else [*one.words.values(), *one.marks]),
            ]
        return found

    def theirs(self, who: str) -> list[str]:
        return [
            word
            for one in self.planted
            if who in expected.sees()[one.relation]
            for word in one.words.values()
        ]


Texts = Iterator[tuple[str, str]]
Channel = Callable[[Scene, str], Texts]


@pytest.fixture(scope="module")
def scene(street: World, django_db_blocker: Any) -> Iterator[Scene]:
    from django.db import transaction

    with django_db_blocker.unblock():
        mark = transaction.savepoint()
        yield Scene(street, plant(street), keep_searched_words(street.cast))
        transaction.savepoint_rollback(mark)


def words_of(answer: Any) -> str:
    """Every word of an answer: headers, text, of a workbook or document every part, of a PDF every page."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{dict(answer.headers)} {told(body)}"


def told(body: bytes) -> str:
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return " ".join(_plain(parts.read(name).decode("utf-8", "replace")) for name in parts.namelist())
    if body.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(body))
        pages = "".join(page.extract_text() for page in reader.pages)
        return re.sub(r"\s", "", f"{pages}{dict(reader.metadata or {})}")
    return body.decode("utf-8", "replace")


def _plain(xml: str) -> str:
    """Without markup: Word cuts words into runs."""
    return xml + re.sub(r"<[^>]+>", "", xml)


# --- the channels ----------------------------------------------------------------------------------------------


def _pages(paths: list[str]) -> Channel:
    def look(scene: Scene, who: str) -> Texts:
        visitor = Visitor(scene.world.people[who])
        for path in paths:
            yield path, words_of(visitor.response("GET", path))

    return look


def matters(scene: Scene, who: str) -> Texts:
    """The page of every matter, by its address."""
    visitor = Visitor(scene.world.people[who])
    for one in scene.planted:
        path = f"/staff/cases/{one.case.uuid}/"
        yield path, _without(words_of(visitor.response("GET", path)), path)


def counts(scene: Scene, who: str) -> Texts:
    """Figures and counts: the pages, and that no number counts what is not seen."""
    yield from _pages(FIGURES)(scene, who)
    grants = scene.world.people[who].grants
    seen = queries.visible_to(grants).filter(open=True).count()
    over = {name: n for name, n in queries.counts(grants).items() if n > seen}
    yield "counts", " ".join(one.case.number for one in scene.planted if over)


def search(scene: Scene, who: str) -> Texts:
    """What is typed stands in the answer: it is taken out before looking."""
    visitor = Visitor(scene.world.people[who])
    for one in scene.planted:
        for word in [*one.words.values(), *one.secret.values(), *one.own.values(), one.case.number]:
            path = f"/staff/search/?q={word}"
            yield path, _without(words_of(visitor.response("GET", path)), word)


def documents(scene: Scene, who: str) -> Texts:
    """Papers of matters that are not theirs; of their own, papers are the second lawful door of names."""
    visitor = Visitor(scene.world.people[who])
    for one in scene.planted:
        if who not in expected.sees()[one.relation]:
            for tail in PAPERS:
                path = f"/staff/cases/{one.case.uuid}/{tail}"
                yield path, _without(words_of(visitor.response("GET", path)), str(one.case.uuid))


def errors(scene: Scene, who: str) -> Texts:
    """Every address and verb of a matter that answers with a refusal: 400, 403, 404, 405, 409."""
    visitor = Visitor(scene.world.people[who])
    for one in scene.planted:
        if who not in expected.sees()[one.relation]:
            for door in (door for door in doors() if door.of_a_matter and door.name.startswith("staff:")):
                answer = visitor.response(
                    "POST" if "POST" in door.methods else "GET", door.path(one.case.uuid)
                )
                yield door.name, _without(words_of(answer), str(one.case.uuid))


def api(scene: Scene, who: str) -> Texts:
    machine = Machine(scene.world.people[who])
    for path in ("/api/v1/cases", f"/api/v1/search?q={MARK}", "/api/v1/units", "/api/v1/categories"):
        yield path, _without(words_of(machine.get(path)), MARK, only=True)
    for one in scene.planted:
        for tail in ("", "/attachments", "/transitions"):
            path = f"/api/v1/cases/{one.case.uuid}{tail}"
            yield path, _without(words_of(machine.get(path)), str(one.case.uuid))


def notices(scene: Scene, who: str) -> Texts:
    yield from _pages(["/staff/changes/", "/staff/released/", "/staff/help/", "/staff/"])(scene, who)


def files(scene: Scene, who: str) -> Texts:
    """The derivative and the original of every file, by address."""
    visitor = Visitor(scene.world.people[who])
    for row in Attachment.objects.filter(case__in=[one.case.pk for one in scene.planted]).select_related(
        "case"
    ):
        for tail in ("", "?original=1"):
            path = f"/staff/cases/{row.case.uuid}/files/{row.uuid}/"
            answer = visitor.response("GET", path + tail)
            yield path + tail, _without(words_of(answer), str(row.case.uuid), str(row.uuid))


def audit(scene: Scene, who: str) -> Texts:
    yield from _pages(["/staff/admin/", "/staff/admin/history/", "/staff/admin/people/", "/staff/admin/roles/"])(scene, who)  # fmt: skip


def drafts(scene: Scene, who: str) -> Texts:
    """Forms with what is already in them: registration, its helpers, the returning visitor."""
    visitor = Visitor(scene.world.people[who])
    yield from _pages(["/staff/register/", "/staff/returning/", "/staff/enquiry/", "/staff/accusation/"])(
        scene, who
    )
    for path in ("/staff/register/suggest/", "/staff/register/similar/"):
        answer = visitor.response("POST", path, {"text": MARK, "place": MARK})
        yield path, words_of(answer)


BY_ROLE: dict[str, Channel] = {
    "lists": _pages(LISTS), "matters": matters, "counts": counts, "search": search, "exports": _pages(BOOKS),
    "documents": documents, "errors": errors, "api": api, "notices": notices, "files": files, "audit": audit,
    "drafts": drafts,
}  # fmt: skip
# Who may see something there and does: the proof that looking finds.
CONTROL = {
    "lists": "clerk", "matters": "clerk", "search": "clerk", "exports": "director", "counts": "clerk",
    "api": "clerk", "drafts": "clerk",
}  # fmt: skip


def _without(text: str, *asked: str, only: bool = False) -> str:
    for word in asked:
        text = re.sub(rf"{re.escape(word)}(?![\u4e00-\u9fff])", "", text) if only else text.replace(word, "")
    return text


def hits(scene: Scene, channel: str, who: str, words: list[str]) -> list[tuple[str, str]]:
    return [(where, word) for where, text in BY_ROLE[channel](scene, who) for word in words if word in text]


@pytest.mark.django_db
@pytest.mark.parametrize("channel", BY_ROLE)
def test_nobody_meets_a_word_that_is_not_theirs(scene: Scene, channel: str) -> None:
    found = {who: hits(scene, channel, who, scene.hidden(who)) for who in ROLES}
    assert not any(found.values())


@pytest.mark.django_db
@pytest.mark.parametrize(("channel", "who"), CONTROL.items())
def test_the_same_look_finds_what_is_theirs(scene: Scene, channel: str, who: str) -> None:
    assert hits(scene, channel, who, scene.theirs(who))


@pytest.mark.django_db
@pytest.mark.parametrize("channel", sorted(set(BY_ROLE) - set(CONTROL)))
def test_the_same_look_finds_a_word_put_there(
    scene: Scene, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Channels in which nobody may meet anything: the door is left open on purpose."""
    monkeypatch.setattr(Visitor, "response", lambda *_given, **_named: _leaking(scene))
    assert any(hits(scene, channel, who, scene.hidden(who)) for who in ROLES)


def _leaking(scene: Scene) -> Any:
    from django.http import HttpResponse

    return HttpResponse(" ".join(word for one in scene.planted for word in one.words.values()))
