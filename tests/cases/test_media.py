"""Uploads: what is let in, what is kept shut, what is turned away, and what never survives."""

from __future__ import annotations

import importlib
import random
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from media_samples import (
    ALL,
    BLOCKED,
    CANARY,
    CLEAN,
    HTML,
    Sample,
    exif,
    jpeg,
    pdf,
    photo,
    saved,
    with_links,
    with_photo,
)
from PIL import Image

from yimen.cases.media import clean
from yimen.cases.media.judge import judge
from yimen.cases.media.reasons import REASONS
from yimen.cases.media.verdict import MAX_BYTES

SECRETS = (
    CANARY,
    b"CANARY",
    b"Exif\0\0",
    b"InventedPhone",
    b"<script",
    b"JavaScript",
    b"/Launch",
    b"/FileAttachment",
    b"ICC_PROFILE",
)


def by_title(samples: list[Sample]) -> list[object]:
    return [pytest.param(sample, id=sample.title) for sample in samples]


@pytest.mark.parametrize("sample", by_title(ALL))
def test_a_file_meets_the_fate_it_deserves(sample: Sample) -> None:
    done = clean(sample.make(), sample.name, "image/jpeg")
    assert (done.state, done.kind) == (sample.state, sample.kind), done.reason
    assert sample.reason in done.reason
    assert not sample.mime or done.mime == sample.mime
    assert (done.derivative is not None) == (sample.state == "clean")
    assert sample.state != "blocked" or len(done.reason) > 5


@pytest.mark.parametrize("sample", by_title(CLEAN))
def test_nothing_hidden_survives_in_the_copy(sample: Sample) -> None:
    derivative = judge(sample.make(), sample.name).derivative or b""
    if sample.kind == "pdf":
        derivative = _unpacked(derivative)
    assert derivative
    assert not [secret for secret in SECRETS if secret in derivative]
    if sample.kind == "photo":
        picture = Image.open(BytesIO(derivative))
        picture.load()
        assert max(picture.size) <= 2560
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert getattr(picture, "n_frames", 1) == 1


