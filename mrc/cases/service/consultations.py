"""Recording encounters, and saying afterwards with whom they were held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, Consultation
from mrc.cases.service.levels import level_of
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.messaging.models import Thread
from mrc.persons.models import Person

NOT_REACHED = frozenset({"no_answer", "wrong_number", "spam"})
"""Outcomes of attempts: nobody spoke with the person, so they are no response."""


@dataclass(frozen=True)
class ConsultationDetails:
    """One encounter as the quick log takes it. Codes are those of the vocabulary; minutes are whole."""

    channel: str
    direction: str
    started_at: datetime
    minutes: int
    outcome: str
    language: str | None = None
    topics: tuple[str, ...] = ()
    information: tuple[str, ...] = ()
    has_interpreter: bool = False
    note: str = ""
    sex: str | None = None
    age_band: str | None = None
    nationality: str | None = None
    district: str | None = None


def record_consultation(
    details: ConsultationDetails,
    *,
    centre_id: UUID,
    by: Identity,
    person: Person | None = None,
    case: Case | None = None,
    thread: Thread | None = None,
) -> Consultation:
    """Record one encounter, named or anonymous; audited. A case brings its person along.

    Raises Forbidden outside the reader's centres, Refused when the case is another person's.
    """
    if not by.can(Permission.CONSULTATION_RECORD, centre_id):
        raise Forbidden
    person = case.person if case and person is None else person
    _refuse_strangers(centre_id, person, case, thread)
    consultation = Consultation(
        centre_id=centre_id,
        person_id=person.id if person else None,
        case_id=case.id if case else None,
        thread_id=thread.id if thread else None,
        counsellor_id=by.user_id,
        confidentiality=max(level_of(row) for row in (person, case, thread)),
        **_columns(details if person is None else _without_enquirer(details)),
    )
    consultation.note = details.note or None
    db.session.add(consultation)
    if case:
        case.last_activity_at = clock.now()
        if details.outcome not in NOT_REACHED:
            case.first_response_at = case.first_response_at or case.last_activity_at
    record(
        Event.CONSULTATION_RECORDED,
        by=by,
        centre_id=centre_id,
        subject=("consultation", consultation.id),
        details={
            "channel": details.channel,
            "case": str(case.id) if case else None,
            "anonymous": person is None,
        },
    )
    return consultation


def name_enquirer(consultation: Consultation, person: Person, *, by: Identity) -> None:
    """Say afterwards with whom an anonymous consultation was held; audited. Idempotent for
    the same person.
    """
    if not by.can(Permission.CONSULTATION_RECORD, consultation.centre_id):
        raise Forbidden
    if consultation.person_id == person.id:
        return
    if consultation.person_id is not None:
        raise Refused(_("The consultation belongs to another person already."))
    consultation.person_id = person.id
    consultation.confidentiality = max(consultation.confidentiality, level_of(person))
    consultation.sex = consultation.age_band = consultation.nationality = consultation.district = None
    record(
        Event.CONSULTATION_CHANGED,
        by=by,
        centre_id=consultation.centre_id,
        subject=("consultation", consultation.id),
        details={"person": str(person.id)},
    )


def _columns(details: ConsultationDetails) -> dict[str, object]:
    names = (
        "channel", "direction", "started_at", "minutes", "outcome", "language", "has_interpreter", "sex",
        "age_band", "nationality", "district",
    )  # fmt: skip
    columns: dict[str, object] = {name: getattr(details, name) for name in names}
    return columns | {"topics": list(details.topics), "information": list(details.information)}


def _without_enquirer(details: ConsultationDetails) -> ConsultationDetails:
    """What an anonymous enquirer would be described by stands in the person's file instead."""
    return replace(details, sex=None, age_band=None, nationality=None, district=None)


def _refuse_strangers(
    centre_id: UUID, person: Person | None, case: Case | None, thread: Thread | None
) -> None:
    if case and person and case.person_id != person.id:
        raise Refused(_("The case belongs to another person."))
    if any(row is not None and row.centre_id != centre_id for row in (person, case, thread)):
        raise Refused(_("Person, case and conversation must belong to the centre of the consultation."))
