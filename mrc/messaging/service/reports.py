"""Delivery reports: every one is kept, and only those that take a message further change it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import Table

from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.sealed import context_of, seal
from mrc.core.text import clean
from mrc.messaging.codes import ABSENT, Meaning, meaning_of
from mrc.messaging.models import Message, MessageReport
from mrc.messaging.queries.delivery import find_outbound_id, list_reports_of, lock_message
from mrc.messaging.service.again import forget_again, try_again
from mrc.messaging.service.composing import TWILIO, note_end
from mrc.messaging.service.threads import owe_answer
from mrc.messaging.states import FINAL, GIVEN_UP, REPORTED, MessageStatus, Reason, raises
from mrc.messaging.wire import code_of, sid_of

REPORTS = cast(Table, MessageReport.__table__)


def receive_report(form: Mapping[str, str], message_id: UUID | None) -> bool:
    """Keep one report and project it onto its message; False when it was here before.

    `message_id` is ours from the callback address: it finds the message also when the report overtakes our
    own commit of the provider's id.
    """
    sid, code = sid_of(form), code_of(form)
    word = clean(form.get("MessageStatus") or form.get("SmsStatus") or "")[:20]
    known = find_outbound_id(sid, message_id)
    message = lock_message(known) if known else None
    report_id = uuid7()
    raw = json.dumps(dict(form), ensure_ascii=False)
    values = {
        "id": report_id,
        "message_id": message.id if message else None,
        "provider_sid": sid,
        "provider_status": word,
        "error_code": code,
        "at": clock.now(),
        "raw": seal(raw, context_of("message_report", "raw", report_id)),
    }
    key = ["provider_sid", "provider_status", "error_code"]
    is_new = insert_if_absent(db.session(), REPORTS, values, key=key)
    # Also one that was here before: it may have come when nobody knew yet which message it was about.
    if message is not None:
        if message.provider_sid is None:
            # Earlier ones may have come without our id, when nobody knew whose they were.
            adopt_sid(message, sid)
        _project(message, word, code)
    return is_new


def adopt_sid(message: Message, sid: str) -> None:
    """Give a message its provider id, and project the reports that came before we knew it."""
    message.provider_sid = sid
    for report in list_reports_of(sid):
        report.message_id = message.id
        _project(message, report.provider_status, report.error_code)


def give_up(
    message: Message, status: MessageStatus, *, code: int | None = None, reason: Reason | None = None
) -> None:
    """Say that a message did not go out, and why: its thread waits for us again; audited."""
    message.status, message.status_at = status, clock.now()
    message.error_code, message.reason = code, reason
    owe_answer(message)
    note_end(message)


def opt_out(message: Message) -> None:
    """Remember what the provider told: the reader wants no messages from this line. Audited once."""
    address = message.thread.address
    if address.opted_out_at is None:
        address.opted_out_at = clock.now()
        record(Event.OPTED_OUT, by=TWILIO, centre_id=address.centre_id, subject=("address", address.id))


def note_absent(message: Message, code: int) -> None:
    """Remember that nobody is at this address, if the code says so: no outreach goes there any more."""
    if code in ABSENT and message.thread.address.absent_since is None:
        message.thread.address.absent_since = clock.now()


def _project(message: Message, word: str, code: int) -> None:
    """Raise a message to what a report says, if that is further than it is; the last step is audited."""
    reported = REPORTED.get(word)
    if reported is None or not raises(message.status, reported):
        return
    if message.status in GIVEN_UP:
        forget_again(message)
    message.status, message.status_at = reported, clock.now()
    message.error_code, message.reason = code or None, None
    if code and meaning_of(code) is Meaning.OPT_OUT:
        opt_out(message)
    note_absent(message, code)
    if reported in GIVEN_UP and not try_again(message, code):
        owe_answer(message)
    if reported in FINAL:
        note_end(message)
