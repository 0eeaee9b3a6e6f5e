"""Reading the audit log, grants and the state of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, and_, func, or_, select, union_all

from mrc.access.identity import Identity, Scope
from mrc.access.models import AccessGrant
from mrc.access.permissions import Permission
from mrc.access.policy import in_scope
from mrc.attachments.models import Attachment
from mrc.audit.models import AuditEvent
from mrc.audit.tags import Event
from mrc.cases.models import Case, Consultation
from mrc.cases.policy import CASES, CONSULTATIONS, FILES
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.paging import Page, page_of
from mrc.hotline.models import Call
from mrc.hotline.policy import CALLS
from mrc.jobs.models import Job, JobState
from mrc.messaging import spool
from mrc.messaging.alarms import words_of as words_of_alarm
from mrc.messaging.codes import meaning_of, words_of
from mrc.messaging.models import Thread
from mrc.messaging.policy import THREADS
from mrc.messaging.queries import health
from mrc.persons.models import Person

AFTER_SEARCH = timedelta(minutes=5)
REVIEWED_WITHIN = timedelta(days=7)
STUCK_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class AuditFilter:
    """What the chips of the audit log say."""

    tag: str | None = None
    actor: str | None = None
    subject_id: UUID | None = None
    since: datetime | None = None


def list_events(
    identity: Identity, wanted: AuditFilter, *, cursor: str | None, size: int = 50
) -> Page[AuditEvent]:
    """The log of the reader's scope, newest first."""
    scope = identity.centres(Permission.AUDIT_VIEW)
    query = select(AuditEvent)
    if not scope.everywhere:
        query = query.where(AuditEvent.chain.in_([str(centre_id) for centre_id in sorted(scope.ids)]))
    if wanted.tag:
        query = query.where(AuditEvent.tag == wanted.tag)
    if wanted.actor:
        query = query.where(AuditEvent.actor == wanted.actor)
    if wanted.subject_id:
        query = query.where(AuditEvent.subject_id == wanted.subject_id)
    if wanted.since:
        query = query.where(AuditEvent.at >= wanted.since)
    return page_of(query, order=(AuditEvent.at, AuditEvent.id), cursor=cursor, size=size)


def list_person_readers(
    person: Person, *, by: Identity, cursor: str | None, size: int = 50
) -> Page[AuditEvent]:
    """Who did what with a person's file and with what the reader may see of their cases, consultations and
    conversations, newest first. Without the right to see readers: the reader's own acts alone.
    """
    cases = CASES.visible(by, select(Case.id).where(Case.person_id == person.id))
    consultations = CONSULTATIONS.visible(
        by, select(Consultation.id).where(Consultation.person_id == person.id)
    )
    threads = THREADS.visible(by, select(Thread.id).where(Thread.person_id == person.id))
    theirs = Attachment.case_id.in_(select(Case.id).where(Case.person_id == person.id))
    files = FILES.visible(by, select(Attachment.id).where(theirs))
    own = select(Person.id).where(Person.id == person.id)
    calls = CALLS.visible(by, select(Call.id).where(Call.person_id == person.id))
    subjects = union_all(own, cases, consultations, threads, calls, files)
    return _readers(subjects, person.centre_id, by, cursor, size)


def list_case_readers(case: Case, *, by: Identity, cursor: str | None, size: int = 50) -> Page[AuditEvent]:
    """Who did what with a case the reader was let into and with its consultations and files, newest
    first.
    Without the right to see readers: the reader's own acts alone.
    """
    own = select(Case.id).where(Case.id == case.id)
    consultations = CONSULTATIONS.visible(by, select(Consultation.id).where(Consultation.case_id == case.id))
    files = FILES.visible(by, select(Attachment.id).where(Attachment.case_id == case.id))
    return _readers(union_all(own, consultations, files), case.centre_id, by, cursor, size)


def found_by_search(events: Sequence[AuditEvent]) -> set[UUID]:
    """Those of the events that opened a file within five minutes of a search by the same person."""
    opened = [event for event in events if event.tag == Event.PERSON_OPENED and event.actor_id]
    if not opened:
        return set()
    near = [
        and_(AuditEvent.actor_id == event.actor_id, AuditEvent.at.between(event.at - AFTER_SEARCH, event.at))
        for event in opened
    ]
    query = select(AuditEvent.actor_id, AuditEvent.at).where(
        AuditEvent.tag == Event.PERSONS_SEARCHED, or_(*near)
    )
    searches = db.session.execute(query).all()
    return {
        event.id
        for event in opened
        if any(
            search.actor_id == event.actor_id and event.at - AFTER_SEARCH <= search.at <= event.at
            for search in searches
        )
    }


