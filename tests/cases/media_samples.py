"""Invented files, normal and hostile, each with what must become of it."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import pikepdf
from PIL import Image, ImageCms

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
CANARY = b"CANARY-39.9042N-116.4074E"


@dataclass(frozen=True)
class Sample:
    title: str
    name: str
    make: Callable[[], bytes]
    state: str
    kind: str
    mime: str = ""
    reason: str = ""  # a piece of the sentence


@cache
def photo(size: tuple[int, int] = (320, 200)) -> Image.Image:
    """A picture with many colours, like a photograph."""
    red, green = Image.linear_gradient("L").resize(size), Image.radial_gradient("L").resize(size)
    return Image.merge("RGB", (red, green, red.rotate(90).resize(size)))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    return saved(photo(), "JPEG", quality=90, **options)


def png(**options: object) -> bytes:
    return saved(photo(), "PNG", **options)


def exif(orientation: int = 1) -> Image.Exif:
    """Camera notes with an invented place."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010E] = CANARY.decode()
    notes[0x010F] = "InventedPhone"
    place = notes.get_ifd(0x8825)
    place[1], place[2] = "N", (39.0, 54.0, 15.1)
    place[3], place[4] = "E", (116.0, 24.0, 26.6)
    notes[0x8825] = dict(place)
    return notes


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(
    width: int, height: int, pixels: bytes, extra: bytes = b"", depth: int = 8, colour: int = 0
) -> bytes:
    """A PNG written by hand: any size may be claimed."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def png_bomb() -> bytes:
    """30,000 × 30,000 grey pixels, all black: 900 MB from under 1 MB."""
    pack = zlib.compressobj(9)
    row = b"\0" * 30_001
    return png_of(30_000, 30_000, b"".join(pack.compress(row) for _ in range(30_000)) + pack.flush())


def text_bomb() -> bytes:
    """A small PNG with a note that swells to 300 MB."""
    note = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 300_000_000, 9))
    return png_of(1, 1, zlib.compress(b"\0\0"), extra=note)


def sixteen_bit(colour: int = 0) -> bytes:
    """64 × 64, 16 bits a channel: a smooth ramp."""
    channels = {0: 1, 2: 3}[colour]
    row = b"\0" + b"".join(struct.pack(">H", x * 1024) * channels for x in range(64))
    return png_of(64, 64, zlib.compress(row * 64), depth=16, colour=colour)


def cmyk() -> bytes:
    return saved(photo().convert("CMYK"), "JPEG")


def animated(kind: str) -> bytes:
    frames = [photo(), photo().rotate(180), photo().rotate(90)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def transparent() -> bytes:
    image = photo().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return saved(image, "PNG")


def palette() -> bytes:
    return saved(photo().quantize(16), "PNG", transparency=3)


def display_p3() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return jpeg(icc_profile=profile)


def bad_profile() -> bytes:
    return jpeg(icc_profile=b"not a profile at all" * 20)


def multi_picture() -> bytes:
    return saved(photo(), "MPO", save_all=True, append_images=[photo().rotate(180)])


def huge_header() -> bytes:
    """A JPEG whose header claims 65,000 × 65,000."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


def archive(**files: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, body in files.items():
            box.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def package(main: str, *, bomb: bool = False, macro: bool = False) -> bytes:
    """A bare office package: the parts that say what it is."""
    files = {"[Content_Types].xml": b"<Types/>", f"{main}/main.xml": b"\0" * 200_000_000 if bomb else b"<x/>"}
    if macro:
        files[f"{main}/vbaProject.bin"] = OLE
    return archive(**files)


def ofd() -> bytes:
    return archive(**{"OFD.xml": b"<ofd/>", "Doc_0__Document.xml": b"<d/>"})


def pdf(dress: Callable[[pikepdf.Pdf], None] | None = None, **options: object) -> bytes:
    """One page with a line of text; `dress` adds what a hostile author would."""
    paper = pikepdf.new()
    page = paper.add_blank_page(page_size=(200, 200))
    page.Contents = paper.make_stream(b"BT /F1 12 Tf 20 100 Td (Hello) Tj ET")
    if dress:
        dress(paper)
    out = BytesIO()
    paper.save(out, static_id=True, **options)
    return out.getvalue()


def with_script(paper: pikepdf.Pdf) -> None:
    act = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('CANARY')"))
    paper.Root.OpenAction = paper.make_indirect(act)
    paper.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x"), paper.make_indirect(act)]))
    )
    paper.pages[0].AA = pikepdf.Dictionary(O=act)


def with_program(paper: pikepdf.Pdf) -> None:
    paper.attachments["setup.exe"] = pikepdf.AttachedFileSpec(paper, b"MZ" + CANARY, filename="setup.exe")


