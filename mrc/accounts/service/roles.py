"""Giving and taking roles. They count from the person's next request on."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.roles import ROLE_PERMISSIONS, Role, ScopeKind
from mrc.accounts import policy
from mrc.accounts.models import RoleGrant, User
from mrc.accounts.queries import exists_other_administrator
from mrc.accounts.states import ROLE_SCOPES, AccountState, RoleScope
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import list_centres
from mrc.core.db import db
from mrc.core.errors import Forbidden, NotFound, Refused


def give_role(user: User, role: Role, scope: RoleScope, *, by: Identity) -> None:
    """Give a role in a scope; nothing happens when it is held already. Audited.

    Raises Forbidden beyond the giver's own reach, Refused for oneself and where the role makes no sense.
    """
    refuse_oneself(user, by)
    refuse_beyond_reach(scope, by)
    if scope.kind not in ROLE_SCOPES[role]:
        raise Refused(fields={"scope": _("This role cannot be given so widely, or only more widely.")})
    if scope.kind is not ScopeKind.EVERYWHERE and not _exists(scope):
        raise Refused(fields={"scope": _("There is no such centre or country.")})
    if any(grant.role is role and grant.scope == str(scope) for grant in user.roles):
        return
    user.roles.append(
        RoleGrant(
            role=role,
            scope_kind=scope.kind,
            centre_id=scope.centre_id,
            country=scope.country,
            scope=str(scope),
        )
    )
    db.session.flush()
    details = {"role": role.value, "scope": str(scope)}
    record(Event.ROLE_GIVEN, by=by, centre_id=None, subject=("user_account", user.id), details=details)


def take_role(user: User, grant_id: UUID, *, by: Identity) -> None:
    """Take a role away; oneself may lay one down. Audited. Raises NotFound, Forbidden, or Refused for the
    last administrator.
    """
    grant = next((one for one in user.roles if one.id == grant_id), None)
    if grant is None:
        raise NotFound
    refuse_beyond_reach(RoleScope(grant.scope_kind, grant.centre_id, grant.country), by)
    if Permission.USER_MANAGE in ROLE_PERMISSIONS[grant.role]:
        refuse_last_administrator(user)
    user.roles.remove(grant)
    db.session.delete(grant)
    details = {"role": grant.role.value, "scope": grant.scope}
    record(Event.ROLE_TAKEN, by=by, centre_id=None, subject=("user_account", user.id), details=details)


def refuse_oneself(user: User, by: Identity) -> None:
    """Raise Refused when somebody acts on their own account here."""
    if user.id == by.user_id:
        raise Refused(_("Nobody does this to their own account: a colleague has to."))


def refuse_beyond_reach(scope: RoleScope, by: Identity) -> None:
    """Raise Forbidden when a scope is wider than the one in which somebody manages accounts."""
    reach = by.centres(Permission.USER_MANAGE)
    if not (reach.everywhere or (scope.kind is ScopeKind.CENTRE and scope.centre_id in reach)):
        raise Forbidden


def refuse_last_administrator(user: User) -> None:
    """Raise Refused when without this account nobody could manage accounts any more."""
    acts = user.state is AccountState.ACTIVE and policy.is_administrator(user)
    if acts and not exists_other_administrator(user.id):
        raise Refused(_("This is the last administrator. Give somebody else the role first."))


def _exists(scope: RoleScope) -> bool:
    return any(scope.centre_id == centre.id or scope.country == centre.country for centre in list_centres())
