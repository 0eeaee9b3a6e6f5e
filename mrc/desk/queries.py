"""What my day shows, and what the search box finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import OPEN_LEVEL
from mrc.cases import queries as cases
from mrc.cases.models import Case, Consultation
from mrc.cases.queries import TaskRow
from mrc.centres.models import Centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.refs import parse_case_number
from mrc.hotline.queries import CallRow, count_open_callbacks, list_due_callbacks
from mrc.messaging import queries as messaging
from mrc.messaging.queries import ThreadRow
from mrc.persons.models import HiddenMatch
from mrc.persons.queries import FoundPerson, list_hidden_matches, search_persons

LISTED = 12
TOPICS_LOOKED_AT = 400


@dataclass(frozen=True)
class Day:
    """One person's working day: four figures on top, three columns below."""

    due_today: int
    overdue: int
    waiting_for_me: int
    my_open_cases: int
    attention: Sequence[Case]
    approvals: Sequence[Case]
    waiting: Sequence[ThreadRow]
    tasks: Sequence[TaskRow]
    callbacks: Sequence[CallRow]
    hidden_matches: Sequence[HiddenMatch]


@dataclass(frozen=True)
class Found:
    """What the search box found: a case by its number, and persons."""

    case: Case | None
    persons: Sequence[FoundPerson]


def get_day(identity: Identity, centre: Centre | None) -> Day:
    """The reader's day in the time zone of their centre; a constant number of queries."""
    now = clock.now()
    tonight = _end_of_day(now, centre)
    due, overdue = cases.count_due_tasks(identity, tonight, overdue_before=now)
    mine = cases.CaseFilter(mine=True, only_open=True)
    may_approve = identity.can(Permission.CASE_CLOSE_APPROVE)
    return Day(
        due_today=due,
        overdue=overdue,
        waiting_for_me=messaging.count_waiting(identity),
        my_open_cases=cases.count_cases(identity, mine),
        attention=cases.list_my_attention(identity, LISTED),
        approvals=cases.list_awaiting_approval(identity, LISTED) if may_approve else (),
        waiting=messaging.waiting_threads(identity, LISTED),
        tasks=cases.list_due_tasks(identity, tonight, LISTED),
        callbacks=_due_callbacks(identity),
        hidden_matches=list_hidden_matches(identity),
    )


def search(identity: Identity, text: str) -> Found:
    """A case when the text is a case number, otherwise persons by name or number."""
    number = parse_case_number(text)
    if number:
        return Found(cases.find_case_by_number(number, by=identity), ())
    return Found(None, search_persons(identity, text) if text else ())


def favourite_topics(centre: Centre, most: int = 10) -> tuple[str, ...]:
    """The topics that the centre recorded most often in its newest consultations, most frequent first.

    Protected and sealed ones do not count: the order would tell of them.
    """
    newest = (
        select(Consultation.topics)
        .where(Consultation.centre_id == centre.id, Consultation.confidentiality <= OPEN_LEVEL)
        .where(Consultation.voided_at.is_(None))
        .order_by(Consultation.started_at.desc(), Consultation.id.desc())
        .limit(TOPICS_LOOKED_AT)
    )
    counts: dict[str, int] = {}
    for topics in db.session.scalars(newest):
        for topic in topics:
            counts[topic] = counts.get(topic, 0) + 1
    return tuple(sorted(counts, key=lambda topic: (-counts[topic], topic))[:most])


def _due_callbacks(identity: Identity) -> Sequence[CallRow]:
    """Whom the hotline owes a call; the menu has counted them already, so usually nothing is asked."""
    if not identity.can(Permission.CALL_HANDLE) or not count_open_callbacks(identity):
        return ()
    return list_due_callbacks(identity, LISTED // 2)


def _end_of_day(now: datetime, centre: Centre | None) -> datetime:
    local = now.astimezone(ZoneInfo(centre.time_zone if centre else "UTC"))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(microseconds=1)
