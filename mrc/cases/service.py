"""The counsellor's verbs: record a consultation, open a case, write a note, hand over, close."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, update

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL, SEALED_LEVEL
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.cases.models import Case, CaseMember, Consultation, Need, Note
from mrc.cases.policy import CASES
from mrc.cases.queries import highest_level
from mrc.cases.states import CASE, WORKED_ON, CaseStatus, NeedStatus, Priority
from mrc.centres.queries import get_centre
from mrc.centres.service import next_case_serial
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.refs import case_number
from mrc.core.states import move
from mrc.messaging.models import Thread
from mrc.persons.models import Person
from mrc.persons.service import protect_person

GRAVE_TOPICS = frozenset({"trafficking", "gender_based_violence", "smuggling_victim"})
MAJORITY_AGE = 18


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


@dataclass(frozen=True)
class CaseDetails:
    """What a case is about."""

    client_type: str
    priority: Priority = Priority.NORMAL
    confidentiality: int = 1
    destination: str | None = None
    programme: str | None = None
    summary: str = ""
    needs: tuple[str, ...] = ()
    counsellor_id: UUID | None = None


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


def open_case(details: CaseDetails, *, person: Person, by: Identity) -> Case:
    """Open a case for a person in the person's centre, with a number, needs and, if named, a counsellor;
    audited.

    Minors and grave topics start protected whatever was asked for. Raises Forbidden without the right.
    """
    centre = get_centre(person.centre_id)
    if not by.can(Permission.CASE_OPEN, centre.id):
        raise Forbidden
    now = clock.now()
    year = clock.today_in(centre.time_zone).year
    case = Case(
        centre_id=centre.id,
        number=case_number(centre.code, year, next_case_serial(centre.id, year)),
        person_id=person.id,
        status=CaseStatus.NEW,
        confidentiality=starting_level(details, person),
        priority=details.priority,
        client_type=details.client_type,
        destination=details.destination,
        programme=details.programme,
        opened_at=now,
        opened_by_id=by.user_id,
        last_activity_at=now,
    )
    case.person = person
    case.summary = details.summary or None
    db.session.add(case)
    db.session.flush()
    record(
        Event.CASE_OPENED,
        by=by,
        centre_id=centre.id,
        subject=("case", case.id),
        details={"number": case.number},
    )
    for area in details.needs:
        add_need(case, area, by=by)
    if details.counsellor_id:
        assign_case(case, details.counsellor_id, by=by)
    keep_in_step(case)
    return case


def open_case_from(consultation: Consultation, details: CaseDetails, *, person: Person, by: Identity) -> Case:
    """Open a case out of an enquiry: the consultation becomes its first entry."""
    if consultation.case_id is not None:
        raise Refused(_("A case was opened from this consultation already."))
    name_enquirer(consultation, person, by=by)
    grave = GRAVE_TOPICS.intersection(consultation.topics)
    if grave:
        details = replace(details, confidentiality=max(details.confidentiality, PROTECTED_LEVEL))
    case = open_case(details, person=person, by=by)
    consultation.case_id = case.id
    consultation.confidentiality = max(consultation.confidentiality, case.confidentiality)
    return case


def starting_level(details: CaseDetails, person: Person) -> int:
    """The level a case starts at: minors, trafficking and gender-based violence are protected
    from the start.
    """
    is_minor = person.birth_year is not None and clock.now().year - person.birth_year < MAJORITY_AGE
    is_grave = bool(GRAVE_TOPICS.intersection(details.needs))
    return max(details.confidentiality, PROTECTED_LEVEL if is_minor or is_grave else 0)


def assign_case(case: Case, counsellor_id: UUID, *, by: Identity) -> None:
    """Give a case to a counsellor; a new case is open from then on. Audited.

    A counsellor may take a case that nobody has; everything else needs the right to assign.
    """
    takes_it = (
        counsellor_id == by.user_id
        and case.counsellor_id is None
        and by.can(Permission.CASE_WORK, case.centre_id)
    )
    opens_it = case.opened_by_id == by.user_id and case.status is CaseStatus.NEW
    if not (takes_it or opens_it or by.can(Permission.CASE_ASSIGN, case.centre_id)):
        raise Forbidden
    if case.counsellor_id == counsellor_id:
        return
    before = case.counsellor_id
    case.counsellor_id = counsellor_id
    if case.status is CaseStatus.NEW:
        case.status = CaseStatus(CASE.find("start", case.status).target)
    record(
        Event.CASE_ASSIGNED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"from": str(before) if before else None, "to": str(counsellor_id)},
    )
    keep_in_step(case)


def move_case(case: Case, action: str, *, by: Identity, **facts: object) -> None:
    """Take a case one step through its states. Nobody approves the closure that they asked for themselves.

    Raises TransitionRefused, Refused with the missing fields, or Forbidden.
    """
    if action == "approve_closure" and case.closure_requested_by_id == by.user_id:
        raise Forbidden
    if action == "request_closure":
        facts["closure_requested_by_id"] = by.user_id
    if action == "approve_closure":
        facts["closed_at"] = clock.now()
    if action in {"approve_closure", "void"}:
        facts["follow_up_at"] = None
    if action in {"reopen", "return_closure"}:
        facts |= {"closed_at": None, "closure_reason": None, "closure_requested_by_id": None}
    case.last_activity_at = clock.now()
    move(case, action, CASE, by=by, centre_id=case.centre_id, permits=_may, record=_recorder(case), **facts)


def change_case(case: Case, values: Mapping[str, object], *, by: Identity) -> None:
    """Change what a case is about: client_type, destination, programme, priority, summary, follow_up_at;
    audited.
    """
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    before = {name: getattr(case, name) for name in values}
    for name, value in values.items():
        if before[name] != value:
            setattr(case, name, value)
    if changes := changes_between(before, values):
        record(
            Event.CASE_CHANGED,
            by=by,
            centre_id=case.centre_id,
            subject=("case", case.id),
            details={"fields": [change.field for change in changes]},
            changes=changes,
        )


def set_level(case: Case, level: int, *, by: Identity) -> None:
    """Raise or lower the confidentiality of a case and of what follows it; audited.

    Sealing needs the person to be named in the team, or they would lock themselves out.
    """
    if not by.can(Permission.CASE_LEVEL_SET, case.centre_id):
        raise Forbidden
    if level == SEALED_LEVEL and not CASES.team_has(by, case):
        raise Refused(_("Only someone named in the team of a case can seal it."))
    if level == case.confidentiality:
        return
    before, case.confidentiality = case.confidentiality, level
    record(
        Event.CASE_LEVEL_CHANGED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"from": before, "to": level},
    )
    keep_in_step(case)


def name_team(case: Case, members: frozenset[UUID], *, by: Identity) -> None:
    """Say who is named in the team of a case, besides its counsellor; audited."""
    if not by.can(Permission.CASE_LEVEL_SET, case.centre_id):
        raise Forbidden
    db.session.execute(delete(CaseMember).where(CaseMember.case_id == case.id))
    now = clock.now()
    db.session.add_all(
        CaseMember(case_id=case.id, user_id=member, added_at=now) for member in sorted(members)
    )
    record(
        Event.CASE_TEAM_CHANGED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"members": [str(member) for member in sorted(members)]},
    )
    keep_in_step(case)


def add_need(case: Case, area: str, *, by: Identity) -> Need:
    """Add a need to a case; audited."""
    _refuse_unless_worked_on(case, by)
    need = Need(case_id=case.id, area=area, status=NeedStatus.OPEN)
    db.session.add(need)
    record(
        Event.NEED_ADDED, by=by, centre_id=case.centre_id, subject=("case", case.id), details={"area": area}
    )
    return need


def settle_need(case: Case, need: Need, status: NeedStatus, *, by: Identity) -> None:
    """Say what became of a need; audited."""
    _refuse_unless_worked_on(case, by)
    if need.status is status:
        return
    record(
        Event.CASE_CHANGED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"need": str(need.id), "from": need.status.value, "to": status.value},
    )
    need.status = status


def add_note(case: Case, text: str, *, by: Identity, corrects: Note | None = None) -> Note:
    """Write a note into a case; audited. A correction names the note it corrects, which stays as it was."""
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    if not text.strip():
        raise Refused(fields={"text": _("The note is empty.")})
    note = Note(case_id=case.id, author_id=by.user_id, corrects_id=corrects.id if corrects else None)
    note.text = text
    db.session.add(note)
    case.last_activity_at = clock.now()
    record(
        Event.NOTE_ADDED,
        by=by,
        centre_id=case.centre_id,
        subject=("case", case.id),
        details={"note": str(note.id)},
    )
    return note


def keep_in_step(case: Case) -> None:
    """Give person, consultations and threads the confidentiality of the person's most protected case."""
    db.session.flush()
    level, members = highest_level(case.person_id)
    protect_person(case.person, level, members if level >= PROTECTED_LEVEL else frozenset())
    for model, condition, value in (
        (Consultation, Consultation.case_id == case.id, case.confidentiality),
        (Thread, Thread.person_id == case.person_id, level),
    ):
        changed = update(model).where(condition, model.confidentiality != value).values(confidentiality=value)
        db.session.execute(changed.execution_options(synchronize_session="fetch"))


def level_of(row: Person | Case | Thread | None) -> int:
    """The confidentiality that something recorded with this row must have at least."""
    return 1 if row is None else row.confidentiality


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


def _refuse_unless_worked_on(case: Case, by: Identity) -> None:
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    if case.status not in WORKED_ON:
        raise Refused(_("The case is not open."))


def _may(by: Identity, permission: StrEnum, centre_id: UUID | None) -> bool:
    return by.can(Permission(str(permission)), centre_id)


def _recorder(case: Case) -> Callable[[Any, Identity, str, str], None]:
    def write(event: Any, by: Identity, before: str, after: str) -> None:
        details = {"from": before, "to": after, "reason": case.closure_reason}
        record(event, by=by, centre_id=case.centre_id, subject=("case", case.id), details=details)

    return write
