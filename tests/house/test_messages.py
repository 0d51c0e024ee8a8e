"""The texts of the screens: every one in English, and both languages true to docs/glossary.md."""

from __future__ import annotations

import ast
import gettext
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.dateformat import format as date_format

from yimen.access.roles import Role
from yimen.cases.events import FACTS, STEPS
from yimen.cases.models.clock import KINDS as CLOCKS
from yimen.cases.states import FLOWS, STATES, VERBS
from yimen.cli import messages
from yimen.foundation.home import REPO
from yimen.web.staff.lists import WORKLISTS

SOURCE = REPO / "src" / "yimen"
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_GLOSSARY = (REPO / "docs" / "glossary.md").read_text("utf-8")
_PAIRS, _NOT = _GLOSSARY.split("## Not these words", 1)


@pytest.fixture(scope="module")
def found() -> dict[messages.Message, messages.Found]:
    return messages.gather()


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(messages.CATALOGUE))


# The catalogue


def test_every_text_of_the_source_has_its_english(
    catalogue: polib.POFile, found: dict[messages.Message, messages.Found]
) -> None:
    assert list(messages.complaints(catalogue, found)) == []


def test_hundreds_of_texts_are_gathered_from_python_and_from_templates(
    found: dict[messages.Message, messages.Found],
) -> None:
    kinds = [Path(text.place).suffix for text in found.values()]
    assert kinds.count(".py") > 400 and kinds.count(".html") > 200
    assert ("verb", "办结") in found and found[None, "还剩 %(n)d 天"].plural


def test_no_english_holds_a_chinese_character_or_a_wide_sign(catalogue: polib.POFile) -> None:
    wide = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
    assert [form for entry in catalogue for form in messages.forms_of(entry) if wide.search(form)] == []


def test_tags_stay_as_they_are(catalogue: polib.POFile) -> None:
    tags = re.compile(r"</?[a-z][^>]*>")
    for entry in catalogue:
        for form in messages.forms_of(entry):
            assert tags.findall(form) == tags.findall(entry.msgid)


def test_a_sentence_stays_a_sentence(catalogue: polib.POFile) -> None:
    """A full stop in Chinese is one in English, and a short label has none in either."""
    for entry in catalogue:
        for form in messages.forms_of(entry):
            assert form.endswith(".") == entry.msgid.endswith("。"), entry.msgid


@pytest.mark.parametrize(("chinese", "shown"), [("n月j日", "17 Nov"), ("Y年n月j日", "17 Nov 2026")])
def test_dates_are_written_as_english_writes_them(catalogue: polib.POFile, chinese: str, shown: str) -> None:
    entry = catalogue.find(chinese)
    assert entry is not None
    with translation.override("en"):
        assert date_format(date(2026, 11, 17), entry.msgstr) == shown


