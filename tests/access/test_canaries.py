"""Fifteen channels by which a word could leave a matter, looked through for everybody: nobody meets a word not theirs.

Each channel is a function that gives texts; each is shown able to fail by somebody who may see, or by a word put there.
"""

from __future__ import annotations

import html
import io
import json
import logging
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from tests.api.machine import Machine

from yimen.accounts.models import Token
from yimen.cases import queries
from yimen.cases.models import Attachment
from yimen.web.staff.lists import WORKLISTS

from . import expected
from .doors import Visitor, doors
from .planted import MARK, Planted, keep_searched_words, plant
from .world import AS_OTHERS, HIRED, World

ROLES = sorted(HIRED)
SELDOM = AS_OTHERS | {"stand_in", "security", "ended", "mixed"}
SOME = 3  # addresses of a channel, drawn by chance, for a role that stands as another one does
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
PAPERS = ["papers/", "v01.pdf", "referral.pdf", "papers/V01.pdf", "papers/V01.docx", "papers/V02.docx"]


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
    """Without markup (Word cuts words into runs) and with letters instead of their numbers (&#40511;)."""
    xml = html.unescape(xml)
    return xml + re.sub(r"<[^>]+>", "", xml)


def chosen(who: str, all_of_them: list[Any]) -> list[Any]:
    """Everything, or a drawn part for a role that stands as another one does."""
    few = who in SELDOM and len(all_of_them) > SOME
    return random.Random(who).sample(all_of_them, SOME) if few else all_of_them


# --- the channels ----------------------------------------------------------------------------------------------


def _pages(paths: list[str]) -> Channel:
    def look(scene: Scene, who: str) -> Texts:
        visitor = Visitor(scene.world.people[who])
        for path in chosen(who, paths):
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
    words = [word for one in scene.planted for word in (one.case.number, *list(one.words.values())[:1])]  # fmt: skip
    for word in chosen(who, [*words, MARK]):
        path = f"/staff/search/?q={word}"
        yield path, _without(words_of(visitor.response("GET", path)), word, only=word == MARK)


def _not_theirs(scene: Scene, who: str) -> list[Planted]:
    """An ordinary matter and the sealed one that this person does not see."""
    found = [one for one in scene.planted if who not in expected.sees()[one.relation]]
    return [*found[:1], *found[-1:]] if len(found) > 1 else found


def documents(scene: Scene, who: str) -> Texts:
    """Papers of matters that are not theirs; of their own, papers are the second lawful door of names."""
    visitor = Visitor(scene.world.people[who])
    for one in _not_theirs(scene, who):
        for tail in PAPERS:
            path = f"/staff/cases/{one.case.uuid}/{tail}"
            yield path, _without(words_of(visitor.response("GET", path)), str(one.case.uuid))


def errors(scene: Scene, who: str) -> Texts:
    """Every address and verb of a matter that answers with a refusal: 400, 403, 404, 405, 409."""
    visitor = Visitor(scene.world.people[who])
    of_matters = [door for door in doors() if door.of_a_matter and door.name.startswith("staff:")]
    for one in _not_theirs(scene, who):
        for door in chosen(who, of_matters):
            answer = visitor.response("POST" if "POST" in door.methods else "GET", door.path(one.case.uuid))
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
        answer = visitor.response("POST", path, {"text": f"{MARK}甲", "place": f"{MARK}甲"})
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


# --- channels that belong to nobody: jobs, logs, the database, the disk ------------------------------------------


def all_secrets(scene: Scene) -> list[str]:
    """Words that may rest nowhere in plain: of people, of notes, of what was looked for; of a sealed matter its text."""
    found = [scene.searched]
    for one in scene.planted:
        found += [*one.secret.values(), *one.own.values(), *(one.words.values() if one.kind == "密" else ())]
    return found


def jobs(_scene: Scene) -> Texts:
    yield from rows_of("procrastinate_jobs", "procrastinate_events")


def database(_scene: Scene) -> Texts:
    """Every row of every table as text, numbers in any spelling: names, phones and notes rest as ciphertext.

    A saved filter is kept as it was typed, for its owner alone: lists and filters pages are looked at above.
    """
    for table in connection.introspection.table_names():
        if table != "cases_savedfilter":
            yield from rows_of(table)


def disk(_scene: Scene) -> Texts:
    """Every file of the home: attachments, exports, logs."""
    for path in sorted(settings.HOME.root.rglob("*")):
        if path.is_file() and path.stat().st_size < 10**7:
            yield str(path), told(path.read_bytes())


def rows_of(*tables: str) -> Texts:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            for (text,) in cursor.fetchall():
                yield table, text + _decoded(text)


def _decoded(text: str) -> str:
    """What a bytea would say as UTF-8."""
    return " ".join(
        bytes.fromhex(found).decode("utf-8", "ignore")
        for found in re.findall(r"\\\\x((?:[0-9a-f]{2})+)", text)
    )


OF_NOBODY: dict[str, Callable[[Scene], Texts]] = {"jobs": jobs, "database": database, "disk": disk}


def found_in(scene: Scene, channel: str) -> list[tuple[str, str]]:
    return [
        (at, word) for at, text in OF_NOBODY[channel](scene) for word in all_secrets(scene) if word in text
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("channel", OF_NOBODY)
def test_nothing_secret_rests_in_plain(scene: Scene, channel: str) -> None:
    assert not found_in(scene, channel)


@pytest.mark.django_db
@pytest.mark.parametrize("channel", OF_NOBODY)
def test_the_same_look_finds_a_secret_that_rests_in_plain(scene: Scene, channel: str) -> None:
    word = scene.planted[0].secret["姓名"]
    planted = settings.HOME.root / "run" / "canary"
    if channel == "disk":
        planted.write_text(word, encoding="utf-8")
    elif channel == "jobs":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('soon', 'x', %s::jsonb)",
                [json.dumps({"name": word}, ensure_ascii=False)],
            )
    else:
        Token.objects.create(
            user=scene.world.people["clerk"].user, name=word, scopes=["read"], issued_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=1), per_minute=1,
            issued_by=scene.world.people["clerk"].user,
        )  # fmt: skip
    try:
        assert found_in(scene, channel)
    finally:
        planted.unlink(missing_ok=True)


@pytest.mark.django_db
def test_no_log_says_a_word_of_a_matter(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Everything every logger says, at the lowest level, while everybody walks about and is refused; also of a crash."""
    caplog.set_level(logging.DEBUG)
    visitor = Client(raise_request_exception=False)
    for who in ("clerk", "handler"):
        for channel in ("matters", "errors"):
            list(BY_ROLE[channel](scene, who))
    for one in scene.planted:
        visitor.get(f"/m/{one.case.number}")
    logging.getLogger("django.request").error("a control")
    said = "\n".join(record.getMessage() + str(record.exc_text or "") for record in caplog.records if not record.name.startswith("django.db"))  # fmt: skip
    assert "a control" in said
    words = [
        word
        for one in scene.planted
        for word in (*one.words.values(), *one.secret.values(), *one.own.values())
    ]
    assert not [word for word in words if word in said]
