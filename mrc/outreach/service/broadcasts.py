"""What people do with a broadcast: write, count, approve, pause, resume, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.states import move
from mrc.core.text import clean
from mrc.jobs.models import Priority
from mrc.jobs.service import enqueue
from mrc.messaging.service import cancel_message
from mrc.messaging.states import Reason
from mrc.outreach.models import Broadcast, BroadcastLine
from mrc.outreach.queries import Audience, list_sayable
from mrc.outreach.queries.broadcasts import list_unsent
from mrc.outreach.states import BROADCAST

LONGEST_TITLE = 120


@dataclass(frozen=True)
class NewBroadcast:
    """What is said, to whom, and how fast."""

    title: str
    template_id: UUID
    variables: dict[str, str]
    audience: Audience
    per_minute: int = 60


def write(new: NewBroadcast, *, centre_id: UUID, by: Identity) -> Broadcast:
    """Write a broadcast and have it counted; nothing leaves. Audited. Raises Forbidden, Refused."""
    if not by.can(Permission.BROADCAST_WRITE, centre_id) or by.user_id is None:
        raise Forbidden
    title = clean(new.title).strip()
    if not title or len(title) > LONGEST_TITLE:
        raise Refused(fields={"title": _("Write what this is, in one line.")})
    if new.template_id not in {template.id for template in list_sayable()}:
        raise Refused(fields={"template": _("Choose an approved wording for many.")})
    row = Broadcast(
        centre_id=centre_id,
        title=title,
        template_id=new.template_id,
        variables=new.variables,
        audience=new.audience.as_json(),
        per_minute=new.per_minute,
        written_by_id=by.user_id,
    )
    db.session.add(row)
    db.session.flush()
    _note(Event.BROADCAST_WRITTEN, row, by)
    count(row, by=by)
    return row


def count(row: Broadcast, *, by: Identity) -> None:
    """Find out whom it would reach, in the background; what was counted before is forgotten. Audited."""
    _move(row, "count", by=by, counts={})
    db.session.execute(delete(BroadcastLine).where(BroadcastLine.broadcast_id == row.id))
    enqueue("outreach.count", {"broadcast": str(row.id)}, centre_id=row.centre_id)


def approve(row: Broadcast, *, by: Identity) -> None:
    """Let it go out; audited. Raises Refused for one's own, and when it reaches nobody."""
    if row.written_by_id == by.user_id:
        raise Refused(_("Somebody else must approve what you wrote."))
    if not row.counts.get("reached"):
        raise Refused(_("It would reach nobody."))
    _move(row, "approve", by=by, approved_by_id=by.user_id, began_at=clock.now())
    _feed(row)


def pause(row: Broadcast, *, by: Identity) -> None:
    """Write to nobody else for now; audited. What was handed over already is on its way."""
    _move(row, "pause", by=by)


def resume(row: Broadcast, *, by: Identity) -> None:
    """Go on; audited."""
    _move(row, "resume", by=by)
    _feed(row)


def cancel(row: Broadcast, *, by: Identity) -> None:
    """End it: nobody else is written to, and what has not left us is taken back. Audited."""
    _move(row, "cancel", by=by, ended_at=clock.now())
    for message in list_unsent(row.id):
        cancel_message(message, Reason.TAKEN_BACK, by=by)


def _feed(row: Broadcast) -> None:
    # The version rises with every step, so each resuming is a job of its own.
    key = f"outreach.feed:{row.id}:{row.version}"
    enqueue("outreach.feed", {"broadcast": str(row.id)}, dedupe_key=key, priority=Priority.IDLE,
            centre_id=row.centre_id)  # fmt: skip


def _move(row: Broadcast, action: str, *, by: Identity, **facts: Any) -> None:
    def write_down(event: Any, _by: Any, before: str, after: str) -> None:
        _note(event, row, by, **{"from": before, "to": after})

    move(row, action, BROADCAST, by=by, centre_id=row.centre_id, permits=_permits, record=write_down, **facts)


def _permits(by: Identity, permission: StrEnum, centre_id: UUID | None) -> bool:
    return by.can(Permission(str(permission)), centre_id)


def _note(event: Event, row: Broadcast, by: Identity, **details: object) -> None:
    record(event, by=by, centre_id=row.centre_id, subject=("broadcast", row.id), details=details)
