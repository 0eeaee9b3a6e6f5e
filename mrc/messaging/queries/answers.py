"""Ready answers: those that a centre is offered, and the library's list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import in_scope
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.paging import Page, page_of
from mrc.messaging.models import CannedAnswer
from mrc.messaging.states import AnswerStatus

SHOWN = 50
MOST_OFFERED = 200


@dataclass(frozen=True)
class AnswerFilter:
    """What the chips over the list say; empty fields do not narrow."""

    language: str | None = None
    status: AnswerStatus | None = None


def list_answers(
    identity: Identity, wanted: AnswerFilter, *, cursor: str | None, size: int = SHOWN
) -> Page[CannedAnswer]:
    """The ready answers of the reader's centres and of all, by shortcut; retired ones when asked for."""
    query = select(CannedAnswer).where(_seen(identity))
    if wanted.language:
        query = query.where(CannedAnswer.language == wanted.language)
    if wanted.status is not None:
        query = query.where(CannedAnswer.status == wanted.status)
    else:
        query = query.where(CannedAnswer.status != AnswerStatus.RETIRED)
    order = (CannedAnswer.shortcut, CannedAnswer.id)
    return page_of(query, order=order, cursor=cursor, size=size, ascending=True)


def get_answer(answer_id: UUID, *, by: Identity, lock: bool = False) -> CannedAnswer:
    """The ready answer. Raises NotFound when absent, or of a centre that the reader does not reach."""
    query = select(CannedAnswer).where(CannedAnswer.id == answer_id, _seen(by))
    if lock:
        query = query.with_for_update(of=CannedAnswer)
    if (answer := db.session.scalar(query)) is None:
        raise NotFound
    return answer


def list_offered(centre_id: UUID, language: str | None = None) -> Sequence[CannedAnswer]:
    """The approved answers of a centre and of all, by shortcut; in one language when it is named."""
    query = select(CannedAnswer).where(
        CannedAnswer.status == AnswerStatus.APPROVED,
        or_(CannedAnswer.centre_id == centre_id, CannedAnswer.centre_id.is_(None)),
    )
    if language:
        query = query.where(CannedAnswer.language == language)
    query = query.order_by(CannedAnswer.shortcut, CannedAnswer.language, CannedAnswer.id)
    return db.session.scalars(query.limit(MOST_OFFERED)).all()


def exists_answer(centre_id: UUID | None, language: str, shortcut: str, *, but: UUID | None = None) -> bool:
    """True when the shortcut is taken in a language, by one that is not retired."""
    same_centre = (
        CannedAnswer.centre_id.is_(None) if centre_id is None else CannedAnswer.centre_id == centre_id
    )
    query = select(CannedAnswer.id).where(
        same_centre,
        CannedAnswer.language == language,
        CannedAnswer.shortcut == shortcut,
        CannedAnswer.status != AnswerStatus.RETIRED,
    )
    if but is not None:
        query = query.where(CannedAnswer.id != but)
    return db.session.scalar(query.limit(1)) is not None


def list_to_review(until: date) -> Sequence[CannedAnswer]:
    """The approved answers that must be read again by a day."""
    query = select(CannedAnswer).where(
        CannedAnswer.status == AnswerStatus.APPROVED, CannedAnswer.review_on <= until
    )
    return db.session.scalars(query.order_by(CannedAnswer.id)).all()


def _seen(identity: Identity) -> ColumnElement[bool]:
    scope = identity.centres(Permission.LIBRARY_VIEW)
    return or_(CannedAnswer.centre_id.is_(None), in_scope(CannedAnswer.centre_id, scope))
