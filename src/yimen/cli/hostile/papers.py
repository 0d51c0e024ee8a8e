"""PDF files that act, carry, hide, swell or lead in circles."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from .making import CANARY, Hostile, jpeg, noise, notes, swollen

TEXT = CANARY.decode()


def pdf(dress: Callable[[Pdf], None] | None = None, **options: Any) -> bytes:
    """One page with a line of text; `dress` adds what a hostile author would."""
    paper = pikepdf.new()
    page = paper.add_blank_page(page_size=(200, 200))
    page.Contents = paper.make_stream(b"BT /F1 12 Tf 20 100 Td (Hello) Tj ET")
    if dress:
        dress(paper)
    out = BytesIO()
    paper.save(out, static_id=True, **options)
    return out.getvalue()


def _action(verb: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name("/" + verb), **more)


def _opens(verb: str, **more: Any) -> bytes:
    """Something that happens when the document is opened."""

    def dress(paper: Pdf) -> None:
        paper.Root.OpenAction = _action(verb, **more)

    return pdf(dress)


def _note(kind: str, **more: Any) -> bytes:
    """An annotation of this kind on the page."""

    def dress(paper: Pdf) -> None:
        body = paper.make_stream(CANARY)
        given: Any = {name: body if value is CANARY else value for name, value in more.items()}
        note = Dictionary(Type=Name.Annot, Subtype=Name("/" + kind), Rect=Array([0, 0, 9, 9]), **given)
        paper.pages[0].obj["/Annots"] = Array([paper.make_indirect(note)])

    return pdf(dress)


def _link(address: str) -> bytes:
    return _note("Link", A=_action("URI", URI=String(address)))


def _root(**more: Any) -> bytes:
    def dress(paper: Pdf) -> None:
        for name, value in more.items():
            paper.Root["/" + name] = paper.make_stream(CANARY) if value is CANARY else value

    return pdf(dress)


def _named_script(paper: Pdf) -> None:
    act = paper.make_indirect(_action("JavaScript", JS=paper.make_stream(b"app.alert('" + CANARY + b"')")))
    paper.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), act])))


def _carried(paper: Pdf) -> None:
    paper.attachments["setup.exe"] = pikepdf.AttachedFileSpec(paper, b"MZ" + CANARY, filename="setup.exe")  # type: ignore[call-arg]


def _authored(paper: Pdf) -> None:
    paper.docinfo["/Author"] = TEXT
    with paper.open_metadata() as said:
        said["dc:creator"] = [TEXT]


def _pictured(filters: Any) -> Callable[[Pdf], None]:
    def dress(paper: Pdf) -> None:
        body = paper.make_stream(jpeg(exif=notes()))
        body.Type, body.Subtype, body.Filter = Name.XObject, Name.Image, filters
        body.Width, body.Height, body.BitsPerComponent, body.ColorSpace = 160, 100, 8, Name.DeviceRGB
        paper.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=body))

    return dress


def _bomb(filters: list[Any], data: Callable[[], bytes]) -> bytes:
    def dress(paper: Pdf) -> None:
        body = paper.make_stream(b"")
        body.write(data(), filter=Array(filters))
        paper.pages[0].Contents = body

    return pdf(dress)


def _revised() -> bytes:
    """An earlier version of the page still stands in the file."""
    out = BytesIO()
    first = pdf(
        lambda paper: paper.pages[0].__setattr__("Contents", paper.make_stream(CANARY)),
        compress_streams=False,
    )
    with pikepdf.open(BytesIO(first)) as paper:
        paper.pages[0].Contents = paper.make_stream(b"BT ET")
        paper.save(out)
    return out.getvalue() + b"\n%" + CANARY + b"\n"


def _circle(paper: Pdf) -> None:
    paper.Root.Pages.Kids = Array([paper.Root.Pages])


def _empty() -> bytes:
    out = BytesIO()
    pikepdf.new().save(out)
    return out.getvalue()


def _crowd(count: int) -> bytes:
    """A table of so many objects, written by hand."""
    lines = [b"%PDF-1.4\n"]
    at, sizes = len(lines[0]), []
    kids = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    bodies = [b"<</Type/Catalog/Pages 2 0 R/All[%s]>>" % b" ".join(b"%d 0 R" % n for n in range(4, count)),
              b"<</Type/Pages/Kids[3 0 R]/Count 1>>", kids]  # fmt: skip
    for number in range(1, count):
        body = b"%d 0 obj%sendobj\n" % (number, bodies[number - 1] if number <= 3 else b"[]")
        sizes.append(at)
        lines.append(body)
        at += len(body)
    table = b"".join(b"%010d 00000 n \n" % place for place in sizes)
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        count, table, count, at)  # fmt: skip
    return b"".join(lines) + tail


def _deep() -> bytes:
    return pdf().replace(b"<<", b"<< /Deep " + b"[" * 400 + b"]" * 400, 1)


SCRIPTS = [
    Hostile("a script when it opens", "js.pdf", lambda: _opens("JavaScript", JS=String(TEXT)), "clean"),
    Hostile("a script by its name", "js2.pdf", lambda: pdf(_named_script), "clean"),
    Hostile("a script when a page shows", "js3.pdf",
            lambda: pdf(lambda p: p.pages[0].obj.__setitem__("/AA", Dictionary(O=_action("JavaScript", JS=String(TEXT))))), "clean"),
    Hostile("a script under a button", "js4.pdf", lambda: _note("Widget", A=_action("JavaScript", JS=String(TEXT))), "clean"),
    Hostile("a script behind an ordinary link", "js5.pdf",
            lambda: _note("Link", A=_action("URI", URI=String("https://a.example"), Next=_action("JavaScript", JS=String(TEXT)))), "clean"),
    Hostile("a name written in numbers", "js6.pdf",
            lambda: _opens("JavaScript", JS=String(TEXT)).replace(b"/JavaScript", b"/Java#53cript"), "clean", "repaired_pdf"),
    Hostile("a program started", "go.pdf", lambda: _opens("Launch", F=String("cmd.exe " + TEXT)), "clean"),
    Hostile("a program started by a click", "go2.pdf",
            lambda: _note("Link", A=_action("Launch", Win=Dictionary(F=String("cmd"), P=String(TEXT)))), "clean"),
    Hostile("a form sent somewhere", "send.pdf", lambda: _opens("SubmitForm", F=String("http://x.example/" + TEXT)), "clean"),
    Hostile("data fetched into a form", "get.pdf", lambda: _opens("ImportData", F=String(TEXT)), "clean"),
    Hostile("another document opened", "r.pdf", lambda: _opens("GoToR", F=String("\\\\" + TEXT + "\\share"), D=Array([0])), "clean"),
    Hostile("an embedded document opened", "e.pdf", lambda: _opens("GoToE", T=Dictionary(N=String(TEXT))), "clean"),
    Hostile("a dynamic form", "xfa.pdf", lambda: _root(AcroForm=Dictionary(Fields=Array(), XFA=String(TEXT))), "clean"),
]  # fmt: skip
CARRIED = [
    Hostile("a program inside", "exe.pdf", lambda: pdf(_carried), "clean"),
    Hostile("a portfolio", "port.pdf", lambda: _root(Collection=Dictionary(D=String(TEXT))), "clean"),
    Hostile("associated files", "af.pdf", lambda: _root(AF=Array([Dictionary(F=String(TEXT))])), "clean"),
    Hostile("a pinned file", "pin.pdf",
            lambda: _note("FileAttachment", FS=Dictionary(F=String("a.js"), EF=Dictionary(F=String(TEXT)))), "clean"),
    Hostile("a film inside", "film.pdf", lambda: _note("RichMedia", RichMediaContent=Dictionary(A=String(TEXT))), "clean"),
    Hostile("a sound inside", "sound.pdf", lambda: _note("Sound", Sound=CANARY), "clean"),
    Hostile("an old film", "movie.pdf", lambda: _note("Movie", Movie=Dictionary(F=String(TEXT))), "clean"),
    Hostile("a solid body", "3d.pdf", lambda: _note("3D", **{"3DD": CANARY}), "clean"),
    Hostile("a screen", "screen.pdf", lambda: _note("Screen", A=_action("Rendition", JS=String(TEXT))), "clean"),
]  # fmt: skip
TOLD = [
    Hostile("its author", "who.pdf", lambda: pdf(_authored), "clean"),
    Hostile("an editor's private notes", "piece.pdf", lambda: _root(PieceInfo=Dictionary(X=String(TEXT))), "clean"),
    Hostile("where it was fetched", "spider.pdf", lambda: _root(SpiderInfo=Dictionary(X=String(TEXT))), "clean"),
    Hostile("an earlier version", "rev.pdf", _revised, "clean"),
    Hostile("the place of a photo in it", "scan.pdf", lambda: pdf(_pictured(Name.DCTDecode)), "clean"),
    Hostile("the place of a photo, its filter in a list", "scan2.pdf", lambda: pdf(_pictured(Array([Name.DCTDecode]))), "clean"),
    Hostile("a link that runs", "uri.pdf", lambda: _link("javascript:" + TEXT), "clean"),
    Hostile("a link to a file", "uri2.pdf", lambda: _link("file:///etc/" + TEXT), "clean"),
    Hostile("a link with a page in it", "uri3.pdf", lambda: _link("data:text/html," + TEXT), "clean"),
]  # fmt: skip
BAD = [
    Hostile("a page that swells to 200 MB", "bomb.pdf", lambda: _bomb([Name.FlateDecode], lambda: swollen(200 << 20)),
            "blocked", "huge_pdf"),
    Hostile("a page that swells twice", "bomb2.pdf",
            lambda: _bomb([Name.FlateDecode, Name.FlateDecode], lambda: _packed(swollen(200 << 20))), "blocked", "huge_pdf"),
    Hostile("a quarter of a million objects", "crowd.pdf", lambda: _crowd(250_000), "blocked", "huge_pdf"),
    Hostile("nests in nests", "deep.pdf", _deep, "blocked", "huge_pdf"),
    Hostile("pages in a circle", "circle.pdf", lambda: pdf(_circle), "blocked", "damaged_pdf"),
    Hostile("no page", "none.pdf", _empty, "blocked", "damaged_pdf"),
    Hostile("noise behind a PDF's mark", "n.pdf", lambda: b"%PDF-1.7\n" + noise(5), "blocked", "damaged_pdf"),
    Hostile("a third of a PDF", "cut.pdf", lambda: pdf()[: len(pdf()) // 3], "blocked", "damaged_pdf"),
    Hostile("its end is missing", "end.pdf", lambda: pdf()[:-9], "clean", "repaired_pdf"),
    Hostile("a password", "lock.pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "sealed", "locked_pdf"),
    Hostile("a script under an owner's password", "own.pdf",
            lambda: pdf(_named_script, encryption=pikepdf.Encryption(owner="o", user="")), "clean"),
]  # fmt: skip


def _packed(data: bytes) -> bytes:
    import zlib

    return zlib.compress(data, 9)


PAPERS = [*SCRIPTS, *CARRIED, *TOLD, *BAD]
