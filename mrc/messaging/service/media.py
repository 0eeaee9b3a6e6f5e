"""Files of messages: awaited, looked through, kept sealed, withdrawn. Fetching itself holds no row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.attachments.cleaning.answers import Fault
from mrc.attachments.service import CONTENT, PREVIEW, FileRefused, ReadyFile, prepare_file
from mrc.attachments.states import CONTENT_TYPES, FileType
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused, Unavailable
from mrc.core.files import delete_file, new_key, read_file, write_file
from mrc.jobs.service import enqueue
from mrc.messaging.fetching import FINAL, NotFetched, fetch, ids_of
from mrc.messaging.models import Message, MessageMedia
from mrc.messaging.policy import MEDIA
from mrc.messaging.queries.media import list_media_of_message, lock_media
from mrc.messaging.states import MediaReason, MediaState

TWILIO = Identity.system("twilio")
WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4),
    timedelta(hours=24),
)  # fmt: skip
"""After each failure in vain; after the last of them we say that it could not be fetched."""
DELETED_WITHIN = timedelta(days=14)
"""So long the provider may refuse to delete what it has just delivered."""
ANY_FAMILY = frozenset({"application", ""})
SAME = frozenset({"audio", "video"})
"""One container holds either, and telephones name them differently."""


@dataclass(frozen=True)
class Wanted:
    """A file that is to be fetched."""

    url: str
    told_type: str
    name: str


@dataclass(frozen=True)
class Fetched:
    """A file that lies sealed on the disk; it counts only once its row holds the key."""

    ready: ReadyFile
    key: str


def expect_media(message: Message) -> None:
    """A row for every file that a message names, and a job that fetches it, in the message's transaction."""
    for position, told in enumerate((message.extras or {}).get("media", ())):
        media = MessageMedia(
            message_id=message.id,
            thread_id=message.thread_id,
            position=position,
            told_type=told["type"],
            state=MediaState.WAITING if told["url"] else MediaState.UNAVAILABLE,
            reason=None if told["url"] else MediaReason.NO_ADDRESS,
            next_try_at=clock.now() if told["url"] else None,
        )
        media.url = told["url"] or None
        db.session.add(media)
        if told["url"]:
            _enqueue_fetch(media)


def begin_fetching(media_id: UUID) -> Wanted | None:
    """What is to be fetched; None when nobody waits for it any more, or it is gone."""
    media = db.session.get(MessageMedia, media_id)
    if media is None or media.state is not MediaState.WAITING or not media.url:
        return None
    name = f"{media.told_type.partition('/')[0] or 'file'} {media.message.at:%Y-%m-%d}"
    return Wanted(media.url, media.told_type, name)


def bring(media_id: UUID, wanted: Wanted) -> Fetched | MediaReason:
    """Fetch a file, look through it and lay it down sealed; no row is held meanwhile. Never raises for what
    a stranger sent.
    """
    try:
        ready = prepare_file(fetch(wanted.url), wanted.name, may_play=True)
    except NotFetched as failure:
        return failure.reason
    except FileRefused as refusal:
        return MediaReason(refusal.fault.value)
    except Unavailable:
        return MediaReason.NOT_REACHED
    if not _is_as_told(wanted.told_type, FileType(ready.clean.file_type)):
        return MediaReason.NOT_AS_TOLD
    key = new_key()
    write_file(media_id, CONTENT, ready.clean.content, key)
    if ready.clean.preview is not None:
        write_file(media_id, PREVIEW, ready.clean.preview, key)
    return Fetched(ready, key)


def store_brought(media_id: UUID, brought: Fetched | MediaReason) -> datetime | None:
    """Keep what came of fetching; when to try again, if so. Audited. A purge meanwhile wins: the bytes go."""
    media = lock_media(media_id)
    if media is None or media.state is not MediaState.WAITING:
        if isinstance(brought, Fetched) and (media is None or media.state is MediaState.WITHDRAWN):
            delete_file(media_id)
        return None
    if isinstance(brought, MediaReason):
        return _note_failure(media, brought)
    found = brought.ready.clean
    media.state, media.reason, media.next_try_at = MediaState.STORED, None, None
    media.file_type, media.size = FileType(found.file_type), len(found.content)
    media.has_preview, media.was_scanned = found.preview is not None, brought.ready.was_scanned
    media.key = brought.key
    _record(Event.MEDIA_STORED, media, TWILIO, type=media.file_type.value, size=media.size)
    _enqueue_deletion(media)
    return None


