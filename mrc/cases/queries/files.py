"""Reading the files of cases."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.attachments.models import Attachment
from mrc.cases.models import Case
from mrc.cases.policy import FILE_LEVEL, FILES
from mrc.core.db import db
from mrc.core.paging import Page, page_of

LISTED = 25
SUMMED_UP = 50
"""How many newest files the page of a case knows of."""
SHOWN_OF_PERSON = 8
NEWEST = (Attachment.created_at.desc(), Attachment.id.desc())


def get_file(case_id: UUID, file_id: UUID, *, by: Identity) -> Attachment:
    """A file of this case. Raises NotFound when absent or hidden."""
    found: Attachment = FILES.get(by, file_id, parent_id=case_id)
    return found


def list_newest_files(case: Case, *, by: Identity) -> Sequence[Attachment]:
    """The newest files of a case the reader was let into that they may see; none where they see no files."""
    if not by.can(Permission.FILE_VIEW, case.centre_id):
        return ()
    query = select(Attachment).where(Attachment.case_id == case.id, FILE_LEVEL.within(by, case))
    return db.session.scalars(query.order_by(*NEWEST).limit(SUMMED_UP)).all()


def list_files(case: Case, *, by: Identity, cursor: str | None) -> Page[Attachment]:
    """The files of a case that the reader may see, newest first, withdrawn ones too."""
    query = FILES.visible(by, select(Attachment).where(Attachment.case_id == case.id))
    return page_of(query, order=(Attachment.created_at, Attachment.id), cursor=cursor, size=LISTED)


def list_files_of_person(person_id: UUID, *, by: Identity) -> Sequence[Attachment]:
    """The newest files of all cases of a person that the reader may see, without the withdrawn ones."""
    theirs = select(Case.id).where(Case.person_id == person_id)
    query = FILES.visible(by, select(Attachment).where(Attachment.case_id.in_(theirs)))
    query = query.where(Attachment.withdrawn_at.is_(None))
    return db.session.scalars(query.order_by(*NEWEST).limit(SHOWN_OF_PERSON)).all()
