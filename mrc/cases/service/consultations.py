"""Recording encounters, and saying afterwards with whom they were held."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, Consultation, ConsultationTopic
from mrc.cases.queries import derived_kind, exists_earlier_consultation
from mrc.cases.service.levels import level_of
from mrc.cases.states import ConsultationKind
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.messaging.models import Thread
from mrc.persons.models import Person
from mrc.tasks.service import Happening, apply_rules
from mrc.tasks.states import Trigger

NOT_REACHED = frozenset({"no_answer", "wrong_number", "spam"})
"""Outcomes of attempts: nobody spoke with the person, so they are no response."""


@dataclass(frozen=True)
class ConsultationDetails:
    """One encounter as the quick log takes it. Codes are those of the vocabulary; minutes are whole.

    Without a `kind` it is derived. `split` holds minutes by topic; empty, or their sum is `minutes`.
    """

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
    kind: ConsultationKind | None = None
    interpreter_kind: str | None = None
    interpreter_language: str | None = None
    interpreter_name: str = ""
    information_language: str | None = None
    split: Mapping[str, int] = field(default_factory=dict)


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

    Whether it is the first of its person or case is found out by the statement that writes it. Raises
    Forbidden outside the reader's centres, Refused when the case is another person's, or with the field when
    the minutes of the topics do not add up.
    """
    if not by.can(Permission.CONSULTATION_RECORD, centre_id):
        raise Forbidden
    person = case.person if case and person is None else person
    _refuse_strangers(centre_id, person, case, thread)
    refuse_bad_split(details.split, details.topics, details.minutes)
    consultation = Consultation(
        centre_id=centre_id,
        person_id=person.id if person else None,
        case_id=case.id if case else None,
        thread_id=thread.id if thread else None,
        counsellor_id=by.user_id,
        confidentiality=max(level_of(row) for row in (person, case, thread)),
        **columns_of(details if person is None else without_enquirer(details)),
    )
    consultation.kind = details.kind or derived_kind(
        person.id if person else None, case.id if case else None, details.started_at
    )
    seal_words(consultation, details)
    db.session.add(consultation)
    write_split(consultation, details.split)
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
    apply_rules(_happening(consultation, case), by=by)
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
    if consultation.is_group:
        raise Refused(_("It was held with several people: add the person to those who took part."))
    if consultation.voided_at is not None:
        raise Refused(_("The consultation was recorded by mistake and is not changed any more."))
    consultation.person_id = person.id
    if exists_earlier_consultation(person.id, consultation.started_at):
        consultation.kind = ConsultationKind.FOLLOW_UP
    consultation.confidentiality = max(consultation.confidentiality, level_of(person))
    consultation.sex = consultation.age_band = consultation.nationality = consultation.district = None
    record(
        Event.CONSULTATION_CHANGED,
        by=by,
        centre_id=consultation.centre_id,
        subject=("consultation", consultation.id),
        details={"person": str(person.id)},
    )
    apply_rules(_happening(consultation, consultation.case), by=by)


def _happening(consultation: Consultation, case: Case | None) -> Happening:
    return Happening(
        trigger=Trigger.CONSULTATION_RECORDED,
        key=consultation.id,
        centre_id=consultation.centre_id,
        condition=consultation.outcome,
        person_id=consultation.person_id,
        case_id=case.id if case else None,
        counsellor_id=case.counsellor_id if case else None,
        level=consultation.confidentiality,
    )


def refuse_bad_split(split: Mapping[str, int], topics: Collection[str], minutes: int) -> None:
    """Raise Refused unless the minutes by topic are of topics that were chosen and add up to all minutes."""
    if set(split) - set(topics):
        raise Refused(fields={"split": _("Minutes stand at a topic that is not chosen.")})
    if split and sum(split.values()) != minutes:
        raise Refused(
            fields={
                "split": _(
                    "The minutes of the topics make %(sum)s, but the consultation took %(minutes)s.",
                    sum=sum(split.values()),
                    minutes=minutes,
                )
            }
        )


def write_split(consultation: Consultation, split: Mapping[str, int]) -> None:
    """Add the minutes by topic, zeros left out."""
    if not split:
        return
    db.session.flush()
    db.session.add_all(
        ConsultationTopic(consultation_id=consultation.id, topic=topic, minutes=minutes)
        for topic, minutes in split.items()
        if minutes
    )


def seal_words(consultation: Consultation, details: ConsultationDetails) -> None:
    """Set what is sealed: the note and the interpreter's name."""
    consultation.note = details.note or None
    if details.has_interpreter:
        consultation.interpreter_name = details.interpreter_name or None


def columns_of(details: ConsultationDetails) -> dict[str, object]:
    """The columns of a consultation that say the same as its details. No interpreter, no facts about one."""
    names: tuple[str, ...] = (
        "channel", "direction", "started_at", "minutes", "outcome", "language", "has_interpreter", "sex",
        "age_band", "nationality", "district", "information_language",
    )  # fmt: skip
    if details.has_interpreter:
        names = (*names, "interpreter_kind", "interpreter_language")
    columns: dict[str, object] = {name: getattr(details, name) for name in names}
    return columns | {"topics": list(details.topics), "information": list(details.information)}


def without_enquirer(details: ConsultationDetails) -> ConsultationDetails:
    """What an anonymous enquirer would be described by stands in the person's file instead."""
    return replace(details, sex=None, age_band=None, nationality=None, district=None)


def _refuse_strangers(
    centre_id: UUID, person: Person | None, case: Case | None, thread: Thread | None
) -> None:
    if case and person and case.person_id != person.id:
        raise Refused(_("The case belongs to another person."))
    if any(row is not None and row.centre_id != centre_id for row in (person, case, thread)):
        raise Refused(_("Person, case and conversation must belong to the centre of the consultation."))
