"""Which files have a row that needs them. What readers see is asked where cases are known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from mrc.attachments.models import Attachment
from mrc.core.db import db

FILE_KEEPERS = "mrc_file_keepers"
"""Where the application keeps the functions by which other packages say which files are theirs."""
Keeper = Callable[[Collection[UUID]], set[UUID]]


def find_needed(ids: Collection[UUID]) -> set[UUID]:
    """Those of the files that are kept: with a row that is not withdrawn, here or in another package."""
    query = select(Attachment.id).where(Attachment.id.in_(ids), Attachment.withdrawn_at.is_(None))
    keepers: tuple[Keeper, ...] = current_app.extensions.get(FILE_KEEPERS, ())
    return set(db.session.scalars(query)).union(*(keeper(ids) for keeper in keepers))


def count_files(case_id: UUID) -> int:
    """How many files of a case lie on the disk."""
    query = select(func.count()).where(Attachment.case_id == case_id, Attachment.withdrawn_at.is_(None))
    return db.session.scalar(query) or 0
