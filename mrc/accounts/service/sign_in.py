"""Signing in, step by step. The view commits between the steps: a charge stands whatever follows, and no lock
on the database is held while a password is hashed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import update

from mrc.access.identity import Identity
from mrc.accounts import throttle
from mrc.accounts.models import User, UserSession
from mrc.accounts.passwords import hash_password, needs_new_hash
from mrc.accounts.queries import find_user, identity_of, lock_user_row
from mrc.accounts.second_factor import recovery_hash, step_of
from mrc.accounts.session import start_session
from mrc.accounts.states import AccountState
from mrc.accounts.throttle import Attempt
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db

STRANGER = Identity.system("sign-in")


@dataclass(frozen=True)
class Candidate:
    """Whoever might be signing in. A name without an account, and a locked one, have no hash: no password
    fits.
    """

    user_id: UUID | None
    password_hash: str | None


def charge(attempt: Attempt) -> Candidate | None:
    """Count the attempt and find whose it is; None when there were too many from there. Commit before
    hashing.
    """
    user = find_user(attempt.username)
    if not throttle.admit(attempt):
        return None
    acts = user is not None and user.state is AccountState.ACTIVE
    return Candidate(user.id if user else None, user.password_hash if user and acts else None)


def record_failure(candidate: Candidate) -> None:
    """Note that an attempt failed: in the log, and for the person's next visit. What was typed is kept
    nowhere.
    """
    record(
        Event.SIGN_IN_FAILED,
        by=STRANGER,
        centre_id=None,
        subject=("user_account", candidate.user_id) if candidate.user_id else None,
    )
    _count_failure(candidate.user_id)


def code_fits(user_id: UUID, code: str) -> bool:
    """True when a code of the app, not used before, or an unused recovery code was typed; it is used up by
    this.
    """
    user = lock_user_row(user_id)
    if user.totp_secret is None or user.state is not AccountState.ACTIVE:
        return False
    if (step := step_of(user.totp_secret, code, clock.now(), user.totp_last_step)) is not None:
        user.totp_last_step = step
        return True
    if (typed := recovery_hash(user.id, code)) in user.recovery_codes:
        user.recovery_codes = [kept for kept in user.recovery_codes if kept != typed]
        return True
    return False


def complete(user: User, attempt: Attempt, *, is_own_device: bool) -> str:
    """Let the person in: a new session, the place known from now on. Audited. Returns the cookie's secret."""
    throttle.welcome(attempt)
    row, token = start_session(user, is_own_device=is_own_device)
    db.session.execute(
        update(User)
        .where(User.id == user.id)
        .values(last_sign_in_at=clock.now(), failed_sign_ins=0)
        .execution_options(synchronize_session=False)
    )
    by = replace(identity_of(user.username), session_id=row.id)
    details = {"device": row.device, "second_factor": user.has_second_factor}
    record(Event.SIGNED_IN, by=by, centre_id=None, subject=("user_session", row.id), details=details)
    return token


def renew_hash(user: User, password: str) -> None:
    """Hash a password that was just right with today's parameters, if its hash is older."""
    if user.password_hash and needs_new_hash(user.password_hash):
        user.password_hash = hash_password(password)


def confirm_session(row: UserSession, attempt: Attempt, *, by: Identity) -> None:
    """Note that the person proved again who they are (step-up). Audited."""
    throttle.welcome(attempt)
    row.confirmed_at = clock.now()
    record(Event.SESSION_CONFIRMED, by=by, centre_id=None, subject=("user_session", row.id))


def _count_failure(user_id: UUID | None) -> None:
    db.session.execute(
        update(User)
        .where(User.id == user_id)
        .values(failed_sign_ins=User.failed_sign_ins + 1)
        .execution_options(synchronize_session=False)
    )
