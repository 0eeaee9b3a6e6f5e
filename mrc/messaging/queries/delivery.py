"""What receiving, sending and following ask: rows held for a change, and what is known of the provider's
ids.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import contains_eager, joinedload

from mrc.centres.models import PhoneLine
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import NotFound
from mrc.core.sealed import blind_index
from mrc.messaging.models import InboundEvent, Message, MessageReport, Satisfaction, Thread
from mrc.messaging.models.threads import NO_REPLY
from mrc.messaging.states import (
    OUTREACH,
    UNDER_WAY,
    Channel,
    Direction,
    MessageStatus,
    Purpose,
    Reason,
    ThreadStatus,
)
from mrc.persons.models import Address, Person, PersonAddress
from mrc.persons.states import AddressKind, AddressRelation

TIMED = (Reason.SCHEDULED, Reason.QUIET_HOURS, Reason.OUTSIDE_HOURS, Reason.COST_CAP)
"""What holds a message for these passes by itself."""
UNSETTLED_AT_ONCE = 1_000
LATELY = timedelta(minutes=5)
HELD_AT_MOST = timedelta(days=14)
"""What is sent today was written no longer ago."""
HELD_UP_FOR = timedelta(hours=1)
"""So long a message may keep the later ones of its thread waiting; then nobody is working on it any more."""


def lock_thread(thread_id: UUID) -> Thread:
    """The thread with its address as they stand now, held until the transaction ends. Raises NotFound.

    Whatever changes a conversation or one of its messages holds this first, so nobody waits in a circle.
    """
    if (thread := db.session.scalar(_held().where(Thread.id == thread_id))) is None:
        raise NotFound
    return thread


def lock_thread_with(line_id: UUID, centre_id: UUID, kind: AddressKind, sender: str) -> Thread | None:
    """The thread of a line with a sender, held as by `lock_thread`; None when they never wrote."""
    return db.session.scalar(
        _held().where(
            Thread.line_id == line_id, Address.centre_id == centre_id, Address.kind == kind,
            or_(*_known_by(centre_id, kind, sender)),
        ).order_by(Thread.last_message_at.desc(), Thread.id).limit(1)
    )  # fmt: skip


def lock_message(message_id: UUID) -> Message | None:
    """The message as it stands now, its thread held; None when there is no such message."""
    of_message = select(Message.thread_id).where(Message.id == message_id).scalar_subquery()
    if db.session.scalar(_held().where(Thread.id == of_message)) is None:
        return None
    return db.session.get(Message, message_id, populate_existing=True)


def find_outbound_id(sid: str, message_id: UUID | None) -> UUID | None:
    """The message that a report is about: by the provider's id, else by ours from the callback's address.

    None when ours is known to the provider under another id: then the report is not about our message. One
    question, because between two the job may commit the id, and neither would find the message.
    """
    unnamed = and_(Message.id == message_id, Message.provider_sid.is_(None))
    query = select(Message.id).where(
        Message.direction == Direction.OUT, or_(Message.provider_sid == sid, unnamed)
    )
    return db.session.scalar(query.order_by(Message.provider_sid.is_(None), Message.id).limit(1))


def exists_under_way_before(message: Message) -> bool:
    """True while an earlier message of the thread is not yet certain to have left."""
    earlier = or_(Message.at < message.at, (Message.at == message.at) & (Message.id < message.id))
    query = select(Message.id).where(
        Message.thread_id == message.thread_id,
        Message.status.in_(UNDER_WAY),
        Message.status_at > clock.now() - HELD_UP_FOR,
        earlier,
    )
    return db.session.scalar(query.limit(1)) is not None


def count_same_lately(thread_id: UUID, words: str) -> int:
    """How often the same words were written to somebody within five minutes; looks at the newest twenty."""
    query = select(Message).where(
        Message.thread_id == thread_id,
        Message.direction == Direction.OUT,
        Message.at > clock.now() - LATELY,
    )
    newest = db.session.scalars(query.order_by(Message.at.desc(), Message.id.desc()).limit(20))
    return sum(message.body == words for message in newest)


def find_written_before(message: Message) -> datetime | None:
    """When they wrote last before a message of theirs."""
    query = select(func.max(Message.at)).where(
        Message.thread_id == message.thread_id, Message.direction == Direction.IN, Message.at < message.at
    )
    return db.session.scalar(query)


def count_inbound_since(thread_id: UUID, since: datetime) -> int:
    """How many messages came in a thread since an instant."""
    return _count(Message.thread_id == thread_id, Message.direction == Direction.IN, Message.at > since)


def count_automatic_since(thread_id: UUID, since: datetime) -> int:
    """How often the house answered by itself in a thread since an instant."""
    return _count(Message.thread_id == thread_id, Message.purpose == Purpose.AUTOMATIC, Message.at > since)


def exists_human_answer_since(thread_id: UUID, since: datetime) -> bool:
    """True when a person of ours answered in a thread since an instant."""
    return bool(_count(Message.thread_id == thread_id, Message.author_id.is_not(None), Message.at > since))


def spent_since(centre_id: UUID, since: datetime, *, but: UUID | None) -> int:
    """What the outreach of a centre but for one message cost since an instant: millionths of a US dollar,
    estimated.
    """
    spent = (
        select(func.coalesce(func.sum(Message.price_micros), 0))
        .join(Thread, Thread.id == Message.thread_id)
        .where(
            Thread.centre_id == centre_id,
            Message.at >= since - HELD_AT_MOST,
            Message.status_at >= since,
            text(f"message.{NO_REPLY}"),  # word by word as the index says it
            Message.purpose.in_(OUTREACH),
            Message.status.not_in((MessageStatus.HELD, MessageStatus.CANCELLED, MessageStatus.EXPIRED)),
        )
    )
    if but is not None:
        spent = spent.where(Message.id != but)
    return db.session.scalar(spent) or 0


def list_held(thread_id: UUID, reason: Reason) -> Sequence[Message]:
    """Our messages of a thread that are held for a reason, oldest first."""
    query = select(Message).where(
        Message.thread_id == thread_id, Message.status == MessageStatus.HELD, Message.reason == reason
    )
    return db.session.scalars(query.order_by(Message.at, Message.id)).all()


def list_unsent_outreach(address_id: UUID) -> Sequence[Message]:
    """What nobody asked for and has not left us yet, to one address."""
    query = (
        select(Message)
        .join(Thread, Thread.id == Message.thread_id)
        .where(
            Thread.address_id == address_id,
            Message.status.in_((MessageStatus.HELD, MessageStatus.QUEUED)),
            Message.purpose.in_(OUTREACH),
        )
    )
    return db.session.scalars(query.order_by(Message.id)).all()


def was_written(compose_id: UUID) -> bool:
    """True when a message was made under this key already."""
    return db.session.scalar(select(Message.id).where(Message.compose_id == compose_id)) is not None


def find_composed(compose_id: UUID, thread_id: UUID) -> Message | None:
    """The message of a thread that was made with this form already."""
    return db.session.scalar(
        select(Message).where(Message.compose_id == compose_id, Message.thread_id == thread_id)
    )


def list_sids_of(thread_id: UUID) -> Collection[str]:
    """The provider's ids of the messages of a thread."""
    query = select(Message.provider_sid).where(
        Message.thread_id == thread_id, Message.provider_sid.is_not(None)
    )
    return {sid for sid in db.session.scalars(query) if sid is not None}


