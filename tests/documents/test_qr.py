"""The code on screen and on paper is the same, and it is the right one."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from paper_samples import REFERRAL, SHORT, SLIP, URL, picture

from yimen.documents import qr, render


def test_a_code_is_level_m_and_no_micro_code() -> None:
    code = qr.code(URL)
    assert code.error == "M"
    assert not code.is_micro


def test_the_svg_is_one_clean_element_with_a_white_ground_and_no_style() -> None:
    svg = qr.svg(URL)
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "style" not in svg
    assert "class" not in svg
    assert "#fff" in svg
    side = len(qr.matrix(URL)) + 2 * qr.QUIET
    assert root.get("viewBox") == f"0 0 {side} {side}"


def test_text_cannot_leave_the_svg() -> None:
    assert "script" not in qr.svg('"><script>alert(1)</script>')


@pytest.mark.parametrize("text", ["", "x" * 3000])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        qr.svg(text)


def test_chinese_and_long_addresses_fit() -> None:
    assert len(qr.matrix("永〔2026〕01187")) >= 21
    assert len(qr.matrix("https://example.org/" + "m" * 300)) > 41


PLACES = {  # millimetres of the page that hold the printed code and nothing else
    "v01": (render.v01(SHORT), (165, 18, 195, 38.5)),
    "slip": (render.slip(SLIP), (92, 22, 140, 58.5)),
    "referral": (render.referral(REFERRAL), (11, 132, 41, 161)),
}


@pytest.mark.parametrize("paper", PLACES)
def test_the_printed_code_is_module_for_module_the_address(paper: str) -> None:
    pdf, box = PLACES[paper]
    assert printed_modules(pdf, box) == qr.matrix(URL)


def printed_modules(pdf: bytes, box: tuple[float, float, float, float]) -> list[list[bool]]:
    """The middle of each module as a 300 dpi printer sets it."""
    part = picture(pdf, 300).crop(tuple(round(edge / 25.4 * 300) for edge in box))
    dark = part.point(lambda grey: 255 if grey < 128 else 0)
    left, top, right, bottom = dark.getbbox() or (0, 0, 0, 0)
    count = len(qr.matrix(URL))
    step_x, step_y = (right - left) / count, (bottom - top) / count
    return [
        [
            dark.getpixel((int(left + (x + 0.5) * step_x), int(top + (y + 0.5) * step_y))) == 255
            for x in range(count)
        ]
        for y in range(count)
    ]
