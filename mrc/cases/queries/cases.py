"""Reading cases: one, lists, counts, and who is named in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.cases.models import Case, CaseMember, Need
from mrc.cases.policy import CASES
from mrc.cases.states import CaseStatus, Priority
from mrc.core import clock
from mrc.core.db import db
from mrc.core.paging import COUNTED_UP_TO, Page, page_of
from mrc.persons.models import Person

OPEN_STATUSES = (CaseStatus.NEW, CaseStatus.OPEN, CaseStatus.FOLLOW_UP, CaseStatus.CLOSURE_REQUESTED)
SHOWN = 25


@dataclass(frozen=True)
class CaseFilter:
    """What the chips of the case list say; empty fields do not narrow."""

    status: CaseStatus | None = None
    only_open: bool = False
    mine: bool = False
    unassigned: bool = False
    centre_id: UUID | None = None
    client_type: str | None = None
    priority: Priority | None = None
    destination: str | None = None
    programme: str | None = None
    level: int | None = None
    need_area: str | None = None
    overdue_response: bool = False
    """Nobody has spoken with the person though the clock of the priority ran out."""
    due_first: bool = False
    """Only those with a date on which to look at them again, the earliest first."""
    quiet_first: bool = False
    """Those without an entry for longest first."""


def get_case(case_id: UUID, *, by: Identity, lock: bool = False) -> Case:
    """The case. Raises NotFound when absent or hidden."""
    case: Case = CASES.get(by, case_id, lock=lock)
    return case


def list_cases_by_ids(ids: Collection[UUID], *, by: Identity) -> dict[UUID, Case]:
    """Those of some cases that the reader may see, by key."""
    if not ids:
        return {}
    found = db.session.scalars(CASES.visible(by, select(Case).where(Case.id.in_(ids))))
    return {case.id: case for case in found}


def find_case_by_number(number: str, *, by: Identity) -> Case | None:
    """The visible case with this canonical number."""
    return db.session.scalar(CASES.visible(by, select(Case).where(Case.number == number)))


def list_cases(
    identity: Identity, wanted: CaseFilter, *, cursor: str | None, size: int = SHOWN
) -> Page[Case]:
    """The visible cases in the order asked for, newest first unless told, with their persons."""
    query = filtered_cases(identity, CASES.visible(identity, select(Case)), wanted).options(
        joinedload(Case.person)
    )
    column: Any = Case.opened_at
    if wanted.due_first:
        column = Case.follow_up_at
    elif wanted.quiet_first:
        column = Case.last_activity_at
    ascending = wanted.due_first or wanted.quiet_first
    return page_of(query, order=(column, Case.id), cursor=cursor, size=size, ascending=ascending)


def count_cases(identity: Identity, wanted: CaseFilter) -> int:
    """How many cases the list would hold, counted up to a hundred."""
    query = filtered_cases(identity, CASES.visible(identity, select(Case.id)), wanted).limit(COUNTED_UP_TO)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def list_cases_of_person(person_id: UUID, *, by: Identity) -> Sequence[Case]:
    """The person's cases that the reader may see, newest first."""
    query = CASES.visible(by, select(Case).where(Case.person_id == person_id))
    return db.session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc())).all()


def list_member_ids(case: Case) -> Sequence[UUID]:
    """The people named in the team of a case, besides its counsellor."""
    query = select(CaseMember.user_id).where(CaseMember.case_id == case.id)
    return db.session.scalars(query.order_by(CaseMember.added_at, CaseMember.user_id)).all()


def list_my_attention(identity: Identity, limit: int = 15) -> Sequence[Case]:
    """The reader's own open cases whose follow-up is due, most overdue first, then the new and pressing
    ones.
    """
    mine = _mine(identity).options(joinedload(Case.person))
    is_due = Case.follow_up_at <= clock.now()
    due = db.session.scalars(mine.where(is_due).order_by(Case.follow_up_at, Case.id).limit(limit)).all()
    if len(due) == limit:
        return due
    is_pressing = or_(Case.status == CaseStatus.NEW, Case.priority != Priority.NORMAL)
    others = mine.where(is_pressing, or_(Case.follow_up_at.is_(None), not_(is_due)))
    newest = others.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit - len(due))
    return [*due, *db.session.scalars(newest)]


