"""Whose account somebody may see and act on. A person may have roles in several centres, so this is no
CentrePolicy.

An administrator (`user_manage` everywhere) reaches everyone. A manager (`account_lock` in a centre) reaches
whoever holds a role in that very centre. `permits` and `visible` are twins; `tests/accounts/test_policy.py`
compares them.
"""

from __future__ import annotations

from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, select

from mrc.access.identity import Identity, Scope
from mrc.access.permissions import Permission
from mrc.access.policy import in_scope
from mrc.access.roles import ROLE_PERMISSIONS, ScopeKind
from mrc.accounts.models import RoleGrant, User
from mrc.core.db import db
from mrc.core.errors import NotFound

Columns = TypeVarTuple("Columns")
STAFF = (Permission.USER_MANAGE, Permission.ACCOUNT_LOCK)


def reach(identity: Identity, *permissions: Permission) -> Scope:
    """The centres in which one of the permissions is held."""
    scope = Scope()
    for permission in permissions or STAFF:
        scope |= identity.centres(permission)
    return scope


def permits(identity: Identity, user: User, *permissions: Permission) -> bool:
    """True when the identity may do one of `permissions` (default: see) to this account."""
    scope = reach(identity, *permissions)
    return scope.everywhere or any(grant.centre_id in scope.ids for grant in user.roles if grant.centre_id)


def visible(identity: Identity, query: Select[*Columns], *permissions: Permission) -> Select[*Columns]:
    """Narrow a query of users to those that `permits` would allow."""
    scope = reach(identity, *permissions)
    if scope.everywhere:
        return query
    return query.where(User.id.in_(select(RoleGrant.user_id).where(in_scope(RoleGrant.centre_id, scope))))


def get(identity: Identity, user_id: UUID, *permissions: Permission) -> User:
    """Load one account, or raise NotFound when it is absent or out of reach: both look the same."""
    query = visible(identity, select(User).where(User.id == user_id), *permissions)
    if (user := db.session.scalar(query)) is None:
        raise NotFound
    return user


def may_lock(identity: Identity, user: User) -> bool:
    """True for a colleague of the same centre; an administrator is locked by another administrator only."""
    if is_administrator(user) and not identity.can(Permission.USER_MANAGE):
        return False
    return permits(identity, user, Permission.ACCOUNT_LOCK)


def may_issue_link(identity: Identity, user: User) -> bool:
    """True when the identity reaches every role of the account: whoever holds the link can do all of that."""
    if permits(identity, user, Permission.USER_MANAGE):
        return True
    scope = identity.centres(Permission.ACCOUNT_LOCK)
    return bool(user.roles) and all(
        grant.scope_kind is ScopeKind.CENTRE and grant.centre_id in scope for grant in user.roles
    )


def is_administrator(user: User) -> bool:
    """True when one of the roles manages accounts."""
    return any(Permission.USER_MANAGE in ROLE_PERMISSIONS[grant.role] for grant in user.roles)
