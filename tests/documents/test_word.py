"""DOCX: the delivered templates follow the field list, open in an office suite, and keep words as words."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from letter_samples import R03, SEEN, USUAL, V02, V05, V06
from paper_samples import INSTRUCTION, SHORT, squeeze, words
from test_v01 import SEEN as V01_SEEN
from test_v01 import VALUES

from yimen.documents import drafts, fields, values, vetting, word

USED: dict[str, Any] = {**USUAL, "V01": replace(SHORT, **VALUES), "R03": R03}
# Said otherwise on our own layout: with its unit, its label, or a number before each.
DIFFERENT = {
    ("V01", "party_size"): "23", ("V01", "attachments"): "室温照片", ("V01", "instructed_by"): "刘主任",
    ("V01", "instructed_at"): "2026年11月16日16:05",
    ("R03", "at"): "2026年11月16日15:02",
}  # fmt: skip
KEYS = [(form, field) for form in values.SHAPES for field in fields.printed(form)]


@cache
def filled(form: str) -> bytes:
    return word.fill(word.shipped(form), values.words_of(USED[form]))[0]


def seen(form: str, key: str) -> str:
    if (form, key) in DIFFERENT:
        return DIFFERENT[form, key]
    return squeeze({**SEEN, "V01": V01_SEEN}.get(form, {}).get(key) or getattr(USED[form], key))


@pytest.mark.parametrize(("form", "field"), KEYS, ids=lambda one: getattr(one, "key", one))
def test_every_key_of_the_list_stands_in_the_document(form: str, field: fields.Field) -> None:
    assert seen(form, field.key) in squeeze(word.text_of(filled(form)))


@pytest.mark.parametrize("form", values.SHAPES)
def test_a_delivered_template_names_its_whole_list_and_nothing_else(form: str) -> None:
    found = vetting.examine(form, word.shipped(form))
    assert (found.refused, found.unknown, found.missing) == ("", (), ())
    assert set(fields.labels(form)) <= set(found.named)


@pytest.mark.parametrize("form", values.SHAPES)
def test_a_delivered_template_is_the_one_the_field_list_draws(form: str) -> None:
    """After a change of the list: `python -m yimen.documents.drafts`."""
    assert drafts.draft(form) == word.shipped(form)


@pytest.mark.parametrize("form", sorted(set(values.SHAPES) - {"V05", "V06"}))
def test_an_empty_document_keeps_every_label(form: str) -> None:
    body = squeeze(word.text_of(word.fill(word.shipped(form), values.sample(form, ""))[0]))
    for field in fields.printed(form):
        assert squeeze(field.label) in body


def test_nothing_that_is_to_be_omitted_can_be_named() -> None:
    for form in values.SHAPES:
        assert not {field.key for field in fields.FIELDS[form] if field.need == "omit"} & values.names(form)


def test_every_document_opens_in_an_office_suite(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "soffice (LibreOffice) is not installed: .ci/run installs it"
    for form in values.SHAPES:
        (tmp_path / f"{form}.docx").write_bytes(filled(form))
        (tmp_path / f"{form}-empty.docx").write_bytes(
            word.fill(word.shipped(form), values.sample(form, ""))[0]
        )
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "pdf",
               "--outdir", str(tmp_path), *map(str, sorted(tmp_path.glob("*.docx")))]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for form in values.SHAPES:
        pdf = (tmp_path / f"{form}.pdf").read_bytes()
        assert squeeze(values.heading(USED[form])) in words(pdf)
        assert (tmp_path / f"{form}-empty.pdf").read_bytes().startswith(b"%PDF")


EVIL = [
    "{{ name }}",
    "{% if x %}",
    "{_{ x }_}",
    "{_% x %_}",
    "<w:p/>",
    "&amp;",
    "</w:t>",
    "#{x}",
    "𠮷㐂😀",
    "a\\b",
]


@pytest.mark.parametrize("evil", EVIL)
def test_what_people_typed_stays_what_they_typed(evil: str) -> None:
    document = word.fill(word.shipped("V02"), values.words_of(replace(V02, content=evil, to_unit=evil)))[0]
    assert squeeze(word.text_of(document)).count(squeeze(evil)) == 2


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    odd = "甲\x00乙\x07\ufffe丙\ud800丁"
    document = word.fill(word.shipped("V02"), values.words_of(replace(V02, content=odd)))[0]
    assert "甲乙丙\ufffd丁" in word.text_of(document)


def test_ten_thousand_characters_and_their_lines_are_kept() -> None:
    text = "\n".join(f"第{n}句，楼上漏水无人管。" for n in range(900))
    document = word.fill(word.shipped("V06"), values.words_of(replace(V06, facts=text)))[0]
    assert word.text_of(document).count("漏水") == 900
    assert zipfile.ZipFile(io.BytesIO(document)).read("word/document.xml").count(b"<w:br/>") == 899


def test_a_notice_shows_only_the_parts_that_were_given() -> None:
    given = replace(V05, extension="", competent="")
    body = word.text_of(word.fill(word.shipped("V05"), values.words_of(given))[0])
    assert "转送/交办去向" in body and "延期理由" not in body and "有权处理机关" not in body


def test_a_draft_and_a_confidence_are_marked_on_top() -> None:
    for data, said in (
        (replace(V06, draft=True), "草稿，未签发"),
        (replace(V02, confidential=True), "需保密"),
    ):
        form = type(data).__name__
        assert said in word.text_of(word.fill(word.shipped(form), values.words_of(data))[0])
        assert said not in word.text_of(filled(form))
        assert "mark" in values.required(form)


def test_a_struck_instruction_is_said_to_be_struck_and_by_whom() -> None:
    struck = replace(INSTRUCTION, struck=True, struck_by="周敏", struck_at=datetime(2026, 11, 17, 1, 30, tzinfo=UTC),
                     struck_reason="代录有误")  # fmt: skip
    body = squeeze(
        word.text_of(word.fill(word.shipped("V01"), values.words_of(replace(SHORT, instruction=[struck])))[0])
    )
    assert "请城市管理办牵头。【已划去：周敏2026年11月17日09:30代录有误】" in body


def test_the_delivered_files_carry_no_maker_and_no_hour() -> None:
    for form in values.SHAPES:
        core = Document(io.BytesIO(word.shipped(form))).core_properties
        assert (core.author, core.title, core.created) == ("", "", datetime(2026, 1, 1, tzinfo=UTC))
