"""Confidentiality and team of a case, and keeping in step what follows it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm.attributes import flag_modified

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL, SEALED_LEVEL
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Appointment, Case, CaseMember, Consultation, ConsultationParticipant
from mrc.cases.policy import CASES
from mrc.cases.queries import highest_level
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.hotline.models import Call, Callback
from mrc.messaging.models import Thread
from mrc.persons.models import Person
from mrc.persons.service import protect_person
from mrc.tasks.models import Flag, Task
from mrc.tasks.states import TaskStatus


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


def protect_case(case: Case, *, because: str, by: Identity) -> None:
    """Make a case protected because of what was found in it, whoever found it; audited.

    A step of the system: it needs no right to set levels. Who found it is named in the team when they would
    no longer see the case. A case that is protected or sealed already keeps its level.
    """
    if case.confidentiality < PROTECTED_LEVEL:
        before, case.confidentiality = case.confidentiality, PROTECTED_LEVEL
        record(
            Event.CASE_LEVEL_CHANGED,
            by=by,
            centre_id=case.centre_id,
            subject=("case", case.id),
            details={"from": before, "to": PROTECTED_LEVEL, "because": because},
        )
    if by.user_id is not None and not CASES.permits(by, case):
        db.session.add(CaseMember(case_id=case.id, user_id=by.user_id, added_at=clock.now()))
        record(
            Event.CASE_TEAM_CHANGED,
            by=by,
            centre_id=case.centre_id,
            subject=("case", case.id),
            details={"added": str(by.user_id), "because": because},
        )
    keep_in_step(case)


def name_team(case: Case, members: frozenset[UUID], *, by: Identity) -> None:
    """Say who is named in the team of a case, besides its counsellor; audited."""
    if not by.can(Permission.CASE_LEVEL_SET, case.centre_id):
        raise Forbidden
    db.session.execute(delete(CaseMember).where(CaseMember.case_id == case.id))
    # The team is part of the case: whoever names it at the same time is told by the version.
    flag_modified(case, "last_activity_at")
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


def keep_in_step(case: Case) -> None:
    """Give person, consultations and threads the confidentiality of the person's most protected case."""
    keep_person_in_step(case.person)
    for model in (Appointment, Consultation, Task, Flag):
        _set_where(model, model.case_id == case.id, case.confidentiality)
    if case.confidentiality == SEALED_LEVEL:
        _take_from_strangers(case)


def _take_from_strangers(case: Case) -> None:
    """Give the open tasks of a sealed case back to its team where somebody else has them."""
    named = select(CaseMember.user_id).where(CaseMember.case_id == case.id)
    is_stranger = and_(Task.assignee_id.not_in(named), Task.assignee_id.is_distinct_from(case.counsellor_id))
    given_back = (
        update(Task)
        .where(Task.case_id == case.id, Task.status == TaskStatus.OPEN, is_stranger)
        .values(assignee_id=None, absence_id=None)
    )
    db.session.execute(given_back.execution_options(synchronize_session="fetch"))


def keep_person_in_step(person: Person) -> None:
    """Give a person, and what belongs to no case of theirs, the confidentiality of their most protected
    case.
    """
    db.session.flush()
    level, members = highest_level(person.id)
    protect_person(person, level, members if level >= PROTECTED_LEVEL else frozenset())
    for line in (Thread, Call, Callback):
        _set_where(line, line.person_id == person.id, level)
    for model in (Appointment, Consultation, Task, Flag):
        _set_where(model, and_(model.person_id == person.id, model.case_id.is_(None)), level)
    keep_groups_in_step(person.id)


def _set_where(model: Any, condition: ColumnElement[bool], level: int) -> None:
    changed = update(model).where(condition, model.confidentiality != level).values(confidentiality=level)
    db.session.execute(changed.execution_options(synchronize_session="fetch"))


def keep_groups_in_step(person_id: UUID) -> None:
    """Give the group consultations in which a person took part their level anew."""
    db.session.flush()
    took_part = select(ConsultationParticipant.consultation_id).where(
        ConsultationParticipant.person_id == person_id
    )
    for row in db.session.scalars(select(Consultation).where(Consultation.id.in_(took_part))).all():
        level_group(row)


def level_group(consultation: Consultation) -> None:
    """Make a group consultation as protected as its most protected participant, and as its case."""
    highest = (
        select(func.max(Person.confidentiality))
        .join(ConsultationParticipant, ConsultationParticipant.person_id == Person.id)
        .where(ConsultationParticipant.consultation_id == consultation.id)
    )
    level = max(db.session.scalar(highest) or 1, level_of(consultation.case))
    if consultation.confidentiality != level:
        consultation.confidentiality = level


def level_of(row: Person | Case | Thread | None) -> int:
    """The confidentiality that something recorded with this row must have at least."""
    return 1 if row is None else row.confidentiality
