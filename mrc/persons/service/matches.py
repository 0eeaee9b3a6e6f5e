"""Telling the people named for a protected person that somebody like them was registered."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from mrc.access.identity import Identity
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden
from mrc.persons.models import HiddenMatch, Person
from mrc.persons.policy import PERSONS
from mrc.persons.queries import matches_among_protected


def note_hidden_matches(person: Person, *, seen: Collection[UUID]) -> None:
    """Leave a note for those named for the protected persons whom a new one may be.

    The registrar must not learn that they exist, and whoever works with them must learn of the double.
    """
    db.session.flush()
    db.session.add_all(
        HiddenMatch(person_id=match.person_id, registered_id=person.id)
        for match in matches_among_protected(person, seen=seen)
    )


def settle_hidden_match(match: HiddenMatch, *, by: Identity) -> None:
    """Say that a registration like a protected person was looked at; audited, idempotent.

    Raises Forbidden for those who are not named for the person.
    """
    if not PERSONS.team_has(by, match.person):
        raise Forbidden
    if match.settled_at is not None:
        return
    match.settled_at, match.settled_by_id = clock.now(), by.user_id
    record(
        Event.HIDDEN_MATCH_SETTLED,
        by=by,
        centre_id=match.person.centre_id,
        subject=("person", match.person_id),
        details={"registered": str(match.registered_id)},
    )
