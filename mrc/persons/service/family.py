"""Saying who belongs to whom, and who lives together. Nothing is deleted: it ends on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.text import clean
from mrc.persons.models import Household, HouseholdMember, Person, Relation
from mrc.persons.policy import PERSONS
from mrc.persons.queries import exists_relation, find_membership, list_heads
from mrc.persons.rules import is_minor
from mrc.persons.states import inverse_of


@dataclass(frozen=True)
class RelativeDetails:
    """What the other is to the person, and who of the two decides for whom, if anybody."""

    kind: str
    guardian_basis: str | None = None
    decides_for_other: bool = False
    """With a basis: the person decides for the other, not the other for the person."""
    since_on: date | None = None


def add_relative(person: Person, other: Person, details: RelativeDetails, *, by: Identity) -> Relation:
    """Say what another person of the centre is to this one; audited.

    Raises Refused for oneself, for a second relation of the same two, for a guardianship without a basis and
    for a guardian who is a minor; Forbidden without the right.
    """
    _refuse_unless_allowed(person, by)
    if not PERSONS.permits(by, other) or other.centre_id != person.centre_id:
        raise Forbidden
    if other.id == person.id:
        raise Refused(_("Nobody is their own relative."))
    if exists_relation(person.id, other.id):
        raise Refused(fields={"kind": _("These two are related already. End that relation first.")})
    first, second, kind = (other, person, details.kind)
    if details.decides_for_other:
        first, second, kind = person, other, inverse_of(details.kind)
    if kind == "guardian" and not details.guardian_basis:
        raise Refused(fields={"guardian_basis": _("Say what the guardianship rests on.")})
    centre = get_centre(person.centre_id)
    if details.guardian_basis and is_minor(first, centre.country, clock.today_in(centre.time_zone)):
        raise Refused(fields={"guardian_basis": _("A minor cannot decide for another.")})
    relation = Relation(
        person_id=first.id,
        other_id=second.id,
        kind=kind,
        guardian_basis=details.guardian_basis,
        since_on=details.since_on,
    )
    db.session.add(relation)
    db.session.flush()
    _record(Event.RELATION_ADDED, relation, person, by)
    return relation


def end_relation(person: Person, relation: Relation, *, by: Identity) -> None:
    """Say that a relation is over from today on; audited, idempotent."""
    _refuse_unless_allowed(person, by)
    if relation.until_on is None:
        relation.until_on = _today(person)
        _record(Event.RELATION_ENDED, relation, person, by)


def live_together(person: Person, other: Person, role: str, *, by: Identity) -> HouseholdMember:
    """Take another into the person's household, which is made when there is none; audited. Idempotent.

    Whoever lived elsewhere leaves there today.
    """
    _refuse_unless_allowed(person, by)
    if not PERSONS.permits(by, other) or other.centre_id != person.centre_id:
        raise Forbidden
    own = find_membership(person.id) or _found_household(person, by)
    theirs = find_membership(other.id)
    if theirs is not None and theirs.household_id == own.household_id:
        return theirs
    if theirs is not None:
        leave_household(theirs, by=by)
    return _join(own.household, other, role, by)


def leave_household(member: HouseholdMember, *, by: Identity) -> None:
    """Say that somebody lives there no more; audited, idempotent."""
    _refuse_unless_allowed(member.person, by)
    if member.left_on is None:
        member.left_on = _today(member.person)
        _record_household(member.person, member.household, "left", by)


def change_household(member: HouseholdMember, role: str, label: str, *, by: Identity) -> None:
    """Change somebody's role and what the household is called; a new head takes the place of the old one.
    Audited.
    """
    _refuse_unless_allowed(member.person, by)
    if role == "head":
        for head in list_heads(member.household_id):
            if head.id != member.id:
                head.role = "relative"
    member.role = role
    text = clean(label).strip() or None
    if member.household.label != text:
        member.household.label = text
    _record_household(member.person, member.household, "changed", by)


def _found_household(person: Person, by: Identity) -> HouseholdMember:
    household = Household()
    db.session.add(household)
    db.session.flush()
    return _join(household, person, "head", by)


def _join(household: Household, person: Person, role: str, by: Identity) -> HouseholdMember:
    if role == "head" and list_heads(household.id):
        role = "relative"
    member = HouseholdMember(household_id=household.id, person_id=person.id, role=role)
    member.household, member.person = household, person
    db.session.add(member)
    db.session.flush()
    _record_household(person, household, "joined", by)
    return member


def _refuse_unless_allowed(person: Person, by: Identity) -> None:
    if not by.can(Permission.PERSON_EDIT, person.centre_id):
        raise Forbidden


def _today(person: Person) -> date:
    return clock.today_in(get_centre(person.centre_id).time_zone)


def _record(event: Event, relation: Relation, person: Person, by: Identity) -> None:
    other_id = relation.other_id if relation.person_id == person.id else relation.person_id
    details = {"relation": str(relation.id), "other": str(other_id), "kind": relation.kind}
    record(event, by=by, centre_id=person.centre_id, subject=("person", person.id), details=details)


def _record_household(person: Person, household: Household, step: str, by: Identity) -> None:
    details = {"household": str(household.id), "step": step}
    record(
        Event.HOUSEHOLD_CHANGED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details=details,
    )
