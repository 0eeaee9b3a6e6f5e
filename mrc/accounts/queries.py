"""Reading accounts, roles, sessions and counters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import g, has_request_context
from sqlalchemy import ColumnElement, Label, Row, Select, Table, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from mrc.access.identity import HeldRole, Identity, Scope
from mrc.access.models import AccessGrant
from mrc.access.permissions import Permission
from mrc.access.roles import ROLE_PERMISSIONS, Role, ScopeKind
from mrc.accounts import policy
from mrc.accounts.models import Invitation, RoleGrant, SignInCounter, User, UserSession
from mrc.accounts.states import AccountState, Digits
from mrc.centres.queries import centre_ids_of_country, get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.db.upsert import insert_if_absent
from mrc.core.errors import NotFound
from mrc.core.paging import Page, page_of
from mrc.i18n.locales import locale_of

COUNTERS = cast(Table, SignInCounter.__table__)
PERSON = (
    User.id.label("user_id"),
    User.username,
    User.name,
    User.locale,
    User.calendar,
    User.digits,
    User.light_font,
    User.active_centre_id,
    User.locked_at,
    User.must_change_password,
    User.totp_secret_sealed.is_not(None).label("has_second_factor"),
)
HELD = (RoleGrant.role, RoleGrant.scope_kind, RoleGrant.centre_id, RoleGrant.country)
Rows = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True)
class UserFilter:
    """What the list of people is narrowed to."""

    text: str = ""
    state: AccountState | None = None
    role: Role | None = None
    centre_id: UUID | None = None


def find_session_rows(token_hash: bytes) -> Rows:
    """The session of a token with its person: one row per role, none when there is no such session."""
    session = (
        UserSession.id.label("session_id"),
        UserSession.last_seen_at,
        UserSession.confirmed_at,
        UserSession.idle_minutes,
        UserSession.expires_at,
        UserSession.revoked_at,
    )
    query = (
        select(*session, *PERSON, *HELD, _has_live_grant())
        .join(User, User.id == UserSession.user_id)
        .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
        .where(UserSession.token_hash == token_hash)
        .order_by(RoleGrant.id)
    )
    return db.session.execute(query).all()


def identity_from(rows: Rows) -> Identity:
    """The identity that rows of a person and their roles describe; without columns of a
    session it has none.
    """
    first = rows[0]
    roles = tuple(HeldRole(row.role, _scope_of(row)) for row in rows if row.role is not None)
    opens = any(Permission.BREAK_GLASS in ROLE_PERMISSIONS[held.role] for held in roles)
    live = list_live_grants(first.user_id) if first.has_live_grant else ()
    return Identity(
        user_id=first.user_id,
        name=first.name,
        username=first.username,
        roles=roles,
        session_id=getattr(first, "session_id", None),
        confirmed_at=getattr(first, "confirmed_at", None),
        locale=first.locale,
        calendar=first.calendar,
        digits=locale_of(first.locale).digits if first.digits is Digits.AUTO else first.digits.value,
        light_font=first.light_font,
        active_centre_id=_reached(first.active_centre_id, roles),
        granted_ids=frozenset(
            key
            for one in live
            if opens and not one.is_share
            for key in (one.subject_id, one.person_id)
            if key
        ),
        shared_ids=frozenset(one.subject_id for one in live if one.is_share),
    )


def identity_of(username: str) -> Identity:
    """A person as the rules see them, without a session: for jobs, commands and tests. Raises NotFound."""
    return _identity(User.username == username)


def identity_of_user(user_id: UUID) -> Identity:
    """The same by the account's key. Raises NotFound."""
    return _identity(User.id == user_id)


def _identity(condition: ColumnElement[bool]) -> Identity:
    query = (
        select(*PERSON, *HELD, _has_live_grant())
        .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
        .where(condition)
        .order_by(RoleGrant.id)
    )
    if not (rows := db.session.execute(query).all()):
        raise NotFound
    return identity_from(rows)


def list_live_grants(user_id: UUID) -> Rows:
    """What is opened to this person now, by breaking the glass or by a colleague: `subject_id`, the
    `person_id` whose file opens with it, and `is_share`.
    """
    live = select(AccessGrant.subject_id, AccessGrant.person_id, AccessGrant.is_share).where(
        AccessGrant.user_id == user_id, AccessGrant.expires_at > clock.now()
    )
    return db.session.execute(live).all()


