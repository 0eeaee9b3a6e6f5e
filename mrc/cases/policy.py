"""Who sees a case and what belongs to it.

General and personal cases are read by the centre's staff, protected ones by the team and by those who hold
`protected_view` there, sealed ones by the named people only. What lives in a case follows it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL, CentrePolicy, ChildPolicy, Team, Whose
from mrc.cases.models import (
    Case,
    CaseMember,
    Consultation,
    ConsultationAmendment,
    ConsultationParticipant,
    ContactAttempt,
    Need,
    Note,
)
from mrc.persons.models import Person, PersonMember
from mrc.persons.policy import PERSONS
from mrc.tasks.models import Flag, Task

CASES = CentrePolicy(
    Case,
    Permission.CASE_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, owner="counsellor_id"),
    whose=Whose(PERSONS, "person_id"),
)
CONSULTATIONS = CentrePolicy(
    Consultation,
    Permission.CONSULTATION_VIEW,
    level="confidentiality",
    # Whoever held it reads it again, unless it was sealed: then the named people alone.
    team=Team(
        CaseMember.case_id,
        CaseMember.user_id,
        key="case_id",
        owner="counsellor_id",
        owner_up_to=PROTECTED_LEVEL,
    ),
    also_named=Team(PersonMember.person_id, PersonMember.user_id, key="person_id", unless="case_id"),
    whose=Whose(PERSONS, "person_id"),
    granted="case_id",
)
TASKS = CentrePolicy(
    Task,
    Permission.TASK_WORK,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, key="case_id", owner="assignee_id"),
    also_named=Team(PersonMember.person_id, PersonMember.user_id, key="person_id", unless="case_id"),
    whose=Whose(PERSONS, "person_id"),
    granted="case_id",
)
FLAGS = CentrePolicy(
    Flag,
    Permission.PERSON_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, key="case_id"),
    also_named=Team(PersonMember.person_id, PersonMember.user_id, key="person_id", unless="case_id"),
    whose=Whose(PERSONS, "person_id"),
    granted="case_id",
)
NEEDS = ChildPolicy(Need, CASES, "case_id")
NOTES = ChildPolicy(Note, CASES, "case_id")
AMENDMENTS = ChildPolicy(ConsultationAmendment, CONSULTATIONS, "consultation_id")
# An attempt says that a person is known here: it is read like their file.
ATTEMPTS = ChildPolicy(ContactAttempt, PERSONS, "person_id")


def _sees_participant(identity: Identity, row: Any) -> bool:
    return PERSONS.permits(identity, row.person)


def _participants_seen(identity: Identity) -> ColumnElement[bool]:
    return ConsultationParticipant.person_id.in_(PERSONS.visible(identity, select(Person.id)))


# Whoever sees a group consultation still sees only those participants whose own file they may see.
PARTICIPANTS = ChildPolicy(
    ConsultationParticipant, CONSULTATIONS, "consultation_id", own=(_sees_participant, _participants_seen)
)
