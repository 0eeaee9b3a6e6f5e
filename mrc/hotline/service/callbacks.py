"""What we owe callers whom nobody served: one open callback per caller and line, with a clock."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.centres.workingtime import add_open_minutes
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, Refused
from mrc.core.sealed import blind_index
from mrc.hotline.models import Call, Callback
from mrc.hotline.policy import CALLBACKS
from mrc.hotline.states import BY_HAND, CallbackOutcome

ANSWER_WITHIN_MINUTES = 60
"""So long, while the centre is open, a caller may wait to be called back."""
CALLBACK_ROWS = cast(Table, Callback.__table__)
TRIES = 3


def owe_callback(call: Call, *, by: Identity) -> Callback:
    """Count a call that nobody served, once; audited when it opens a callback."""
    if call.callback_id is not None:
        return db.session.get_one(Callback, call.callback_id)
    callback = _lock_open(call, by)
    callback.times += 1
    callback.first_at = min(callback.first_at, call.started_at)
    callback.last_at = max(callback.last_at, call.started_at)
    callback.due_at = min(callback.due_at, _due(call))
    callback.language = call.language or callback.language
    if callback.person_id is None and call.person_id is not None:
        callback.person_id, callback.confidentiality = call.person_id, call.confidentiality
    call.callback_id = callback.id
    db.session.flush()
    return callback


def owe_no_more(call: Call, *, by: Identity) -> None:
    """A call turns out to be served after all: it does not count, and a callback for nothing else ends."""
    if call.callback_id is None:
        return
    callback = lock_callback(call.callback_id)
    call.callback_id = None
    callback.times = max(callback.times - 1, 0)
    if callback.times == 0 and callback.done_at is None:
        _close(callback, CallbackOutcome.SERVED, by)


def owe_nothing(call: Call, *, by: Identity) -> None:
    """Somebody spoke to this caller: what they called for before is answered."""
    owe_no_more(call, by=by)
    callback = find_open_of(call)
    if callback is not None and callback.last_at <= call.started_at:
        held = lock_callback(callback.id)
        if held.done_at is None:
            _close(held, CallbackOutcome.SERVED, by)


def close_callback(callback: Callback, outcome: CallbackOutcome, *, by: Identity) -> None:
    """Say by hand how a callback ended; audited, idempotent. Raises Refused for any other outcome."""
    if not CALLBACKS.permits(by, callback, Permission.CALL_HANDLE):
        raise Forbidden
    if outcome not in BY_HAND:
        raise Refused(_("Choose how it ended."))
    held = lock_callback(callback.id)
    if held.done_at is None:
        _close(held, outcome, by)


def note_attempt(callback_id: UUID, *, was_reached: bool, by: Identity) -> None:
    """A call of ours ended: whoever was reached is owed nothing more."""
    callback = lock_callback(callback_id)
    if callback.done_at is not None:
        return
    if was_reached:
        _close(callback, CallbackOutcome.REACHED, by)
    else:
        callback.attempts, callback.attempted_at = callback.attempts + 1, clock.now()


def find_open_of(call: Call) -> Callback | None:
    """The open callback of a call's line and caller."""
    return db.session.scalar(select(Callback).where(Callback.open_key == _key(call)))


def lock_callback(callback_id: UUID) -> Callback:
    """The callback as it stands now, held until the transaction ends."""
    return db.session.get_one(Callback, callback_id, with_for_update=True, populate_existing=True)


def _lock_open(call: Call, by: Identity) -> Callback:
    key = _key(call)
    for _try in range(TRIES):
        callback_id = uuid7()
        values = {
            "id": callback_id, "centre_id": call.centre_id, "line_id": call.line_id, "open_key": key,
            "address_id": call.address_id, "person_id": call.person_id, "confidentiality":
            call.confidentiality, "language": call.language, "times": 0, "first_at": call.started_at,
            "last_at": call.started_at, "due_at": _due(call), "attempts": 0, "version": 1,
            "created_at": clock.now(),
        }  # fmt: skip
        if insert_if_absent(db.session(), CALLBACK_ROWS, values, key=["open_key"]):
            details = {"call": str(call.id)}
            subject = ("callback", callback_id)
            record(Event.CALLBACK_OPENED, by=by, centre_id=call.centre_id, subject=subject, details=details)
        query = select(Callback).where(Callback.open_key == key).with_for_update()
        if (held := db.session.scalar(query.execution_options(populate_existing=True))) is not None:
            return held
        # Somebody closed it at this very moment.
    raise Refused("The callback is being closed again and again.")


def _key(call: Call) -> bytes:
    """Who calls which line; whoever shows no number is somebody else every time."""
    caller = str(call.address_id or call.provider_sid or call.id)
    return blind_index("callback", caller, call.line_id)


def _due(call: Call) -> datetime:
    return add_open_minutes(get_centre(call.centre_id), call.started_at, ANSWER_WITHIN_MINUTES)


def _close(callback: Callback, outcome: CallbackOutcome, by: Identity) -> None:
    callback.open_key, callback.done_at, callback.outcome = None, clock.now(), outcome
    callback.done_by_id = by.user_id
    record(
        Event.CALLBACK_DONE,
        by=by,
        centre_id=callback.centre_id,
        subject=("callback", callback.id),
        details={"outcome": outcome.value},
    )
