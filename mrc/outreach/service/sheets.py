"""Information sheets: added by one, approved by another, replaced by the next version."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.attachments.service import CONTENT, ReadyFile
from mrc.attachments.states import FileType
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.files import new_key, read_file, write_file
from mrc.core.states import move
from mrc.core.text import clean
from mrc.i18n.locales import LOCALES
from mrc.messaging.service.canned import may_keep
from mrc.outreach.approvals import SHEET, SheetStatus
from mrc.outreach.models import InformationSheet
from mrc.outreach.queries import next_sheet_number
from mrc.vocab.queries import choices


@dataclass(frozen=True)
class NewSheet:
    """What is said about a sheet when it is added."""

    topic: str
    language: str
    title: str


def add_sheet(ready: ReadyFile, new: NewSheet, *, centre_id: UUID | None, by: Identity) -> InformationSheet:
    """Keep a looked-through file as the next version of a sheet, as a draft; audited.

    Raises Forbidden, or Refused by field.
    """
    if not may_keep(centre_id, Permission.LIBRARY_WRITE, by):
        raise Forbidden
    title, found = clean(new.title).strip(), {}
    if not title or len(title) > 120:
        found["title"] = _("Write the title.")
    if new.language not in LOCALES:
        found["language"] = _("Choose a language.")
    if new.topic not in {choice.code for choice in choices("information_sheets")}:
        found["topic"] = _("Choose a topic.")
    if found:
        raise Refused(fields=found)
    sheet = InformationSheet(
        centre_id=centre_id,
        topic=new.topic,
        language=new.language,
        number=next_sheet_number(centre_id, new.topic, new.language),
        title=title,
        status=SheetStatus.DRAFT,
        file_type=FileType(ready.clean.file_type),
        file_name=ready.name,
        size=len(ready.clean.content),
        written_by_id=by.user_id,
    )
    key = new_key()
    sheet.key = key
    write_file(sheet.id, CONTENT, ready.clean.content, key)
    db.session.add(sheet)
    db.session.flush()
    _record(Event.SHEET_ADDED, sheet, by)
    return sheet


def open_sheet(sheet: InformationSheet) -> bytes:
    """The bytes of a sheet, for a reader or for a message. Raises Unavailable when they are not there."""
    return read_file(sheet.id, CONTENT, sheet.key or "")


def approve_sheet(sheet: InformationSheet, *, by: Identity) -> None:
    """Let counsellors give a colleague's sheet; audited. Never one's own."""
    if by.user_id is not None and sheet.written_by_id == by.user_id:
        raise Refused(_("You added this yourself: a colleague approves it."))
    _step(sheet, "approve", by, approved_by_id=by.user_id)


def retire_sheet(sheet: InformationSheet, *, by: Identity) -> None:
    """Give a sheet no more; audited."""
    _step(sheet, "retire", by)


def _step(sheet: InformationSheet, action: str, by: Identity, **facts: object) -> None:
    def permits(who: Identity, permission: StrEnum, centre_id: UUID | None) -> bool:
        return may_keep(centre_id, Permission(str(permission)), who)

    def write(event: Any, who: Identity, before: str, after: str) -> None:
        _record(event, sheet, who, **{"from": before, "to": after})

    move(sheet, action, SHEET, by=by, centre_id=sheet.centre_id, permits=permits, record=write, **facts)


def _record(event: Event, sheet: InformationSheet, by: Identity, **details: str) -> None:
    about = {"topic": sheet.topic, "language": sheet.language, "number": sheet.number}
    record(
        event, by=by, centre_id=sheet.centre_id, subject=("information_sheet", sheet.id),
        details=about | details,
    )  # fmt: skip
