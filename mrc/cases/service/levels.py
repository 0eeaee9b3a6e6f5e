"""Confidentiality and team of a case, and keeping in step what follows it."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, update

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.access.policy import PROTECTED_LEVEL, SEALED_LEVEL
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, CaseMember, Consultation
from mrc.cases.policy import CASES
from mrc.cases.queries import highest_level
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.messaging.models import Thread
from mrc.persons.models import Person
from mrc.persons.service import protect_person


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