def _has_live_grant() -> Label[bool]:
    """Whether anything is opened to the person in the query: hardly ever, so a query less."""
    live = select(AccessGrant.id).where(AccessGrant.user_id == User.id, AccessGrant.expires_at > clock.now())
    return live.exists().label("has_live_grant")


def names_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of people by id, those who left included; asked for once a request."""
    wanted = set(user_ids)
    known: dict[UUID, str] = g.setdefault("names_of_users", {}) if has_request_context() else {}
    if missing := wanted - known.keys():
        query = select(User.id, User.name).where(User.id.in_(sorted(missing)))
        known.update(dict(db.session.execute(query).all()))
    return {user_id: known[user_id] for user_id in wanted if user_id in known}


def answers_in(user_id: UUID) -> tuple[list[str], list[str]]:
    """The languages and subjects in which somebody answers people; empty lists mean all."""
    row = db.session.execute(select(User.languages, User.skills).where(User.id == user_id)).one()
    return row[0], row[1]


def roles_of(user_ids: Iterable[UUID]) -> dict[UUID, list[Role]]:
    """The roles that people hold now, by id, each once."""
    query = select(RoleGrant.user_id, RoleGrant.role).where(RoleGrant.user_id.in_(sorted(user_ids)))
    found: dict[UUID, list[Role]] = {}
    for user_id, role in db.session.execute(query.distinct().order_by(RoleGrant.user_id, RoleGrant.role)):
        found.setdefault(user_id, []).append(role)
    return found


def list_counsellors(centre_id: UUID) -> list[tuple[UUID, str]]:
    """Those who can carry a case in a centre: (id, name), by name. Locked and merely invited people are left
    out.
    """
    return list_staff(centre_id, Permission.CASE_WORK)


def list_staff(centre_id: UUID, permission: Permission) -> list[tuple[UUID, str]]:
    """Those who hold a permission in a centre or its country and can sign in: (id, name), by name."""
    query = _staff(centre_id, permission).order_by(User.name, User.id)
    return [(user_id, name) for user_id, name in db.session.execute(query)]


def works_at(user_id: UUID, centre_id: UUID, permission: Permission) -> bool:
    """True when somebody is among those whom `list_staff` lists."""
    return db.session.execute(_staff(centre_id, permission).where(User.id == user_id)).first() is not None


def _staff(centre_id: UUID, permission: Permission) -> Select[UUID, str]:
    holds = exists().where(
        RoleGrant.user_id == User.id,
        RoleGrant.role.in_([role for role in Role if permission in ROLE_PERMISSIONS[role]]),
        or_(RoleGrant.centre_id == centre_id, RoleGrant.country == get_centre(centre_id).country),
    )
    return select(User.id, User.name).where(holds, User.locked_at.is_(None), User.password_hash.is_not(None))


def get_user(user_id: UUID) -> User:
    """One account, whoever asks. Raises NotFound."""
    if (user := db.session.get(User, user_id)) is None:
        raise NotFound
    return user


def find_user(username: str) -> User | None:
    """The account of a username as it was typed, or None."""
    return db.session.scalar(select(User).where(User.username == username.strip().casefold()))


def lock_user_row(user_id: UUID) -> User:
    """One account, held until the transaction ends, as it stands now. Raises NotFound."""
    query = select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    if (user := db.session.scalar(query)) is None:
        raise NotFound
    return user


def list_sign_ins() -> Sequence[User]:
    """Everybody who can sign in, in the order they were made: for the demo's sign-in page."""
    query = select(User).options(selectinload(User.roles)).where(_in_state(AccountState.ACTIVE))
    return db.session.scalars(query.order_by(User.id).limit(30)).all()


def list_users(identity: Identity, wanted: UserFilter, *, cursor: str | None) -> Page[User]:
    """The accounts that the identity reaches, the newest first, with their roles loaded."""
    query = policy.visible(identity, select(User).options(selectinload(User.roles)))
    if wanted.text:
        query = query.where(
            or_(*(column.icontains(wanted.text, autoescape=True) for column in (User.name, User.username)))
        )
    if wanted.state is not None:
        query = query.where(_in_state(wanted.state))
    if wanted.role or wanted.centre_id:
        held = select(RoleGrant.user_id)
        held = held.where(RoleGrant.role == wanted.role) if wanted.role else held
        held = held.where(RoleGrant.centre_id == wanted.centre_id) if wanted.centre_id else held
        query = query.where(User.id.in_(held))
    return page_of(query, order=[User.created_at, User.id], cursor=cursor, size=50)


