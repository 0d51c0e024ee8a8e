"""Programs, pages, archives and documents under names that are not theirs, and names that are traps themselves."""

from __future__ import annotations

from typing import Final

from .making import CANARY, OLE, Hostile, archive, film, heic, jpeg, noise, overlapping, package
from .papers import pdf
from .pictures import HTML

SVG: Final = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
XXE: Final = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
VBA: Final = "_VBA_PROJECT".encode("utf-16-le")
GIF: Final = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"


def _fixed(data: bytes):  # type: ignore[no-untyped-def]
    return lambda: data


def _blocked(title: str, name: str, data: bytes, code: str) -> Hostile:
    return Hostile(title, name, _fixed(data), "blocked", code)


PROGRAMS = [
    _blocked("a Windows program named photo", "a.jpg", b"MZ" + bytes(99), "program"),
    _blocked("a Linux program named screenshot", "a.png", b"\x7fELF" + bytes(99), "program"),
    _blocked("a Mac program named PDF", "a.pdf", b"\xcf\xfa\xed\xfe" + bytes(99), "program"),
    _blocked("a Java class named sheet", "a.xlsx", b"\xca\xfe\xba\xbe" + bytes(99), "program"),
    _blocked("an Android program named film", "a.mp4", b"dex\n035\0" + bytes(99), "program"),
    _blocked("a shortcut named document", "a.docx", b"L\0\0\0\1\x14\2\0" + bytes(99), "program"),
    _blocked("a shell script named note", "a.txt", b"#!/bin/sh\nrm -rf /\n", "program"),
    _blocked("the antivirus test file", "eicar.txt", EICAR, "program"),
    _blocked("the antivirus test file named photo", "eicar.jpg", EICAR, "program"),
    _blocked("a script for Windows", "a.vbs", b'MsgBox "x"', "unknown"),
    _blocked("a batch file", "a.bat", b"@echo off", "unknown"),
    _blocked("a program's ending behind a photo's", "a.jpg.exe", jpeg(), "mismatch"),
]
PAGES = [
    _blocked("a web page named photo", "a.jpg", HTML, "web"),
    _blocked("a web page", "a.html", HTML, "web"),
    _blocked("a web page named note", "a.txt", HTML, "web"),
    _blocked("a web page of two bytes a letter, named note", "b.txt", b"\xff\xfe" + "<html><script>1".encode("utf-16-le"), "web"),
    _blocked("a web page named document", "a.doc", HTML, "web"),
    _blocked("a PHP script named photo", "a.php.jpg", b"<?php system($_GET[1]);", "web"),
    _blocked("a drawing with a script", "a.svg", SVG, "drawing"),
    _blocked("a drawing named screenshot", "a.png", SVG, "drawing"),
    _blocked("a drawing that reads a file", "x.svg", XXE, "drawing"),
    _blocked("a script page named PDF", "a.pdf", b"<script>1</script>%PDF-1.7", "web"),
]  # fmt: skip
ARCHIVES = [
    _blocked("an archive", "a.zip", archive(a=b"x"), "archive"),
    _blocked("an archive named photo", "a.jpg", archive(a=b"x"), "mismatch"),
    _blocked("an archive named document", "a.docx", archive(a=b"x"), "mismatch"),
    _blocked("a RAR", "a.rar", b"Rar!\x1a\7\1\0" + bytes(20), "archive"),
    _blocked("a 7z", "a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(20), "archive"),
    _blocked("a packed drawing", "a.svgz", b"\x1f\x8b\x08\0" + bytes(20), "archive"),
    _blocked("a GIF named photo, with an archive", "a.jpg", GIF + archive(E=b"x"), "other_image"),
    _blocked("a BMP named screenshot", "a.png", b"BM" + bytes(60), "other_image"),
    _blocked("a TIFF named photo", "a.jpg", b"II*\0" + noise(6), "other_image"),
    _blocked("PostScript named photo", "a.jpg", b"%!PS-Adobe-3.0\n(x) (w) file", "mismatch"),
    _blocked("an AVIF named film", "a.mp4", film(b"avif"), "other_image"),
    _blocked("an iPhone's photo named film", "a.mov", heic(), "mismatch"),
    _blocked("a film named recording", "a.amr", film(), "mismatch"),
    _blocked("noise named film", "n.mp4", noise(7), "mismatch"),
    _blocked("a PDF named photo", "p.jpg", pdf(), "mismatch"),
]
OFFICE = [
    _blocked("a document with macros", "m.docx", package("word", word__vbaProject__bin=b"x").replace(b"vbaProject/bin", b"vbaProject.bin"), "macro"),
    _blocked("a sheet with macros in other letters", "m.xlsx", package("xl", xl__VBAPROJECT__BIN=b"x").replace(b"VBAPROJECT/BIN", b"VBAPROJECT.BIN"), "macro"),
    _blocked("a sheet with macros of the old kind", "x4.xlsx", package("xl", xl__macrosheets__sheet1=b"x"), "macro"),
    _blocked("a macro document by its ending", "m.docm", package("word"), "archive"),
    Hostile("an old document with macros", "m.doc", _fixed(OLE + VBA), "sealed", "has_macro"),
    Hostile("a WPS document with macros", "m.wps", _fixed(OLE + VBA), "sealed", "has_macro"),
    Hostile("a document that opens into gigabytes", "b.docx", lambda: overlapping("word", 150), "blocked", "huge_office"),
    Hostile("a sheet that opens into gigabytes", "b.xlsx", lambda: overlapping("xl", 300), "blocked", "huge_office"),
    _blocked("an OFD without a document", "a.ofd", archive(a=b"x"), "mismatch"),
    Hostile("an OFD letter with a script's name in it", "b.ofd", _fixed(archive(**{"OFD.xml": b"<ofd/>", "a.js": b"x"})), "sealed"),
    _blocked("half a document", "h.docx", package("word")[:60], "mismatch"),
    _blocked("rich text named document", "r.doc", b"{\\rtf1{\\object\\objdata 4d5a}}", "mismatch"),
    Hostile("a film whose box is longer than the world", "l.mp4", _fixed(film(b"isom", b"\0\0\0\1mdat" + b"\xff" * 8)), "sealed"),
    Hostile("a film with a web page in it", "w.mp4", _fixed(film() + HTML), "sealed"),
]  # fmt: skip
NAMES = [
    Hostile("a way out of the folder", "../../../../etc/cron.d/a.jpg", jpeg, "clean"),
    Hostile("a way out of a Windows folder", "..\\..\\windows\\a.jpg", jpeg, "clean"),
    Hostile("a name that reads backwards", "a\u202egpj.exe", jpeg, "blocked", "mismatch"),
    Hostile("a name that ends early", "a.exe\0.jpg", jpeg, "clean"),
    Hostile("a name that ends early the other way", "a.jpg\0.exe", jpeg, "blocked", "mismatch"),
    Hostile("a name of 300 letters", "漏" * 300 + ".jpg", jpeg, "clean"),
    Hostile("a name of pictures", "😀👩‍👩‍👧.jpg", jpeg, "clean"),
    Hostile("a device's name", "CON.jpg", jpeg, "clean"),
    Hostile("a header in a name", 'a"\r\nSet-Cookie: x=1.jpg', jpeg, "clean"),
    Hostile("a page in a name", "<img src=x onerror=alert(1)>.jpg", jpeg, "clean"),
    Hostile("an option for a name", "--help.jpg", jpeg, "clean"),
    Hostile("a name of dots", "...", jpeg, "clean"),
    Hostile("no name", "", jpeg, "clean"),
    Hostile("an ending that only looks right", "a.ｊｐｇ", jpeg, "blocked", "mismatch"),
]
DISGUISES = [*PROGRAMS, *PAGES, *ARCHIVES, *OFFICE, *NAMES]
assert CANARY in HTML