def test_counted_texts_know_one_and_many(catalogue: polib.POFile) -> None:
    words = gettext.GNUTranslations(io.BytesIO(catalogue.to_binary()))
    said = [words.ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", n) % {"n": n} for n in (1, 2)]
    assert said == ["1 day left", "2 days left"]


# The check itself


def _catalogue(**entry: object) -> polib.POFile:
    made = polib.POFile()
    made.append(polib.POEntry(**entry))
    return made


_ONE: dict[messages.Message, messages.Found] = {(None, "找到 %(n)d 件"): messages.Found("a.py")}
_MANY: dict[messages.Message, messages.Found] = {
    (None, "找到 %(n)d 件"): messages.Found("a.py", "找到 %(n)d 件")
}
_TEXT = {"msgid": "找到 %(n)d 件"}


@pytest.mark.parametrize(
    ("entry", "found", "fault"),
    [
        (_TEXT, _ONE, "untranslated"),
        ({"msgid": "另一句", "msgstr": "Another"}, {}, "no longer used"),
        (_TEXT | {"msgstr": "Found"}, _ONE, "placeholders differ"),
        (_TEXT | {"msgstr": "%(n)d 件 found"}, _ONE, "left in Chinese"),
        (_TEXT | {"msgstr": "%(n)d found"}, _MANY, "counted in one place only"),
        (_TEXT | {"msgid_plural": "x", "msgstr_plural": {0: "%(n)d", 1: ""}}, _MANY, "untranslated"),
        (
            _TEXT | {"msgid_plural": "x", "msgstr_plural": {0: "one", 1: "%(n)d"}},
            _MANY,
            "placeholders differ",
        ),
    ],
)
def test_the_check_says_what_is_wrong(
    entry: dict[str, object], found: dict[messages.Message, messages.Found], fault: str
) -> None:
    said = list(messages.complaints(_catalogue(**entry), found))
    assert len(said) == 1 and fault in said[0]


def test_a_complete_catalogue_is_not_blamed() -> None:
    assert list(messages.complaints(_catalogue(**_TEXT, msgstr="%(n)d found"), _ONE)) == []


def test_gathering_again_keeps_what_was_translated_and_drops_what_is_gone() -> None:
    made = _catalogue(**_TEXT, msgstr="%(n)d found")
    made.append(polib.POEntry(msgid="不再用", msgstr="gone"))
    messages.update(made, _ONE | {("verb", "办结"): messages.Found("b.py")})
    assert [(entry.msgctxt, entry.msgstr) for entry in made] == [(None, "%(n)d found"), ("verb", "")]


def test_a_text_that_becomes_counted_keeps_its_english_in_both_forms() -> None:
    made = _catalogue(**_TEXT, msgstr="%(n)d found")
    messages.update(made, _MANY)
    assert messages.forms_of(made[0]) == ["%(n)d found", "%(n)d found"]


# Nothing that people read is left without a mark

# Words that are data, not sentences: names of columns, of categories, of browsers, of the languages themselves; papers.
_DATA = {
    "intake/importer/categories.py",
    "intake/importer/dates.py",
    "intake/importer/denied.py",
    "intake/importer/mapping.py",
    "intake/importer/rows.py",
    "intake/importer/words.py",
    "cases/actions/materials.py",
    "grids/codes.py",
    "grids/exchange/rows.py",
    "grids/premises_table.py",
    "grids/words.py",
    "web/staff/show/letters.py",
    "web/staff/show/papers_letters.py",
    "web/staff/show/papers_units.py",
    "web/templatetags/signed_in.py",
}
_DATA_WORDS = {"督", "永", "纪", "号", "某某", "工作人员", "〔号码已隐去〕", "热线"}
_MARKS = {"_", "lazy", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy"}
_ROOMS = ("web", "cases", "intake", "access", "organisations", "accounts", "grids", "ledger")


def _unmarked(tree: ast.AST) -> Iterator[str]:
    """Chinese strings of a file outside docstrings, field help and calls that mark a text."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        passed |= {id(inner) for part in _spoken_for(node) for inner in ast.walk(part)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in passed and _CHINESE.search(text):
            yield text


def _spoken_for(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MARKS:
        return [node]
    if isinstance(node, ast.keyword) and node.arg == "help_text":
        return [node]
    return [node] if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else []


@pytest.mark.parametrize("room", _ROOMS)
def test_every_chinese_sentence_of_python_is_marked_for_translation(room: str) -> None:
    left: dict[str, set[str]] = {}
    for path in sorted((SOURCE / room).rglob("*.py")):
        place = path.relative_to(SOURCE).as_posix()
        if "migrations" not in path.parts and place not in _DATA:
            texts = set(_unmarked(ast.parse(path.read_text("utf-8")))) - _DATA_WORDS
            left |= {place: texts} if texts else {}
    assert left == {}


def test_every_chinese_sentence_of_a_template_is_marked_for_translation() -> None:
    marked = re.compile(r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)
    wide = re.compile(r"[\u3400-\u9fff\u3001\u3002\uff00-\uffef]+")
    for path in sorted((SOURCE / "web" / "templates").rglob("*.html")):
        left = wide.findall(marked.sub("", path.read_text("utf-8")))
        assert [words for words in left if words != "中文"] == [], path.name


# The glossary


def _rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row, heads and rules left out."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not set(cells[0]) <= set("-: ") and cells[0] not in ("中文", "not"):
            yield cells


def _fixed() -> dict[str, list[str]]:
    """Bold Chinese → the English forms that are allowed; `·` separates several pairs of one row."""
    fixed: dict[str, list[str]] = {}
    for cells in (row for row in _rows(_PAIRS) if "**" in row[0]):
        for chinese, english in zip(cells[0].split("·"), cells[1].split("·"), strict=True):
            if bold := re.fullmatch(r"\*\*(.+)\*\*", chinese.strip()):
                fixed[bold[1]] = [form.strip().lower() for form in english.split("/")]
    return fixed


def _terms_in(text: str, terms: Iterable[str]) -> Iterator[str]:
    """The longest terms first, so that 待甄别 is not also read as 甄别."""
    for term in sorted(terms, key=len, reverse=True):
        if term in text:
            text = text.replace(term, "")
            yield term


def test_fixed_words_are_translated_as_the_glossary_says(catalogue: polib.POFile) -> None:
    fixed = _fixed()
    assert len(fixed) > 60
    for entry in catalogue:
        for term in _terms_in(entry.msgid, fixed):
            for form in messages.forms_of(entry):
                assert any(word in form.lower() for word in fixed[term]), f"{term}: {entry.msgid} → {form}"


def test_no_text_says_a_word_that_the_glossary_forbids(catalogue: polib.POFile) -> None:
    forbidden = [cells[0] for cells in _rows(_NOT)]
    assert {"案件", "工单", "case", "invalid"} <= set(forbidden)
    for word in forbidden:
        english = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        for entry in catalogue:
            assert word not in entry.msgid
            assert not any(english.search(form) for form in messages.forms_of(entry)), entry.msgid


def _named(chinese: object, name: str) -> bool:
    """Whether one row of the glossary has both the Chinese word and the identifier."""
    quoted = re.compile(rf"[`\"]{re.escape(name)}[`\"]")
    return any(
        str(chinese) in cells[0] and any(quoted.search(cell) for cell in cells[2:]) for cells in _rows(_PAIRS)
    )


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("state", {state.name: state.zh for state in STATES.values()}),
        ("verb", {name: words for name, words in VERBS.items() if name not in ("attempt", "withdraw")}),
        ("worklist", {row.name: row.title for row in WORKLISTS.values()}),
        ("clock", {name: words for name, words in CLOCKS if name != "screen"}),
    ],
)
def test_the_glossary_names_the_codes_own_words(what: str, words: dict[str, object]) -> None:
    assert {name: str(zh) for name, zh in words.items() if not _named(zh, name)} == {}


def test_the_glossary_names_every_role_and_every_flow() -> None:
    assert [role for role in Role if f"`{role.value}`" not in _PAIRS] == []
    assert [zh for zh in FLOWS.values() if str(zh) not in _fixed()] == []


def test_every_verb_is_told_afterwards_in_the_same_chinese() -> None:
    assert {verb: str(words) for verb, words in STEPS.items()} == {
        v: str(words) for v, words in VERBS.items()
    }


def test_no_fact_of_the_ledger_is_named_by_a_forbidden_word() -> None:
    forbidden = [cells[0] for cells in _rows(_NOT)]
    assert [kind for kind, words in FACTS.items() if any(word in str(words) for word in forbidden)] == []
