"""Inviting people and keeping their entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.roles import Role, ScopeKind
from mrc.accounts import policy
from mrc.accounts.models import User
from mrc.accounts.passwords import hash_password
from mrc.accounts.queries import find_user
from mrc.accounts.service.links import issue_link
from mrc.accounts.service.roles import give_role, refuse_beyond_reach
from mrc.accounts.states import EVERYWHERE, RoleScope
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.centres.queries import list_centres
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused

USERNAME = re.compile(r"[a-z][a-z0-9.-]{2,58}[a-z0-9]")


@dataclass(frozen=True)
class NewUser:
    """What is known of somebody who is to sign in."""

    username: str
    name: str
    role: Role
    scope: RoleScope
    email: str | None = None
    locale: str = "en"


def invite_user(details: NewUser, *, by: Identity) -> tuple[User, str]:
    """Make an account with one role, and the link to hand over. Audited.

    Raises Forbidden beyond the inviter's reach, Refused with the field when the username is taken or
    malformed.
    """
    refuse_beyond_reach(details.scope, by)
    username = details.username.strip().casefold()
    if not USERNAME.fullmatch(username):
        words = _(
            "Use 4 to 60 small Latin letters, digits, dots and dashes, such as a.khan or counsellor-lahore."
        )
        raise Refused(fields={"username": words})
    if find_user(username) is not None:
        raise Refused(fields={"username": _("This username is taken.")})
    user = User(username=username, name=details.name, locale=details.locale)
    user.email = details.email or None
    db.session.add(user)
    db.session.flush()
    give_role(user, details.role, details.scope, by=by)
    return user, issue_link(user, by=by)


def change_user(user: User, values: Mapping[str, str | None], *, by: Identity) -> None:
    """Change name, e-mail or language of somebody. Audited with sealed old and new values.
    Raises Forbidden.
    """
    if not policy.permits(by, user, Permission.USER_MANAGE):
        raise Forbidden
    before = {name: getattr(user, name) for name in values}
    if changes := changes_between(before, values):
        for change in changes:
            setattr(user, change.field, values[change.field])
        record(
            Event.USER_CHANGED, by=by, centre_id=None, subject=("user_account", user.id), changes=changes,
            details={"fields": [change.field for change in changes]},
        )  # fmt: skip


def add_user(
    username: str,
    name: str,
    *,
    role: Role,
    centre_code: str | None = None,
    country: str | None = None,
    password: str | None = None,
    locale: str = "en",
) -> str:
    """Add somebody from the command line: a role in a centre, a country, or everywhere when neither is named.

    Returns the link to hand over; empty when a password is given, as the demo does. Raises Refused.
    """
    by = Identity.system("mrc user add")
    user, link = invite_user(
        NewUser(username, name, role, _scope(centre_code, country), locale=locale), by=by
    )
    if password is None:
        return link
    user.password_hash, user.password_changed_at = hash_password(password), clock.now()
    return ""


def _scope(centre_code: str | None, country: str | None) -> RoleScope:
    if centre_code:
        for centre in list_centres():
            if centre.code == centre_code.upper():
                return RoleScope(ScopeKind.CENTRE, centre_id=centre.id)
        raise Refused(_("There is no centre with the code %(code)s.", code=centre_code))
    return RoleScope(ScopeKind.COUNTRY, country=country.upper()) if country else EVERYWHERE
