"""Reading hand-overs: the log of a case, what waits for an answer, and batches with their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import SEALED_LEVEL, in_scope
from mrc.cases.models import Case, Handover, HandoverBatch, Need
from mrc.cases.policy import BATCHES, CASES, HANDOVERS
from mrc.cases.queries.cases import OPEN_STATUSES, SHOWN, CaseFilter, filtered_cases
from mrc.cases.states import CaseStatus, HandoverKind, HandoverStatus
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.paging import COUNTED_UP_TO, Page, page_of

SILENT = (HandoverStatus.WAITING, HandoverStatus.REFUSED)
"""Rows of a batch in which nothing happened to the case."""
MOST_IN_BATCH = 10_000


@dataclass(frozen=True)
class Incoming:
    """What a centre is told of a case before it accepts it: nothing that names anybody."""

    row: Handover
    number: str
    client_type: str
    priority: str
    needs: tuple[str, ...]


def list_case_handovers(case: Case) -> Sequence[Handover]:
    """The log of a case the reader was let into, newest first."""
    query = select(Handover).where(Handover.case_id == case.id, Handover.status.not_in(SILENT))
    return db.session.scalars(query.order_by(Handover.created_at.desc(), Handover.id.desc()).limit(50)).all()


def find_asked(
    case_id: UUID, *, kind: HandoverKind | None = None, asked_by: UUID | None = None
) -> Handover | None:
    """What waits for an answer about a case, of a kind, or asked by somebody."""
    query = select(Handover).where(Handover.case_id == case_id, Handover.status == HandoverStatus.ASKED)
    if kind is not None:
        query = query.where(Handover.kind == kind)
    if asked_by is not None:
        query = query.where(Handover.asked_by_id == asked_by, Handover.kind == HandoverKind.REQUEST)
    return db.session.scalar(query.limit(1))


def find_case_to_ask_for(number: str) -> Case | None:
    """A case by its number, whatever its centre and level, but a sealed one: only asking may look for it, and
    nobody is told whether there is one.
    """
    query = select(Case).where(Case.number == number, Case.confidentiality < SEALED_LEVEL)
    return db.session.scalar(query.where(Case.status.in_(OPEN_STATUSES)))


def list_cases_moving_along(case: Case) -> list[Case]:
    """The person's other cases in the same centre: they go where the person goes."""
    query = select(Case).where(
        Case.person_id == case.person_id,
        Case.id != case.id,
        Case.centre_id == case.centre_id,
        Case.status != CaseStatus.VOID,
    )
    return list(db.session.scalars(query.order_by(Case.opened_at, Case.id)))


def list_incoming(identity: Identity, *, limit: int = 50) -> list[Incoming]:
    """The transfers that wait for an answer of the reader's centres, oldest first."""
    query = _incoming(identity).options(joinedload(Handover.case))
    rows = db.session.scalars(query.order_by(Handover.created_at, Handover.id).limit(limit)).all()
    needs = _needs_of([row.case_id for row in rows])
    return [
        Incoming(
            row,
            row.case.number,
            row.case.client_type,
            row.case.priority.value,
            tuple(needs.get(row.case_id, ())),
        )
        for row in rows
    ]


def list_requests(identity: Identity, *, limit: int = 50) -> Sequence[Handover]:
    """The requests for cases that the reader may answer, oldest first."""
    query = _requests(identity).options(joinedload(Handover.case))
    return db.session.scalars(query.order_by(Handover.created_at, Handover.id).limit(limit)).all()


def count_to_answer(identity: Identity) -> int:
    """How many transfers and requests wait for the reader, for the menu: asked on every page, in one
    query.
    """
    gives = identity.centres(Permission.CASE_ASSIGN)
    carries = Case.counsellor_id == identity.user_id
    is_seen = or_(carries, Case.confidentiality < SEALED_LEVEL)
    offered = and_(Handover.kind == HandoverKind.TRANSFER, in_scope(Handover.to_centre_id, gives))
    wanted = and_(
        Handover.kind == HandoverKind.REQUEST,
        Handover.asked_by_id != identity.user_id,
        or_(carries, in_scope(Handover.centre_id, gives)),
        is_seen,
    )
    query = (
        select(Handover.id)
        .join(Case, Case.id == Handover.case_id)
        .where(Handover.status == HandoverStatus.ASKED, or_(offered, wanted))
        .limit(COUNTED_UP_TO)
    )
    return len(db.session.scalars(query).all())


def list_own_asked(identity: Identity, *, limit: int = 50) -> Sequence[Handover]:
    """What the reader asked for and what became of it, newest first."""
    query = (
        select(Handover)
        .where(
            Handover.asked_by_id == identity.user_id,
            Handover.kind.in_((HandoverKind.TRANSFER, HandoverKind.REQUEST)),
        )
        .options(joinedload(Handover.case))
    )
    return db.session.scalars(
        query.order_by(Handover.created_at.desc(), Handover.id.desc()).limit(limit)
    ).all()


