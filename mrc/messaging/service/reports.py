"""Delivery reports: every one is kept, and only those that take a message further change it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.sealed import context_of, seal
from mrc.messaging.codes import Meaning, meaning_of
from mrc.messaging.models import Message, MessageReport
from mrc.messaging.states import FINAL, REPORTED, Direction, raises

TWILIO = Identity.system("twilio")
REPORTS = cast(Table, MessageReport.__table__)


def receive_report(form: Mapping[str, str], message_id: UUID | None) -> bool:
    """Keep one report and project it onto its message; False when it was here before.

    The form as posted: `MessageSid=SM1f0…&MessageStatus=delivered&To=…&From=…&ErrorCode=…`. `message_id` is
    ours from the callback address: it finds the message also when the report overtakes our own commit of the
    id.
    """
    sid, word = form.get("MessageSid", "")[:40], form.get("MessageStatus", "")[:20]
    report_id = uuid7()
    message = _find(sid, message_id)
    values = {
        "id": report_id,
        "message_id": message.id if message else None,
        "provider_sid": sid,
        "provider_status": word,
        "error_code": _code(form),
        "at": clock.now(),
        "raw": seal(
            json.dumps(dict(form), ensure_ascii=False), context_of("message_report", "raw", report_id)
        ),
    }
    key = ["provider_sid", "provider_status", "error_code"]
    if not insert_if_absent(db.session(), REPORTS, values, key=key):
        return False
    if message is not None:
        message.provider_sid = message.provider_sid or sid
        project(message, word, _code(form))
    return True


def project(message: Message, word: str, code: int) -> None:
    """Raise a message to what a report says, if that is further than it is; the last step is audited."""
    reported = REPORTED.get(word)
    if reported is None or not raises(message.status, reported):
        return
    message.status, message.status_at = reported, clock.now()
    message.error_code = code or None
    if code and meaning_of(code) is Meaning.OPTED_OUT:
        message.thread.address.opted_out_at = clock.now()
    if reported in FINAL:
        record(
            Event.MESSAGE_STATUS,
            by=TWILIO,
            centre_id=message.thread.centre_id,
            subject=("message", message.id),
            details={"status": reported.value, "code": code or None},
        )


def adopt_sid(message: Message, sid: str) -> None:
    """Give a message its provider id, and project the reports that came before we knew it."""
    message.provider_sid = sid
    known = (
        select(MessageReport)
        .where(MessageReport.provider_sid == sid)
        .order_by(MessageReport.at, MessageReport.id)
    )
    for report in db.session.scalars(known):
        report.message_id = message.id
        project(message, report.provider_status, report.error_code)


def _find(sid: str, message_id: UUID | None) -> Message | None:
    """The outbound message of a report, locked: two reports may come at once."""
    own = select(Message).where(Message.direction == Direction.OUT).with_for_update(of=Message)
    found = db.session.scalar(own.where(Message.provider_sid == sid)) if sid else None
    if found is None and message_id is not None:
        found = db.session.scalar(own.where(Message.id == message_id))
        if found is not None and found.provider_sid not in (None, sid):
            return None
    return found


def _code(form: Mapping[str, str]) -> int:
    text = form.get("ErrorCode", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
