"""Reading broadcasts, their readers, and whom an audience means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, func, select, type_coerce
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.access.policy import OPEN_LEVEL
from mrc.cases.models import Case
from mrc.cases.states import CaseStatus
from mrc.core.db import db
from mrc.core.paging import Page, page_of
from mrc.messaging.models import Message, MessageTemplate, TemplateVersion
from mrc.messaging.states import MessageStatus, Purpose, Reason, TemplateStatus
from mrc.outreach.models import Broadcast, BroadcastLine
from mrc.outreach.policy import BROADCASTS
from mrc.outreach.states import LineState
from mrc.persons.models import Address, Person, PersonAddress
from mrc.persons.policy import PERSONS
from mrc.persons.states import AddressKind

SHOWN = 50
CLOSED = (CaseStatus.CLOSED, CaseStatus.VOID)


@dataclass(frozen=True)
class Audience:
    """Whom a broadcast is for; empty fields do not narrow. Codes of the lists."""

    client_type: str | None = None
    destination: str | None = None
    programme: str | None = None
    district: str | None = None
    nationality: str | None = None
    language: str | None = None
    has_open_case: bool = False

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Audience:
        """The audience that was kept."""
        return cls(**kept)


@dataclass(frozen=True)
class LineRow:
    """One reader as the page shows them; without the person where the reader of the page may not see them."""

    id: UUID
    person: Person | None
    language: str
    state: LineState
    reason: Reason | None
    status: MessageStatus | None
    message_reason: Reason | None
    error_code: int | None
    thread_id: UUID | None


def list_broadcasts(identity: Identity, cursor: str | None) -> Page[Broadcast]:
    """The broadcasts of the reader's centres, newest first."""
    query = BROADCASTS.visible(identity, select(Broadcast)).options(joinedload(Broadcast.template))
    return page_of(query, order=(Broadcast.created_at, Broadcast.id), cursor=cursor, size=25)


def get_broadcast(broadcast_id: UUID, *, by: Identity) -> Broadcast:
    """The broadcast. Raises NotFound when absent or hidden."""
    row: Broadcast = BROADCASTS.get(by, broadcast_id)
    return row


def list_sayable() -> Sequence[MessageTemplate]:
    """The templates for many of which a wording is approved."""
    approved = select(TemplateVersion.id).where(
        TemplateVersion.template_id == MessageTemplate.id, TemplateVersion.status == TemplateStatus.APPROVED
    )
    query = select(MessageTemplate).where(
        MessageTemplate.purpose == Purpose.BROADCAST,
        MessageTemplate.retired_at.is_(None),
        approved.exists(),
    )
    return db.session.scalars(query.order_by(MessageTemplate.title, MessageTemplate.id)).all()


def addresses_of(broadcast: Broadcast) -> Select[UUID, UUID]:
    """Person and WhatsApp address of everybody whom the audience means. Protected people are in none."""
    wanted = Audience.of(broadcast.audience)
    query = (
        select(PersonAddress.person_id, PersonAddress.address_id)
        .join(Person, Person.id == PersonAddress.person_id)
        .join(Address, Address.id == PersonAddress.address_id)
        .where(
            Person.centre_id == broadcast.centre_id,
            Person.confidentiality <= OPEN_LEVEL,
            Address.kind == AddressKind.WHATSAPP,
        )
    )
    for column, value in ((Person.district, wanted.district), (Person.nationality, wanted.nationality)):
        if value:
            query = query.where(column == value)
    of_case = {
        Case.client_type: wanted.client_type,
        Case.destination: wanted.destination,
        Case.programme: wanted.programme,
    }
    if wanted.has_open_case or any(of_case.values()):
        cases = select(Case.id).where(Case.person_id == Person.id, Case.confidentiality <= OPEN_LEVEL)
        cases = cases.where(*(column == value for column, value in of_case.items() if value))
        if wanted.has_open_case:
            cases = cases.where(Case.status.not_in(CLOSED))
        query = query.where(cases.exists())
    return query


def list_planned(broadcast_id: UUID, size: int) -> Sequence[BroadcastLine]:
    """The next readers who have not been written to."""
    query = select(BroadcastLine).where(
        BroadcastLine.broadcast_id == broadcast_id, BroadcastLine.state == LineState.PLANNED
    )
    return db.session.scalars(query.order_by(BroadcastLine.id).limit(size)).all()


def list_unsent(broadcast_id: UUID) -> Sequence[Message]:
    """What was written for a broadcast and has not left us."""
    query = (
        select(Message)
        .join(BroadcastLine, BroadcastLine.message_id == Message.id)
        .where(
            BroadcastLine.broadcast_id == broadcast_id,
            Message.status.in_((MessageStatus.HELD, MessageStatus.QUEUED)),
        )
    )
    return db.session.scalars(query.order_by(Message.id)).all()


def list_lines(
    broadcast: Broadcast, *, by: Identity, result: str | None, cursor: str | None
) -> Page[LineRow]:
    """The readers of a broadcast that one was let into, with what became of each."""
    query = select(BroadcastLine).where(BroadcastLine.broadcast_id == broadcast.id)
    if result:
        query = query.outerjoin(Message, Message.id == BroadcastLine.message_id).where(_result() == result)
    page = page_of(query, order=(BroadcastLine.id,), cursor=cursor, size=SHOWN, ascending=True)
    ids = [line.person_id for line in page.items]
    visible = PERSONS.visible(by, select(Person).where(Person.id.in_(ids)))
    persons = {person.id: person for person in db.session.scalars(visible)}
    wanted = [line.message_id for line in page.items if line.message_id]
    messages = {m.id: m for m in db.session.scalars(select(Message).where(Message.id.in_(wanted)))}
    return page.with_items([_row(line, persons, messages) for line in page.items])


def count_by_result(broadcast: Broadcast) -> dict[str, int]:
    """How many readers there are by what became of them: planned, left_out, or the message's status."""
    query = (
        select(_result(), func.count())
        .select_from(BroadcastLine)
        .outerjoin(Message, Message.id == BroadcastLine.message_id)
        .where(BroadcastLine.broadcast_id == broadcast.id)
        .group_by(_result())
    )
    return {str(result): count for result, count in db.session.execute(query)}


def _result() -> Any:
    return func.coalesce(type_coerce(Message.status, String), type_coerce(BroadcastLine.state, String))


def _row(line: BroadcastLine, persons: Mapping[UUID, Person], messages: Mapping[UUID, Message]) -> LineRow:
    message = messages.get(line.message_id) if line.message_id else None
    return LineRow(
        id=line.id,
        person=persons.get(line.person_id),
        language=line.language,
        state=line.state,
        reason=line.reason,
        status=message.status if message else None,
        message_reason=message.reason if message else None,
        error_code=message.error_code if message else None,
        thread_id=message.thread_id if message else None,
    )