def list_sessions(user_id: UUID) -> Sequence[UserSession]:
    """The sessions of a person that have not ended, the one used last first."""
    now = clock.now()
    query = select(UserSession).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > now
    )
    rows = db.session.scalars(query.order_by(UserSession.last_seen_at.desc(), UserSession.id)).all()
    return [row for row in rows if row.last_seen_at + timedelta(minutes=row.idle_minutes) > now]


def get_session(session_id: UUID, *, user_id: UUID) -> UserSession:
    """A session of this person. Raises NotFound for anybody else's."""
    row = db.session.get(UserSession, session_id)
    if row is None or row.user_id != user_id:
        raise NotFound
    return row


def find_session(token_hash: bytes) -> UserSession | None:
    """The session of a token, ended or not."""
    return db.session.scalar(select(UserSession).where(UserSession.token_hash == token_hash))


def find_invitation(token_hash: bytes, *, lock: bool = False) -> Invitation | None:
    """The link of a token if it still works, else None. With `lock` nobody else can use it meanwhile."""
    query = select(Invitation).where(
        Invitation.token_hash == token_hash, Invitation.used_at.is_(None), Invitation.expires_at > clock.now()
    )
    return db.session.scalar(query.with_for_update() if lock else query)


def list_open_invitations(user_id: UUID) -> Sequence[Invitation]:
    """The links handed to a person that still work, the newest first."""
    query = select(Invitation).where(
        Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.expires_at > clock.now()
    )
    return db.session.scalars(query.order_by(Invitation.created_at.desc(), Invitation.id)).all()


def exists_other_administrator(user_id: UUID) -> bool:
    """True when somebody else who can sign in manages accounts everywhere. Holds those rows until the end."""
    managing = [role for role in Role if Permission.USER_MANAGE in ROLE_PERMISSIONS[role]]
    held = select(RoleGrant.user_id).where(
        RoleGrant.role.in_(managing), RoleGrant.scope_kind == ScopeKind.EVERYWHERE
    )
    # All of them are locked in one order, so that two administrators cannot remove each other at the same
    # time.
    query = (
        select(User)
        .where(User.id.in_(held), _in_state(AccountState.ACTIVE))
        .order_by(User.id)
        .with_for_update()
    )
    return any(user.id != user_id for user in db.session.scalars(query))


def lock_counters(keys: Collection[bytes]) -> dict[bytes, SignInCounter]:
    """The counters of these keys, made where absent, held until the transaction ends."""
    present = set(db.session.scalars(select(SignInCounter.key).where(SignInCounter.key.in_(keys))))
    for key in sorted(set(keys) - present):
        values = {"key": key, "failures": 0, "counted_at": clock.now()}
        insert_if_absent(db.session(), COUNTERS, values, key=["key"])
    query = select(SignInCounter).where(SignInCounter.key.in_(keys)).order_by(SignInCounter.key)
    rows = db.session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.key: row for row in rows}


def list_stale_counter_keys(before: datetime, known_before: datetime, most: int) -> Sequence[bytes]:
    """Counters that say nothing any more: not counted since `before`, no success since `known_before`."""
    idle = and_(
        SignInCounter.counted_at < before,
        func.coalesce(SignInCounter.succeeded_at, known_before) <= known_before,
    )
    return db.session.scalars(
        select(SignInCounter.key).where(idle).order_by(SignInCounter.key).limit(most)
    ).all()


def list_ended_session_ids(before: datetime, most: int) -> Sequence[UUID]:
    """Sessions whose last possible moment was before this instant."""
    query = select(UserSession.id).where(UserSession.expires_at < before).order_by(UserSession.id)
    return db.session.scalars(query.limit(most)).all()


def _scope_of(row: Row[*tuple[Any, ...]]) -> Scope:
    if row.scope_kind is ScopeKind.EVERYWHERE:
        return Scope(everywhere=True)
    if row.scope_kind is ScopeKind.COUNTRY:
        return Scope(ids=centre_ids_of_country(row.country))
    return Scope(ids=frozenset({row.centre_id}))


def _reached(centre_id: UUID | None, roles: Sequence[HeldRole]) -> UUID | None:
    """The chosen centre, unless no role reaches it any more."""
    return centre_id if any(centre_id in held.scope for held in roles) else None


def _in_state(state: AccountState) -> Any:
    return {
        AccountState.LOCKED: User.locked_at.is_not(None),
        AccountState.INVITED: and_(User.locked_at.is_(None), User.password_hash.is_(None)),
        AccountState.ACTIVE: and_(User.locked_at.is_(None), User.password_hash.is_not(None)),
    }[state]
