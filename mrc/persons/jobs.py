"""Looking for files that may be one person's, and keeping the search keys of names up to date."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from mrc.access.identity import HeldRole, Identity, Scope
from mrc.access.roles import Role
from mrc.core.db import db
from mrc.jobs.registry import Payload, job
from mrc.persons.models import Person
from mrc.persons.policy import PERSONS
from mrc.persons.queries import list_alike, list_with_old_keys
from mrc.persons.service import index_names, suspect

BATCH = 500


@job("persons.index_names", every_minutes=24 * 60)
def index_old_names(_payload: Payload) -> Iterator[None]:
    """Make the keys anew of persons whose keys an earlier release made in another way."""
    while persons := list_with_old_keys(BATCH):
        for person in persons:
            index_names(person)
        yield


@job("persons.look_for_duplicates")
def look_for_duplicates(payload: Payload) -> None:
    """Note which other files of the centre may be of the same person, to be judged by somebody.

    Looks as a protection officer of the centre would: a sealed file is neither looked at nor found.
    """
    person = db.session.get(Person, UUID(payload["person"]))
    if person is None:
        return
    scope = Scope(ids=frozenset({person.centre_id}))
    officer = Identity(user_id=None, name="duplicates", roles=(HeldRole(Role.PROTECTION_OFFICER, scope),))
    if not PERSONS.permits(officer, person):
        return
    for match in list_alike(person, by=officer):
        if match.is_likely:
            reasons = [match.reason.value, *(reason.value for reason in match.also)]
            suspect(person, match.person_id, score=match.score, reasons=reasons)
