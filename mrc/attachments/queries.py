"""Which files have a row that needs them. What readers see is asked where cases are known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy import func, select

from mrc.attachments.models import Attachment
from mrc.core.db import db

Holder = Callable[[Collection[UUID]], set[UUID]]
HOLDERS: list[Holder] = []


def holds_files(holder: Holder) -> Holder:
    """Register who else has files on the disk: the decorated function says which of some ids it needs."""
    HOLDERS.append(holder)
    return holder


def find_needed(ids: Collection[UUID]) -> set[UUID]:
    """Those of the files that are kept: with a row, here or at another holder, and not withdrawn."""
    query = select(Attachment.id).where(Attachment.id.in_(ids), Attachment.withdrawn_at.is_(None))
    return set(db.session.scalars(query)).union(*(holder(ids) for holder in HOLDERS))


def count_files(case_id: UUID) -> int:
    """How many files of a case lie on the disk."""
    query = select(func.count()).where(Attachment.case_id == case_id, Attachment.withdrawn_at.is_(None))
    return db.session.scalar(query) or 0
