"""What people do with their own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.accounts import policy
from mrc.accounts.models import User
from mrc.accounts.second_factor import new_recovery_codes, recovery_hash, step_of
from mrc.accounts.service.links import end_links, set_password
from mrc.accounts.service.roles import refuse_oneself
from mrc.accounts.session import end_all_sessions
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.errors import Forbidden, NotFound, Refused
from mrc.core.settings import settings


def change_own_settings(user: User, values: Mapping[str, Any]) -> None:
    """Change how pages look to oneself, and in what one answers people: columns by name. Not audited."""
    for name, value in values.items():
        setattr(user, name, value)


def choose_centre(user: User, centre_id: UUID, *, by: Identity) -> None:
    """Work in another of one's centres from now on. Raises NotFound for a centre that no role reaches."""
    if not any(centre_id in held.scope for held in by.roles):
        raise NotFound
    user.active_centre_id = centre_id


def change_own_password(user: User, password: str, *, by: Identity) -> None:
    """Choose a new password; every other session and open link ends. Audited. Raises Refused
    when it is weak.
    """
    set_password(user, password)
    end_links(user)
    end_all_sessions(user.id, but=by.session_id)
    record(Event.PASSWORD_CHANGED, by=by, centre_id=None, subject=("user_account", user.id))


def set_second_factor(user: User, secret: str, code: str, *, by: Identity) -> list[str]:
    """Keep a secret whose first code was typed, end the other sessions. Audited.

    Returns ten recovery codes, kept only as hashes. Raises Refused with field `code` when the code is wrong.
    """
    step = step_of(secret, code, clock.now(), None)
    if step is None:
        raise Refused(
            fields={"code": _("This is not the code that the app shows now. Is the phone's clock right?")}
        )
    codes = new_recovery_codes()
    user.totp_secret, user.totp_last_step = secret, step
    user.recovery_codes = [recovery_hash(user.id, one) for one in codes]
    end_all_sessions(user.id, but=by.session_id)
    record(Event.SECOND_FACTOR_SET, by=by, centre_id=None, subject=("user_account", user.id))
    return codes


def remove_own_second_factor(user: User, *, by: Identity) -> None:
    """Do without a second factor. Audited. Raises Refused in production, where everybody has one."""
    if settings().is_production:
        raise Refused(_("Everybody has a second factor here. Set up a new one instead."))
    _forget_second_factor(user, by)


def reset_second_factor(user: User, *, by: Identity) -> None:
    """Take somebody's lost second factor away; they set up a new one after signing in. Ends their sessions.
    Audited.

    Raises Forbidden for whoever does not manage accounts, Refused for oneself.
    """
    refuse_oneself(user, by)
    if not policy.permits(by, user, Permission.USER_MANAGE):
        raise Forbidden
    end_all_sessions(user.id)
    _forget_second_factor(user, by)


def _forget_second_factor(user: User, by: Identity) -> None:
    if not user.has_second_factor:
        return
    user.totp_secret, user.totp_last_step, user.recovery_codes = None, None, []
    record(Event.SECOND_FACTOR_REMOVED, by=by, centre_id=None, subject=("user_account", user.id))
