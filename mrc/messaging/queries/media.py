"""Files of messages: what a conversation shows of them, and what the machinery asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.attachments.queries import holds_files
from mrc.attachments.states import ENDINGS, PLAYED, FileType
from mrc.core.db import db
from mrc.messaging.models import MessageMedia
from mrc.messaging.policy import MEDIA
from mrc.messaging.states import MediaReason, MediaState


@dataclass(frozen=True)
class MediaRow:
    """A file as the conversation shows it."""

    id: UUID
    state: MediaState
    reason: MediaReason | None
    told_type: str
    name: str
    size: int | None
    has_preview: bool
    is_sound: bool
    is_film: bool
    may_try_again: bool


def list_media_rows(message_ids: Collection[UUID]) -> dict[UUID, list[MediaRow]]:
    """The files of messages that the reader was let into, by message, in their order."""
    query = select(MessageMedia).where(MessageMedia.message_id.in_(message_ids))
    rows: dict[UUID, list[MediaRow]] = {}
    for media in db.session.scalars(query.order_by(MessageMedia.position, MessageMedia.id)):
        rows.setdefault(media.message_id, []).append(_row(media))
    return rows


def get_media(thread_id: UUID, media_id: UUID, *, by: Identity) -> MessageMedia:
    """A file of a conversation. Raises NotFound when absent or hidden."""
    media: MessageMedia = MEDIA.get(by, media_id, parent_id=thread_id)
    return media


def lock_media(media_id: UUID) -> MessageMedia | None:
    """The file's row as it stands now, held until the transaction ends."""
    query = select(MessageMedia).where(MessageMedia.id == media_id).with_for_update(key_share=True)
    return db.session.scalar(query.execution_options(populate_existing=True))


def list_media_of_message(message_id: UUID) -> Sequence[MessageMedia]:
    """The files of a message, in their order."""
    query = select(MessageMedia).where(MessageMedia.message_id == message_id)
    return db.session.scalars(query.order_by(MessageMedia.position, MessageMedia.id)).all()


@holds_files
def find_held(ids: Collection[UUID]) -> set[UUID]:
    """Those of the files on the disk that belong to messages, waited for or kept."""
    kept = (MediaState.STORED, MediaState.WAITING)
    query = select(MessageMedia.id).where(MessageMedia.id.in_(ids), MessageMedia.state.in_(kept))
    return set(db.session.scalars(query))


def name_of(media: MessageMedia) -> str:
    """What a file is called when it is saved: messages carry no names."""
    family = media.told_type.partition("/")[0] or "file"
    ending = ENDINGS[media.file_type][0] if media.file_type else ""
    return f"{family}-{media.message.at:%Y-%m-%d}-{media.position + 1}" + (f".{ending}" if ending else "")


def _row(media: MessageMedia) -> MediaRow:
    is_played = media.file_type in PLAYED
    is_film = media.file_type in {FileType.MP4, FileType.THREE_GP} and not media.told_type.startswith("audio")
    return MediaRow(
        id=media.id,
        state=media.state,
        reason=media.reason,
        told_type=media.told_type,
        name=name_of(media),
        size=media.size,
        has_preview=media.has_preview,
        is_sound=is_played and not is_film,
        is_film=is_film,
        may_try_again=media.state is MediaState.UNAVAILABLE and media.url_sealed is not None,
    )
