"""Giving many cases to one counsellor at once, and taking it back as one act.

A batch is made with a row for every case, then worked through by a job in steps that are committed one by
one: whatever stops it, the next try goes on where it stopped. Rules make no task for each case of a batch;
the counsellor gets one for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Table, insert, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL
from mrc.accounts.models import User
from mrc.accounts.queries import identity_of_user, names_of
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, Handover, HandoverBatch
from mrc.cases.policy import CASES
from mrc.cases.queries import OPEN_STATUSES, next_of_batch
from mrc.cases.service.levels import keep_in_step
from mrc.cases.states import BatchStatus, CaseStatus, HandoverKind, HandoverStatus, Obstacle
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.errors import Forbidden, Refused
from mrc.jobs.service import enqueue
from mrc.tasks.service import NewTask, create_task, follow_cases

ROWS = cast(Table, Handover.__table__)
STEP = 250
"""So many cases are given, and written for good, at a time."""
JOB = "cases.hand_over_batch"


def obstacle_of(case: Case, to_user_id: UUID) -> Obstacle | None:
    """Why a case of the reader's centre would stay as it is."""
    if case.status not in OPEN_STATUSES:
        return Obstacle.NOT_OPEN
    return Obstacle.HAS_IT if case.counsellor_id == to_user_id else None


def start_batch(cases: Sequence[Case], to_user_id: UUID, centre_id: UUID, *, by: Identity) -> HandoverBatch:
    """Begin to give cases of one centre to one counsellor; audited as one act, and case by case. The rest is
    done by a job. Raises Forbidden, or Refused when there is nothing to give.
    """
    if by.user_id is None or not by.can(Permission.CASE_ASSIGN, centre_id):
        raise Forbidden
    if not cases:
        raise Refused(_("Choose at least one case."))
    batch = HandoverBatch(
        centre_id=centre_id, to_user_id=to_user_id, made_by_id=by.user_id, status=BatchStatus.RUNNING
    )
    db.session.add(batch)
    db.session.flush()
    now = clock.now()
    rows = [
        {
            "id": uuid7(), "created_at": now, "version": 1, "kind": HandoverKind.ASSIGN,
            "status": HandoverStatus.WAITING, "case_id": case.id, "centre_id": centre_id,
            "from_user_id": case.counsellor_id, "to_user_id": to_user_id, "asked_by_id": by.user_id,
            "before_status": case.status, "batch_id": batch.id, "position": position,
        }
        for position, case in enumerate(cases)
    ]  # fmt: skip
    db.session.execute(insert(ROWS), rows)
    record(
        Event.BATCH_STARTED,
        by=by,
        centre_id=centre_id,
        subject=("handover_batch", batch.id),
        details={"cases": len(rows), "to": str(to_user_id)},
    )
    enqueue(JOB, {"batch": str(batch.id)}, centre_id=centre_id)
    return batch


def undo_batch(batch: HandoverBatch, *, by: Identity) -> None:
    """Begin to give every case of a batch back to whoever carried it; audited. What changed since stays.

    Raises Forbidden, or Refused while the batch still runs or was undone before.
    """
    if not by.can(Permission.CASE_ASSIGN, batch.centre_id):
        raise Forbidden
    if batch.status is not BatchStatus.DONE:
        raise Refused(_("This is still being done, or was undone already."))
    batch.status, batch.finished_at, batch.undone_by_id = BatchStatus.UNDOING, None, by.user_id
    record(
        Event.BATCH_UNDONE,
        by=by,
        centre_id=batch.centre_id,
        subject=("handover_batch", batch.id),
        details={"by": str(by.user_id)},
    )
    enqueue(JOB, {"batch": str(batch.id)}, centre_id=batch.centre_id)


def work_on(batch: HandoverBatch) -> bool:
    """Do the next step of a batch. True while something is left."""
    by = _actor(batch.undone_by_id or batch.made_by_id)
    if batch.status is BatchStatus.RUNNING:
        rows = next_of_batch(batch.id, HandoverStatus.WAITING, STEP)
        _give(rows, batch, by)
        if not rows:
            batch.status, batch.finished_at = BatchStatus.DONE, clock.now()
            _tell(batch)
        return bool(rows)
    if batch.status is BatchStatus.UNDOING:
        rows = next_of_batch(batch.id, HandoverStatus.DONE, STEP)
        _give_back(rows, by)
        if not rows:
            batch.status, batch.finished_at = BatchStatus.UNDONE, clock.now()
        return bool(rows)
    return False


