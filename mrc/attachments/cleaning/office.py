"""Word and Excel files: a ZIP of XML, looked through before it is unpacked and packed anew."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET

from mrc.attachments.cleaning.answers import Clean, Fault, Unfit
from mrc.attachments.cleaning.segments import without_sayings

MOST_PARTS = 5_000
MOST_BYTES = 100 * 1024 * 1024
"""Unpacked, all parts together."""
BEGINNING = (1980, 1, 1, 0, 0, 0)
TYPES = "[Content_Types].xml"
MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
ACTING_TYPES = re.compile(r"macroenabled|vbaproject|activex|macrosheet", re.IGNORECASE)
ACTING_PARTS = re.compile(
    r"vbaproject|vbadata|activex|macrosheets|\.(exe|dll|js|vbs|hta|lnk|cmd|bat)$", re.IGNORECASE
)
HELD_FILES = re.compile(r"(^|/)embeddings/|oleobject|\.(zip|html?|svg)$", re.IGNORECASE)
CALLING_FIELDS = re.compile(r"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|IMPORT)\b", re.IGNORECASE)
HARMLESS_OUTSIDE = "/hyperlink"
SAYING_PARTS = re.compile(r"^docprops/", re.IGNORECASE)
XML = re.compile(r"\.(xml|rels)$", re.IGNORECASE)
PICTURES = re.compile(r"\.(jpe?g|png)$", re.IGNORECASE)
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"


def clean_office(data: bytes) -> Clean:
    """Pack a Word or Excel file anew without what it says of its maker."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = dict(_parts(archive))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, EOFError):
        raise Unfit(Fault.DAMAGED) from None
    try:
        file_type = _type_of(parts)
        for name, content in parts.items():
            _look_at(name, content)
        parts = _without_maker(parts)
    except ET.ParseError:
        raise Unfit(Fault.DAMAGED) from None
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, BEGINNING), content, zipfile.ZIP_DEFLATED)
    return Clean(file_type, packed.getvalue())


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The parts by name, unpacked only after their sizes were seen and never beyond them."""
    entries = archive.infolist()
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unfit(Fault.FLOOD)
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise Unfit(Fault.DAMAGED)
    for entry in entries:
        if entry.flag_bits & 1:
            raise Unfit(Fault.LOCKED)
        steps = entry.filename.split("/")
        if entry.filename.startswith(("/", "\\")) or ".." in steps or "\\" in entry.filename:
            raise Unfit(Fault.ACTIVE)
        if entry.is_dir():
            continue
        with archive.open(entry) as part:
            content = part.read(entry.file_size + 1)
        if len(content) > entry.file_size:
            raise Unfit(Fault.FLOOD)
        yield entry.filename, content


def _type_of(parts: dict[str, bytes]) -> str:
    """Word or Excel, by what the file says its main part is. Raises Unfit for any other archive."""
    if TYPES not in parts:
        raise Unfit(Fault.NOT_ALLOWED)
    kinds = [one.get("ContentType", "") for one in _tree(parts[TYPES])]
    if any(ACTING_TYPES.search(kind) for kind in kinds):
        raise Unfit(Fault.ACTIVE)
    found = {MAIN_TYPES[kind] for kind in kinds if kind in MAIN_TYPES}
    if len(found) != 1:
        raise Unfit(Fault.NOT_ALLOWED)
    return found.pop()


def _look_at(name: str, content: bytes) -> None:
    """Refuse what runs, calls out, or holds other files."""
    if ACTING_PARTS.search(name):
        raise Unfit(Fault.ACTIVE)
    if HELD_FILES.search(name):
        raise Unfit(Fault.HOLDS_FILES)
    if not XML.search(name):
        return
    root = _tree(content)
    if _calls_out(root):
        raise Unfit(Fault.ACTIVE)
    if name.lower().endswith(".rels"):
        for one in root:
            is_outside = one.get("TargetMode", "").lower() == "external"
            if is_outside and not one.get("Type", "").endswith(HARMLESS_OUTSIDE):
                raise Unfit(Fault.ACTIVE)


def _calls_out(root: ET.Element) -> bool:
    """Whether a field of Word or a link of Excel fetches something when the file is opened."""
    said = []
    for one in root.iter():
        name = one.tag.rpartition("}")[2]
        if name == "ddeLink":
            return True
        if name == "instrText":
            # Word cuts the words of a field into pieces as it likes.
            said.append(one.text or "")
        elif name == "fldSimple":
            said += [" ", *one.attrib.values(), " "]
    return bool(CALLING_FIELDS.search("".join(said)))


def _tree(content: bytes) -> ET.Element:
    """An XML part, read. One that declares a document type could hold entities; Office never writes one."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content:
        raise Unfit(Fault.ACTIVE)
    return ET.fromstring(content)  # noqa: S314 - there are no entities in it


def _without_maker(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts without author, firm, times and the small picture, and without what their pictures say."""
    kept = {name: content for name, content in parts.items() if not SAYING_PARTS.search(name)}
    for name, content in kept.items():
        if PICTURES.search(name):
            kept[name] = without_sayings(content)
    kept[TYPES] = _filtered(kept[TYPES], "PartName", CONTENT)
    if "_rels/.rels" in kept:
        kept["_rels/.rels"] = _filtered(kept["_rels/.rels"], "Target", RELATIONSHIPS)
    # Readers look for the list of types first.
    return {TYPES: kept.pop(TYPES), **kept}


def _filtered(content: bytes, attribute: str, namespace: str) -> bytes:
    """A list of parts without those that were left out."""
    ET.register_namespace("", namespace)
    root = _tree(content)
    for one in list(root):
        if SAYING_PARTS.search(one.get(attribute, "").lstrip("/")):
            root.remove(one)
    text: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text
