"""Changing what a centre asks at registration."""

from __future__ import annotations

from collections.abc import Mapping

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.centres.models import Centre
from mrc.core.db import db
from mrc.core.errors import Forbidden
from mrc.persons.models import RegistrationRule
from mrc.persons.queries import find_rule
from mrc.persons.rules import country_rules
from mrc.persons.states import FieldRule


def change_rules(
    centre: Centre, fields: Mapping[str, FieldRule], *, takes_photos: bool, by: Identity
) -> None:
    """Set what a centre asks. Only what differs from its country is kept, so that a change of the shipped
    rules still reaches the rest. Audited.
    """
    if not by.can(Permission.CENTRE_MANAGE, centre.id):
        raise Forbidden
    shipped = country_rules(centre.country)
    own = {name: rule.value for name, rule in fields.items() if shipped.get(name) is not rule}
    row = find_rule(centre.id)
    if row is None:
        row = RegistrationRule(centre_id=centre.id, fields={}, takes_photos=False)
        db.session.add(row)
    before = dict(row.fields) | {"takes_photos": str(row.takes_photos)}
    row.fields, row.takes_photos = own, takes_photos
    changes = changes_between(before, own | {"takes_photos": str(takes_photos)})
    gone = tuple(name for name in before if name not in own and name != "takes_photos")
    if changes or gone:
        record(
            Event.REGISTRATION_RULES_CHANGED,
            by=by,
            centre_id=centre.id,
            subject=("centre", centre.id),
            details={"fields": [change.field for change in changes] + list(gone)},
            changes=changes,
        )