def _give(rows: Sequence[Handover], batch: HandoverBatch, by: Identity) -> None:
    """Give the cases of some rows; each row says what became of it."""
    may_give = _to_give(rows, by)
    for row in rows:
        case = row.case
        obstacle = Obstacle.NOT_FOUND if case.id not in may_give else obstacle_of(case, batch.to_user_id)
        if obstacle is None and case.counsellor_id != row.from_user_id:
            obstacle = Obstacle.CHANGED
        row.decided_at = clock.now()
        if obstacle is not None:
            row.status, row.obstacle = HandoverStatus.REFUSED, obstacle.value
            continue
        row.status, row.before_status = HandoverStatus.DONE, case.status
        _set(case, batch.to_user_id, CaseStatus.OPEN if case.status is CaseStatus.NEW else case.status, by)
    given = [row for row in rows if row.status is HandoverStatus.DONE]
    _protect(row.case for row in given)
    follow_cases({row.case_id: (row.from_user_id, row.to_user_id) for row in given})


def _give_back(rows: Sequence[Handover], by: Identity) -> None:
    may_give = _to_give(rows, by)
    for row in rows:
        case = row.case
        row.decided_at = clock.now()
        was_new = row.before_status is CaseStatus.NEW
        is_as_given = case.counsellor_id == row.to_user_id and case.centre_id == row.centre_id
        if case.id not in may_give:
            row.status, row.obstacle = HandoverStatus.KEPT, Obstacle.NOT_FOUND.value
            continue
        if not is_as_given or (row.from_user_id is None and not (was_new and case.status is CaseStatus.OPEN)):
            row.status, row.obstacle = HandoverStatus.KEPT, Obstacle.CHANGED.value
            continue
        row.status = HandoverStatus.UNDONE
        is_new_again = was_new and case.status is CaseStatus.OPEN
        _set(case, row.from_user_id, CaseStatus.NEW if is_new_again else case.status, by)
    given_back = [row for row in rows if row.status is HandoverStatus.UNDONE]
    _protect(row.case for row in given_back)
    follow_cases({row.case_id: (row.to_user_id, row.from_user_id) for row in given_back})


def _to_give(rows: Sequence[Handover], by: Identity) -> set[UUID]:
    """The cases of some rows that somebody may give away now."""
    keys = [row.case_id for row in rows]
    return set(
        db.session.scalars(
            CASES.visible(by, select(Case.id).where(Case.id.in_(keys)), Permission.CASE_ASSIGN)
        )
    )


def _actor(user_id: UUID) -> Identity:
    """Whoever began it, with the rights they have now; none when they are locked out."""
    user = db.session.get_one(User, user_id)
    identity = identity_of_user(user_id)
    return identity if user.locked_at is None else replace(identity, roles=())


def _set(case: Case, counsellor_id: UUID | None, status: CaseStatus, by: Identity) -> None:
    before, case.counsellor_id, case.status = case.counsellor_id, counsellor_id, status
    record(
        Event.CASE_ASSIGNED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={
            "from": str(before) if before else None,
            "to": str(counsellor_id) if counsellor_id else None,
        },
    )


def _protect(cases: Iterable[Case]) -> None:
    """Who carries a protected case is named in the person's file; open ones name nobody."""
    for case in cases:
        if case.confidentiality >= PROTECTED_LEVEL:
            keep_in_step(case)


def _tell(batch: HandoverBatch) -> None:
    """One task for the counsellor, for all the cases of the batch."""
    done = Handover.batch_id == batch.id, Handover.status == HandoverStatus.DONE
    given = len(db.session.scalars(select(Handover.id).where(*done)).all())
    if not given:
        return
    title = ngettext(
        "%(num)s case was given to you by %(name)s",
        "%(num)s cases were given to you by %(name)s",
        given,
        name=names_of([batch.made_by_id]).get(batch.made_by_id, ""),
    )
    create_task(
        NewTask("review", clock.now() + timedelta(days=2), title=title, assignee_id=batch.to_user_id),
        centre_id=batch.centre_id,
        by=Identity.system("hand-overs"),
    )
