"""How messaging fares: counts and ages, never what anybody wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.centres.models import PhoneLine
from mrc.core import clock
from mrc.core.db import db
from mrc.messaging.codes import MEANINGS, Meaning
from mrc.messaging.models import (
    InboundEvent,
    LineStanding,
    Message,
    MessageMedia,
    MessageReport,
    MessagingAlarm,
    TemplateVersion,
    Thread,
    WebhookPace,
)
from mrc.messaging.states import (
    FINAL,
    Direction,
    InboundState,
    MediaState,
    MessageStatus,
    TemplateStatus,
)

FAILED = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)
LEFT_US = (MessageStatus.ACCEPTED, MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ, *FAILED)
CONFIG_CODES = tuple(code for code, (meaning, _words) in MEANINGS.items() if meaning is Meaning.CONFIG)
REMEMBERED_AT_PROVIDER = timedelta(days=14)
"""What is older is not asked for any more."""


@dataclass(frozen=True)
class LineFigures:
    """What went over a line."""

    received: int = 0
    last_received_at: datetime | None = None
    sent: int = 0
    arrived: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Queue:
    """What is on its way out."""

    counts: Mapping[MessageStatus, int]
    oldest_at: datetime | None
    """Since when the message waits that has waited longest to be handed over."""
    stuck: int
    """Sent or not: nobody knows, and for too long."""


@dataclass(frozen=True)
class ErrorCount:
    """How often the provider said one thing, and when last."""

    code: int
    count: int
    last_at: datetime


@dataclass(frozen=True)
class Webhooks:
    """How fast the provider was answered."""

    count: int
    slow: int
    longest_ms: int


def list_lines_in_use() -> Sequence[PhoneLine]:
    """Every line in use, by centre, with its centre."""
    query = select(PhoneLine).options(joinedload(PhoneLine.centre)).where(PhoneLine.is_active.is_(True))
    return db.session.scalars(query.order_by(PhoneLine.centre_id, PhoneLine.kind, PhoneLine.address)).all()


def figures_by_line(since: datetime) -> dict[UUID, LineFigures]:
    """What went over each line since an instant."""
    query = (
        select(Thread.line_id, Message.status, func.count(), func.max(Message.status_at))
        .join(Thread, Thread.id == Message.thread_id)
        .where(Message.status.in_((MessageStatus.RECEIVED, *LEFT_US)), Message.status_at >= since)
        .group_by(Thread.line_id, Message.status)
    )
    by_line: dict[UUID, dict[MessageStatus, tuple[int, datetime]]] = {}
    for line_id, status, count, last_at in db.session.execute(query):
        by_line.setdefault(line_id, {})[MessageStatus(status)] = (count, last_at)
    return {line_id: _figures(found) for line_id, found in by_line.items()}


def count_left(since: datetime) -> tuple[int, int]:
    """How many messages left us since an instant, and how many of them failed."""
    found = dict(
        db.session.execute(
            select(Message.status, func.count())
            .where(Message.status.in_(LEFT_US), Message.status_at >= since)
            .group_by(Message.status)
        ).all()
    )
    return sum(found.values()), sum(found.get(status, 0) for status in FAILED)


def queue(stuck_since: datetime) -> Queue:
    """What waits, is being handed over or is held; `stuck` counts what is unknown since before an instant."""
    states = (MessageStatus.HELD, MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN)
    counts = dict(
        db.session.execute(
            select(Message.status, func.count()).where(Message.status.in_(states)).group_by(Message.status)
        ).all()
    )
    oldest = db.session.scalar(
        select(func.min(Message.status_at)).where(Message.status == MessageStatus.QUEUED)
    )
    stuck = _count(
        Message.status.in_((MessageStatus.UNKNOWN, MessageStatus.SENDING)), Message.status_at < stuck_since
    )
    return Queue(dict.fromkeys(states, 0) | counts, oldest, stuck)


def count_config_errors(since: datetime) -> int:
    """How many messages the provider refused since an instant because of how we are set up."""
    ends = (*FINAL, MessageStatus.HELD, MessageStatus.QUEUED)
    return _count(Message.status.in_(ends), Message.status_at >= since, Message.error_code.in_(CONFIG_CODES))


def count_errors(since: datetime) -> list[ErrorCount]:
    """What the provider said since an instant, the most frequent first."""
    query = (
        select(Message.error_code, func.count(), func.max(Message.status_at))
        .where(
            Message.status.in_((*FINAL, MessageStatus.HELD)),
            Message.status_at >= since,
            Message.error_code.is_not(None),
        )
        .group_by(Message.error_code)
        .order_by(func.count().desc(), Message.error_code)
    )
    return [ErrorCount(code or 0, count, last_at) for code, count, last_at in db.session.execute(query)]


def count_orphans(since: datetime, until: datetime) -> int:
    """How many delivery reports of a stretch of time are about no message of ours."""
    query = select(func.count()).select_from(MessageReport)
    return (
        db.session.scalar(
            query.where(MessageReport.message_id.is_(None), MessageReport.at.between(since, until))
        )
        or 0
    )


def count_quarantined(until: datetime) -> int:
    """How many messages have waited in quarantine since before an instant."""
    query = select(func.count()).select_from(InboundEvent)
    return (
        db.session.scalar(
            query.where(InboundEvent.state == InboundState.QUARANTINED, InboundEvent.at < until)
        )
        or 0
    )


def webhooks(since: datetime) -> Webhooks:
    """How fast the provider was answered since an instant."""
    count, slow, longest = db.session.execute(
        select(
            func.coalesce(func.sum(WebhookPace.count), 0),
            func.coalesce(func.sum(WebhookPace.slow_count), 0),
            func.coalesce(func.max(WebhookPace.longest_ms), 0),
        ).where(WebhookPace.at >= since)
    ).one()
    return Webhooks(int(count), int(slow), int(longest))


def count_uncleared(until: datetime) -> int:
    """How many texts from before an instant the provider still has, of those we still ask it to empty."""
    since = clock.now() - REMEMBERED_AT_PROVIDER
    return _count(_is_uncleared(), Message.at.between(since, until))


def list_to_clear(until: datetime, limit: int) -> list[tuple[UUID, str]]:
    """(our id, provider's id) of messages at rest whose text the provider still has, the oldest first."""
    since = clock.now() - REMEMBERED_AT_PROVIDER
    at_rest = or_(Message.direction == Direction.IN, Message.status.in_((*FINAL, MessageStatus.SENT)))
    query = (
        select(Message.id, Message.provider_sid)
        .where(_is_uncleared(), at_rest, Message.at.between(since, until))
        .order_by(Message.at)
        .limit(limit)
    )
    return [(message_id, sid or "") for message_id, sid in db.session.execute(query)]


def count_media() -> dict[MediaState, int]:
    """How many files of messages wait, cannot be had or were refused."""
    states = (MediaState.WAITING, MediaState.UNAVAILABLE, MediaState.REFUSED)
    query = select(MessageMedia.state, func.count()).where(MessageMedia.state.in_(states))
    return dict.fromkeys(states, 0) | dict(db.session.execute(query.group_by(MessageMedia.state)).all())


def count_templates() -> dict[TemplateStatus, int]:
    """How many wordings stand where."""
    query = select(TemplateVersion.status, func.count()).group_by(TemplateVersion.status)
    return dict(db.session.execute(query).all())


def list_standings() -> dict[UUID, LineStanding]:
    """What the provider last told of our lines."""
    query = select(LineStanding).options(joinedload(LineStanding.line))
    return {found.line_id: found for found in db.session.scalars(query)}


def list_open_alarms() -> Sequence[MessagingAlarm]:
    """What is wrong now, the oldest first."""
    query = select(MessagingAlarm).where(MessagingAlarm.ended_at.is_(None))
    return db.session.scalars(query.order_by(MessagingAlarm.since, MessagingAlarm.id)).all()


def list_ended_alarms(since: datetime, limit: int = 20) -> Sequence[MessagingAlarm]:
    """What was wrong and ended since an instant, the newest first."""
    query = select(MessagingAlarm).where(MessagingAlarm.ended_at >= since)
    return db.session.scalars(query.order_by(MessagingAlarm.ended_at.desc()).limit(limit)).all()


def count_open_alarms(_identity: Identity) -> int:
    """How many things are wrong now; for the menu of whoever looks after the house."""
    query = select(func.count()).select_from(MessagingAlarm)
    return db.session.scalar(query.where(MessagingAlarm.ended_at.is_(None))) or 0


def _figures(found: Mapping[MessageStatus, tuple[int, datetime]]) -> LineFigures:
    received, last_at = found.get(MessageStatus.RECEIVED, (0, None))
    sent = {status: count for status, (count, _at) in found.items() if status in LEFT_US}
    return LineFigures(
        received=received,
        last_received_at=last_at,
        sent=sum(sent.values()),
        arrived=sent.get(MessageStatus.DELIVERED, 0) + sent.get(MessageStatus.READ, 0),
        failed=sum(sent.get(status, 0) for status in FAILED),
    )


def _is_uncleared() -> ColumnElement[bool]:
    return Message.provider_sid.is_not(None) & Message.cleared_at_provider_at.is_(None)


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Message).where(*conditions)) or 0
