"""Taking files in, keeping, opening and withdrawing them. Who may is asked above, where cases are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mrc.attachments.cleaning.answers import Clean, Fault, Unfit
from mrc.attachments.cleaning.parent import clean_apart
from mrc.attachments.models import Attachment
from mrc.attachments.scanner import ScannerSilent, find_virus
from mrc.attachments.states import ENDINGS, PLAYED, FileType
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound, Refused
from mrc.core.files import new_key, read_file, write_file
from mrc.core.settings import settings
from mrc.core.text import clean
from mrc.jobs.service import enqueue

CONTENT = "content"
PREVIEW = "preview"
LONGEST_NAME = 120
NOT_IN_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f]|[\u200b\u2028\u2029\u2060-\u2065]')
"""What no system takes in a name, and what nobody sees in one; the joiners of our scripts stay."""

WORDS: dict[Fault, Any] = {
    Fault.EMPTY: _l("The file is empty."),
    Fault.TOO_LARGE: _l("The file is larger than what can be kept here."),
    Fault.TOO_MANY: _l("This case holds as many files as a case can. Withdraw one that is not needed."),
    Fault.NOT_ALLOWED: _l(
        "Files of this kind are not taken. Send a PDF, a JPEG, PNG or WebP picture, or a Word or Excel file."
    ),
    Fault.DAMAGED: _l(
        "The file is damaged or broken off. Open it on your device, save it again, and send that."
    ),
    Fault.LOCKED: _l(
        "The file is locked by a password or against copying. Save it without the lock, and send that."
    ),
    Fault.ACTIVE: _l(
        "The file holds something that runs or calls out by itself, such as a macro. "
        "Print it into a PDF, and send that."
    ),
    Fault.HOLDS_FILES: _l("The file holds other files. Send each of them by itself."),
    Fault.FLOOD: _l("The file would grow beyond what can be opened safely. Send it smaller, or in parts."),
    Fault.MOVING: _l("Moving pictures are not taken. Send a single picture."),
    Fault.INFECTED: _l(
        "The virus scanner found something in this file. It was not kept; "
        "tell whoever looks after your device."
    ),
    Fault.NOT_SCANNED: _l(
        "The virus scanner does not answer, and without it no file is taken. Try again in a few minutes."
    ),
}


class FileRefused(Refused):
    """A file that is not taken. `virus` is the scanner's name for what it found."""

    def __init__(self, fault: Fault, virus: str = "") -> None:
        super().__init__(fields={"file": str(WORDS[fault])})
        self.fault = fault
        self.virus = virus


@dataclass(frozen=True)
class ReadyFile:
    """A file that was looked through and put together anew."""

    name: str
    clean: Clean
    was_scanned: bool


@dataclass(frozen=True)
class NewFile:
    """What is said about a file when it is added."""

    kind: str
    confidentiality: int = 1
    description: str = ""


def prepare_file(data: bytes, name: str, *, may_play: bool = False) -> ReadyFile:
    """Scan a file and put it together anew; takes seconds and touches no database. Raises FileRefused.

    Sound and film are taken only with `may_play`.
    """
    if len(data) > settings().largest_file:
        raise FileRefused(Fault.TOO_LARGE)
    was_scanned = _scan(data)
    try:
        cleaned = clean_apart(data)
    except Unfit as unfit:
        raise FileRefused(unfit.fault) from None
    if cleaned.file_type in PLAYED and not may_play:
        raise FileRefused(Fault.NOT_ALLOWED)
    return ReadyFile(clean_name(name, FileType(cleaned.file_type)), cleaned, was_scanned)


def keep_file(ready: ReadyFile, new: NewFile, *, case_id: UUID, by_id: UUID | None) -> Attachment:
    """Lay a file down sealed, and its row with it; bytes whose row is never committed are swept away
    (`attachments.sweep`).
    """
    found = ready.clean
    row = Attachment(
        case_id=case_id,
        kind=new.kind,
        confidentiality=new.confidentiality,
        file_type=FileType(found.file_type),
        size=len(found.content),
        pages=found.pages,
        width=found.width,
        height=found.height,
        was_scanned=ready.was_scanned,
        added_by_id=by_id,
    )
    row.name, row.description, key = ready.name, new.description or None, new_key()
    row.key = key
    write_file(row.id, CONTENT, found.content, key)
    if found.preview is not None:
        write_file(row.id, PREVIEW, found.preview, key)
    db.session.add(row)
    return row


def open_file(row: Attachment, part: str = CONTENT) -> bytes:
    """The bytes of a file, or of the small picture of it. Raises NotFound once it is withdrawn."""
    if row.key is None or (part == PREVIEW and not row.is_picture):
        raise NotFound
    return read_file(row.id, part, row.key)


def withdraw_file(row: Attachment, reason: str, *, by_id: UUID | None) -> None:
    """Destroy the key of a file, and its bytes right after (job `attachments.destroy`). The row stays."""
    if row.withdrawn_at is not None:
        raise Refused(_("The file was withdrawn already."))
    row.key = None
    row.reason = reason
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), by_id
    enqueue("attachments.destroy", {"attachment_id": str(row.id)}, dedupe_key=f"attachments.destroy:{row.id}")


def clean_name(given: str, file_type: FileType) -> str:
    """A name that is harmless wherever it is shown or saved, with the ending of what the file is."""
    last = clean(given).replace("\\", "/").rpartition("/")[2]
    name = " ".join(NOT_IN_NAMES.sub(" ", last).split())
    stem, dot, ending = name.rpartition(".")
    endings = ENDINGS[file_type]
    if dot and ending.lower() in endings:
        name, endings = stem, (ending.lower(),)
    return f"{name.strip('. ')[:LONGEST_NAME].strip('. ') or _('File')}.{endings[0]}"


def _scan(data: bytes) -> bool:
    """Whether a scanner looked at it and found nothing; False where there is none. Raises FileRefused."""
    if not (address := settings().clamd):
        return False
    try:
        virus = find_virus(data, address)
    except ScannerSilent:
        raise FileRefused(Fault.NOT_SCANNED) from None
    if virus is not None:
        raise FileRefused(Fault.INFECTED, virus)
    return True
