"""The centre of Lahore, its line and its carrier, as the tests of messaging use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from mrc.access.identity import Identity
from mrc.audit.models import AuditEvent
from mrc.core.db import db
from mrc.jobs.models import Job, JobState
from mrc.jobs.service import enqueue
from mrc.jobs.worker import drain
from mrc.messaging import service
from mrc.messaging.models import InboundEvent, Message, MessageReport, Thread
from mrc.messaging.states import Direction
from mrc.persons.models import Address
from tests.simulator.controls import Control
from tests.support.pages import PageClient

ACCOUNT, TOKEN, PREVIOUS = "AC" + "0" * 32, "the token of the tests", "the token before it"
PUBLIC = "https://centre.example"
LAHORE, LAHORE_SMS, BILAL = "whatsapp:+923000000101", "+923000000101", "+923005550101"
MESSAGE, STATUS = "/twilio/message", "/twilio/status"
NOWHERE = "http://127.0.0.1:9"
FORM = "application/x-www-form-urlencoded"
Row = TypeVar("Row")


def form_of(body: str = "سلام", **changes: str | None) -> dict[str, str]:
    """What the carrier posts for a message of Bilal's; a change to None takes a parameter away."""
    usual: dict[str, str | None] = {
        "MessageSid": new_sid(),
        "From": f"whatsapp:{BILAL}",
        "To": LAHORE,
        "Body": body,
        "NumMedia": "0",
        "ProfileName": "Bilal",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def new_sid() -> str:
    return f"SM{uuid4().hex}"


def signature_of(url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form))


@dataclass(frozen=True)
class House:
    """What a test does and asks; what it asks for is read and let go of at once, so nothing stays locked."""

    app: Flask
    control: Control
    identity: Callable[[str], Identity]

    def post(self, path: str, form: Mapping[str, str] | bytes, signature: str | None) -> int:
        """Post a webhook with a signature of the test's own making, or with none; the status."""
        headers = {} if signature is None else {"X-Twilio-Signature": signature}
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        client = PageClient(self.app).http
        return client.post(path, data=body, content_type=FORM, headers=headers).status_code

    def hear(self, form: Mapping[str, str], path: str = MESSAGE, token: str = TOKEN) -> int:
        """Post a webhook as the carrier does; the status."""
        return self.post(path, form, signature_of(PUBLIC + path, form, token))

    def report(self, message: Message, status: str, code: int = 0, sid: str = "") -> int:
        """Post a delivery report on a message of ours; `sid` is the carrier's id if we do not know it."""
        form = {"MessageSid": message.provider_sid or sid, "MessageStatus": status}
        form |= {"ErrorCode": str(code)} if code else {}
        return self.hear(form, f"{STATUS}?m={message.id}")

    def written_to(self, body: str = "سلام", **changes: str | None) -> Thread:
        """The thread after a message of Bilal's came in."""
        assert self.hear(form_of(body, **changes)) == 200
        return self.thread()

    def answer(self, body: str = "وعلیکم السلام", compose_id: UUID | None = None) -> Message:
        """Put an answer of the counsellor's in the one thread into the outbox."""
        by = self.identity("counsellor-lahore")
        thread = db.session.scalars(select(Thread)).one()
        queued = service.reply(thread, body, compose_id=compose_id or uuid4(), by=by).id
        db.session.commit()
        return self.message(queued)

    def work(self) -> int:
        """Do every job that is due, and wait for what the carrier then has to say."""
        done = drain(self.app)
        self.control.settle()
        return done

    def change_carrier(self, **changes: str) -> None:
        """Change the settings of the carrier, for the rest of the test."""
        usual = self.app.extensions["mrc_settings"]
        twilio = replace(usual.twilio, **changes)
        self.app.extensions["mrc_settings"] = replace(usual, twilio=twilio)

    def sweep(self) -> None:
        enqueue("messaging.sweep", {})
        db.session.commit()
        self.work()

    def rows(self, model: type[Row]) -> Sequence[Row]:
        """Every row of a table, oldest first."""
        found = db.session.scalars(select(model).order_by(model.id)).all()  # type: ignore[attr-defined]
        db.session.expunge_all()
        db.session.rollback()
        return found

    def thread(self) -> Thread:
        (thread,) = self.rows(Thread)
        return thread

    def address(self) -> Address:
        (address,) = self.rows(Address)
        return address

    def message(self, message_id: UUID | None = None) -> Message:
        """A message of ours; the only one without an id."""
        ours = [each for each in self.rows(Message) if each.direction is Direction.OUT]
        (message,) = [each for each in ours if message_id in {None, each.id}]
        return message

    def bodies(self) -> Sequence[str | None]:
        """What stands in the database of what people wrote to us, in the order in which they wrote it."""
        received = [each for each in self.rows(Message) if each.direction is Direction.IN]
        return [each.body for each in sorted(received, key=lambda each: (each.at, each.id))]

    def on_screen(self, phone: str = "bilal") -> Sequence[str]:
        """What arrived on a phone, in its order."""
        return [each["body"] for each in self.control.screen(phone) if each["direction"] == "received"]

    def tags(self) -> Sequence[str]:
        return [event.tag for event in self.rows(AuditEvent)]

    def open_jobs(self) -> Sequence[Job]:
        return [job for job in self.rows(Job) if job.state is JobState.QUEUED]

    def stored(self) -> dict[str, int]:
        """How many rows there are of all that a webhook may write."""
        tables = (InboundEvent, Message, MessageReport, Thread, Address, AuditEvent)
        counts = {each.__tablename__: db.session.scalar(select(func.count(each.id))) or 0 for each in tables}
        db.session.rollback()
        return counts

    def in_spool(self) -> Sequence[Any]:
        """The files of the spool, by name."""
        return sorted((self.app.extensions["mrc_settings"].home / "spool").glob("*"))