def list_awaiting_approval(identity: Identity, limit: int = 15) -> Sequence[Case]:
    """The visible cases whose closure someone else asked for."""
    query = CASES.visible(identity, select(Case).where(Case.status == CaseStatus.CLOSURE_REQUESTED))
    query = query.where(Case.closure_requested_by_id.is_distinct_from(identity.user_id))
    order = (Case.opened_at, Case.id)
    return db.session.scalars(query.options(joinedload(Case.person)).order_by(*order).limit(limit)).all()


def count_due(identity: Identity, until: datetime, *, overdue_before: datetime) -> tuple[int, int]:
    """How many of the reader's open cases are due by `until`, and how many of them were due before.

    Counted up to a hundred, the most overdue first.
    """
    due = select(Case.follow_up_at).where(
        Case.counsellor_id == identity.user_id, Case.status.in_(OPEN_STATUSES), Case.follow_up_at <= until
    )
    first = due.order_by(Case.follow_up_at, Case.id).limit(COUNTED_UP_TO).subquery()
    overdue = func.count().filter(first.c.follow_up_at < overdue_before)
    all_due, overdue_ones = db.session.execute(select(func.count(), overdue).select_from(first)).one()
    return all_due, overdue_ones


def highest_level(person_id: UUID) -> tuple[int, frozenset[UUID]]:
    """The level of the person's most protected case, and everybody named in such cases."""
    cases = db.session.execute(
        select(Case.id, Case.confidentiality, Case.counsellor_id).where(
            Case.person_id == person_id, Case.status != CaseStatus.VOID
        )
    ).all()
    level = max((case.confidentiality for case in cases), default=1)
    protected = [case for case in cases if case.confidentiality == level]
    members = db.session.scalars(
        select(CaseMember.user_id).where(CaseMember.case_id.in_([case.id for case in protected]))
    )
    return max(level, 1), frozenset(members) | {
        case.counsellor_id for case in protected if case.counsellor_id
    }


def exists_person_case(person: Person) -> bool:
    """True when the person has a case that is not void."""
    query = select(Case.id).where(Case.person_id == person.id, Case.status != CaseStatus.VOID).limit(1)
    return db.session.scalar(query) is not None


def filtered_cases(identity: Identity, query: Select[Any], wanted: CaseFilter) -> Select[Any]:
    """A query of cases, narrowed by the chips."""
    if wanted.status:
        query = query.where(Case.status == wanted.status)
    if wanted.only_open:
        query = query.where(Case.status.in_(OPEN_STATUSES))
    if wanted.mine:
        query = query.where(Case.counsellor_id == identity.user_id)
    if wanted.unassigned:
        query = query.where(Case.counsellor_id.is_(None))
    if wanted.centre_id:
        query = query.where(Case.centre_id == wanted.centre_id)
    if wanted.client_type:
        query = query.where(Case.client_type == wanted.client_type)
    return _narrowed(query, wanted)


def _narrowed(query: Select[Any], wanted: CaseFilter) -> Select[Any]:
    """The chips that came later: what a case is about, and what is late."""
    for column, value in (
        (Case.priority, wanted.priority),
        (Case.destination, wanted.destination),
        (Case.programme, wanted.programme),
        (Case.confidentiality, wanted.level),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.need_area:
        query = query.where(
            select(Need.id).where(Need.case_id == Case.id, Need.area == wanted.need_area).exists()
        )
    if wanted.overdue_response:
        is_late = and_(Case.first_response_at.is_(None), Case.first_response_due_at < clock.now())
        query = query.where(is_late, Case.status.in_(OPEN_STATUSES))
    if wanted.due_first:
        query = query.where(Case.follow_up_at.is_not(None))
    return query


def _mine(identity: Identity) -> Select[Case]:
    query = CASES.visible(identity, select(Case).where(Case.counsellor_id == identity.user_id))
    return query.where(Case.status.in_(OPEN_STATUSES))
