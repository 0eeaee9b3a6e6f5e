"""Which files have a row that needs them. What readers see is asked where cases are known."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from mrc.attachments.models import Attachment
from mrc.core.db import db


def find_needed(ids: Collection[UUID]) -> set[UUID]:
    """Those of the files that are kept: with a row, and not withdrawn."""
    query = select(Attachment.id).where(Attachment.id.in_(ids), Attachment.withdrawn_at.is_(None))
    return set(db.session.scalars(query))


def count_files(case_id: UUID) -> int:
    """How many files of a case lie on the disk."""
    query = select(func.count()).where(Attachment.case_id == case_id, Attachment.withdrawn_at.is_(None))
    return db.session.scalar(query) or 0
