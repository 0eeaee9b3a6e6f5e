"""The person behind a request, as a frozen value: policies never touch a live row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from flask import g

from mrc.access.permissions import Permission
from mrc.access.roles import ROLE_PERMISSIONS, Role
from mrc.core.errors import SignInNeeded


@dataclass(frozen=True)
class Scope:
    """The centres in which something may be done: everywhere, or the named ones."""

    everywhere: bool = False
    ids: frozenset[UUID] = frozenset()

    def __contains__(self, centre_id: UUID | None) -> bool:
        return self.everywhere or centre_id in self.ids

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.ids)

    def __or__(self, other: Scope) -> Scope:
        return Scope(self.everywhere or other.everywhere, self.ids | other.ids)


@dataclass(frozen=True)
class HeldRole:
    """One role of one person and the centres it reaches."""

    role: Role
    scope: Scope


@dataclass(frozen=True)
class Identity:
    """Who acts. `session_id` is the public id of the sign-in session, None for the system itself."""

    user_id: UUID | None
    name: str
    username: str = ""
    roles: tuple[HeldRole, ...] = ()
    session_id: UUID | None = None
    confirmed_at: datetime | None = None
    """When the person last proved who they are (password and second factor)."""
    locale: str = "en"
    calendar: str = "gregorian"
    digits: str = "latn"
    """Which digits they read: latn, arab or arabext."""
    light_font: bool = False
    """Naskh instead of Nastaliq for Urdu."""
    is_system: bool = False
    active_centre_id: UUID | None = None
    granted_ids: frozenset[UUID] = field(default=frozenset())
    """Records opened by a live break-glass grant."""
    shared_ids: frozenset[UUID] = field(default=frozenset())
    """Cases that colleagues share with them, of whatever centre: to be read, nothing else."""

    @classmethod
    def system(cls, name: str) -> Identity:
        """The system acting on its own: a job, a webhook, a command. It may do everything it
        is coded to do.
        """
        return cls(user_id=None, name=name, is_system=True)

    @cached_property
    def _scopes(self) -> dict[Permission, Scope]:
        scopes: dict[Permission, Scope] = {}
        for held in self.roles:
            for permission in ROLE_PERMISSIONS[held.role]:
                scopes[permission] = scopes.get(permission, Scope()) | held.scope
        return scopes

    def centres(self, permission: Permission) -> Scope:
        """The centres in which this person holds a permission."""
        return Scope(everywhere=True) if self.is_system else self._scopes.get(permission, Scope())

    def can(self, permission: Permission, centre_id: UUID | None = None) -> bool:
        """True when the permission is held in the centre, or anywhere at all when none is named."""
        scope = self.centres(permission)
        return bool(scope) if centre_id is None else centre_id in scope

    def has_role(self, *roles: Role) -> bool:
        return any(held.role in roles for held in self.roles)

    @property
    def home_centre_ids(self) -> frozenset[UUID]:
        """The centres in which this person works by name, whatever the role."""
        return frozenset().union(*(held.scope.ids for held in self.roles))


def everyone_of(roles: Iterable[Role], permission: Permission) -> list[Role]:
    """The roles among those given that hold a permission."""
    return [role for role in roles if permission in ROLE_PERMISSIONS[role]]


def find_current() -> Identity | None:
    """The identity of the request, or None when nobody is signed in."""
    identity: Identity | None = g.get("identity")
    return identity


def current() -> Identity:
    """The identity of the request. Raises SignInNeeded when nobody is signed in."""
    if (identity := find_current()) is None:
        raise SignInNeeded
    return identity