def list_known_sids(sids: Collection[str]) -> Collection[str]:
    """Those of the provider's ids that an inbound form was stored under."""
    query = select(InboundEvent.provider_sid).where(InboundEvent.provider_sid.in_(sids))
    return set(db.session.scalars(query))


def list_statuses(sids: Collection[str]) -> dict[str, MessageStatus]:
    """Where our messages with these ids of the provider are."""
    query = select(Message.provider_sid, Message.status).where(
        Message.provider_sid.in_(sids), Message.direction == Direction.OUT
    )
    return {sid: status for sid, status in db.session.execute(query) if sid is not None}


def list_reports_of(sid: str) -> Sequence[MessageReport]:
    """The reports that came under an id of the provider, in their order."""
    query = select(MessageReport).where(MessageReport.provider_sid == sid)
    return db.session.scalars(query.order_by(MessageReport.at, MessageReport.id)).all()


def list_plans(thread: Thread) -> Sequence[PersonAddress]:
    """The contact plans that count: the person's own, or everybody's at the address while nobody is named."""
    query = select(PersonAddress).where(PersonAddress.address_id == thread.address_id)
    if thread.person_id is not None:
        query = query.where(PersonAddress.person_id == thread.person_id)
    query = query.options(joinedload(PersonAddress.person)).order_by(PersonAddress.id)
    return db.session.scalars(query).all()


def find_asked(thread_id: UUID, sid: str) -> Message | None:
    """The message of ours under which they tapped: by the provider's id, else the newest that asked."""
    asked = select(Message).where(Message.thread_id == thread_id, Message.answer_job.is_not(None))
    if sid and (named := db.session.scalar(asked.where(Message.provider_sid == sid))) is not None:
        return named
    return db.session.scalar(asked.order_by(Message.at.desc(), Message.id.desc()).limit(1))


