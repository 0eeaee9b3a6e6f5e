"""What the jobs do with a broadcast: count whom it would reach, then write to some of them at a time."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import func, select

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.messaging.costs import MICROS_OF_A_CENT, estimate
from mrc.messaging.phrases import written_languages
from mrc.messaging.queries import usable_version
from mrc.messaging.service import Intent, probe, send_by_house, thread_with
from mrc.messaging.states import Channel, Purpose, Reason
from mrc.messaging.wording import filled
from mrc.outreach.models import Broadcast, BroadcastLine
from mrc.outreach.queries.broadcasts import Audience, addresses_of, list_planned
from mrc.outreach.states import BroadcastStatus, LineState
from mrc.persons.models import Address, Person, PersonAddress
from mrc.persons.states import AddressRelation

HOUSE = Identity.system("broadcast")
PASSES = frozenset({Reason.QUIET_HOURS, Reason.OUTSIDE_HOURS})
"""These only delay somebody."""
STEP = 100
USEFUL_FOR = timedelta(days=3)
"""Nobody wants last week's news: what could not go out until then is given up."""
LATER = "later"
REACHED = "reached"
COST = "cost_cents"


def count_some(broadcast_id: UUID) -> bool:
    """Look at the next hundred of the audience; False when all were looked at and the figures stand."""
    row = _held(broadcast_id)
    if row is None or row.status is not BroadcastStatus.COUNTING:
        return False
    known = select(BroadcastLine.address_id).where(BroadcastLine.broadcast_id == row.id)
    found = db.session.execute(
        addresses_of(row)
        .where(PersonAddress.address_id.not_in(known))
        .order_by(PersonAddress.address_id, PersonAddress.relation != AddressRelation.SELF, PersonAddress.id)
        .limit(STEP)
    ).all()
    wanted, centre = Audience.of(row.audience), get_centre(row.centre_id)
    looked_at: set[UUID] = set()
    for person_id, address_id in found:
        if address_id not in looked_at:
            looked_at.add(address_id)
            _look_at(row, centre, wanted, person_id, address_id)
    db.session.flush()
    if found:
        return True
    _finish_counting(row)
    return False


def feed_some(broadcast_id: UUID, most: int) -> bool:
    """Write to the next few; False when nobody is left, or it does not run any more."""
    row = _held(broadcast_id)
    if row is None or row.status is not BroadcastStatus.RUNNING:
        return False
    lines = list_planned(row.id, most)
    if not lines:
        row.status, row.ended_at = BroadcastStatus.DONE, clock.now()
        _note(row, BroadcastStatus.RUNNING, BroadcastStatus.DONE)
        return False
    for line in lines:
        _write_to(row, line)
    return True


def _held(broadcast_id: UUID) -> Broadcast | None:
    return db.session.get(Broadcast, broadcast_id, with_for_update=True, populate_existing=True)


def _look_at(row: Broadcast, centre: Centre, wanted: Audience, person_id: UUID, address_id: UUID) -> None:
    person, address = db.session.get_one(Person, person_id), db.session.get_one(Address, address_id)
    languages = written_languages(person.languages or centre.languages)
    if wanted.language and wanted.language not in languages:
        # They are of no language that this is for: kept, so that they are looked at once.
        language, reason = languages[0], Reason.OTHER_LANGUAGE
    else:
        language, reason = wanted.language or languages[0], None
    line = BroadcastLine(broadcast_id=row.id, person_id=person_id, address_id=address_id, language=language)
    intent = _intent(row, language) if reason is None else None
    if reason is None:
        hold = probe(address, person_id, intent) if intent else None
        reason = Reason.TEMPLATE_NOT_APPROVED if intent is None else (hold.reason if hold else None)
    line.state = LineState.PLANNED if reason is None or reason in PASSES else LineState.LEFT_OUT
    line.reason = reason
    db.session.add(line)


def _finish_counting(row: Broadcast) -> None:
    lines = select(BroadcastLine.state, BroadcastLine.reason, func.count()).where(
        BroadcastLine.broadcast_id == row.id
    )
    counts: Counter[str] = Counter()
    for state, reason, number in db.session.execute(
        lines.group_by(BroadcastLine.state, BroadcastLine.reason)
    ):
        if state is LineState.PLANNED:
            counts[REACHED] += number
            if reason is not None:
                counts[LATER] += number
        elif reason is not None:
            counts[reason.value] += number
    counts[COST] = -(-_cost_of(row) // MICROS_OF_A_CENT)
    row.counts, row.status = dict(counts), BroadcastStatus.COUNTED
    _note(row, BroadcastStatus.COUNTING, BroadcastStatus.COUNTED)


def _cost_of(row: Broadcast) -> int:
    """What those who would be written to cost together, as estimated, in millionths of a US dollar."""
    planned = (
        select(BroadcastLine.language, Address)
        .join(Address, Address.id == BroadcastLine.address_id)
        .where(BroadcastLine.broadcast_id == row.id, BroadcastLine.state == LineState.PLANNED)
    )
    intents: dict[str, Intent | None] = {}
    cost = 0
    for language, address in db.session.execute(planned.execution_options(yield_per=STEP)):
        if language not in intents:
            intents[language] = _intent(row, language)
        intent = intents[language]
        if intent is not None:
            cost += estimate(Channel.WHATSAPP, address.value or "", intent.text, intent.version)[1]
    return cost


def _write_to(row: Broadcast, line: BroadcastLine) -> None:
    intent = _intent(row, line.language)
    thread = thread_with(db.session.get_one(Address, line.address_id), line.person_id)
    if intent is None or thread is None:
        line.state = LineState.LEFT_OUT
        line.reason = Reason.TEMPLATE_NOT_APPROVED if intent is None else Reason.NO_LINE
        return
    compose_id = uuid5(row.id, str(line.address_id))
    message = send_by_house(
        thread,
        intent,
        compose_id=compose_id,
        by=HOUSE,
        variables=row.variables,
        expires_at=clock.now() + USEFUL_FOR,
    )
    line.state, line.reason, line.message_id = LineState.WRITTEN, None, message.id


def _intent(row: Broadcast, language: str) -> Intent | None:
    version = usable_version(row.template.key, language, fallback="en")
    if version is None:
        return None
    try:
        return Intent(Purpose.BROADCAST, filled(version, row.variables), version)
    except Refused:
        return None


def _note(row: Broadcast, before: BroadcastStatus, after: BroadcastStatus) -> None:
    details = {"from": before.value, "to": after.value, **row.counts}
    record(
        Event.BROADCAST_MOVED,
        by=HOUSE,
        centre_id=row.centre_id,
        subject=("broadcast", row.id),
        details=details,
    )
