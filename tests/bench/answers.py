"""How soon a counsellor's answer is with the provider while thousands are being written to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from secrets import token_hex
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select

from mrc.accounts.models import User
from mrc.centres.models import Centre
from mrc.core import clock
from mrc.core.db import db
from mrc.jobs.models import Priority
from mrc.jobs.service import enqueue
from mrc.messaging import content
from mrc.messaging.models import Message, MessageTemplate, TemplateVersion
from mrc.messaging.states import Category, Purpose, TemplateStatus
from mrc.outreach.forms.broadcasts import MOST_A_MINUTE
from mrc.outreach.models import Broadcast, BroadcastLine
from mrc.outreach.queries.broadcasts import addresses_of
from mrc.outreach.states import BroadcastStatus
from mrc.persons.models import Consent
from mrc.persons.states import ConsentMode, ConsentPurpose
from tests.bench.house import House
from tests.bench.visitor import Visitor
from tests.bench.webhooks import post_signed, signed
from tests.simulator.controls import Control

READERS = 5_000
ANSWERS = 60
"""One a second."""
CONVERSATIONS = 20
PATIENCE_SECONDS = 60.0
LOOKED_EVERY_SECONDS = 0.02
NOON = 12


def launch(house: House, app: Flask, centre_code: str) -> UUID:
    """Let a broadcast to readers of a centre run as fast as it may; its id.

    It is noon at the centre from now on, and it may spend what it likes: what is measured is not how messages
    wait for the morning.
    """
    with app.app_context():
        centre = db.session.scalars(select(Centre).where(Centre.code == centre_code)).one()
        # The zones of this name count backwards: Etc/GMT-5 is five hours ahead.
        behind = datetime.now(UTC).hour - NOON
        centre.time_zone = f"Etc/GMT{behind:+d}" if behind else "Etc/GMT"
        centre.message_budget_cents = 100_000_000
        writer = db.session.scalars(select(User.id).limit(1)).one()
        wording = _wording(house)
        row = Broadcast(
            centre_id=centre.id, title="Holiday", template_id=wording.id, status=BroadcastStatus.RUNNING,
            per_minute=MOST_A_MINUTE, written_by_id=writer, began_at=clock.now(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        found = db.session.execute(addresses_of(row).limit(READERS))
        for address_id, person_id in {address: person for person, address in found}.items():
            db.session.add(
                Consent(
                    person_id=person_id,
                    purpose=ConsentPurpose.CONTACT_WHATSAPP,
                    wording_version="bench",
                    language="ur",
                    mode=ConsentMode.VERBAL,
                    given_at=clock.now(),
                )
            )
            db.session.add(
                BroadcastLine(broadcast_id=row.id, person_id=person_id, address_id=address_id, language="en")
            )
        enqueue("outreach.feed", {"broadcast": str(row.id)}, priority=Priority.IDLE, centre_id=centre.id)
        db.session.commit()
        return row.id


def end(app: Flask, broadcast_id: UUID) -> int:
    """End the broadcast; how many messages of it are with the provider."""
    with app.app_context():
        row = db.session.get_one(Broadcast, broadcast_id)
        row.status, row.ended_at = BroadcastStatus.CANCELLED, clock.now()
        db.session.commit()
        lines = select(func.count()).select_from(BroadcastLine)
        lines = lines.join(Message, Message.id == BroadcastLine.message_id)
        lines = lines.where(BroadcastLine.broadcast_id == broadcast_id, Message.provider_sid.is_not(None))
        return db.session.scalars(lines).one()


def hear(house: House, app: Flask, line: str) -> Sequence[UUID]:
    """Let people write to a line; their conversations."""
    run = token_hex(4)
    for place in range(CONVERSATIONS):
        sender = f"whatsapp:+92398{int(run, 16) % 100:02}{place:05}"
        post_signed(house.port, *signed(house, f"SM{run}{place:024x}", sender, line, "Salam"))
    with app.app_context():
        heard = select(Message.thread_id).where(Message.provider_sid.startswith(f"SM{run}"))
        return db.session.scalars(heard).all()


def answer(app: Flask, visitor: Visitor, threads: Sequence[UUID]) -> list[float]:
    """Answer once a second: milliseconds from sending the form until the provider has each message."""
    begun = time.perf_counter()

    def one(number: int) -> float:
        time.sleep(max(0.0, begun + number - time.perf_counter()))
        compose_id, started = uuid4(), time.perf_counter()
        form: dict[str, object] = {
            "csrf_token": visitor.token, "operation_id": str(uuid4()), "compose_id": str(compose_id),
            "body": f"Your papers are ready, number {number}.", "when": "now",
        }  # fmt: skip
        visitor.ask("POST", f"/inbox/{threads[number % len(threads)]}/reply", form, expected=303)
        _wait_for(app, compose_id, started + PATIENCE_SECONDS)
        return (time.perf_counter() - started) * 1000

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, range(ANSWERS)))


def _wait_for(app: Flask, compose_id: UUID, deadline: float) -> None:
    with app.app_context():
        while time.perf_counter() < deadline:
            sid = db.session.scalar(select(Message.provider_sid).where(Message.compose_id == compose_id))
            db.session.rollback()
            if sid:
                return
            time.sleep(LOOKED_EVERY_SECONDS)


def _wording(house: House) -> MessageTemplate:
    """Approved, here and at the provider."""
    words, key = "On Friday we are closed.", f"bench_{token_hex(4)}"
    template = MessageTemplate(key=key, title=key, purpose=Purpose.BROADCAST, category=Category.UTILITY)
    db.session.add(template)
    db.session.flush()
    sid = content.create(content.Content(name=key, language="en", body=words))
    Control(f"http://127.0.0.1:{house.sim_port}").ask("PATCH", f"contents/{sid}", status="approved")
    version = TemplateVersion(
        template_id=template.id, language="en", body=words, is_for_shared=True,
        status=TemplateStatus.APPROVED, content_sid=sid,
    )  # fmt: skip
    db.session.add(version)
    return template
