"""Registrations that may be a protected person whom the registrar could not see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mrc.access.identity import Identity
from mrc.access.policy import PROTECTED_LEVEL
from mrc.core.db import db
from mrc.persons.matching import Candidate, Match, Reason, Wanted, key_hashes, likely, ranked
from mrc.persons.models import HiddenMatch, NameKey, Person, PersonAddress, PersonMember
from mrc.persons.policy import PERSONS
from mrc.persons.states import NameKind

SHOWN = 12


def matches_among_protected(person: Person, *, seen: Collection[UUID]) -> list[Match]:
    """The protected and sealed persons of the centre whom a new person is likely to be, best first.

    For the system alone: it says who they are whoever asks. `seen` are those that the registrar was shown.
    """
    hashes = key_hashes(" ".join(filter(None, (person.name, person.latin_name))))
    same_key = select(NameKey.person_id).where(NameKey.kind == NameKind.OWN, NameKey.key_hash.in_(hashes))
    own = select(PersonAddress.address_id).where(PersonAddress.person_id == person.id)
    same_address = select(PersonAddress.person_id).where(PersonAddress.address_id.in_(own))
    protected = select(Person).where(
        Person.centre_id == person.centre_id,
        Person.confidentiality >= PROTECTED_LEVEL,
        Person.id != person.id,
        Person.merged_into_id.is_(None),
    )
    reached = set(
        db.session.scalars(protected.with_only_columns(Person.id).where(Person.id.in_(same_address)))
    )
    among = protected.where(or_(Person.id.in_(same_key), Person.id.in_(same_address)))
    found = db.session.scalars(among.order_by(Person.id)).all()
    wanted = [
        Wanted(name, person.father_name or "", (person.birth_year,) if person.birth_year else ())
        for name in (person.name, person.latin_name)
        if name
    ]
    matches = [Match(person_id, 100.0, Reason.SAME_ADDRESS) for person_id in sorted(reached)]
    matches += [match for one in wanted for match in ranked(one, [_candidate(other) for other in found])]
    matches = [match for match in matches if match.person_id not in seen]
    best = {match.person_id: match for match in sorted(matches, key=lambda match: match.score)}
    return likely(sorted(best.values(), key=lambda match: (-match.score, match.person_id)))


def list_hidden_matches(identity: Identity, limit: int = SHOWN) -> Sequence[HiddenMatch]:
    """What those named for a protected person have to look at, oldest first, with both persons."""
    mine = select(PersonMember.person_id).where(PersonMember.user_id == identity.user_id)
    seen = PERSONS.visible(identity, select(Person.id).where(Person.id.in_(mine)))
    query = (
        select(HiddenMatch)
        .where(HiddenMatch.settled_at.is_(None), HiddenMatch.person_id.in_(seen))
        .options(joinedload(HiddenMatch.person), joinedload(HiddenMatch.registered))
        .order_by(HiddenMatch.created_at, HiddenMatch.id)
    )
    return db.session.scalars(query.limit(limit)).all()


def _candidate(person: Person) -> Candidate:
    names = tuple(getattr(person, name) or "" for name in ("name", "latin_name", "known_as"))
    return Candidate(person.id, names, person.father_name or "", person.birth_year)
