"""Consultations with several people: a family, or people who came together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, Consultation, ConsultationCount, ConsultationParticipant
from mrc.cases.queries import derived_kind
from mrc.cases.service.amendments import keep_amendment, refuse_unless_amendable
from mrc.cases.service.consultations import (
    ConsultationDetails,
    columns_of,
    refuse_bad_split,
    seal_words,
    without_enquirer,
    write_split,
)
from mrc.cases.service.levels import level_group, level_of
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.persons.models import Person

FEWEST = 2
"""With fewer people it is no group."""


@dataclass(frozen=True)
class GroupDetails:
    """Who took part: registered people, those of them who agreed to be listed, the main one, and how many
    others by (sex, age band), either empty when not known.
    """

    persons: tuple[Person, ...] = ()
    consented_ids: frozenset[UUID] = frozenset()
    main_id: UUID | None = None
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)


def record_group(
    details: ConsultationDetails,
    group: GroupDetails,
    *,
    centre_id: UUID,
    by: Identity,
    case: Case | None = None,
) -> Consultation:
    """Record one consultation held with several people; audited. It is as protected as the most protected of
    them.

    Raises Forbidden outside the reader's centres; Refused for a group of one, for somebody listed without
    having agreed, and for a case that is not the main person's.
    """
    if not by.can(Permission.CONSULTATION_RECORD, centre_id):
        raise Forbidden
    _refuse_no_group(group)
    _refuse_strangers(group, centre_id, case)
    refuse_bad_split(details.split, details.topics, details.minutes)
    consultation = Consultation(
        centre_id=centre_id,
        person_id=group.main_id,
        case_id=case.id if case else None,
        counsellor_id=by.user_id,
        is_group=True,
        confidentiality=max(level_of(row) for row in (case, *group.persons)),
        **columns_of(without_enquirer(details)),
    )
    consultation.kind = details.kind or derived_kind(
        group.main_id, case.id if case else None, details.started_at
    )
    seal_words(consultation, details)
    db.session.add(consultation)
    # Those who took part refer to it by its key alone: it must be there first.
    db.session.flush()
    write_split(consultation, details.split)
    db.session.add_all(
        _participant(consultation, person, is_main=person.id == group.main_id) for person in group.persons
    )
    db.session.add_all(
        ConsultationCount(consultation_id=consultation.id, sex=sex, age_band=band, people=people)
        for (sex, band), people in group.counts.items()
        if people
    )
    if case:
        case.last_activity_at = clock.now()
    record(
        Event.CONSULTATION_RECORDED,
        by=by,
        centre_id=centre_id,
        subject=("consultation", consultation.id),
        details={
            "channel": details.channel,
            "case": str(case.id) if case else None,
            "participants": [str(person.id) for person in group.persons],
            "unnamed": sum(group.counts.values()),
        },
    )
    return consultation


def add_participant(
    consultation: Consultation, person: Person, *, has_consented: bool, reason: str, by: Identity
) -> ConsultationParticipant:
    """Add somebody who took part and was left out; audited, kept with the corrections. Idempotent."""
    refuse_unless_amendable(consultation, reason, by)
    if not consultation.is_group or person.centre_id != consultation.centre_id:
        raise Refused(_("This person cannot be added here."))
    if not has_consented:
        raise Refused(fields={"has_consented": _("Nobody is listed without having agreed to it.")})
    known = select(ConsultationParticipant).where(
        ConsultationParticipant.consultation_id == consultation.id,
        ConsultationParticipant.person_id == person.id,
    )
    if (present := db.session.scalar(known)) is not None:
        return present
    participant = _participant(consultation, person, is_main=False)
    db.session.add(participant)
    consultation.confidentiality = max(consultation.confidentiality, level_of(person))
    keep_amendment(consultation, {"participants": _count_of(consultation)}, reason=reason, by=by)
    _record_participant(Event.PARTICIPANT_ADDED, consultation, person.id, by)
    return participant


def remove_participant(
    consultation: Consultation, participant: ConsultationParticipant, *, reason: str, by: Identity
) -> None:
    """Take out somebody who did not take part; audited, kept with the corrections. The main person stays."""
    refuse_unless_amendable(consultation, reason, by)
    if participant.is_main:
        raise Refused(_("The consultation was mainly about this person: void it and record it anew."))
    keep_amendment(consultation, {"participants": _count_of(consultation)}, reason=reason, by=by)
    person_id = participant.person_id
    db.session.delete(participant)
    _record_participant(Event.PARTICIPANT_REMOVED, consultation, person_id, by)
    db.session.flush()
    level_group(consultation)


def _participant(consultation: Consultation, person: Person, *, is_main: bool) -> ConsultationParticipant:
    return ConsultationParticipant(
        consultation_id=consultation.id,
        person_id=person.id,
        is_main=is_main,
        consented_at=clock.now(),
        started_at=consultation.started_at,
    )


def _count_of(consultation: Consultation) -> int:
    rows = select(func.count()).select_from(ConsultationParticipant)
    with db.session.no_autoflush:
        counted = db.session.scalar(rows.where(ConsultationParticipant.consultation_id == consultation.id))
    return counted or 0


def _record_participant(event: Event, consultation: Consultation, person_id: UUID, by: Identity) -> None:
    record(
        event,
        by=by,
        centre_id=consultation.centre_id,
        subject=("consultation", consultation.id),
        details={"person": str(person_id)},
    )


def _refuse_no_group(group: GroupDetails) -> None:
    if len(group.persons) + sum(group.counts.values()) < FEWEST:
        raise Refused(fields={"counts": _("A group has two people or more. For one, log a consultation.")})
    if {person.id for person in group.persons} - group.consented_ids:
        raise Refused(
            fields={
                "consented": _(
                    "Nobody is listed without having agreed to it: count the others without a name."
                )
            }
        )


def _refuse_strangers(group: GroupDetails, centre_id: UUID, case: Case | None) -> None:
    if any(row.centre_id != centre_id for row in (*group.persons, *((case,) if case else ()))):
        raise Refused(_("Persons and case must belong to the centre of the consultation."))
    if group.main_id is not None and group.main_id not in {person.id for person in group.persons}:
        raise Refused(_("The main person must be one of those who took part."))
    if case is not None and case.person_id != group.main_id:
        raise Refused(_("The case belongs to another person."))