def _unpacked(data: bytes) -> bytes:
    """A PDF with every stream opened, so that a search sees everything."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as paper:
        paper.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                   object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)  # fmt: skip
    return out.getvalue()


def test_there_are_enough_samples() -> None:
    assert len(ALL) >= 90 and len(BLOCKED) >= 40
    assert len({sample.title for sample in ALL}) == len(ALL)


def test_the_place_was_really_in_the_photo_before() -> None:
    assert CANARY in jpeg(exif=exif()) and CANARY in _unpacked(pdf(with_photo))


def test_a_photo_on_its_side_is_set_upright() -> None:
    done = judge(jpeg(exif=exif(6)), "a.jpg")
    assert Image.open(BytesIO(done.derivative or b"")).size == (200, 320)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_shows_the_same_scene(orientation: int) -> None:
    marked = photo().copy()
    marked.paste((255, 0, 0), (0, 0, 40, 40))
    turned = {1: [], 2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]}[orientation]
    stored = marked
    for turn in turned:
        stored = stored.transpose(Image.Transpose(turn))
    data = saved(stored, "JPEG", quality=95, exif=exif(orientation))
    shown = Image.open(BytesIO(judge(data, "a.jpg").derivative or b"")).convert("RGB")
    red, green, blue = shown.getpixel((10, 10))  # type: ignore[misc]
    assert shown.size == marked.size and red > 200 and green < 60 and blue < 60


def test_a_print_photo_keeps_its_colours() -> None:
    red = Image.new("CMYK", (60, 60), (0, 255, 255, 0))
    red.paste((255, 0, 0, 0), (0, 0, 30, 60))
    shown = Image.open(BytesIO(judge(saved(red, "JPEG", quality=95), "a.jpg").derivative or b"")).convert(
        "RGB"
    )
    assert shown.getpixel((50, 30))[0] > 200 and shown.getpixel((10, 30))[0] < 60  # type: ignore[index]


def test_sixteen_bits_become_eight_and_stay_a_ramp() -> None:
    from media_samples import sixteen_bit

    shown = Image.open(BytesIO(judge(sixteen_bit(), "a.png").derivative or b"")).convert("L")
    assert (
        shown.getpixel((0, 0)) < 4 and shown.getpixel((63, 0)) > 248 and 120 < shown.getpixel((32, 0)) < 136
    )  # type: ignore[operator]


def test_a_large_photo_is_made_smaller_and_keeps_its_shape() -> None:
    done = judge(saved(photo((6000, 4000)), "JPEG"), "a.jpg")
    assert Image.open(BytesIO(done.derivative or b"")).size == (2560, 1707)


def test_a_small_photo_is_not_blown_up() -> None:
    done = judge(saved(photo((90, 60)), "JPEG"), "a.jpg")
    assert Image.open(BytesIO(done.derivative or b"")).size == (90, 60)


def test_an_ordinary_link_in_a_pdf_stays_and_the_others_go() -> None:
    body = _unpacked(judge(pdf(with_links), "a.pdf").derivative or b"")
    assert b"https://www.example.org/ok" in body and b"file:" not in body and b"javascript" not in body


def test_the_pages_of_a_pdf_stay_readable() -> None:
    done = judge(pdf(with_photo), "a.pdf")
    with pikepdf.open(BytesIO(done.derivative or b"")) as paper:
        assert b"(Hello) Tj" in paper.pages[0].Contents.read_bytes()
        assert Image.open(BytesIO(paper.pages[0].Resources.XObject.Im0.read_raw_bytes())).size == (320, 200)


def test_the_declared_type_is_never_believed() -> None:
    assert clean(HTML, "a.jpg", "image/jpeg").state == "blocked"
    assert clean(jpeg(), "a.jpg", "text/html").state == "clean"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../../etc/passwd.jpg", "a\0b.jpg", "照" * 5000 + ".jpg", "-c.jpg", "a.JPG "]
)
def test_a_strange_name_does_no_harm(name: str) -> None:
    assert clean(jpeg(), name).state in {"clean", "blocked"}


def test_a_slow_file_is_stopped_at_the_deadline() -> None:
    done = clean(jpeg(), "a.jpg", deadline=0.01)
    assert done.state == "blocked" and "时间太长" in done.reason


def test_a_worker_that_dies_blocks_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert clean(jpeg(), "a.jpg").state == "blocked"
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert clean(jpeg(), "a.jpg").state == "blocked"


@pytest.mark.parametrize(
    "answer",
    [b"nonsense\n", b"{}\n", b"[]\n", b"null\n", b'{"state":"clean","mime":"text/html","kind":"photo","code":""}\nx',
     b'{"state":"clean","mime":"image/jpeg","kind":"photo","code":""}\n<html>',
     b'{"state":"free","mime":"image/jpeg","kind":"photo","code":""}\n',
     b'{"state":"blocked","mime":"x","kind":"other","code":"invented"}\n'],
)  # fmt: skip
def test_a_worker_that_was_taken_over_is_not_believed(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        importlib.import_module("yimen.cases.media.clean"), "_ask", lambda *_: (answer, False)
    )
    assert clean(jpeg(), "a.jpg").state == "blocked"


def test_the_worker_can_write_no_file_and_take_no_more_memory(tmp_path: Path) -> None:
    script = (
        "import sys; from yimen.cases.media.worker import limit; limit()\n"
        "try: bytearray(2 << 30); print('memory')\n"
        "except MemoryError: print('capped')\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try: open(sys.argv[1], 'w').write('x') and None\n"
        "except OSError: print('no file')\n"
    )
    source = str(Path(__file__).resolve().parents[2] / "src")
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "x")], env={"PYTHONPATH": source},
                          capture_output=True, check=False)  # fmt: skip
    assert b"capped" in done.stdout and b"memory" not in done.stdout
    assert not (tmp_path / "x").exists() or not (tmp_path / "x").read_bytes()


def test_mutated_files_never_raise_and_never_leak() -> None:
    dice = random.Random(20251123)
    originals = [(jpeg(exif=exif()), "a.jpg"), (pdf(), "a.pdf"), (saved(photo((64, 64)), "PNG"), "a.png")]
    for turn in range(240):
        data, name = originals[turn % len(originals)]
        broken = bytearray(data)
        for _ in range(dice.randint(1, 12)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        done = judge(bytes(broken[: dice.randrange(len(broken)) or None] if turn % 4 == 0 else broken), name)
        assert done.state in {"clean", "sealed", "blocked"} and done.code in REASONS
        assert CANARY not in (done.derivative or b"")


def test_the_limit_of_size_is_twenty_megabytes() -> None:
    assert MAX_BYTES == 20 * 1024 * 1024
