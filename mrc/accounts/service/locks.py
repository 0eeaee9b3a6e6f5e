"""Locking an account at once, by a colleague's hand, and ending sessions."""

from __future__ import annotations

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.accounts import policy
from mrc.accounts.models import User, UserSession
from mrc.accounts.service.links import end_links
from mrc.accounts.service.roles import refuse_last_administrator, refuse_oneself
from mrc.accounts.session import end_all_sessions, end_session
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.errors import Forbidden, Refused


def lock_user(user: User, *, by: Identity) -> None:
    """Lock an account and end its sessions and links at once. Audited. Raises Forbidden, or Refused for
    oneself and the last administrator.
    """
    refuse_oneself(user, by)
    if not policy.may_lock(by, user):
        raise Forbidden
    if user.locked_at is not None:
        return
    refuse_last_administrator(user)
    user.locked_at, user.locked_by_id = clock.now(), by.user_id
    end_links(user)
    ended = end_all_sessions(user.id)
    record(
        Event.USER_LOCKED,
        by=by,
        centre_id=None,
        subject=("user_account", user.id),
        details={"sessions": ended},
    )


def unlock_user(user: User, *, by: Identity) -> None:
    """Unlock an account. Audited. Raises Forbidden, Refused for oneself."""
    refuse_oneself(user, by)
    if not may_unlock(by, user):
        raise Forbidden
    if user.locked_at is None:
        return
    user.locked_at = user.locked_by_id = None
    record(Event.USER_UNLOCKED, by=by, centre_id=None, subject=("user_account", user.id))


def may_unlock(by: Identity, user: User) -> bool:
    """True for an administrator, and for the colleague who locked it: a manager does not call back who was
    let go.
    """
    if policy.permits(by, user, Permission.USER_MANAGE):
        return True
    return policy.may_lock(by, user) and user.locked_by_id == by.user_id


def end_sessions(user: User, *, by: Identity) -> int:
    """End all sessions of a person, one's own present one excepted. Audited. Returns how many. Raises
    Forbidden.
    """
    if user.id != by.user_id and not policy.permits(by, user, Permission.USER_MANAGE):
        raise Forbidden
    ended = end_all_sessions(user.id, but=by.session_id)
    record(
        Event.SESSION_REVOKED,
        by=by,
        centre_id=None,
        subject=("user_account", user.id),
        details={"sessions": ended},
    )
    return ended


def end_own_session(row: UserSession, *, by: Identity) -> None:
    """End one of one's own sessions. Audited. Raises Forbidden for another's, Refused for the present one."""
    if row.user_id != by.user_id:
        raise Forbidden
    if row.id == by.session_id:
        raise Refused(_("This is the session you are in: sign out instead."))
    end_session(row)
    record(Event.SESSION_REVOKED, by=by, centre_id=None, subject=("user_session", row.id))


def sign_out(row: UserSession, *, by: Identity) -> None:
    """End the present session. Audited."""
    end_session(row)
    record(Event.SIGNED_OUT, by=by, centre_id=None, subject=("user_session", row.id))
