"""People and roles: the administrator's pages, and the colleague's hand that locks and helps back in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.access.roles import Role
from mrc.accounts import forms, policy, queries, service
from mrc.accounts.handed import handed, opened
from mrc.accounts.models import User
from mrc.accounts.queries import UserFilter
from mrc.accounts.states import AccountState, RoleScope
from mrc.accounts.views.blueprint import blueprint, with_no_trace
from mrc.centres.queries import list_centres
from mrc.core.errors import Refused
from mrc.core.text import clean
from mrc.web.commits import commits

MANAGE, LOCK = Permission.USER_MANAGE, Permission.ACCOUNT_LOCK


@blueprint.get("/admin/users")
@requires(MANAGE, LOCK)
def users() -> str:
    """The accounts within reach, narrowed by the chips in the URL."""
    state, role = request.args.get("state"), request.args.get("role")
    wanted = UserFilter(
        text=clean(request.args.get("q", "")).strip()[:60],
        state=AccountState(state) if state in set(AccountState) else None,
        role=Role(role) if role in set(Role) else None,
    )
    page = queries.list_users(current(), wanted, cursor=request.args.get("cursor"))
    return render_template(
        "accounts/users.html",
        page=page,
        wanted=wanted,
        centre_names=_centre_names(),
        states=forms.state_choices(),
    )


@blueprint.route("/admin/users/invite", methods=["GET", "POST"])
@requires(MANAGE, confirmed=True)
@commits
def invite() -> Any:
    """Invite somebody; the page after it shows the link to hand over."""
    form = forms.InviteForm(policy.reach(current(), MANAGE))
    if form.validate_on_submit():
        details = service.NewUser(
            username=form.username.data or "",
            name=form.name.data or "",
            email=form.email.data,
            locale=form.locale.data,
            role=Role(form.role.data),
            scope=RoleScope.of(form.scope.data),
        )
        try:
            user, link = service.invite_user(details, by=current())
            return redirect(_page_of(user, link=link), 303)
        except Refused as refusal:
            _show(refusal, form)
    return render_template("accounts/invite.html", form=form), 422 if form.errors else 200


@blueprint.get("/admin/users/<uuid:user_id>")
@requires(MANAGE, LOCK)
def user(user_id: UUID) -> Any:
    """One account: roles, state, sessions, and a link just made."""
    return _user_page(policy.get(current(), user_id), forms.RoleForm(policy.reach(current(), MANAGE)))


@blueprint.route("/admin/users/<uuid:user_id>/edit", methods=["GET", "POST"])
@requires(MANAGE, confirmed=True)
@commits
def edit_user(user_id: UUID) -> Any:
    """Change how colleagues know somebody."""
    person = policy.get(current(), user_id, MANAGE)
    form, key = forms.UserForm(), f"user_account:{person.id}"
    values = {"name": person.name, "email": person.email, "locale": person.locale}
    form.start_from(key, person.version, values)
    if form.validate_on_submit():
        merged = form.merged(key, person.version, values)
        service.change_user(person, {name: text or None for name, text in merged.items()}, by=current())
        return redirect(_page_of(person), 303)
    return render_template("accounts/edit_user.html", form=form, person=person), 422 if form.errors else 200


@blueprint.post("/admin/users/<uuid:user_id>/roles")
@requires(MANAGE, confirmed=True)
@commits
def give_role(user_id: UUID) -> Any:
    """Give a role in a scope."""
    person = policy.get(current(), user_id, MANAGE)
    form = forms.RoleForm(policy.reach(current(), MANAGE))
    if form.validate_on_submit():
        try:
            service.give_role(person, Role(form.role.data), RoleScope.of(form.scope.data), by=current())
            return redirect(_page_of(person), 303)
        except Refused as refusal:
            _show(refusal, form)
    return _user_page(person, form)


@blueprint.post("/admin/users/<uuid:user_id>/roles/<uuid:grant_id>/take")
@requires(MANAGE, confirmed=True)
@commits
def take_role(user_id: UUID, grant_id: UUID) -> Any:
    """Take a role away."""
    person = policy.get(current(), user_id, MANAGE)
    service.take_role(person, grant_id, by=current())
    flash(_("The role is taken away. It counts from the person's next page on."))
    return redirect(_page_of(person), 303)


@blueprint.post("/admin/users/<uuid:user_id>/lock")
@requires(MANAGE, LOCK, confirmed=True)
@commits
def lock(user_id: UUID) -> Any:
    """Lock an account and end its sessions, at once."""
    person = policy.get(current(), user_id)
    service.lock_user(person, by=current())
    flash(_("The account of %(name)s is locked and signed out everywhere.", name=person.name))
    return redirect(_page_of(person), 303)


@blueprint.post("/admin/users/<uuid:user_id>/unlock")
@requires(MANAGE, LOCK, confirmed=True)
@commits
def unlock(user_id: UUID) -> Any:
    """Unlock an account."""
    person = policy.get(current(), user_id)
    service.unlock_user(person, by=current())
    flash(_("%(name)s can sign in again.", name=person.name))
    return redirect(_page_of(person), 303)


@blueprint.post("/admin/users/<uuid:user_id>/end-sessions")
@requires(MANAGE, confirmed=True)
@commits
def end_sessions(user_id: UUID) -> Any:
    """End all sessions of a person."""
    person = policy.get(current(), user_id, MANAGE)
    ended = service.end_sessions(person, by=current())
    flash(ngettext("One session is ended.", "%(num)s sessions are ended.", ended))
    return redirect(_page_of(person), 303)


@blueprint.post("/admin/users/<uuid:user_id>/link")
@requires(MANAGE, LOCK, confirmed=True)
@commits
def issue_link(user_id: UUID) -> Any:
    """Make a link by which the person chooses a new password; the next page shows it."""
    person = policy.get(current(), user_id)
    return redirect(_page_of(person, link=service.issue_link(person, by=current())), 303)


@blueprint.post("/admin/users/<uuid:user_id>/second-factor/reset")
@requires(MANAGE, confirmed=True)
@commits
def reset_second_factor(user_id: UUID) -> Any:
    """Take a lost second factor away."""
    person = policy.get(current(), user_id, MANAGE)
    service.reset_second_factor(person, by=current())
    flash(
        _(
            "The second factor of %(name)s is removed. They set up a new one at the next sign-in.",
            name=person.name,
        )
    )
    return redirect(_page_of(person), 303)


def _user_page(person: User, form: forms.RoleForm) -> Any:
    by = current()
    may_manage = policy.permits(by, person, MANAGE)
    template = render_template(
        "accounts/user.html",
        person=person,
        form=form,
        action=forms.ActionForm(),
        link=opened(request.args.get("link"), "link"),
        centre_names=_centre_names(),
        sessions=queries.list_sessions(person.id),
        locked_by=queries.names_of({person.locked_by_id}) if person.locked_by_id else {},
        is_me=person.id == by.user_id,
        may_manage=may_manage,
        may_lock=policy.may_lock(by, person),
        may_unlock=service.may_unlock(by, person),
        may_issue_link=policy.may_issue_link(by, person),
    )
    return with_no_trace(make_response(template, 422 if form.errors else 200))


def _page_of(person: User, *, link: str | None = None) -> str:
    """The page of an account; a link travels in its address, sealed for this session."""
    return url_for("accounts.user", user_id=person.id, link=handed(link, "link") if link else None)


def _show(refusal: Refused, form: forms.RoleForm) -> None:
    """Put what a rule says beside its field, or on top of the form."""
    for name, words in refusal.fields.items():
        form[name].errors = [words]
    if not refusal.fields:
        form.form_errors.append(str(refusal))


def _centre_names() -> dict[UUID, str]:
    return {centre.id: centre.name for centre in list_centres()}
