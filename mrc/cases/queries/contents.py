"""Which kinds of things there are in a case at all: one question, so that a page asks no further for the
others.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, select

from mrc.attachments.models import Attachment
from mrc.cases.models import (
    Appointment,
    Assessment,
    Case,
    CaseClosure,
    ContactAttempt,
    Handover,
    JobOfferCheck,
    Note,
    ProtectionConcern,
)
from mrc.core.db import db
from mrc.messaging.models import Thread
from mrc.tasks.models import Flag, Task

OF_CASE: Any = bindparam("of_case")
OF_PERSON: Any = bindparam("of_person")


def _there_is(model: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(model.id).where(*conditions))


KINDS: dict[str, ColumnElement[bool]] = {
    "pinned": _there_is(Note, Note.case_id == OF_CASE, Note.pinned_at.is_not(None)),
    "closure": _there_is(CaseClosure, CaseClosure.case_id == OF_CASE),
    "concern": _there_is(ProtectionConcern, ProtectionConcern.case_id == OF_CASE),
    "assessment": _there_is(Assessment, Assessment.case_id == OF_CASE),
    "appointment": _there_is(Appointment, Appointment.case_id == OF_CASE),
    "file": _there_is(Attachment, Attachment.case_id == OF_CASE),
    "handover": _there_is(Handover, Handover.case_id == OF_CASE),
    "job_offer": _there_is(JobOfferCheck, JobOfferCheck.case_id == OF_CASE),
    "case_flag": _there_is(Flag, Flag.case_id == OF_CASE, Flag.taken_down_at.is_(None)),
    "person_flag": _there_is(Flag, Flag.person_id == OF_PERSON, Flag.taken_down_at.is_(None)),
    "task": _there_is(Task, Task.case_id == OF_CASE),
    "attempt": _there_is(ContactAttempt, ContactAttempt.person_id == OF_PERSON),
    "message": _there_is(Thread, Thread.person_id == OF_PERSON),
}
QUERY = select(*(condition.label(kind) for kind, condition in KINDS.items()))
"""Made once: every case that is opened asks it."""


def contents_of(case: Case) -> frozenset[str]:
    """The kinds of `KINDS` of which the case or its person has any, seen by the reader or not.

    It may decide what is asked next, and is never shown.
    """
    row = db.session.execute(QUERY, {"of_case": case.id, "of_person": case.person_id}).one()
    return frozenset(kind for kind, is_there in row._asdict().items() if is_there)
