"""What of a stranger's file may stay, and what is refused, in the process that the product uses."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from mrc.attachments.cleaning import parent
from mrc.attachments.cleaning.answers import Clean, Fault, Unfit
from mrc.attachments.cleaning.parent import clean_apart
from mrc.attachments.cleaning.segments import without_sayings
from mrc.attachments.service import FileRefused, prepare_file
from tests.attachments import corpus

SECRET = corpus.SECRET.encode()
PICTURES = ("JPEG", "PNG", "WEBP")


def fault_of(data: bytes) -> Fault | None:
    try:
        clean_apart(data)
    except Unfit as unfit:
        return unfit.fault
    return None


def shown(cleaned: Clean) -> Image.Image:
    return Image.open(BytesIO(cleaned.content))


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_loses_place_maker_and_what_hangs_behind_it(kind: str) -> None:
    data = corpus.picture(kind) + corpus.SCRIPT
    assert SECRET in data
    cleaned = clean_apart(data)
    assert (cleaned.file_type, cleaned.width, cleaned.height) == (kind.lower(), 60, 40)
    for part in (cleaned.content, cleaned.preview or b""):
        assert SECRET not in part
        assert b"script" not in part
        image = Image.open(BytesIO(part))
        assert not image.getexif()
        assert not set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"} or kind == "WEBP"


def test_a_picture_is_turned_upright_and_no_larger_than_needed() -> None:
    cleaned = clean_apart(corpus.picture("JPEG", (5_000, 2_500), orientation=6))
    assert shown(cleaned).size == (2_000, 4_000)
    preview = Image.open(BytesIO(cleaned.preview or b""))
    assert max(preview.size) == 640
    assert preview.format == "JPEG"


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "I;16"), ("PNG", "L"), ("JPEG", "L"),
     ("JPEG", "CMYK"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_pictures_of_all_colours_are_taken(kind: str, mode: str) -> None:
    bands = len(Image.new(mode, (1, 1)).getbands())
    cleaned = clean_apart(corpus.picture(kind, mode=mode, colour=(90,) * bands if bands > 1 else 1))
    assert shown(cleaned).size == (60, 40)
    assert cleaned.preview


def test_transparency_stays() -> None:
    cleaned = clean_apart(corpus.picture("PNG", mode="RGBA", colour=(10, 20, 30, 0)))
    assert shown(cleaned).getpixel((0, 0)) == (10, 20, 30, 0)


def test_a_pixel_flood_is_refused_at_once() -> None:
    began = time.monotonic()
    assert fault_of(corpus.flood()) is Fault.FLOOD
    assert fault_of(corpus.flood(7_100, 7_100)) is Fault.FLOOD
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind: str) -> None:
    assert fault_of(corpus.moving(kind)) is Fault.MOVING


@pytest.mark.parametrize("name", [*PICTURES, "pdf", "office"])
def test_what_breaks_off_is_refused_without_a_stumble(name: str) -> None:
    whole = {"pdf": corpus.pdf, "office": corpus.office}.get(name, lambda: corpus.picture(name, (400, 400)))()
    for part in (0.1, 0.5, 0.8):
        found = fault_of(whole[: int(len(whole) * part)])
        assert found in {Fault.DAMAGED, Fault.NOT_ALLOWED} or name == "pdf", (name, part, found)


def test_a_pdf_loses_maker_sayings_and_the_places_of_its_pictures() -> None:
    data = corpus.pdf(picture=corpus.picture()) + b"\n" + corpus.SCRIPT
    cleaned = clean_apart(data)
    assert (cleaned.file_type, cleaned.pages, cleaned.preview) == ("pdf", 2, None)
    assert SECRET not in cleaned.content
    assert b"script" not in cleaned.content
    reader = PdfReader(BytesIO(cleaned.content))
    assert not reader.metadata
    assert reader.xmp_metadata is None
    picture = reader.pages[0]["/Resources"]["/XObject"]["/Im0"].get_data()
    assert Image.open(BytesIO(picture)).size == (60, 40)
    assert not Image.open(BytesIO(picture)).getexif()


@pytest.mark.parametrize("name", sorted(corpus.acting_pdfs()))
def test_a_pdf_that_acts_or_holds_files_is_refused(name: str) -> None:
    expected = Fault.HOLDS_FILES if name.startswith("file ") else Fault.ACTIVE
    assert fault_of(corpus.acting_pdfs()[name]) is expected


@pytest.mark.parametrize("password", ["secret"])
def test_a_locked_pdf_is_refused(password: str) -> None:
    assert fault_of(corpus.pdf(password=password)) is Fault.LOCKED


def test_a_pdf_without_pages_or_sense_is_refused() -> None:
    assert fault_of(b"%PDF-1.7\nnothing") is Fault.DAMAGED
    assert fault_of(b"%PDF-1.7\n" + b"1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\n" * 50) is Fault.DAMAGED


@pytest.mark.parametrize(("main", "kind", "file_type"), [
    ("word/document.xml", corpus.WORD, "docx"), ("xl/workbook.xml", corpus.EXCEL, "xlsx"),
])  # fmt: skip
def test_an_office_file_loses_its_maker_and_stays_whole(main: str, kind: str, file_type: str) -> None:
    cleaned = clean_apart(corpus.office(main, kind) + corpus.SCRIPT)
    assert cleaned.file_type == file_type
    with zipfile.ZipFile(BytesIO(cleaned.content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert "Honest words" in parts[main].decode()
    assert not [name for name in parts if name.startswith("docProps")]
    assert all(SECRET not in part and b"docProps" not in part for part in parts.values())
    assert b"script" not in cleaned.content
    assert not Image.open(BytesIO(parts["word/media/image1.jpeg"])).getexif()
    assert Image.open(BytesIO(parts["word/media/image2.png"])).size == (60, 40)


def test_a_link_in_a_word_file_is_no_reason_to_refuse() -> None:
    rels = {"word/_rels/document.xml.rels": corpus.relation("hyperlink", "https://example.test")}
    assert fault_of(corpus.office(more=rels)) is None


@pytest.mark.parametrize("name", sorted(corpus.acting_office()))
def test_an_office_file_that_acts_is_refused(name: str) -> None:
    assert fault_of(corpus.acting_office()[name]) is Fault.ACTIVE


def test_an_office_file_that_holds_files_is_refused() -> None:
    for part in ("word/embeddings/oleObject1.bin", "word/a.zip", "word/b.html"):
        assert fault_of(corpus.office(more={part: b"x"})) is Fault.HOLDS_FILES, part


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    began = time.monotonic()
    assert fault_of(corpus.bomb()) is Fault.FLOOD
    many = {f"word/{number}.xml": "<x/>" for number in range(5_001)}
    assert fault_of(corpus.office(more=many)) is Fault.FLOOD
    assert time.monotonic() - began < 6


def test_an_office_file_that_lies_about_sizes_or_is_locked_is_refused() -> None:
    honest = bytearray(corpus.office())
    at = honest.rfind(b"PK\x01\x02")
    honest[at + 24 : at + 28] = (1).to_bytes(4, "little")
    assert fault_of(bytes(honest)) is Fault.DAMAGED
    locked = bytearray(corpus.office())
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert fault_of(bytes(locked)) is Fault.LOCKED


PLAYED = frozenset({"sound", "film"})


@pytest.mark.parametrize("name", sorted(corpus.of_other_kinds().keys() - PLAYED))
def test_other_kinds_are_refused_whatever_they_are_called(name: str) -> None:
    assert fault_of(corpus.of_other_kinds()[name]) is Fault.NOT_ALLOWED


@pytest.mark.parametrize("name", sorted(PLAYED))
def test_sound_and_film_are_taken_from_messages_alone(name: str, context: Flask) -> None:
    data = corpus.of_other_kinds()[name]
    with pytest.raises(FileRefused) as refusal:
        prepare_file(data, name)
    assert refusal.value.fault is Fault.NOT_ALLOWED
    assert prepare_file(data, name, may_play=True).clean.content == data


def test_nothing_is_refused_in_words() -> None:
    assert fault_of(b"") is Fault.EMPTY


@pytest.mark.parametrize("head", ["JPEG", "PNG", "pdf"])
def test_a_page_behind_an_honest_beginning_does_not_come_through(head: str) -> None:
    honest = corpus.pdf() if head == "pdf" else corpus.picture(head)
    for data in (honest[:40] + corpus.SCRIPT * 20, honest + corpus.SCRIPT * 20):
        found = fault_of(data)
        assert found is Fault.DAMAGED or (found is None and b"script" not in clean_apart(data).content)


def test_the_process_knows_no_secret_and_writes_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    telling = (
        "import sys, os; sys.path.insert(0, ''); from types import ModuleType; house = ModuleType('mrc'); "
        "house.__path__ = [sys.argv[1]]; sys.modules['mrc'] = house; "
        "from mrc.attachments.cleaning import child; child.limit(); "
        "loaded = [name for name in sys.modules if name.startswith(('flask', 'config', 'mrc.core'))]\n"
        f"try:\n open({str(tmp_path / 'x')!r}, 'wb', 0).write(b'x'); wrote = True\n"
        "except OSError: wrote = False\n"
        "said = '%s %s %s' % (sorted(set(os.environ) - {'LC_CTYPE'}), loaded, wrote); import json; "
        "print(json.dumps({'type': said, 'pages': None, 'width': None, 'height': None, 'lengths': [0, 0]}))"
    )
    monkeypatch.setenv("MRC_SECRET_KEY", "never to be seen")
    monkeypatch.setattr(parent, "BEGIN", telling)
    assert clean_apart(b"x").file_type == "[] [] False"


def test_a_reader_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "BEGIN", "while True: pass")
    monkeypatch.setattr(parent, "MOST_SECONDS", 0.5)
    assert fault_of(b"x") is Fault.FLOOD
    monkeypatch.setattr(parent, "BEGIN", "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)")
    monkeypatch.setattr(parent, "MOST_SECONDS", 10)
    assert fault_of(b"x") is Fault.FLOOD
    monkeypatch.setattr(parent, "BEGIN", "raise RuntimeError")
    assert fault_of(b"x") is Fault.DAMAGED


def test_pictures_inside_others_keep_what_they_show() -> None:
    for kind in ("JPEG", "PNG"):
        data = corpus.picture(kind)
        bare = without_sayings(data)
        assert SECRET not in bare
        assert Image.open(BytesIO(bare)).tobytes() == Image.open(BytesIO(data)).tobytes()
    with pytest.raises(Unfit):
        without_sayings(corpus.picture()[:30])
    assert without_sayings(b"other") == b"other"
