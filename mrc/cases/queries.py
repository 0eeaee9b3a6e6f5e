"""Reading cases, consultations and timelines. Lists open only what they show, in a constant number of
queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.cases.models import Case, CaseMember, Consultation, Need, Note
from mrc.cases.policy import CASES, CONSULTATIONS
from mrc.cases.states import CaseStatus, Priority
from mrc.core import clock
from mrc.core.db import db
from mrc.core.paging import COUNTED_UP_TO, Page, page_of
from mrc.persons.models import Person

OPEN_STATUSES = (CaseStatus.NEW, CaseStatus.OPEN, CaseStatus.FOLLOW_UP, CaseStatus.CLOSURE_REQUESTED)
SHOWN = 25
TIMELINE_SHOWN = 30


@dataclass(frozen=True)
class CaseFilter:
    """What the chips of the case list say; empty fields do not narrow."""

    status: CaseStatus | None = None
    only_open: bool = False
    mine: bool = False
    unassigned: bool = False
    centre_id: UUID | None = None
    client_type: str | None = None


@dataclass(frozen=True)
class ConsultationFilter:
    """What the chips of the consultation list say."""

    channel: str | None = None
    mine: bool = False
    centre_id: UUID | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened in a case: a consultation or a note."""

    kind: str
    at: datetime
    row: Consultation | Note

    @property
    def key(self) -> tuple[datetime, UUID]:
        return self.at, self.row.id


@dataclass(frozen=True)
class Timeline:
    """The newest entries of a case, and where the older ones go on."""

    entries: tuple[TimelineEntry, ...]
    older: str | None


def get_case(case_id: UUID, *, by: Identity, lock: bool = False) -> Case:
    """The case. Raises NotFound when absent or hidden."""
    case: Case = CASES.get(by, case_id, lock=lock)
    return case


def get_consultation(consultation_id: UUID, *, by: Identity) -> Consultation:
    """The consultation. Raises NotFound when absent or hidden."""
    consultation: Consultation = CONSULTATIONS.get(by, consultation_id)
    return consultation


def find_case_by_number(number: str, *, by: Identity) -> Case | None:
    """The visible case with this canonical number."""
    return db.session.scalar(CASES.visible(by, select(Case).where(Case.number == number)))


def list_cases(
    identity: Identity, wanted: CaseFilter, *, cursor: str | None, size: int = SHOWN
) -> Page[Case]:
    """The visible cases, newest first, with their persons."""
    query = _filtered_cases(identity, CASES.visible(identity, select(Case)), wanted).options(
        joinedload(Case.person)
    )
    return page_of(query, order=(Case.opened_at, Case.id), cursor=cursor, size=size)


def count_cases(identity: Identity, wanted: CaseFilter) -> int:
    """How many cases the list would hold, counted up to a hundred."""
    query = _filtered_cases(identity, CASES.visible(identity, select(Case.id)), wanted).limit(COUNTED_UP_TO)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def list_cases_of_person(person_id: UUID, *, by: Identity) -> Sequence[Case]:
    """The person's cases that the reader may see, newest first."""
    query = CASES.visible(by, select(Case).where(Case.person_id == person_id))
    return db.session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc())).all()


def list_consultations(
    identity: Identity, wanted: ConsultationFilter, *, cursor: str | None, size: int = SHOWN
) -> Page[Consultation]:
    """The visible consultations, newest first, with their persons and cases."""
    query = CONSULTATIONS.visible(identity, select(Consultation))
    if wanted.channel:
        query = query.where(Consultation.channel == wanted.channel)
    if wanted.mine:
        query = query.where(Consultation.counsellor_id == identity.user_id)
    if wanted.centre_id:
        query = query.where(Consultation.centre_id == wanted.centre_id)
    if wanted.since:
        query = query.where(Consultation.started_at >= wanted.since)
    query = query.options(joinedload(Consultation.person), joinedload(Consultation.case))
    return page_of(query, order=(Consultation.started_at, Consultation.id), cursor=cursor, size=size)


def list_consultations_of_person(
    person_id: UUID, *, by: Identity, limit: int = SHOWN
) -> Sequence[Consultation]:
    """The person's newest consultations that the reader may see."""
    query = CONSULTATIONS.visible(by, select(Consultation).where(Consultation.person_id == person_id))
    order = (Consultation.started_at.desc(), Consultation.id.desc())
    return db.session.scalars(query.order_by(*order).limit(limit)).all()


def list_consultations_of_thread(
    thread_id: UUID, *, by: Identity, limit: int = SHOWN
) -> Sequence[Consultation]:
    """The newest consultations recorded from a thread that the reader may see."""
    query = CONSULTATIONS.visible(by, select(Consultation).where(Consultation.thread_id == thread_id))
    order = (Consultation.started_at.desc(), Consultation.id.desc())
    return db.session.scalars(query.order_by(*order).limit(limit)).all()


def get_timeline(
    case: Case, *, before: tuple[datetime, UUID] | None = None, size: int = TIMELINE_SHOWN
) -> Timeline:
    """The newest entries of a case the reader was let into, older than `before`.

    Two indexed reads, one of consultations and one of notes, merged by time: the cost does not grow with the
    case.
    """
    consultations = _older(
        select(Consultation).where(Consultation.case_id == case.id), Consultation.started_at, before
    )
    notes = _older(select(Note).where(Note.case_id == case.id), Note.created_at, before)
    entries = [
        *(TimelineEntry("consultation", row.started_at, row) for row in _first(consultations, size)),
        *(TimelineEntry("note", row.created_at, row) for row in _first(notes, size)),
    ]
    entries.sort(key=lambda entry: entry.key, reverse=True)
    shown = tuple(entries[:size])
    older = f"{shown[-1].at.isoformat()}_{shown[-1].row.id}" if len(entries) > size else None
    return Timeline(shown, older)


def parse_timeline_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """The point a timeline goes on from; None for anything that we did not write ourselves."""
    at, _, row_id = (text or "").partition("_")
    try:
        instant, key = datetime.fromisoformat(at), UUID(row_id)
    except ValueError:
        return None
    return (instant, key) if instant.tzinfo else None


def list_needs(case: Case) -> Sequence[Need]:
    """The needs of a case, oldest first."""
    return db.session.scalars(
        select(Need).where(Need.case_id == case.id).order_by(Need.created_at, Need.id)
    ).all()


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


def _filtered_cases(identity: Identity, query: Select[Any], wanted: CaseFilter) -> Select[Any]:
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
    return query


def _mine(identity: Identity) -> Select[Case]:
    query = CASES.visible(identity, select(Case).where(Case.counsellor_id == identity.user_id))
    return query.where(Case.status.in_(OPEN_STATUSES))


def _older(query: Select[Any], at: Any, before: tuple[datetime, UUID] | None) -> Select[Any]:
    model = query.column_descriptions[0]["entity"]
    if before is not None:
        query = query.where(or_(at < before[0], and_(at == before[0], model.id < before[1])))
    return query.order_by(at.desc(), model.id.desc())


def _first(query: Select[Any], size: int) -> Sequence[Any]:
    return db.session.scalars(query.limit(size + 1)).all()
