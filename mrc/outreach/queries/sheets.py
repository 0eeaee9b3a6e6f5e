"""Which information sheets there are, and which of them may be given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import in_scope
from mrc.attachments.queries import holds_files
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.paging import Page, page_of
from mrc.outreach.approvals import SheetStatus
from mrc.outreach.models import InformationSheet

SHOWN = 50
MOST_OFFERED = 200


def list_sheets(
    identity: Identity,
    *,
    language: str | None,
    topic: str | None,
    cursor: str | None,
    size: int = SHOWN,
) -> Page[InformationSheet]:
    """The sheets of the reader's centres and of all that are not retired, by topic, language and version."""
    query = select(InformationSheet).where(_seen(identity), InformationSheet.status != SheetStatus.RETIRED)
    if language:
        query = query.where(InformationSheet.language == language)
    if topic:
        query = query.where(InformationSheet.topic == topic)
    order = (
        InformationSheet.topic,
        InformationSheet.language,
        InformationSheet.number,
        InformationSheet.id,
    )
    return page_of(query, order=order, cursor=cursor, size=size, ascending=True)


def get_sheet(sheet_id: UUID, *, by: Identity) -> InformationSheet:
    """The sheet. Raises NotFound when absent, or of a centre that the reader does not reach."""
    query = select(InformationSheet).where(InformationSheet.id == sheet_id, _seen(by))
    if (sheet := db.session.scalar(query)) is None:
        raise NotFound
    return sheet


def get_given_sheet(sheet_id: UUID) -> InformationSheet:
    """A sheet that was approved once, for whoever it was sent to. Raises NotFound."""
    query = select(InformationSheet).where(
        InformationSheet.id == sheet_id, InformationSheet.approved_by_id.is_not(None)
    )
    if (sheet := db.session.scalar(query)) is None:
        raise NotFound
    return sheet


def find_offered_sheet(centre_id: UUID, sheet_id: UUID) -> InformationSheet | None:
    """The sheet, if a centre may give it now."""
    return next((sheet for sheet in list_offered_sheets(centre_id) if sheet.id == sheet_id), None)


def list_offered_sheets(centre_id: UUID, language: str | None = None) -> Sequence[InformationSheet]:
    """The approved sheets of a centre and of all, by topic, the newest version of each first."""
    query = select(InformationSheet).where(
        InformationSheet.status == SheetStatus.APPROVED,
        or_(InformationSheet.centre_id == centre_id, InformationSheet.centre_id.is_(None)),
    )
    if language:
        query = query.where(InformationSheet.language == language)
    query = query.order_by(
        InformationSheet.topic,
        InformationSheet.language,
        InformationSheet.number.desc(),
        InformationSheet.id,
    )
    return db.session.scalars(query.limit(MOST_OFFERED)).all()


def next_sheet_number(centre_id: UUID | None, topic: str, language: str) -> int:
    """The number of the next version."""
    same_centre = (
        InformationSheet.centre_id.is_(None) if centre_id is None else InformationSheet.centre_id == centre_id
    )
    newest = db.session.scalar(
        select(func.max(InformationSheet.number)).where(
            same_centre, InformationSheet.topic == topic, InformationSheet.language == language
        )
    )
    return (newest or 0) + 1


@holds_files
def find_kept(ids: Collection[UUID]) -> set[UUID]:
    """Those of the files on the disk that belong to a sheet."""
    return set(db.session.scalars(select(InformationSheet.id).where(InformationSheet.id.in_(ids))))


def _seen(identity: Identity) -> ColumnElement[bool]:
    scope = identity.centres(Permission.LIBRARY_VIEW)
    return or_(InformationSheet.centre_id.is_(None), in_scope(InformationSheet.centre_id, scope))
