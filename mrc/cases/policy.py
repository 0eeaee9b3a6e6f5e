"""Who sees a case and what belongs to it.

General and personal cases are read by the centre's staff, protected ones by the team and by those who hold
`protected_view` there, sealed ones by the named people only. What lives in a case follows it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import CentrePolicy, ChildPolicy, Team
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
from mrc.persons.models import Person
from mrc.persons.policy import PERSONS

CASES = CentrePolicy(
    Case,
    Permission.CASE_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, owner="counsellor_id"),
)
CONSULTATIONS = CentrePolicy(
    Consultation,
    Permission.CONSULTATION_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, key="case_id", owner="counsellor_id"),
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
