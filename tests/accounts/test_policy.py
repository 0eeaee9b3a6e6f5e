"""Which accounts a person sees in the list are those that the rule permits one by one."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from mrc.access.permissions import Permission
from mrc.access.roles import Role, ScopeKind
from mrc.accounts import policy, service
from mrc.accounts.models import User
from mrc.accounts.queries import find_user, identity_of
from mrc.accounts.states import RoleScope
from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.demo.world import DEMO_USERNAMES


@pytest.mark.parametrize("permissions", [(), (Permission.USER_MANAGE,), (Permission.ACCOUNT_LOCK,)])
def test_list_and_rule_agree(context: Flask, permissions: tuple[Permission, ...]) -> None:
    by = identity_of("admin")
    erbil = db.session.scalars(select(Centre.id).where(Centre.code == "EBL")).one()
    wanderer, traveller = find_user("counsellor-lahore"), find_user("analyst")
    assert wanderer is not None
    assert traveller is not None
    service.give_role(wanderer, Role.COUNSELLOR, RoleScope(ScopeKind.CENTRE, erbil), by=by)
    service.give_role(traveller, Role.COUNSELLOR, RoleScope(ScopeKind.COUNTRY, country="PK"), by=by)
    db.session.flush()
    everybody = db.session.scalars(select(User)).all()
    for username in DEMO_USERNAMES:
        identity = identity_of(username)
        shown = set(db.session.scalars(policy.visible(identity, select(User.id), *permissions)))
        permitted = {user.id for user in everybody if policy.permits(identity, user, *permissions)}
        assert shown == permitted, username
    assert len(set(db.session.scalars(policy.visible(identity_of("manager-erbil"), select(User.id))))) == 3
