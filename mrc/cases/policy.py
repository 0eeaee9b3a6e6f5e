"""Who sees a case and what belongs to it.

General and personal cases are read by the centre's staff, protected ones by the team and by those who hold
`protected_view` there, sealed ones by the named people only. What lives in a case follows it; a note, a
concern or a screening may be narrower than its case, never wider.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import (
    OPEN_LEVEL,
    PROTECTED_LEVEL,
    SEALED_LEVEL,
    CentrePolicy,
    ChildPolicy,
    Team,
    Whose,
    in_scope,
)
from mrc.attachments.models import Attachment
from mrc.cases.models import (
    Appointment,
    Assessment,
    Case,
    CaseClosure,
    CaseMember,
    Consultation,
    ConsultationAmendment,
    ConsultationParticipant,
    ContactAttempt,
    Handover,
    HandoverBatch,
    JobOfferCheck,
    Need,
    Note,
    ProtectionConcern,
)
from mrc.core.db import db
from mrc.persons.models import Person, PersonMember
from mrc.persons.policy import PERSONS
from mrc.tasks.models import Flag, Task

CASES = CentrePolicy(
    Case,
    Permission.CASE_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, owner="counsellor_id"),
    whose=Whose(PERSONS, "person_id"),
    is_shared=True,
)
# Whoever carries a case is named in it, though not a member of its team.
CARRIES = Team(Case.id, Case.counsellor_id, key="case_id")
LONE_PERSON = Team(PersonMember.person_id, PersonMember.user_id, key="person_id", unless="case_id")
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
    also_named=(LONE_PERSON, CARRIES),
    whose=Whose(PERSONS, "person_id"),
    granted="case_id",
    is_shared=True,
)
TASKS = CentrePolicy(
    Task,
    Permission.TASK_WORK,
    level="confidentiality",
    # Whoever does it reads it, unless it was sealed: then the named people alone.
    team=Team(
        CaseMember.case_id,
        CaseMember.user_id,
        key="case_id",
        owner="assignee_id",
        owner_up_to=PROTECTED_LEVEL,
    ),
    also_named=(LONE_PERSON, CARRIES),
    whose=Whose(PERSONS, "person_id"),
    granted="case_id",
)
APPOINTMENTS = CentrePolicy(
    Appointment,
    Permission.TASK_WORK,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, key="case_id", owner="counsellor_id"),
    also_named=(LONE_PERSON, CARRIES),
    whose=Whose(PERSONS, "person_id"),
    granted="case_id",
)
FLAGS = CentrePolicy(
    Flag,
    Permission.PERSON_VIEW,
    level="confidentiality",
    team=Team(CaseMember.case_id, CaseMember.user_id, key="case_id"),
    also_named=(LONE_PERSON, CARRIES),
    whose=Whose(PERSONS, "person_id"),
    granted="case_id",
)


@dataclass(frozen=True)
class OwnLevel:
    """The level of a row that may be more protected than its case: the same ladder, one rung at a time.

    `level` names its column, None where every row is protected, and `highest` the highest that it can hold;
    `author` names who may always read what they wrote.
    """

    model: Any
    author: str
    level: str | None = None
    highest: int = PROTECTED_LEVEL

    def permits(self, identity: Identity, row: Any) -> bool:
        """True when the row's own level lets the identity read it."""
        level = PROTECTED_LEVEL if self.level is None else getattr(row, self.level)
        if level <= OPEN_LEVEL or identity.is_system or row.case_id in identity.granted_ids:
            return True
        if identity.user_id is not None and getattr(row, self.author) == identity.user_id:
            return True
        case = db.session.get_one(Case, row.case_id)
        if CASES.team_has(identity, case):
            return True
        return level == PROTECTED_LEVEL and identity.can(Permission.PROTECTED_VIEW, case.centre_id)

    def within(self, identity: Identity, case: Case) -> ColumnElement[bool]:
        """The same condition inside one case that the identity was let into, without a look at others."""
        if identity.is_system or case.id in identity.granted_ids:
            return true()
        protects = identity.can(Permission.PROTECTED_VIEW, case.centre_id)
        if (protects and self.highest == PROTECTED_LEVEL) or CASES.team_has(identity, case):
            return true()
        ways: list[ColumnElement[bool]] = []
        if self.level is not None:
            ways.append(getattr(self.model, self.level) <= (PROTECTED_LEVEL if protects else OPEN_LEVEL))
        if identity.user_id is not None:
            ways.append(getattr(self.model, self.author) == identity.user_id)
        return or_(false(), *ways)

    def visible(self, identity: Identity) -> ColumnElement[bool]:
        """The condition that `permits` would allow a row."""
        if identity.is_system:
            return true()
        protecting = in_scope(Case.centre_id, identity.centres(Permission.PROTECTED_VIEW))
        protected = self.model.case_id.in_(select(Case.id).where(protecting))
        ways: list[ColumnElement[bool]] = [protected]
        if self.level is not None:
            level = getattr(self.model, self.level)
            ways = [level <= OPEN_LEVEL, and_(level == PROTECTED_LEVEL, protected)]
        if identity.user_id and CASES.team is not None:
            ways.append(getattr(self.model, self.author) == identity.user_id)
            is_named = CASES.team.includes(Case, identity, Case.confidentiality)
            ways.append(self.model.case_id.in_(select(Case.id).where(is_named)))
        if identity.granted_ids:
            ways.append(self.model.case_id.in_(sorted(identity.granted_ids)))
        return or_(*ways)


def _narrower(own: OwnLevel) -> ChildPolicy:
    return ChildPolicy(own.model, CASES, "case_id", own=(own.permits, own.visible))


NOTE_LEVEL = OwnLevel(Note, "author_id", "confidentiality", SEALED_LEVEL)
CONCERN_LEVEL = OwnLevel(ProtectionConcern, "raised_by_id")
ASSESSMENT_LEVEL = OwnLevel(Assessment, "taken_by_id", "confidentiality")
FILE_LEVEL = OwnLevel(Attachment, "added_by_id", "confidentiality", SEALED_LEVEL)

NEEDS = ChildPolicy(Need, CASES, "case_id")
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
NOTES = _narrower(NOTE_LEVEL)
CLOSURES = ChildPolicy(CaseClosure, CASES, "case_id")
HANDOVERS = ChildPolicy(Handover, CASES, "case_id")
BATCHES = CentrePolicy(HandoverBatch, Permission.CASE_ASSIGN)
CONCERNS = _narrower(CONCERN_LEVEL)
ASSESSMENTS = _narrower(ASSESSMENT_LEVEL)
JOB_OFFERS = ChildPolicy(JobOfferCheck, CASES, "case_id")
# Reading a case is not enough: the front desk adds what people bring, and does not look through it.
FILES = ChildPolicy(
    Attachment,
    replace(CASES, permission=Permission.FILE_VIEW, is_shared=False),
    "case_id",
    own=(FILE_LEVEL.permits, FILE_LEVEL.visible),
)
