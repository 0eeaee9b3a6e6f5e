"""Recording what happened. Domain code calls `record` and `record_read`; the rest is wiring."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

from flask import Flask, Response, g, has_request_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from mrc.audit import chain
from mrc.audit.models import AuditEvent
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.sealed import context_of, seal, unseal

PENDING = "audit_pending"
Detail = object
"""Ids, codes, counts, field names: whatever JSON takes. What it does not take fails the act."""


@dataclass(frozen=True)
class Change:
    """One field's old and new value, as text. Both are sealed; only the field's name is
    readable in the log.
    """

    field: str
    old: str | None
    new: str | None


class Actor(Protocol):
    """Who acts, as the log needs it. `mrc.access.identity.Identity` is one; the log lies below and knows
    only this.
    """

    @property
    def user_id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def session_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class Entry:
    """An event that waits for the end of its transaction."""

    tag: Event
    by: Actor
    centre_id: UUID | None
    subject: tuple[str, UUID] | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()

    @property
    def chain(self) -> str:
        return str(self.centre_id) if self.centre_id else chain.HOUSE


def record(
    tag: Event,
    *,
    by: Actor,
    centre_id: UUID | None,
    subject: tuple[str, UUID] | None = None,
    details: Mapping[str, Detail] | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """Queue an event; it is written last in the present transaction, or fails the act.

    `subject` is (table, id). `details` hold ids, codes, counts and field names, never personal text.
    """
    entry = Entry(tag, by, centre_id, subject, details or {}, tuple(changes))
    db.session().info.setdefault(PENDING, []).append(entry)


def record_read(
    tag: Event,
    *,
    by: Actor,
    centre_id: UUID | None,
    subject: tuple[str, UUID] | None = None,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Queue the reading of content; the row is committed before the answer leaves, or there is no answer."""
    g.setdefault(PENDING, []).append(Entry(tag, by, centre_id, subject, details or {}))


def write_now(entries: Iterable[Entry]) -> None:
    """Write events in a transaction of their own, after the present one ended (refusals, reads)."""
    db.session.rollback()
    db.session().info.pop(PENDING, None)
    _write(db.session(), list(entries))
    db.session.commit()


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields that differ, in the order of `after`; values become text."""
    return tuple(
        Change(name, _text(before.get(name)), _text(value))
        for name, value in after.items()
        if before.get(name) != value
    )


def reason_of(event: AuditEvent) -> str:
    """The reason that somebody gave for an act, opened; empty when the act asked for none."""
    if event.changes is None:
        return ""
    content = json.loads(unseal(event.changes, context_of("audit_event", "changes", event.id)))
    return next((new or "" for name, _old, new in content if name == "reason"), "")


def init_audit(app: Flask) -> None:
    """Write queued reads before an answer leaves, and queued acts before a commit."""
    app.after_request(_write_reads)
    if not event.contains(Session, "before_commit", _write_pending):
        event.listen(Session, "before_commit", _write_pending)
        event.listen(Session, "after_rollback", _forget_pending)


def _write_reads(response: Response) -> Response:
    if entries := g.pop(PENDING, None):
        write_now(entries)
    return response


def _write_pending(session: Session) -> None:
    if session.in_nested_transaction():
        return
    if entries := session.info.pop(PENDING, None):
        _write(session, entries)


def _forget_pending(session: Session) -> None:
    session.info.pop(PENDING, None)


def _write(session: Session, entries: Sequence[Entry]) -> None:
    session.flush()
    # Chains are locked in one order everywhere, so that two transactions never wait for each other.
    for name, group in groupby(sorted(entries, key=lambda entry: entry.chain), key=lambda entry: entry.chain):
        chain.append(session, name, [_row(entry) for entry in group])


def _row(entry: Entry) -> dict[str, Any]:
    row_id = uuid7()
    kind, subject_id = entry.subject or ("", None)
    return {
        "id": row_id,
        "at": clock.now(),
        "tag": entry.tag.value,
        "actor_id": entry.by.user_id,
        "actor": entry.by.username or entry.by.name,
        "session_id": entry.by.session_id,
        "request_id": g.get("request_id", "") if has_request_context() else "",
        "subject_kind": kind,
        "subject_id": subject_id,
        "details": dict(entry.details),
        "changes": _sealed(entry.changes, row_id),
    }


def _sealed(changes: Sequence[Change], row_id: UUID) -> bytes | None:
    if not changes:
        return None
    content = [[change.field, change.old, change.new] for change in changes]
    return seal(json.dumps(content, ensure_ascii=False), context_of("audit_event", "changes", row_id))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
