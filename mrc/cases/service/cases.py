"""Opening cases and taking them through their states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL
from mrc.audit.service import changes_between, record
from mrc.audit.tags import Event
from mrc.cases.models import Case, Consultation
from mrc.cases.service.consultations import NOT_REACHED, name_enquirer
from mrc.cases.service.handovers import give_case
from mrc.cases.service.levels import keep_in_step
from mrc.cases.service.needs import add_need
from mrc.cases.service.steps import permitted
from mrc.cases.states import CASE, RESPONSE_WITHIN, CaseStatus, Priority
from mrc.centres.queries import get_centre
from mrc.centres.service import next_case_serial
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.refs import case_number
from mrc.core.states import move
from mrc.persons.models import Person
from mrc.persons.rules import WITHOUT_ADULT
from mrc.tasks.service import Happening, apply_rules, cancel_open_tasks
from mrc.tasks.states import Trigger

GRAVE_TOPICS = frozenset({"trafficking", "gender_based_violence", "smuggling_victim"})
MAJORITY_AGE = 18
OVER = frozenset({CaseStatus.CLOSED, CaseStatus.VOID})
CASE_OVER = "case_over"
"""Why a task is cancelled with its case, a code of list 'task_cancel_reasons'."""


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
        first_response_due_at=now + RESPONSE_WITHIN[details.priority],
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
    apply_rules(happening_of(case, Trigger.CASE_OPENED, case.id, case.priority.value), by=by)
    return case


def open_case_from(consultation: Consultation, details: CaseDetails, *, person: Person, by: Identity) -> Case:
    """Open a case out of an enquiry: the consultation becomes its first entry, and its first response."""
    if consultation.case_id is not None:
        raise Refused(_("A case was opened from this consultation already."))
    name_enquirer(consultation, person, by=by)
    grave = GRAVE_TOPICS.intersection(consultation.topics)
    if grave:
        details = replace(details, confidentiality=max(details.confidentiality, PROTECTED_LEVEL))
    case = open_case(details, person=person, by=by)
    consultation.case_id = case.id
    if consultation.outcome not in NOT_REACHED:
        case.first_response_at = case.opened_at
    consultation.confidentiality = max(consultation.confidentiality, case.confidentiality)
    return case


def starting_level(details: CaseDetails, person: Person) -> int:
    """The level a case starts at: minors, trafficking and gender-based violence are protected
    from the start.
    """
    is_minor = person.birth_year is not None and clock.now().year - person.birth_year < MAJORITY_AGE
    # Somebody who travels without an adult of the family is a child, whatever is known of their age.
    is_alone = person.care_status in WITHOUT_ADULT
    is_grave = bool(GRAVE_TOPICS.intersection(details.needs))
    return max(details.confidentiality, PROTECTED_LEVEL if is_minor or is_alone or is_grave else 0)


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
    give_case(case, counsellor_id, by=by)
    if counsellor_id != by.user_id:
        key = f"{case.id}:{counsellor_id}:{case.version}"
        apply_rules(happening_of(case, Trigger.CASE_ASSIGNED, key), by=by)


def move_case(case: Case, action: str, *, by: Identity, **facts: object) -> None:
    """Take a case one step through its states. Nobody approves the closure that they asked for themselves.

    Raises TransitionRefused, Refused with the missing fields, or Forbidden.
    """
    if action == "approve_closure" and case.closure_requested_by_id == by.user_id:
        raise Forbidden
    if action == "close" and get_centre(case.centre_id).closure_needs_approval:
        raise Refused(_("In this centre a manager approves that a case is closed."))
    if action in {"request_closure", "close"}:
        facts["closure_requested_by_id"] = by.user_id
    if action in {"approve_closure", "close"}:
        facts["closed_at"] = clock.now()
    if action in {"approve_closure", "close", "void"}:
        facts["follow_up_at"] = None
    if action in {"reopen", "return_closure"}:
        facts |= {"closed_at": None, "closure_reason": None, "closure_requested_by_id": None}
    case.last_activity_at = clock.now()
    returned = f"{case.id}:{case.version}"
    move(
        case,
        action,
        CASE,
        by=by,
        centre_id=case.centre_id,
        permits=permitted,
        record=_recorder(case),
        **facts,
    )
    if action == "return_closure":
        apply_rules(happening_of(case, Trigger.CLOSURE_RETURNED, returned), by=by)
    if case.status in OVER:
        cancel_open_tasks(case.id, because=CASE_OVER, by=by)


def happening_of(case: Case, trigger: Trigger, key: UUID | str, condition: str = "") -> Happening:
    """What happened to a case, as the rules for tasks need to know it."""
    return Happening(
        trigger=trigger,
        key=key,
        centre_id=case.centre_id,
        condition=condition,
        person_id=case.person_id,
        case_id=case.id,
        counsellor_id=case.counsellor_id,
        level=case.confidentiality,
        is_urgent=case.priority is not Priority.NORMAL,
    )


def change_case(case: Case, values: Mapping[str, object], *, by: Identity) -> None:
    """Change what a case is about: client_type, destination, programme, priority, summary, follow_up_at;
    audited. Another priority sets the clock of the first response anew, counted from opening.
    """
    if not by.can(Permission.CASE_WORK, case.centre_id):
        raise Forbidden
    before = {name: getattr(case, name) for name in values}
    for name, value in values.items():
        if before[name] != value:
            setattr(case, name, value)
    if before.get("priority", case.priority) != case.priority and case.first_response_at is None:
        case.first_response_due_at = case.opened_at + RESPONSE_WITHIN[case.priority]
    if changes := changes_between(before, values):
        record(
            Event.CASE_CHANGED,
            by=by,
            centre_id=case.centre_id,
            subject=("case", case.id),
            details={"fields": [change.field for change in changes]},
            changes=changes,
        )


def _recorder(case: Case) -> Callable[[Any, Identity, str, str], None]:
    def write(event: Any, by: Identity, before: str, after: str) -> None:
        details = {"from": before, "to": after, "reason": case.closure_reason}
        record(event, by=by, centre_id=case.centre_id, subject=("case", case.id), details=details)

    return write
