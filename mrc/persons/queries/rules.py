"""Reading what a centre asks at registration."""

from __future__ import annotations

from uuid import UUID

from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.persons.models import RegistrationRule
from mrc.persons.rules import Rules, country_rules


def find_rule(centre_id: UUID) -> RegistrationRule | None:
    """The choices of a centre, None where the rules of its country stand."""
    return db.session.get(RegistrationRule, centre_id)


def rules_of(centre: Centre) -> Rules:
    """The rules of a centre: those of its country with the centre's own choices."""
    own = find_rule(centre.id)
    return Rules(
        country_rules(centre.country, own.fields if own else None), own.takes_photos if own else False
    )


def rule_version(centre_id: UUID) -> int:
    """The version of a centre's choices, 0 while it has none."""
    own = find_rule(centre_id)
    return own.version if own else 0
