"""Whatever goes wrong becomes a page: what happened, what was kept, what to do, whom to call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from flask import Flask, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from mrc.access.identity import find_current
from mrc.audit.service import PENDING, Entry, write_now
from mrc.audit.tags import Event
from mrc.core.db import db
from mrc.core.errors import (
    AlreadyDone,
    ConfirmationNeeded,
    Forbidden,
    MRCError,
    NotFound,
    SignInNeeded,
    StaleWrite,
)
from mrc.web import drafts

log = structlog.get_logger("mrc.error")
CARRIED_AGAIN = ("operation_id", "version", "base", "draft_key")
TOO_LARGE = 413
"""Of such a body nothing was read, and asking for it again would fail again."""
PAGES = {400, 403, 404, 405, 409, 413, 429, 500, 503}


def init_errors(app: Flask) -> None:
    """Register one handler per way in which things go wrong."""
    app.register_error_handler(SignInNeeded, _sign_in)
    app.register_error_handler(ConfirmationNeeded, _confirm)
    app.register_error_handler(AlreadyDone, _already_done)
    app.register_error_handler(StaleWrite, _conflict)
    app.register_error_handler(MRCError, _ours)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(Exception, _unforeseen)


def is_own_path(target: str) -> bool:
    """True for a path of this site: nothing that a browser would read as another host."""
    parts = urlsplit(target)
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.netloc
        and "\\" not in target
    )


def page(status: int, template: str | None = None, **values: Any) -> Response:
    """An error page that still shows what was typed, so that no word is lost. Never asks the database.

    `kept` are the typed (name, text) pairs, `carried` the form's hidden ones; sent to `kept_action` again
    with a fresh token they are the same operation.
    """
    typed, carried = ([], []) if status == TOO_LARGE else _posted()
    name = template or f"errors/{status if status in PAGES else 400}.html"
    context = {
        "kept": typed,
        "carried": carried,
        "kept_action": request.full_path.rstrip("?"),
        "status": status,
    }
    response = make_response(render_template(name, **(context | values)))
    response.status_code = status
    return response


def _posted() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What was typed, and what the form carried along: (name, text) each."""
    typed = [(name, text) for name, posted in drafts.posted_fields().items() for text in posted]
    return typed, [(name, request.form[name]) for name in CARRIED_AGAIN if name in request.form]


def _sign_in(_error: SignInNeeded) -> Response:
    _end_transaction()
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    if kept_for := g.get("expired_user_id"):
        drafts.keep(kept_for, _form_path(), drafts.draft_fields())
        db.session.commit()
        flash(_("Your session ended. What you typed was kept and is back once you sign in again."))
        return redirect(url_for("accounts.sign_in", next=_form_path()), 303)
    return page(401, "errors/401.html", sign_in_url=url_for("accounts.sign_in", next=_form_path()))


def _confirm(_error: ConfirmationNeeded) -> Response:
    _end_transaction()
    identity = find_current()
    target = request.full_path.rstrip("?") if request.method == "GET" else _form_path()
    if request.method != "GET" and identity and identity.user_id:
        drafts.keep(identity.user_id, target, drafts.draft_fields())
        db.session.commit()
    return redirect(url_for("accounts.confirm", next=target), 303)


def _already_done(error: AlreadyDone) -> Response:
    _end_transaction()
    return redirect(error.location or "/", 303)


def _conflict(error: StaleWrite) -> Response:
    _end_transaction()
    others = [(name, text) for name, posted in drafts.posted_fields().items() for text in posted]
    kept = [(name, text) for name, text in error.merged.items() if name not in error.mine]
    # The parts of a date (`birth-year`) are within the merged text of the date (`birth`).
    kept += [(name, text) for name, text in others if name.partition("-")[0] not in error.merged]
    carried = [("operation_id", str(uuid4())), ("version", str(error.version)), ("base", error.base)]
    if key := request.form.get("draft_key"):
        carried.append(("draft_key", key))
    return page(409, "errors/conflict.html", kept=kept, carried=carried, stale=error)


def _ours(error: MRCError) -> Response:
    _end_transaction()
    if isinstance(error, Forbidden | NotFound):
        _record_refusal(error.status)
    return page(error.status, message=str(error) if error.status in {400, 409, 422} else "")


def _forged(_error: CSRFError) -> Response:
    _end_transaction()
    return page(400, "errors/csrf.html")


def _http(error: HTTPException) -> Response:
    _end_transaction()
    if error.response is not None:
        return make_response(error.response)
    return page(error.code or 500)


def _database(error: Exception) -> Response:
    """The database is locked, gone or does not answer: nothing was saved, everything typed is on the page."""
    log.error("database", kind=type(error).__name__)
    _end_transaction()
    g.identity = None
    response = page(503)
    response.headers["Retry-After"] = "10"
    return response


def _unforeseen(error: Exception) -> Response:
    # The traceback goes to the log without local values; those hold personal data.
    log.error("unforeseen", kind=type(error).__name__, exc_info=error)
    _end_transaction()
    return page(500)


def _record_refusal(status: int) -> None:
    identity = find_current()
    if identity is None:
        return
    details = {"endpoint": request.endpoint or "", "status": status, "method": request.method}
    write_now([Entry(Event.ACCESS_REFUSED, identity, None, None, details)])


def _end_transaction() -> None:
    g.pop(PENDING, None)
    try:
        db.session.rollback()
    except (DBAPIError, PoolTimeout):
        db.session().invalidate()


def _form_path() -> str:
    """The page whose form was posted: the draft key the form carries, else the path itself."""
    key = request.form.get("draft_key", "")
    return key if is_own_path(key) else request.path