def note_deleted(media_id: UUID) -> None:
    """Remember that the provider has no copy any more; audited."""
    if (media := lock_media(media_id)) is not None and media.deleted_at_provider_at is None:
        media.deleted_at_provider_at = clock.now()
        _record(Event.MEDIA_DELETED, media, TWILIO)


def try_media_again(media: MessageMedia, *, by: Identity) -> None:
    """Fetch a file once more that could not be fetched; audited. Raises Refused when it is not missing."""
    if not MEDIA.permits(by, media, Permission.MESSAGE_SEND):
        raise Forbidden
    held = lock_media(media.id)
    if held is None or held.state is not MediaState.UNAVAILABLE or not held.url:
        raise Refused(_("This file is not missing any more."))
    held.state, held.reason, held.next_try_at = MediaState.WAITING, None, clock.now()
    _enqueue_fetch(held)
    _record(Event.MEDIA_RETRIED, held, by)


def open_media(media: MessageMedia, part: str = CONTENT) -> bytes:
    """The bytes of a file, or of the small picture of it. Raises NotFound while it is not here."""
    if media.key is None or (part == PREVIEW and not media.has_preview):
        raise NotFound
    return read_file(media.id, part, media.key)


def withdraw_media(message_id: UUID, *, by: Identity) -> None:
    """Destroy the files of a message, here and at the provider; audited. A fetch under way keeps nothing."""
    for found in list_media_of_message(message_id):
        media = lock_media(found.id)
        if media is None or media.state is MediaState.WITHDRAWN:
            continue
        if media.deleted_at_provider_at is None:
            _enqueue_deletion(media)
        media.state, media.reason, media.next_try_at = MediaState.WITHDRAWN, None, None
        media.key, media.file_type, media.url = None, None, None
        enqueue(
            "attachments.destroy",
            {"attachment_id": str(media.id)},
            dedupe_key=f"messaging.destroy:{media.id}",
        )
        _record(Event.MEDIA_WITHDRAWN, media, by)


def _note_failure(media: MessageMedia, reason: MediaReason) -> datetime | None:
    media.reason = reason
    is_refused = reason in FINAL or (reason.value in _faults() and reason not in AGAIN)
    if is_refused or reason is MediaReason.NOT_AS_TOLD:
        media.state, media.next_try_at = MediaState.REFUSED, None
        _record(Event.MEDIA_REFUSED, media, TWILIO, reason=reason.value)
        return None
    media.tries += 1
    if media.tries > len(WAITS):
        media.state, media.next_try_at = MediaState.UNAVAILABLE, None
        _record(Event.MEDIA_UNAVAILABLE, media, TWILIO, reason=reason.value)
        return None
    media.next_try_at = clock.now() + WAITS[media.tries - 1]
    return media.next_try_at


AGAIN = frozenset({MediaReason.EMPTY, MediaReason.NOT_SCANNED})
"""Faults that may be gone at the next try."""


def _faults() -> set[str]:
    return {fault.value for fault in Fault}


def _is_as_told(told: str, found: FileType) -> bool:
    """Whether a file is of the family that the provider told: no paper comes in as a picture."""
    family, is_one = told.partition("/")[0].lower(), CONTENT_TYPES[found].partition("/")[0]
    return family in ANY_FAMILY or family == is_one or {family, is_one} <= SAME


def _enqueue_fetch(media: MessageMedia) -> None:
    db.session.flush()
    enqueue("messaging.fetch_media", {"media_id": str(media.id)}, centre_id=media.message.thread.centre_id)


def _enqueue_deletion(media: MessageMedia) -> None:
    ids = ids_of(media.url or "")
    if ids is None:
        return
    payload = {
        "media_id": str(media.id), "message_sid": ids.message_sid, "media_sid": ids.media_sid,
        "until": (clock.now() + DELETED_WITHIN).isoformat(),
    }  # fmt: skip
    enqueue("messaging.delete_media", payload, dedupe_key=f"messaging.delete:{media.id}")


def _record(event: Event, media: MessageMedia, by: Identity, **details: object) -> None:
    centre_id = media.message.thread.centre_id
    details = {"thread": str(media.thread_id), **details}
    record(event, by=by, centre_id=centre_id, subject=("message_media", media.id), details=details)
