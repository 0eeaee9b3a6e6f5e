"""What stands beside the text of a message: place, choice, what it answers, whether it was passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from mrc.core.db import db
from mrc.messaging.models import Message

LONGEST_QUOTE = 120


@dataclass(frozen=True)
class Place:
    """Where somebody said to be; nothing of it is looked up elsewhere."""

    name: str
    coordinates: str


@dataclass(frozen=True)
class Extras:
    """What is shown beside the text of a message."""

    place: Place | None
    is_choice: bool
    """A button was pressed or a line of a list chosen: the words are ours."""
    choice: str
    quote: str
    """The beginning of the message that it answers, empty where that is not known."""
    is_forwarded: bool
    sheet_id: UUID | None
    sheet_name: str
    """What the file of a sheet that goes with it is called."""


def list_quoted(thread_id: UUID, messages: Sequence[Message]) -> dict[str, str]:
    """What the messages answer, by the provider's id: only messages of the same thread."""
    sids = {sid for message in messages if (sid := _replied(message.extras or {}))}
    query = select(Message).where(Message.thread_id == thread_id, Message.provider_sid.in_(sids))
    quoted = db.session.scalars(query.order_by(Message.id)) if sids else ()
    return {str(each.provider_sid): _short(each.body or "") for each in quoted}


def extras_of(message: Message, quoted: Mapping[str, str]) -> Extras:
    """What stands beside the text of a message."""
    found: dict[str, Any] = message.extras or {}
    return Extras(
        place=_place(found),
        is_choice=message.kind in {"button", "list"},
        choice=str(found.get("ListTitle", "")),
        quote=quoted.get(_replied(found), ""),
        is_forwarded="true"
        in {str(found.get(name)).lower() for name in ("Forwarded", "FrequentlyForwarded")},
        sheet_id=message.sheet_id,
        sheet_name=str(found.get("file_name", "")) if message.sheet_id else "",
    )


def _replied(found: Mapping[str, Any]) -> str:
    return str(found.get("OriginalRepliedMessageSid", ""))


def _place(found: Mapping[str, Any]) -> Place | None:
    if "Latitude" not in found:
        return None
    names = [str(found[name]) for name in ("Label", "Address") if found.get(name)]
    return Place(", ".join(names), f"{found['Latitude']}, {found.get('Longitude', '')}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}…"
