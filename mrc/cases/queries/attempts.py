"""Reading how often somebody was tried, and whether they could be reached at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.cases.models import Case, Consultation, ContactAttempt
from mrc.cases.policy import ATTEMPTS, CASES
from mrc.cases.queries.cases import SHOWN
from mrc.cases.states import IN_VAIN, AttemptOutcome
from mrc.core import clock
from mrc.core.db import db
from mrc.core.paging import Page, page_of
from mrc.persons.hours import is_safe_at
from mrc.persons.models import Person, PersonAddress

SILENT_DAYS = 3
"""On so many distinct days somebody was tried in vain before we say that they could not be reached."""
LOOKED_AT = 30
NOT_SPOKEN_WITH = ("no_answer", "wrong_number", "spam")
"""Outcomes of consultations in which the person was not spoken to, codes of list 'consultation_outcomes'."""


@dataclass(frozen=True)
class Silence:
    """Attempts in vain since the person was last spoken to: how many, on how many days, since when."""

    attempts: int
    days: int
    since: date

    @property
    def is_lasting(self) -> bool:
        """True when it is enough to say that the person could not be reached."""
        return self.days >= SILENT_DAYS


class Obstacle(StrEnum):
    """Why one should think twice before calling an address."""

    NEVER_CONTACT = "never_contact"
    NO_CALLS = "no_calls"
    UNSAFE_HOUR = "unsafe_hour"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Reach:
    """What one needs before trying to reach a person: their addresses, and the newest attempts."""

    links: Sequence[PersonAddress]
    attempts: Sequence[ContactAttempt]
    silence: Silence | None


def get_reach(
    person: Person, time_zone: str, *, by: Identity, shown: int = 5, was_tried: bool = True
) -> Reach:
    """How a person can be reached and was tried, in two queries. The time zone says where days begin."""
    query = (
        select(PersonAddress)
        .where(PersonAddress.person_id == person.id)
        .options(joinedload(PersonAddress.address))
        .order_by(PersonAddress.created_at, PersonAddress.id)
    )
    links = db.session.scalars(query).all()
    if not was_tried:
        return Reach(links, (), None)
    attempts, spoken_at = _newest(person.id, by)
    return Reach(links, attempts[:shown], _silence(attempts, spoken_at, time_zone))


def obstacles_to_calling(link: PersonAddress, time_zone: str) -> tuple[Obstacle, ...]:
    """What the contact plan of an address says against calling it now, the gravest first.

    The hours are those of the person, of the given zone while nobody asked where they are.
    """
    zone = link.person.time_zone or time_zone
    against = (
        (Obstacle.NEVER_CONTACT, link.never_contact),
        (Obstacle.NO_CALLS, not link.may_call and not link.never_contact),
        (Obstacle.UNSAFE_HOUR, not is_safe_at(link.safe_windows, clock.now(), zone)),
        (Obstacle.DOUBTFUL, link.doubtful_since is not None),
    )
    return tuple(obstacle for obstacle, stands in against if stands)


def find_silence(person_id: UUID, time_zone: str, *, by: Identity) -> Silence | None:
    """The attempts in vain since the person was last spoken to; None when there are none.

    To close a case because contact was lost, ask whether it `is_lasting`.
    """
    return _silence(*_newest(person_id, by), time_zone)


def list_attempts(
    person_id: UUID, *, by: Identity, cursor: str | None, size: int = SHOWN
) -> Page[ContactAttempt]:
    """The attempts to reach a person, newest first."""
    query = ATTEMPTS.visible(by, select(ContactAttempt).where(ContactAttempt.person_id == person_id))
    return page_of(query, order=(ContactAttempt.at, ContactAttempt.id), cursor=cursor, size=size)


def attempt_timeline_rows(
    *,
    by: Identity,
    person_id: UUID,
    case_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    size: int,
) -> Sequence[ContactAttempt]:
    """The newest attempts of a case, or else of a person, older than `before`, at most `size`.

    Whoever was let into a case in an emergency sees its attempts, though not the person's file.
    """
    row = ContactAttempt
    if case_id is not None:
        visible = CASES.visible(by, select(Case.id).where(Case.id == case_id))
        query = select(row).where(row.case_id == case_id, row.case_id.in_(visible))
    else:
        query = ATTEMPTS.visible(by, select(row).where(row.person_id == person_id))
    if before is not None:
        query = query.where(or_(row.at < before[0], and_(row.at == before[0], row.id < before[1])))
    return db.session.scalars(query.order_by(row.at.desc(), row.id.desc()).limit(size)).all()


def _newest(person_id: UUID, by: Identity) -> tuple[list[ContactAttempt], datetime | None]:
    """The newest attempts, and when the last consultation with the person began."""
    spoken_at = (
        select(func.max(Consultation.started_at))
        .where(
            Consultation.person_id == person_id,
            Consultation.voided_at.is_(None),
            Consultation.outcome.not_in(NOT_SPOKEN_WITH),
        )
        .scalar_subquery()
    )
    query = select(ContactAttempt, spoken_at).where(ContactAttempt.person_id == person_id)
    order = (ContactAttempt.at.desc(), ContactAttempt.id.desc())
    rows = db.session.execute(ATTEMPTS.visible(by, query).order_by(*order).limit(LOOKED_AT)).all()
    return [attempt for attempt, _at in rows], rows[0][1] if rows else None


def _silence(
    attempts: Sequence[ContactAttempt], spoken_at: datetime | None, time_zone: str
) -> Silence | None:
    zone = ZoneInfo(time_zone)
    days: list[date] = []
    for attempt in attempts:
        if attempt.outcome is AttemptOutcome.REACHED or (spoken_at and attempt.at <= spoken_at):
            break
        if attempt.outcome in IN_VAIN:
            days.append(attempt.at.astimezone(zone).date())
    return Silence(len(days), len(set(days)), min(days)) if days else None