def list_shared_with(identity: Identity) -> Sequence[Case]:
    """The cases that colleagues share with the reader now."""
    if not identity.shared_ids:
        return ()
    query = select(Case).where(Case.id.in_(sorted(identity.shared_ids))).options(joinedload(Case.person))
    return db.session.scalars(CASES.visible(identity, query).order_by(Case.number)).all()


def list_handovers(identity: Identity, *, cursor: str | None, size: int = SHOWN) -> Page[Handover]:
    """The log of all cases that the reader sees, newest first."""
    query = HANDOVERS.visible(identity, select(Handover).where(Handover.status.not_in(SILENT)))
    query = query.options(joinedload(Handover.case))
    return page_of(query, order=(Handover.created_at, Handover.id), cursor=cursor, size=size)


def get_handover(handover_id: UUID, *, by: Identity) -> Handover:
    """A hand-over that the reader may answer, asked for, or sees in the log. Raises NotFound."""
    row = db.session.get(Handover, handover_id)
    if row is None:
        raise NotFound
    queries = (_incoming(by), _requests(by), HANDOVERS.visible(by, select(Handover)))
    own = row.asked_by_id is not None and row.asked_by_id == by.user_id and row.kind is not HandoverKind.SHARE
    if own or any(db.session.scalar(query.where(Handover.id == handover_id)) for query in queries):
        return row
    raise NotFound


def cases_to_give(
    identity: Identity, wanted: CaseFilter | None, chosen: Sequence[UUID], to_centre_id: UUID
) -> list[Case]:
    """The open cases of one centre that the reader may give away: those chosen, or all of a filter; at most
    10,000, in the order of their numbers.
    """
    query = CASES.visible(identity, select(Case), Permission.CASE_ASSIGN)
    query = query.where(Case.status.in_(OPEN_STATUSES), Case.centre_id == to_centre_id)
    query = query.where(Case.id.in_(chosen)) if wanted is None else filtered_cases(identity, query, wanted)
    return list(db.session.scalars(query.order_by(Case.number).limit(MOST_IN_BATCH)))


def get_batch(batch_id: UUID, *, by: Identity) -> HandoverBatch:
    """The batch. Raises NotFound when absent or of another centre."""
    batch: HandoverBatch = BATCHES.get(by, batch_id)
    return batch


def count_batch(batch: HandoverBatch) -> dict[str, int]:
    """How many cases of a batch stand where: status → count."""
    query = select(Handover.status, func.count()).where(Handover.batch_id == batch.id)
    return {status.value: count for status, count in db.session.execute(query.group_by(Handover.status))}


def list_batch_rows(
    batch: HandoverBatch, *, by: Identity, status: HandoverStatus | None, cursor: str | None, size: int = 50
) -> Page[Handover]:
    """What became of each case of a batch that the reader sees, in the order of the preview."""
    query = HANDOVERS.visible(by, select(Handover).where(Handover.batch_id == batch.id))
    if status is not None:
        query = query.where(Handover.status == status)
    query = query.options(joinedload(Handover.case).joinedload(Case.person))
    return page_of(query, order=(Handover.position, Handover.id), cursor=cursor, size=size, ascending=True)


def next_of_batch(batch_id: UUID, status: HandoverStatus, size: int) -> Sequence[Handover]:
    """The next rows of a batch in a state, in their order, with their cases."""
    query = (
        select(Handover)
        .where(Handover.batch_id == batch_id, Handover.status == status)
        .options(joinedload(Handover.case))
        .order_by(Handover.position)
        .limit(size)
    )
    return db.session.scalars(query).all()


def _incoming(identity: Identity) -> Select[Handover]:
    return select(Handover).where(
        Handover.kind == HandoverKind.TRANSFER,
        Handover.status == HandoverStatus.ASKED,
        in_scope(Handover.to_centre_id, identity.centres(Permission.CASE_ASSIGN)),
    )


def _requests(identity: Identity) -> Select[Handover]:
    """Of cases the reader sees: a request tells them nothing new."""
    visible = CASES.visible(
        identity, select(Case.id).where(Case.id == Handover.case_id), Permission.CASE_WORK
    )
    carries = select(Case.counsellor_id).where(Case.id == Handover.case_id).scalar_subquery()
    return select(Handover).where(
        Handover.kind == HandoverKind.REQUEST,
        Handover.status == HandoverStatus.ASKED,
        Handover.asked_by_id != identity.user_id,
        or_(
            in_scope(Handover.centre_id, identity.centres(Permission.CASE_ASSIGN)),
            carries == identity.user_id,
        ),
        visible.correlate(Handover).exists(),
    )


def needs_of(case: Case) -> list[str]:
    """The areas of a case's needs: what a centre is told before it accepts."""
    return _needs_of([case.id]).get(case.id, [])


def _needs_of(case_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    query = (
        select(Need.case_id, Need.area).where(Need.case_id.in_(case_ids)).order_by(Need.created_at, Need.id)
    )
    for case_id, area in db.session.execute(query):
        found.setdefault(case_id, []).append(area)
    return found
