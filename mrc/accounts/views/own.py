"""One's own account: how pages look, the password, the second factor, the sessions, the
centre one works in.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from mrc.access.guards import public, requires
from mrc.access.identity import current, find_current
from mrc.access.permissions import Permission
from mrc.accounts import forms, queries, service
from mrc.accounts.handed import handed, opened
from mrc.accounts.models import User
from mrc.accounts.second_factor import new_secret, picture_of
from mrc.accounts.states import Digits
from mrc.accounts.views.blueprint import blueprint, with_no_trace
from mrc.core.errors import NotFound, Refused
from mrc.core.settings import settings
from mrc.i18n.calendars import CalendarKind
from mrc.i18n.locales import LOCALES
from mrc.i18n.select import COOKIE
from mrc.web.commits import commits
from mrc.web.errors import is_own_path

A_YEAR = 365 * 24 * 3600


@blueprint.route("/account", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
@commits
def me() -> Any:
    """One's own profile, second factor and sessions."""
    user = _me()
    form = forms.ProfileForm()
    key = f"user_account:{user.id}"
    values = {
        "locale": user.locale,
        "calendar": user.calendar,
        "digits": user.digits.value,
        "light_font": user.light_font,
        "idle_minutes": str(user.idle_minutes),
    }
    form.start_from(key, user.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, user.version, values)
        typed = {
            "digits": Digits(merged["digits"]),
            "light_font": merged["light_font"] == "True",
            "idle_minutes": int(merged["idle_minutes"]),
        }
        service.change_own_settings(user, merged | typed)
        return _with_language(redirect(url_for("accounts.me"), 303), merged["locale"])
    template = render_template(
        "accounts/me.html",
        form=form,
        user=user,
        locale_names=dict(forms.LANGUAGES),
        sessions=queries.list_sessions(user.id),
        action=forms.ActionForm(),
        may_remove_factor=user.has_second_factor and not settings().is_production,
    )
    return template, 422 if form.errors else 200


@blueprint.route("/account/answers", methods=["GET", "POST"])
@requires(Permission.MESSAGE_SEND)
@commits
def answers() -> Any:
    """Say in which languages, and on what, one answers people."""
    form, user = forms.AnswersForm(), _me()
    if form.validate_on_submit():
        values = {"languages": form.languages.data or [], "skills": form.skills.data or []}
        service.change_own_settings(user, values)
        flash(_("Saved. The inbox shows under \u201cFor me\u201d what fits."))
        return redirect(url_for("accounts.me"), 303)
    if not form.is_submitted():
        form.languages.data, form.skills.data = list(user.languages), list(user.skills)
    return render_template("accounts/answers.html", form=form), 422 if form.errors else 200


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, confirmed=True)
@commits
def change_password() -> Any:
    """Choose a new password. The old one was just asked for by the step-up."""
    form, user = forms.NewPasswordForm(), _me()
    if form.validate_on_submit():
        try:
            service.change_own_password(user, form.new_password.data or "", by=current())
            flash(_("Your password is changed. You are signed out everywhere else."))
            return redirect(url_for("accounts.me"), 303)
        except Refused as refusal:
            form.new_password.errors = list(refusal.fields.values())
    template = render_template("accounts/change_password.html", form=form, user=user)
    return template, 422 if form.errors else 200


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT, confirmed=True)
@commits
def second_factor() -> Any:
    """Set up the second factor, or a new one; then show the recovery codes once."""
    form, user = forms.SecondFactorForm(), _me()
    if codes := opened(request.args.get("shown"), "recovery codes"):
        page = render_template("accounts/recovery_codes.html", codes=codes.split())
        return with_no_trace(make_response(page))
    secret = opened(form.secret.data, "second factor")
    if secret is not None and form.validate_on_submit():
        try:
            made = service.set_second_factor(user, secret, form.code.data or "", by=current())
            shown = handed(" ".join(made), "recovery codes")
            return redirect(url_for("accounts.second_factor", shown=shown), 303)
        except Refused as refusal:
            form.code.errors = list(refusal.fields.values())
    secret = secret or new_secret()
    form.secret.data = handed(secret, "second factor")
    picture = picture_of(secret, user.username)
    page = render_template(
        "accounts/second_factor.html", form=form, user=user, secret=secret, picture=picture
    )
    return with_no_trace(make_response(page, 422 if request.method == "POST" else 200))


@blueprint.post("/account/second-factor/remove")
@requires(Permission.OWN_ACCOUNT, confirmed=True)
@commits
def remove_own_second_factor() -> Any:
    """Do without a second factor, outside production."""
    service.remove_own_second_factor(_me(), by=current())
    flash(_("Your second factor is removed."))
    return redirect(url_for("accounts.me"), 303)


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@requires(Permission.OWN_ACCOUNT)
@commits
def end_session(session_id: UUID) -> Any:
    """End one of one's own sessions elsewhere."""
    service.end_own_session(queries.get_session(session_id, user_id=_me().id), by=current())
    flash(_("The session is ended."))
    return redirect(url_for("accounts.me"), 303)


@blueprint.post("/account/sessions/end-others")
@requires(Permission.OWN_ACCOUNT)
@commits
def end_other_sessions() -> Any:
    """End all of one's own sessions but this one."""
    ended = service.end_sessions(_me(), by=current())
    flash(ngettext("One other session is ended.", "%(num)s other sessions are ended.", ended))
    return redirect(url_for("accounts.me"), 303)


@blueprint.post("/language")
@public("a stranger chooses the language of the sign-in page; it sets a cookie and nothing else")
@commits
def choose_language() -> Any:
    """Choose language and calendar from any page; `next` says where to go on."""
    chosen = {}
    if (tag := request.form.get("language")) in LOCALES:
        chosen["locale"] = tag
    if (calendar := request.form.get("calendar")) in set(CalendarKind):
        chosen["calendar"] = calendar
    if chosen and find_current() is not None:
        service.change_own_settings(_me(), chosen)
    return _with_language(redirect(_next_page(), 303), chosen.get("locale"))


@blueprint.post("/active-centre")
@requires(Permission.OWN_ACCOUNT)
@commits
def choose_centre() -> Any:
    """Work in another of one's centres from now on."""
    try:
        centre_id = UUID(request.form.get("centre", ""))
    except ValueError:
        raise NotFound from None
    service.choose_centre(_me(), centre_id, by=current())
    return redirect(_next_page(), 303)


def _me() -> User:
    user_id = current().user_id
    assert user_id is not None
    return queries.get_user(user_id)


def _with_language(response: Response, tag: str | None) -> Response:
    """Let the browser remember the language, so that the sign-in page speaks it too."""
    if tag:
        secure = settings().is_production
        response.set_cookie(
            COOKIE, tag, max_age=A_YEAR, path="/", httponly=True, samesite="Lax", secure=secure
        )
    return response


def _next_page() -> str:
    target = request.form.get("next", "")
    return target if is_own_path(target) else "/"
