"""What may become a template: names and conditions in a plain document; nothing that runs, links, loops or hides."""

from __future__ import annotations

import io
import zipfile

import pytest
from edited import changed, repacked, with_line, without

from yimen.documents import vetting, word

RELATION = (
    b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" '
    b'Target="%s" TargetMode="External"/></Relationships>'
)


def linked(kind: bytes, target: bytes) -> bytes:
    tail = RELATION % (kind, target)
    return repacked(
        {"word/_rels/document.xml.rels": lambda body: body.replace(b"</Relationships>", tail)}, "V02"
    )


def body_with(xml: bytes) -> bytes:
    return repacked({"word/document.xml": lambda body: body.replace(b"<w:sectPr", xml + b"<w:sectPr", 1)})


def test_an_edited_template_is_taken() -> None:
    found = vetting.vet(
        "V02", with_line("{% if objection %}有异议：{{ objection }}{% else %}无异议{% endif %}")
    )
    assert (found.refused, found.unknown, found.missing) == ("", (), ())


def test_unknown_names_are_listed_and_so_are_required_ones_left_out() -> None:
    assert vetting.examine("V02", with_line("{{ contnet }} {{ id_no }} {{ url }}")).unknown == (
        "contnet",
        "id_no",
        "url",
    )
    assert vetting.examine("V02", without("due")).missing == ("due",)
    assert vetting.examine("V02", without("reply")).missing == ()  # optional


def test_names_in_a_footer_and_in_the_properties_count_too() -> None:
    def footer(document: object) -> None:
        document.sections[0].footer.paragraphs[0].add_run("{{ nobody }}")  # type: ignore[attr-defined]
        document.core_properties.title = "{{ nothing }}"  # type: ignore[attr-defined]

    assert vetting.examine("V02", changed(footer)).unknown == ("nobody", "nothing")


@pytest.mark.parametrize(
    "evil",
    [
        "{{ ''.__class__.__mro__ }}", "{{ no.__class__ }}", "{{ no.upper() }}", "{{ range(10) }}", "{{ no|upper }}",
        "{% for a in no %}{{ a }}{% endfor %}", "{% for a in 'x'*99999 %}{% endfor %}", "{% set no = 1 %}",
        "{% include 'x' %}", "{% import 'os' as os %}", "{% from 'os' import path %}", "{% macro m() %}{% endmacro %}",
        "{{ 'a' * 999999999 }}", "{{ no ~ no }}", "{{ no['x'] }}", "{{ cycler }}{{ 9**9**9 }}", "{% raw %}", "{{ no",
        "{% if no %}", "{{ }}", "{% endfor %}", "{{ self._TemplateReference__context }}", "{% extends 'x' %}",
        "{% call no() %}{% endcall %}", "{% filter upper %}x{% endfilter %}", "{{ lipsum.__globals__ }}",
    ],
)  # fmt: skip
def test_nothing_but_names_and_conditions_renders(evil: str) -> None:
    assert vetting.examine("V02", with_line(evil)).refused == "broken"


@pytest.mark.parametrize(
    ("name", "code"),
    [("word__vbaProject_dot_bin", "macro"), ("word__embeddings__oleObject1_dot_bin", "macro"),
     ("word__embeddings__a_dot_xlsx", "embedded"), ("word__afchunk_dot_htm", "embedded"), ("evil_dot_exe", "embedded"),
     ("word__activeX__activeX1_dot_bin", "macro")],
)  # fmt: skip
def test_macros_and_embedded_files_are_refused(name: str, code: str) -> None:
    assert vetting.examine("V02", repacked(**{name: b"MZ"})).refused == code


def test_a_macro_enabled_document_under_a_plain_name_is_refused() -> None:
    data = repacked(
        {"[Content_Types].xml": lambda body: body.replace(
            b"wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml")}
    )  # fmt: skip
    assert vetting.examine("V02", data).refused == "not_docx"


@pytest.mark.parametrize(
    ("kind", "target"),
    [(b"attachedTemplate", b"http://example.org/evil.dotm"), (b"image", b"file:////server/share/a.png"),
     (b"hyperlink", b"https://example.org/"), (b"oleObject", b"\\\\server\\x")],
)  # fmt: skip
def test_links_to_the_outside_are_refused(kind: bytes, target: bytes) -> None:
    assert vetting.examine("V02", linked(kind, target)).refused == "external"


@pytest.mark.parametrize("target", ["http://example.org/x.png", "//example.org/x", "\\\\server\\x", "file:x"])
@pytest.mark.parametrize("attribute", ["src", "o:href", "o:althref"])
def test_old_drawings_that_load_from_elsewhere_are_refused(attribute: str, target: str) -> None:
    spaces = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    drawing = f'<w:p><w:r><w:pict><v:shape {spaces}><v:imagedata {attribute}="{target}"/></v:shape></w:pict></w:r></w:p>'
    assert vetting.examine("V02", body_with(drawing.encode())).refused == "external"


@pytest.mark.parametrize(
    "code", ["DDEAUTO c:\\\\cmd.exe", 'INCLUDEPICTURE "http://example.org/x"', "INCLUDETEXT x", "MACROBUTTON x y",
             'PAGE \\* INCLUDETEXT "x"'],
)  # fmt: skip
def test_words_own_fields_are_refused_unless_they_number_pages(code: str) -> None:
    run = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    spread = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (code[:3], code[3:]))
    assert vetting.examine("V02", body_with(run.format(spread).encode())).refused == "field"
    pages = run.format("<w:r><w:instrText> PAGE \\* MERGEFORMAT </w:instrText></w:r>")
    assert vetting.examine("V02", body_with(pages.encode())).refused == ""


def test_a_document_type_with_entities_is_refused() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert vetting.examine("V02", repacked(customXml__item1_dot_xml=laughs)).refused == "not_docx"


def test_bombs_are_refused_whatever_the_directory_claims() -> None:
    assert (
        vetting.examine("V02", repacked(word__big_dot_xml=b"<x>" + b" " * 50_000_000 + b"</x>")).refused
        == "bomb"
    )
    assert (
        vetting.examine("V02", repacked(**{f"word__{n}_dot_xml": b"<x/>" for n in range(300)})).refused
        == "bomb"
    )


@pytest.mark.parametrize("data", [b"", b"MZ", b"PK\x03\x04", b"%PDF-1.7", word.shipped("V02")[:5000]])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    assert vetting.examine("V02", data).refused == "not_docx"


def test_a_workbook_is_no_template() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("xl/workbook.xml", b"<workbook/>")
    assert vetting.examine("V02", out.getvalue()).refused == "not_docx"


def test_a_file_too_large_is_refused_before_it_is_opened() -> None:
    assert vetting.vet("V02", bytes(vetting.MAX_BYTES + 1)).refused == "large"


def test_a_template_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vetting, "SECONDS", 0.05)
    assert vetting.vet("V02", word.shipped("V02")).refused == "slow"


@pytest.mark.parametrize(("count", "code"), [(1_900, "broken"), (60_000, "bomb")])
def test_the_librarys_quadratic_patterns_are_kept_short(count: int, code: str) -> None:
    assert vetting.vet("V02", with_line("{{" * count)).refused == code
