"""The typesetter itself: the same everywhere, by many at once, quick, and clear when fonts are missing."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from paper_samples import SHORT, SLIP, words

from yimen.documents import fonts, press, render


def test_the_same_words_give_the_same_bytes_from_any_press(monkeypatch: pytest.MonkeyPatch) -> None:
    first = render.v01(SHORT)
    monkeypatch.setattr(press, "press", press.Press)
    assert render.v01(SHORT) == first


def test_only_the_shipped_faces_are_in_the_file() -> None:
    names = set()
    for pdf in (render.v01(SHORT), render.slip(SLIP), render.slip(replace(SLIP, lang="en"), "80mm")):
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
            names |= {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert names
    assert {name.split("+")[-1].split("-")[0] for name in names} <= {"NotoSerifSC", "NotoSansSC"}


def test_the_machine_s_own_fonts_are_never_asked() -> None:
    own = {
        "DejaVu Sans Mono",
        "Libertinus Serif",
        "New Computer Modern",
        "New Computer Modern Math",
    }  # inside typst
    assert set(press._faces().families()) == {"Noto Serif SC", "Noto Sans SC"} | own


def test_many_printing_at_once_each_get_their_own_paper() -> None:
    def one(n: int) -> bool:
        return f"永〔2026〕{n:05d}" in words(render.slip(replace(SLIP, no=f"永〔2026〕{n:05d}")))

    with ThreadPoolExecutor(8) as hands:
        assert all(hands.map(one, range(24)))


def test_nothing_of_the_last_paper_stays_on_the_next() -> None:
    render.v01(replace(SHORT, visitor_name="秘密来访人", confidential=True))
    body = words(render.v01(SHORT))
    assert "秘密来访人" not in body
    assert "不得向被反映" not in body


def test_a_warm_press_prints_within_a_blink() -> None:
    render.v01(SHORT)
    times = []
    for n in range(5):
        begin = time.perf_counter()
        render.v01(replace(SHORT, no=f"永〔2026〕{n:05d}"))
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.25  # about 18 ms; the bound allows for a busy machine


def test_missing_fonts_are_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path / "noto-serif-sc",))
    with pytest.raises(FileNotFoundError, match=r"noto-serif-sc.*yimen up"):
        fonts.folders()
