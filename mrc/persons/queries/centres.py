"""In which centres a reader's exact look-ups search."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.core.db import db
from mrc.persons.models import Address


def searched_centres(identity: Identity) -> Sequence[UUID]:
    """The centres whose persons the reader may find; every one that knows an address for the system."""
    scope = identity.centres(Permission.PERSON_VIEW)
    if not scope.everywhere:
        return sorted(scope.ids)
    return db.session.scalars(select(Address.centre_id).distinct().order_by(Address.centre_id)).all()