def was_asked_since(thread_id: UUID, since: datetime) -> Satisfaction | None:
    """The newest question how it was, asked in a thread since an instant."""
    query = select(Satisfaction).where(Satisfaction.thread_id == thread_id, Satisfaction.asked_at > since)
    return db.session.scalar(query.order_by(Satisfaction.asked_at.desc()).limit(1))


def list_ways_to(person_id: UUID) -> Sequence[PersonAddress]:
    """The WhatsApp addresses by which a person may be messaged, their own first."""
    query = (
        select(PersonAddress)
        .join(PersonAddress.address)
        .options(contains_eager(PersonAddress.address))
        .where(
            PersonAddress.person_id == person_id,
            PersonAddress.may_message.is_(True),
            PersonAddress.never_contact.is_(False),
            Address.kind == AddressKind.WHATSAPP,
        )
    )
    links = db.session.scalars(query.order_by(PersonAddress.created_at, PersonAddress.id)).all()
    return sorted(links, key=lambda link: link.relation is not AddressRelation.SELF)


def find_thread_of(address_id: UUID, *, line_id: UUID | None = None) -> Thread | None:
    """The conversation with an address that had a message last, of one line if named."""
    query = select(Thread).options(joinedload(Thread.address)).where(Thread.address_id == address_id)
    if line_id is not None:
        query = query.where(Thread.line_id == line_id)
    return db.session.scalar(query.order_by(Thread.last_message_at.desc(), Thread.id).limit(1))


def find_line_to_write_from(centre_id: UUID, channel: Channel = Channel.WHATSAPP) -> PhoneLine | None:
    """The line over which a centre writes first."""
    query = select(PhoneLine).where(
        PhoneLine.centre_id == centre_id, PhoneLine.kind == channel.value, PhoneLine.is_active.is_(True)
    )
    return db.session.scalar(query.order_by(PhoneLine.address).limit(1))


def find_only_person(address_id: UUID) -> Person | None:
    """The one person known at an address; None when there are several, or none."""
    query = (
        select(Person)
        .join(PersonAddress, PersonAddress.person_id == Person.id)
        .where(PersonAddress.address_id == address_id)
        .order_by(PersonAddress.id)
    )
    persons = db.session.scalars(query.limit(2)).all()
    return persons[0] if len(persons) == 1 else None


def list_unsettled(before: datetime) -> Sequence[UUID]:
    """The messages of ours that a job should have carried on before an instant, the longest waiting first."""
    is_due = and_(Message.status == MessageStatus.HELD, Message.reason.in_(TIMED), Message.send_at < before)
    is_under_way = and_(
        Message.status.in_((MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN)),
        Message.status_at < before,
    )
    query = select(Message.id).where(or_(is_due, is_under_way)).order_by(Message.status_at, Message.id)
    return db.session.scalars(query.limit(UNSETTLED_AT_ONCE)).all()


def list_waited_for(centre_id: UUID) -> Sequence[UUID]:
    """For whom conversations of a centre wait."""
    query = select(Thread.assignee_id).where(
        Thread.centre_id == centre_id,
        Thread.status == ThreadStatus.WAITING,
        Thread.assignee_id.is_not(None),
    )
    return [user_id for user_id in db.session.scalars(query.distinct()) if user_id is not None]


def list_waiting_for(user_id: UUID, centre_id: UUID) -> Sequence[UUID]:
    """The conversations of a centre that wait for somebody, in the order in which they are locked."""
    query = select(Thread.id).where(
        Thread.assignee_id == user_id, Thread.status == ThreadStatus.WAITING, Thread.centre_id == centre_id
    )
    return db.session.scalars(query.order_by(Thread.id)).all()


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Message).where(*conditions)) or 0


def _held() -> Select[Thread]:
    query = select(Thread).join(Thread.address).options(contains_eager(Thread.address))
    # A weaker lock than FOR UPDATE: rows that refer to these two may be written meanwhile.
    query = query.with_for_update(of=(Thread, Address), key_share=True)
    return query.execution_options(populate_existing=True)


def _known_by(centre_id: UUID, kind: AddressKind, sender: str) -> list[ColumnElement[bool]]:
    index = blind_index("address", sender, centre_id)
    by_value: list[ColumnElement[bool]] = [Address.value_index == index]
    has_no_number = kind is AddressKind.WHATSAPP and not sender.startswith("+")
    return [*by_value, Address.user_id_index == index] if has_no_number else by_value