def _readers(
    subjects: CompoundSelect[UUID], centre_id: UUID, by: Identity, cursor: str | None, size: int
) -> Page[AuditEvent]:
    # Read first and once, or PostgreSQL asks for each event whether its record may be seen (300 ms).
    known = subjects.cte("known").prefix_with("MATERIALIZED", dialect="postgresql")
    query: Select[AuditEvent] = select(AuditEvent).where(AuditEvent.subject_id.in_(select(known)))
    if not by.can(Permission.READERS_VIEW, centre_id):
        query = query.where(AuditEvent.actor_id == by.user_id)
    return page_of(query, order=(AuditEvent.at, AuditEvent.id), cursor=cursor, size=size)


def list_tags() -> Sequence[str]:
    """The tags that occur in the log, in order."""
    return db.session.scalars(select(AuditEvent.tag).distinct().order_by(AuditEvent.tag)).all()


def list_grants(identity: Identity, *, cursor: str | None, size: int = 25) -> Page[AccessGrant]:
    """The grants of the reader's centres, newest first."""
    scope = identity.centres(Permission.BREAK_GLASS_REVIEW)
    query = select(AccessGrant).where(in_scope(AccessGrant.centre_id, scope), AccessGrant.is_share.is_(False))
    return page_of(query, order=(AccessGrant.granted_at, AccessGrant.id), cursor=cursor, size=size)


def get_grant(grant_id: UUID, *, by: Identity) -> AccessGrant:
    """A grant of the reader's centres. Raises NotFound."""
    scope = by.centres(Permission.BREAK_GLASS_REVIEW)
    query = select(AccessGrant).where(
        AccessGrant.id == grant_id,
        in_scope(AccessGrant.centre_id, scope),
        AccessGrant.is_share.is_(False),
    )
    if (grant := db.session.scalar(query)) is None:
        raise NotFound
    return grant


def is_late(grant: AccessGrant) -> bool:
    """True when a grant waits longer for its review than the week within which it is owed."""
    return grant.reviewed_at is None and clock.now() - grant.granted_at > REVIEWED_WITHIN


def count_unreviewed(identity: Identity) -> int:
    """How many grants of the reader's centres nobody has reviewed yet, their own not counted."""
    query = select(func.count()).where(
        in_scope(AccessGrant.centre_id, identity.centres(Permission.BREAK_GLASS_REVIEW)),
        AccessGrant.is_share.is_(False),
        AccessGrant.reviewed_at.is_(None),
        AccessGrant.user_id != identity.user_id,
    )
    return db.session.scalar(query) or 0


def find_case_to_open(number: str, scope: Scope) -> Case | None:
    """A case of the given centres by its number, whatever its level: only break-glass may ask."""
    return db.session.scalar(select(Case).where(Case.number == number, in_scope(Case.centre_id, scope)))


def case_numbers(case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The numbers of cases, for lists that name them."""
    rows = db.session.execute(select(Case.id, Case.number).where(Case.id.in_(case_ids)))
    return {row.id: row.number for row in rows}


def list_jobs(state: str | None, *, cursor: str | None, size: int = 50) -> Page[Job]:
    """The jobs, newest first; of one state when it is the name of one."""
    query = select(Job)
    if state in set(JobState):
        query = query.where(Job.state == state)
    return page_of(query, order=(Job.created_at, Job.id), cursor=cursor, size=size)


def messaging_figures() -> dict[str, Any]:
    """What the page on messaging shows: counts and ages, nobody's words."""
    now = clock.now()
    queue = health.queue(now - STUCK_AFTER)
    lines = health.list_lines_in_use()
    return {
        "alarms": [(alarm, words_of_alarm(alarm.kind, alarm.figure)) for alarm in health.list_open_alarms()],
        "ended": [
            (alarm, words_of_alarm(alarm.kind, alarm.figure))
            for alarm in health.list_ended_alarms(now - timedelta(days=7))
        ],
        "lines": lines,
        "lines_by_id": {line.id: line for line in lines},
        "standings": health.list_standings(),
        "today": health.figures_by_line(now - timedelta(days=1)),
        "lately": health.figures_by_line(now - timedelta(days=14)),
        "queue": queue,
        "oldest_minutes": int((now - (queue.oldest_at or now)).total_seconds() // 60),
        "quarantined": health.count_quarantined(now),
        "uncleared": health.count_uncleared(now),
        "errors": health.count_errors(now - timedelta(days=7)),
        "webhooks": health.webhooks(now - timedelta(days=1)),
        "kept": len(spool.list_waiting()),
        "orphans": health.count_orphans(now - timedelta(days=7), now),
        "media": health.count_media(),
        "templates": health.count_templates(),
        "words_of": words_of,
        "meaning_of": meaning_of,
    }
