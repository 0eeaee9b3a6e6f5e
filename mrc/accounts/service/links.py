"""Links by which people choose their password: handed over by a colleague, single use, short-lived."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.accounts import policy
from mrc.accounts.models import Invitation, User
from mrc.accounts.passwords import hash_password, weakness_of
from mrc.accounts.queries import find_invitation, get_user, identity_of, list_open_invitations
from mrc.accounts.service.roles import refuse_oneself
from mrc.accounts.session import end_all_sessions, hash_of
from mrc.accounts.states import AccountState, LinkPurpose
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.core.settings import settings

WORKS_FOR = {LinkPurpose.INVITE: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=24)}


def issue_link(user: User, *, by: Identity) -> str:
    """Make the link by which a person chooses a password, and end earlier ones. Returns its address, kept
    nowhere.

    It bypasses nothing: the second factor stays, and nobody learns or chooses the password. Audited. Raises
    Forbidden when the account can do more than the issuer reaches, Refused for oneself and for a locked
    account.
    """
    refuse_oneself(user, by)
    if not policy.may_issue_link(by, user):
        raise Forbidden
    if user.state is AccountState.LOCKED:
        raise Refused(_("This account is locked. Unlock it first."))
    purpose = LinkPurpose.INVITE if user.state is AccountState.INVITED else LinkPurpose.RESET
    end_links(user)
    token = secrets.token_urlsafe(32)
    db.session.add(
        Invitation(
            user_id=user.id,
            token_hash=hash_of(token),
            purpose=purpose,
            issued_by_id=by.user_id,
            expires_at=clock.now() + WORKS_FOR[purpose],
        )
    )
    event = Event.USER_INVITED if purpose is LinkPurpose.INVITE else Event.PASSWORD_RESET_ISSUED
    record(event, by=by, centre_id=None, subject=("user_account", user.id))
    return f"{settings().public_url}/join/{token}"


def accept_link(token: str, password: str) -> User:
    """Use a link: the password is set, every session ends. Audited. Raises NotFound for a link that does not
    work, Refused with field `new_password` for a weak password.
    """
    invitation = find_invitation(hash_of(token), lock=True)
    if invitation is None or (user := get_user(invitation.user_id)).state is AccountState.LOCKED:
        raise NotFound
    set_password(user, password)
    invitation.used_at = clock.now()
    end_links(user)
    end_all_sessions(user.id)
    event = Event.USER_JOINED if invitation.purpose is LinkPurpose.INVITE else Event.PASSWORD_CHANGED
    record(event, by=identity_of(user.username), centre_id=None, subject=("user_account", user.id))
    return user


def set_password(user: User, password: str) -> None:
    """Set a password that is good enough. Raises Refused with field `new_password`."""
    if weakness := weakness_of(password, penalised=(user.username, user.name)):
        raise Refused(fields={"new_password": weakness})
    user.password_hash = hash_password(password)
    user.password_changed_at = clock.now()
    user.must_change_password = False


def end_links(user: User) -> None:
    """Make every link of a person useless."""
    for link in list_open_invitations(user.id):
        link.used_at = clock.now()
