"""What callers leave: one recording per call, fetched, sealed, and deleted at the provider."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy import Table, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import Forbidden, NotFound
from mrc.core.files import delete_file, new_key, read_file, write_file
from mrc.hotline.audio import NotSound, read_sound
from mrc.hotline.gateway import is_recording_sid
from mrc.hotline.models import Call, Voicemail
from mrc.hotline.policy import CALLS
from mrc.hotline.queries.lines import CONTENT
from mrc.hotline.service.calls import TWILIO, lock_call, project
from mrc.hotline.states import SHORTEST_SECONDS, VoicemailState
from mrc.jobs.service import enqueue

VOICEMAIL_ROWS = cast(Table, Voicemail.__table__)
ABSENT = "absent"


def note_recording(call: Call, sid: str, seconds: int, status: str = "") -> None:
    """A caller who is held may have left something: keep one recording per call, and fetch it.

    Nothing, and less than two seconds, is a missed call only. Of two recordings the longer is kept. What is
    not kept is deleted at the provider. Audited.
    """
    if not is_recording_sid(sid) or status in {ABSENT, "in-progress"}:
        return
    if seconds < SHORTEST_SECONDS:
        _forget(sid)
        return
    values = {
        "id": uuid7(), "call_id": call.id, "provider_sid": sid, "seconds": seconds,
        "state": VoicemailState.WAITING, "created_at": clock.now(),
    }  # fmt: skip
    if insert_if_absent(db.session(), VOICEMAIL_ROWS, values, key=["call_id"]):
        _fetch(sid)
        details = {"seconds": seconds}
        subject = ("call", call.id)
        record(Event.VOICEMAIL_LEFT, by=TWILIO, centre_id=call.centre_id, subject=subject, details=details)
        project(call, clock.now())
        return
    kept = _of_call(call.id)
    if kept.provider_sid == sid:
        kept.seconds = max(kept.seconds, seconds)
    elif kept.state is VoicemailState.WAITING and seconds > kept.seconds:
        _forget(kept.provider_sid)
        kept.provider_sid, kept.seconds = sid, seconds
        _fetch(sid)
    else:
        _forget(sid)


def is_wanted(sid: str) -> bool:
    """True while a recording must still be fetched."""
    query = select(Voicemail.id).where(
        Voicemail.provider_sid == sid, Voicemail.state == VoicemailState.WAITING
    )
    return db.session.scalar(query) is not None


def keep_recording(sid: str, data: bytes) -> None:
    """Seal what was fetched, and have it deleted at the provider. Bytes that are no sound count as lost."""
    row = _lock_by_sid(sid)
    if row is None or row.state is not VoicemailState.WAITING:
        return
    try:
        sound = read_sound(data)
    except NotSound:
        row.state = VoicemailState.LOST
        return
    key = new_key()
    write_file(row.id, CONTENT, sound.content, key)
    row.file_key, row.audio_type = key, sound.audio_type
    row.state, row.fetched_at = VoicemailState.KEPT, clock.now()
    _forget(sid)


def lose_recording(sid: str) -> None:
    """The provider does not have it any more: say so."""
    row = _lock_by_sid(sid)
    if row is not None and row.state is VoicemailState.WAITING:
        row.state = VoicemailState.LOST


def open_voicemail(call: Call) -> tuple[Voicemail, bytes]:
    """The sound that a caller left. Raises NotFound while it is not here, or no more."""
    row = call.voicemail
    if row is None or row.state is not VoicemailState.KEPT or not row.file_key:
        raise NotFound
    return row, read_file(row.id, CONTENT, row.file_key)


def destroy_voicemail(call: Call, *, by: Identity) -> None:
    """Destroy what a caller left: the key, the bytes (job `hotline.destroy`), and the provider's copy.

    Audited, idempotent. A recording that was not fetched yet is destroyed too: destruction wins.
    """
    if not CALLS.permits(by, call, Permission.CALL_HANDLE):
        raise Forbidden
    lock_call(call.id)
    row = _of_call(call.id)
    if row.state is VoicemailState.DESTROYED:
        return
    row.state, row.file_key = VoicemailState.DESTROYED, None
    enqueue("hotline.destroy", {"voicemail_id": str(row.id)}, dedupe_key=f"hotline.destroy:{row.id}")
    _forget(row.provider_sid)
    record(Event.VOICEMAIL_DESTROYED, by=by, centre_id=call.centre_id, subject=("call", call.id))


def destroy_bytes(voicemail_id: UUID) -> None:
    """Take the bytes of a destroyed recording off the disk."""
    delete_file(voicemail_id)


def _of_call(call_id: UUID) -> Voicemail:
    query = select(Voicemail).where(Voicemail.call_id == call_id)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def _lock_by_sid(sid: str) -> Voicemail | None:
    query = select(Voicemail).where(Voicemail.provider_sid == sid).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def _fetch(sid: str) -> None:
    enqueue("hotline.fetch", {"sid": sid}, dedupe_key=f"hotline.fetch:{sid}")


def _forget(sid: str) -> None:
    enqueue("hotline.forget", {"sid": sid}, dedupe_key=f"hotline.forget:{sid}")
