"""PDF: read, looked through for what acts, and written anew without what it says of its maker."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

from mrc.attachments.cleaning.answers import Clean, Fault, Unfit
from mrc.attachments.cleaning.segments import without_sayings

MOST_OBJECTS = 300_000
MOST_PAGES = 1_000
ACTING_KEYS = {"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
ACTING_KINDS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/RichMedia",
    "/Movie", "/Sound", "/Screen", "/3D",
}  # fmt: skip
HOLDING_KEYS = {"/EmbeddedFiles", "/EF", "/AF"}
SAYING_KEYS = ("/Metadata", "/PieceInfo", "/LastModified")
PICTURE_FILTER = "/DCTDecode"

# What it has to say about damaged files is said in the answer.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def clean_pdf(data: bytes) -> Clean:
    """Write a PDF anew. Only what its pages need goes on, so that earlier versions and what was hung on
    before or behind it stay behind.
    """
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            raise Unfit(Fault.LOCKED)
        for found in _dictionaries(reader.root_object):
            _look_at(found)
            _cut(found)
        # What was cut must be cut before: a writer keeps whatever it took over once.
        writer = PdfWriter(clone_from=reader)
        if not 0 < len(writer.pages) <= MOST_PAGES:
            raise Unfit(Fault.FLOOD if writer.pages else Fault.DAMAGED)
        writer.metadata = None
        content = BytesIO()
        writer.write(content)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        raise Unfit(Fault.DAMAGED) from None
    return Clean("pdf", content.getvalue(), pages=len(writer.pages))


def _dictionaries(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """Every dictionary and stream that can be reached from the root, each once."""
    waiting: list[Any] = [root]
    seen: set[int] = set()
    looked_at = 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                continue
            seen.add(found.idnum)
            found = found.get_object()
        looked_at += 1
        if looked_at > MOST_OBJECTS:
            raise Unfit(Fault.FLOOD)
        if isinstance(found, DictionaryObject):
            yield found
            waiting += [found.raw_get(key) for key in found]
        elif isinstance(found, ArrayObject):
            waiting += list(found)


def _look_at(found: DictionaryObject) -> None:
    """Refuse what runs, calls out, or holds other files."""
    kinds = {_value(found, "/S"), _value(found, "/Subtype")}
    if ACTING_KEYS & found.keys() or ACTING_KINDS & kinds:
        raise Unfit(Fault.ACTIVE)
    if HOLDING_KEYS & found.keys() or "/FileAttachment" in kinds:
        raise Unfit(Fault.HOLDS_FILES)


def _value(found: DictionaryObject, key: str) -> str | None:
    """A name in a dictionary, wherever it stands; None for anything else."""
    value = found.raw_get(key).get_object() if key in found else None
    return value if isinstance(value, NameObject) else None


def _cut(found: DictionaryObject) -> None:
    """Take out what it says of itself, pictures included."""
    for key in SAYING_KEYS:
        found.pop(key, None)
    if not isinstance(found, EncodedStreamObject):
        return
    filters = found.raw_get("/Filter").get_object() if "/Filter" in found else None
    named = list(filters) if isinstance(filters, ArrayObject) else [filters]
    if named[-1] != PICTURE_FILTER:
        return
    picture = without_sayings(found.get_data())
    found[NameObject("/Filter")] = NameObject(PICTURE_FILTER)
    found.pop("/DecodeParms", None)
    # The method of an encoded stream takes nothing but deflated data.
    StreamObject.set_data(found, picture)
