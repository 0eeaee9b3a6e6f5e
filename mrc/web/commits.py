"""The one place where a request commits.

Order on a view: `@bp.post(…)`, `@requires(…)`, `@commits`. The view returns a redirect, or a page with a
status of 400 or more, in which case nothing is kept of what it did.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast
from uuid import UUID

from flask import Response, make_response, request
from sqlalchemy import Table, update
from sqlalchemy.orm.exc import StaleDataError

from mrc.access.identity import find_current
from mrc.core import clock
from mrc.core.db import db
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import AlreadyDone
from mrc.web import drafts
from mrc.web.models import Operation

P = ParamSpec("P")

OPERATIONS = cast(Table, Operation.__table__)


def commits(view: Callable[P, Any]) -> Callable[P, Response]:
    """Run the view and commit once; the same operation id again raises AlreadyDone with the first answer."""

    @wraps(view)
    def committed(*arguments: P.args, **keywords: P.kwargs) -> Response:
        try:
            return _run(view, *arguments, **keywords)
        except StaleDataError:
            # Someone committed between our read and our write. A second run sees their version and merges.
            db.session.rollback()
            return _run(view, *arguments, **keywords)

    return committed


def let_go() -> None:
    """End the present transaction without keeping anything, before work that takes seconds: whoever writes
    would wait for us. What was read must be read again.
    """
    db.session.rollback()


def _run(view: Callable[P, Any], *arguments: P.args, **keywords: P.kwargs) -> Response:
    operation = _begin()
    response = make_response(view(*arguments, **keywords))
    if response.status_code >= 400:
        db.session.rollback()
        return response
    if operation:
        _remember(operation, response.headers.get("Location", ""))
    if (identity := find_current()) and identity.user_id and (key := request.form.get("draft_key")):
        drafts.discard(identity.user_id, key)
    db.session.commit()
    return response


def _begin() -> tuple[UUID, UUID] | None:
    """Claim the operation id. A row of the same id in an open transaction is waited for.
    Raises AlreadyDone.
    """
    identity = find_current()
    try:
        operation_id = UUID(request.form.get("operation_id", ""))
    except ValueError:
        return None
    if identity is None or identity.user_id is None:
        return None
    values = {"user_id": identity.user_id, "id": operation_id, "at": clock.now(), "location": ""}
    if not insert_if_absent(db.session(), OPERATIONS, values, key=["user_id", "id"]):
        done = db.session.get_one(Operation, (identity.user_id, operation_id))
        raise AlreadyDone(done.location)
    return identity.user_id, operation_id


def _remember(operation: tuple[UUID, UUID], location: str) -> None:
    user_id, operation_id = operation
    db.session.execute(
        update(Operation)
        .where(Operation.user_id == user_id, Operation.id == operation_id)
        .values(location=location)
        .execution_options(synchronize_session=False)
    )