def with_launch(paper: pikepdf.Pdf) -> None:
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe CANARY"))
    _annotate(paper, pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=launch))


def with_pinned_file(paper: pikepdf.Pdf) -> None:
    body = paper.make_stream(CANARY)
    spec = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F=pikepdf.String("a.js"), EF=pikepdf.Dictionary(F=body)
    )
    _annotate(
        paper, pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, FS=spec)
    )


def with_links(paper: pikepdf.Pdf) -> None:
    for address in ("https://www.example.org/ok", "javascript:alert('CANARY')", "file:///CANARY"):
        go = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
        _annotate(paper, pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=go))


def with_author(paper: pikepdf.Pdf) -> None:
    paper.docinfo["/Author"] = CANARY.decode()
    with paper.open_metadata() as notes:
        notes["dc:creator"] = [CANARY.decode()]


def with_form(paper: pikepdf.Pdf) -> None:
    paper.Root.AcroForm = pikepdf.Dictionary(XFA=paper.make_stream(CANARY), Fields=pikepdf.Array())


def with_photo(paper: pikepdf.Pdf) -> None:
    body = paper.make_stream(jpeg(exif=exif()))
    body.Type, body.Subtype, body.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DCTDecode
    body.Width, body.Height, body.BitsPerComponent, body.ColorSpace = 320, 200, 8, pikepdf.Name.DeviceRGB
    paper.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=body))


def _annotate(paper: pikepdf.Pdf, note: pikepdf.Dictionary) -> None:
    note.Rect = pikepdf.Array([0, 0, 10, 10])
    page = paper.pages[0]
    page.obj["/Annots"] = pikepdf.Array([*page.obj.get("/Annots", []), paper.make_indirect(note)])


def pdf_without_pages() -> bytes:
    paper = pikepdf.new()
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def nested_pdf() -> bytes:
    """Arrays within arrays, 400 deep."""
    return pdf().replace(b"<<", b"<< /Deep " + b"[" * 400 + b"]" * 400, 1)


def mp4(kind: bytes = b"isom") -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + kind + b"\0\0\2\0isommp41" + b"\0" * 64


def quiet_heif() -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return saved(photo(), "HEIF", quality=70, exif=exif().tobytes())


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = (
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
)
JPG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"

