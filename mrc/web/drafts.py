"""What is being typed, kept sealed on the server until it is saved.

The page saves it every few seconds; a form that arrives after the session ended is kept the same way. The
next time the same person opens the form, the text is there again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from flask import g, request
from sqlalchemy import Table, delete, select

from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.db.upsert import insert_if_absent
from mrc.core.text import clean
from mrc.web.models import Draft

NEVER_KEPT = frozenset({
    "csrf_token", "operation_id", "draft_key", "password", "code", "new_password", "new_password_again",
    "secret",
})  # fmt: skip
FILLED_FROM = frozenset({"version", "base"})
"""What an edit was filled from: a draft needs it to be merged with what colleagues change meanwhile."""
LONGEST = 100_000
DRAFTS = cast(Table, Draft.__table__)


def keep(user_id: UUID, key: str, fields: Mapping[str, str | list[str]]) -> None:
    """Save or replace a person's draft. Does not commit."""
    content = {name: _kept_value(value) for name, value in fields.items() if name not in NEVER_KEPT}
    values = {
        "id": uuid7(),
        "user_id": user_id,
        "key": key[:200],
        "created_at": clock.now(),
        "updated_at": clock.now(),
    }
    insert_if_absent(db.session(), DRAFTS, values, key=["user_id", "key"])
    draft = db.session.scalars(select(Draft).where(Draft.user_id == user_id, Draft.key == key[:200])).one()
    draft.content = content
    draft.updated_at = clock.now()
    db.session.flush()
    g.pop("drafts", None)


def find(user_id: UUID, key: str) -> Mapping[str, list[str]] | None:
    """What was being typed in this form, field name → values, or None; asked for once a request."""
    known: dict[tuple[UUID, str], Mapping[str, list[str]] | None] = g.setdefault("drafts", {})
    if (user_id, key) not in known:
        known[user_id, key] = _find(user_id, key)
    return known[user_id, key]


def _find(user_id: UUID, key: str) -> Mapping[str, list[str]] | None:
    draft = db.session.scalar(select(Draft).where(Draft.user_id == user_id, Draft.key == key[:200]))
    return None if draft is None else cast(Mapping[str, list[str]], draft.content)


def discard(user_id: UUID, key: str) -> None:
    """Forget a draft, because its text was saved or is no longer wanted."""
    g.pop("drafts", None)
    db.session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.key == key[:200]))


def posted_fields() -> dict[str, list[str]]:
    """What the present request posted, without tokens and secrets."""
    return {name: values for name, values in draft_fields().items() if name not in FILLED_FROM}


def draft_fields() -> dict[str, list[str]]:
    """What of the present request is kept as a draft: the fields, and the row that they were filled from."""
    return {name: values for name, values in request.form.lists() if name not in NEVER_KEPT}


def _kept_value(value: str | list[str]) -> list[str]:
    values = [value] if isinstance(value, str) else value
    return [clean(item)[:LONGEST] for item in values]
