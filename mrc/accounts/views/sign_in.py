"""Signing in and out, proving again who it is, and the link by which a password is chosen.

These views commit themselves: a charged attempt stands whatever the answer is, and no transaction is open
while a password is hashed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask import session as form_session
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from mrc.access.guards import public, requires
from mrc.access.identity import current, find_current
from mrc.access.permissions import Permission
from mrc.accounts import forms, queries, service, session
from mrc.accounts.models import User
from mrc.accounts.passwords import DEMO_PASSWORD, password_fits
from mrc.accounts.service import sign_in as steps
from mrc.accounts.throttle import Attempt, forgive, welcome
from mrc.accounts.views.blueprint import blueprint, with_no_trace
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.core.settings import settings
from mrc.web.commits import commits
from mrc.web.errors import is_own_path

PENDING = "second_step"
SECOND_STEP_SECONDS = 300


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public("nobody is signed in yet; every failure gets the same answer, and guessing is slowed down")
def sign_in() -> Any:
    """Sign in: first the password, then the code of the second factor where there is one."""
    if find_current() is not None and request.method == "GET":
        return redirect(_next_page(), 303)
    if "again" in request.args:
        form_session.pop(PENDING, None)
    if (pending := _pending()) is not None:
        return _ask_code(*pending)
    return _ask_password()


@blueprint.post("/sign-out")
@requires(Permission.OWN_ACCOUNT)
@commits
def sign_out() -> Any:
    """End the present session."""
    user_id, session_id = current().user_id, current().session_id
    assert user_id is not None
    assert session_id is not None
    service.sign_out(queries.get_session(session_id, user_id=user_id), by=current())
    form_session.clear()
    flash(_("You are signed out."))
    response = redirect(url_for("accounts.sign_in"), 303)
    session.clear_session_cookie(response)
    return response


@blueprint.route("/confirm", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def confirm() -> Any:
    """Prove again who it is before a grave act, then go on with it."""
    form, identity = forms.ConfirmForm(), current()
    assert identity.user_id is not None
    assert identity.session_id is not None
    asks_code = queries.get_user(identity.user_id).has_second_factor
    if form.validate_on_submit():
        attempt = _attempt(identity.username)
        if (user := _checked(attempt, form.password.data or "")) is not None:
            if not asks_code or steps.code_fits(user.id, form.code.data or ""):
                row = queries.get_session(identity.session_id, user_id=user.id)
                steps.confirm_session(row, attempt, by=identity)
                db.session.commit()
                return redirect(_next_page(), 303)
            steps.record_failure(steps.Candidate(user.id, None))
            db.session.commit()
        form.form_errors.append(_failure())
    template = render_template("accounts/confirm.html", form=form, asks_code=asks_code)
    return template, 422 if form.errors else 200


@blueprint.route("/join/<token>", methods=["GET", "POST"])
@public("whoever holds the link may choose the password of the account it was made for; it works once")
@commits
def join(token: str) -> Any:
    """Choose a password with a link that a colleague handed over. Signing in, with the second factor, comes
    after.
    """
    form = forms.NewPasswordForm()
    invitation = queries.find_invitation(session.hash_of(token))
    if invitation is None:
        return with_no_trace(make_response(render_template("accounts/join_ended.html"), 404))
    user = queries.get_user(invitation.user_id)
    if form.validate_on_submit():
        try:
            service.accept_link(token, form.new_password.data or "")
            return _joined(user)
        except Refused as refusal:
            form.new_password.errors = list(refusal.fields.values())
    page = render_template("accounts/join.html", form=form, user=user, purpose=invitation.purpose)
    return with_no_trace(make_response(page, 422 if form.errors else 200))


def _ask_password() -> Any:
    form = forms.SignInForm()
    if form.validate_on_submit():
        attempt = _attempt(form.username.data or "")
        if (user := _checked(attempt, form.password.data or "")) is not None:
            return _password_was_right(user, attempt, is_own_device=form.own_device.data)
        form.form_errors.append(_failure())
    is_demo = settings().mode == "demo"
    people = queries.list_sign_ins() if is_demo else []
    password = DEMO_PASSWORD if is_demo else ""
    template = render_template("accounts/sign_in.html", form=form, demo_people=people, demo_password=password)
    return template, 422 if form.errors else 200


def _checked(attempt: Attempt, password: str) -> User | None:
    """The account when the attempt was let through and the password is right; a failure is recorded."""
    candidate = steps.charge(attempt)
    db.session.commit()
    if candidate is None:
        return None
    if password_fits(candidate.password_hash, password) and candidate.user_id is not None:
        user = queries.get_user(candidate.user_id)
        steps.renew_hash(user, password)
        return user
    steps.record_failure(candidate)
    db.session.commit()
    return None


def _password_was_right(user: User, attempt: Attempt, *, is_own_device: bool) -> Response:
    if not user.has_second_factor:
        return _let_in(user, attempt, is_own_device=is_own_device)
    forgive(attempt)
    db.session.commit()
    until = clock.now().timestamp() + SECOND_STEP_SECONDS
    form_session[PENDING] = {"user": str(user.id), "until": until, "own": is_own_device}
    return redirect(request.full_path.rstrip("?"), 303)


def _ask_code(user_id: UUID, is_own_device: bool) -> Any:
    form = forms.CodeForm()
    if form.validate_on_submit():
        user = queries.get_user(user_id)
        attempt = _attempt(user.username)
        candidate = steps.charge(attempt)
        db.session.commit()
        if candidate is not None and steps.code_fits(user_id, form.code.data or ""):
            return _let_in(user, attempt, is_own_device=is_own_device)
        if candidate is not None:
            steps.record_failure(candidate)
            db.session.commit()
        form.form_errors.append(_failure())
    return render_template("accounts/sign_in_code.html", form=form), 422 if form.errors else 200


def _let_in(user: User, attempt: Attempt, *, is_own_device: bool) -> Response:
    """Start the session. The browser is known from now on."""
    device = attempt.device or session.new_device()
    failures, target = user.failed_sign_ins, _next_page()
    token = steps.complete(
        user, Attempt(attempt.username, attempt.address, device), is_own_device=is_own_device
    )
    db.session.commit()
    if failures:
        flash(_since_last_visit(failures), "warning")
    response = redirect(target, 303)
    session.set_session_cookie(response, token)
    session.set_device_cookie(response, device)
    return response


def _joined(user: User) -> Response:
    """Whoever held the link is known: nobody's guessing from elsewhere may stop them from signing in now."""
    device = session.known_device() or session.new_device()
    welcome(Attempt(user.username, request.remote_addr or "", device))
    flash(_("Your password is set. Sign in with it."))
    response = redirect(url_for("accounts.sign_in"), 303)
    session.set_device_cookie(response, device)
    return response


def _pending() -> tuple[UUID, bool] | None:
    """Whose password was right within the last five minutes, and whether the device is their own."""
    pending = form_session.get(PENDING)
    if pending is None or clock.now().timestamp() > pending["until"]:
        form_session.pop(PENDING, None)
        return None
    return UUID(pending["user"]), bool(pending["own"])


def _attempt(username: str) -> Attempt:
    return Attempt(username.strip().casefold(), request.remote_addr or "", session.known_device())


def _since_last_visit(failures: int) -> str:
    return ngettext(
        "One attempt to sign in with your name failed since your last visit. Was it not you? Tell us.",
        "%(num)s attempts to sign in with your name failed since your last visit. Was it not you? Tell us.",
        failures,
    )


def _failure() -> str:
    return _(
        "That did not work. Look at what you typed; after several tries, wait some minutes. "
        "If you cannot get in, a manager of your centre can hand you a new link."
    )


def _next_page() -> str:
    target = request.args.get("next", "")
    return target if is_own_path(target) else "/"