CLEAN = [
    Sample("a plain photo", "a.jpg", jpeg, "clean", "photo", JPG),
    Sample("a photo with place and device in its notes", "gps.JPG", lambda: jpeg(exif=exif()), "clean", "photo", JPG),
    Sample("a photo lying on its side", "side.jpg", lambda: jpeg(exif=exif(6)), "clean", "photo", JPG),
    Sample("a progressive photo", "p.jpeg", lambda: jpeg(progressive=True), "clean", "photo", JPG),
    Sample("a photo for print", "cmyk.jpg", cmyk, "clean", "photo", JPG),
    Sample("a grey photo", "grey.jpg", lambda: saved(photo().convert("L"), "JPEG"), "clean", "photo"),
    Sample("a photo with a colour profile", "p3.jpg", display_p3, "clean", "photo", JPG),
    Sample("a photo with a nonsense profile", "icc.jpg", bad_profile, "clean", "photo", JPG),
    Sample("two pictures in one JPEG", "mpo.jpg", multi_picture, "clean", "photo", JPG),
    Sample("a photo with a web page in its comment", "com.jpg", lambda: jpeg(comment=HTML), "clean", "photo", JPG),
    Sample("a photo with a film behind it", "motion.jpg", lambda: jpeg() + mp4() + CANARY, "clean", "photo", JPG),
    Sample("a screenshot", "s.png", png, "clean", "photo", JPG),
    Sample("a picture with transparency", "t.png", transparent, "clean", "photo", PNG),
    Sample("a drawing of a few colours", "l.png", palette, "clean", "photo", PNG),
    Sample("a grey picture of 16 bits", "16.png", sixteen_bit, "clean", "photo", PNG),
    Sample("a colour picture of 16 bits", "16c.png", lambda: sixteen_bit(2), "clean", "photo", PNG),
    Sample("a bilevel scan", "fax.png", lambda: saved(photo().convert("1"), "PNG"), "clean", "photo", PNG),
    Sample("a moving PNG", "m.png", lambda: animated("PNG"), "clean", "photo"),
    Sample("a moving WEBP", "m.webp", lambda: animated("WEBP"), "clean", "photo", JPG),
    Sample("a WEBP", "w.webp", lambda: saved(photo(), "WEBP"), "clean", "photo", JPG),
    Sample("a photo of an iPhone", "IMG_1.HEIC", quiet_heif, "clean", "photo", JPG),
    Sample("a PNG that calls itself JPEG", "x.jpg", png, "clean", "photo", JPG),
    Sample("a pasted picture without an ending", "image", png, "clean", "photo", JPG),
    Sample("a panorama", "pano.jpg", lambda: saved(photo((6000, 900)), "JPEG"), "clean", "photo", JPG),
    Sample("a plain PDF", "a.pdf", pdf, "clean", "pdf", PDF),
    Sample("a PDF with a script", "js.pdf", lambda: pdf(with_script), "clean", "pdf", PDF),
    Sample("a PDF with a program inside", "exe.pdf", lambda: pdf(with_program), "clean", "pdf", PDF),
    Sample("a PDF that starts a program", "launch.pdf", lambda: pdf(with_launch), "clean", "pdf", PDF),
    Sample("a PDF with a pinned file", "pin.pdf", lambda: pdf(with_pinned_file), "clean", "pdf", PDF),
    Sample("a PDF with its author's name", "who.pdf", lambda: pdf(with_author), "clean", "pdf", PDF),
    Sample("a PDF with a dynamic form", "xfa.pdf", lambda: pdf(with_form), "clean", "pdf", PDF),
    Sample("a PDF with a photo and its place", "scan.pdf", lambda: pdf(with_photo), "clean", "pdf", PDF),
    Sample("a PDF with good and bad links", "uri.pdf", lambda: pdf(with_links), "clean", "pdf", PDF),
    Sample("a PDF that only its owner may change", "own.pdf",
           lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="")), "clean", "pdf", PDF),
    Sample("a PDF cut off at its end", "cut.pdf", lambda: pdf()[:-9], "clean", "pdf", PDF, "核对页数"),
]  # fmt: skip
SEALED = [
    Sample("a PDF with a password", "l.pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="u")),
           "sealed", "pdf", PDF, "打开密码"),
    Sample("a Word document", "a.docx", lambda: package("word"), "sealed", "office"),
    Sample("a Word document that is a zip bomb", "b.docx", lambda: package("word", bomb=True), "sealed", "office"),
    Sample("an old Word document", "a.doc", lambda: OLE, "sealed", "office", "application/msword"),
    Sample("an old sheet with macros", "m.xls", lambda: OLE + "_VBA_PROJECT".encode("utf-16-le"),
           "sealed", "office", reason="勿启用宏"),
    Sample("a WPS document", "a.wps", lambda: OLE, "sealed", "office"),
    Sample("a sheet", "a.xlsx", lambda: package("xl"), "sealed", "office"),
    Sample("slides", "a.pptx", lambda: package("ppt"), "sealed", "office"),
    Sample("an OFD letter", "来文.ofd", ofd, "sealed", "office", "application/ofd"),
    Sample("a phone recording", "a.amr", lambda: b"#!AMR\n" + b"\x3c" * 90, "sealed", "audio", "audio/amr"),
    Sample("a voice memo", "a.m4a", lambda: mp4(b"M4A "), "sealed", "audio", "audio/mp4"),
    Sample("an MP3", "a.mp3", lambda: b"ID3\x04" + b"\0" * 90, "sealed", "audio", "audio/mpeg"),
    Sample("an MP3 without a tag", "b.mp3", lambda: b"\xff\xfb\x90\0" * 90, "sealed", "audio", "audio/mpeg"),
    Sample("a film", "a.mp4", mp4, "sealed", "video", "video/mp4"),
    Sample("a film of an iPhone", "a.MOV", lambda: mp4(b"qt  "), "sealed", "video", "video/quicktime"),
    Sample("a note in UTF-8", "a.txt", lambda: "邻居漏水，多次反映。".encode(), "sealed", "text", "text/plain"),
    Sample("a note in GB18030", "b.txt", lambda: "邻居漏水，多次反映。".encode("gb18030"), "sealed", "text"),
]  # fmt: skip
BLOCKED = [
    Sample("zero bytes", "a.jpg", lambda: b"", "blocked", "other", reason="空的"),
    Sample("one byte", "a.jpg", lambda: b"\xff", "blocked", "other", reason="不符"),
    Sample("21 MB", "a.jpg", lambda: b"\xff\xd8\xff" + bytes(21 << 20), "blocked", "other", reason="20 MB"),
    Sample("half a photo", "half.jpg", lambda: jpeg()[: len(jpeg()) // 2], "blocked", "other", reason="不完整"),
    Sample("the first bytes of a photo", "h.jpg", lambda: jpeg()[:30], "blocked", "other", reason="不完整"),
    Sample("half a PNG", "half.png", lambda: png()[: len(png()) // 2], "blocked", "other", reason="不完整"),
    Sample("half a HEIC", "half.heic", lambda: quiet_heif()[:400], "blocked", "other", reason="不完整"),
    Sample("noise behind a JPEG mark", "n.jpg", lambda: b"\xff\xd8\xff" + bytes(range(256)) * 9, "blocked", "other"),
    Sample("a PNG that swells to 900 MB", "bomb.png", png_bomb, "blocked", "other", reason="像素"),
    Sample("a PNG whose note swells", "note.png", text_bomb, "blocked", "other", reason="不完整"),
    Sample("a header of 65,000 × 65,000", "huge.jpg", huge_header, "blocked", "other", reason="像素"),
    Sample("a PNG with nothing to show", "e.png", lambda: png_of(0, 0, b""), "blocked", "other", reason="不完整"),
    Sample("a web page named photo", "x.jpg", lambda: HTML, "blocked", "other", reason="网页"),
    Sample("a web page", "x.html", lambda: HTML, "blocked", "other", reason="网页"),
    Sample("a web page named note", "x.txt", lambda: HTML, "blocked", "other", reason="网页"),
    Sample("a PHP script named photo", "x.php.jpg", lambda: b"<?php system($_GET[1]);", "blocked", "other", reason="网页"),
    Sample("an SVG with a script", "x.svg", lambda: SVG, "blocked", "other", reason="SVG"),
    Sample("an SVG named PNG", "x.png", lambda: SVG, "blocked", "other", reason="SVG"),
    Sample("a program", "x.exe", lambda: b"MZ" + bytes(99), "blocked", "other", reason="可执行"),
    Sample("a program named PDF", "x.pdf", lambda: b"MZ" + bytes(99), "blocked", "other", reason="可执行"),
    Sample("a Linux program named Word", "x.docx", lambda: b"\x7fELF" + bytes(99), "blocked", "other", reason="可执行"),
    Sample("a shell script", "x.sh", lambda: b"#!/bin/sh\nrm -rf /", "blocked", "other", reason="可执行"),
    Sample("a photo with a program's ending", "x.jpg.exe", jpeg, "blocked", "other", reason="不符"),
    Sample("a PDF named photo", "x.jpg", pdf, "blocked", "other", reason="不符"),
    Sample("a photo named PDF", "x.pdf", jpeg, "blocked", "other", reason="不符"),
    Sample("a GIF with an archive behind it", "x.gif", lambda: GIF + archive(Evil=b"x"), "blocked", "other", reason="图片格式"),
    Sample("a GIF named JPEG with an archive", "x.jpg", lambda: GIF + archive(Evil=b"x"), "blocked", "other"),
    Sample("a JPEG with an archive behind it", "x.jpg", lambda: jpeg() + archive(Evil=b"x"), "blocked", "other", reason="夹带"),
    Sample("a BMP", "x.bmp", lambda: saved(photo(), "BMP"), "blocked", "other", reason="图片格式"),
    Sample("a TIFF named JPEG", "x.jpg", lambda: saved(photo(), "TIFF"), "blocked", "other", reason="图片格式"),
    Sample("an AVIF", "x.avif", lambda: mp4(b"avif"), "blocked", "other", reason="图片格式"),
    Sample("an archive", "x.zip", lambda: archive(a=b"x"), "blocked", "other", reason="压缩包"),
    Sample("an archive named Word", "x.docx", lambda: archive(a=b"x"), "blocked", "other", reason="不符"),
    Sample("a sheet named Word", "x.docx", lambda: package("xl"), "blocked", "other", reason="不符"),
    Sample("a Word document with macros", "x.docx", lambda: package("word", macro=True), "blocked", "other", reason="宏"),
    Sample("a macro document", "x.docm", lambda: package("word", macro=True), "blocked", "other"),
    Sample("a film named recording of another kind", "x.amr", mp4, "blocked", "other", reason="不符"),
    Sample("noise named film", "x.mp4", lambda: bytes(range(256)), "blocked", "other", reason="不符"),
    Sample("noise named note", "x.txt", lambda: bytes(range(256)), "blocked", "other", reason="不符"),
    Sample("noise behind a PDF mark", "x.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 9, "blocked", "other", reason="PDF"),
    Sample("a PDF cut off in its table", "cut.pdf", lambda: pdf()[:-60], "blocked", "other", reason="PDF"),
    Sample("a PDF of nests in nests", "deep.pdf", nested_pdf, "blocked", "other", reason="PDF"),
    Sample("a PDF without pages", "x.pdf", pdf_without_pages, "blocked", "other", reason="PDF"),
    Sample("a script for Windows", "x.js", lambda: b"var a = 1;", "blocked", "other", reason="不收这种"),
    Sample("no ending and no sense", "x", lambda: b"hello", "blocked", "other", reason="不收这种"),
]  # fmt: skip
ALL = CLEAN + SEALED + BLOCKED
