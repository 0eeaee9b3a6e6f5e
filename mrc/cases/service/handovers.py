"""Handing a case over: to another centre, to a colleague who asks for it, or for reading; all in one log.

A transfer takes the person along, and with them all their cases: a file has one centre. Messages stay with
the line to which they came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import delete, update

from mrc.access.identity import Identity
from mrc.access.models import AccessGrant
from mrc.access.permissions import Permission
from mrc.access.policy import SEALED_LEVEL
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Appointment, Case, CaseMember, Consultation, Handover
from mrc.cases.queries import OPEN_STATUSES, find_asked, list_cases_moving_along
from mrc.cases.service.levels import keep_in_step
from mrc.cases.states import CASE, HANDOVER, CaseStatus, HandoverKind, HandoverStatus
from mrc.centres.models import Centre
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.core.states import move
from mrc.core.text import clean
from mrc.persons.queries import has_consent
from mrc.persons.service import move_person
from mrc.persons.states import ConsentPurpose
from mrc.tasks.models import Flag, Task
from mrc.tasks.service import follow_cases
from mrc.tasks.states import TaskStatus

LONGEST_SHARE = timedelta(days=90)


@dataclass(frozen=True)
class TransferDetails:
    """Where a case is to go, why, and on what ground without the person's consent."""

    to_centre_id: UUID
    reason: str
    without_consent: str = ""


def note_assignment(case: Case, before: UUID | None, *, by: Identity) -> None:
    """Write into the log that a case was given to its present counsellor."""
    db.session.add(
        Handover(
            kind=HandoverKind.ASSIGN,
            status=HandoverStatus.DONE,
            case_id=case.id,
            centre_id=case.centre_id,
            from_user_id=before,
            to_user_id=case.counsellor_id,
            asked_by_id=by.user_id,
            decided_at=clock.now(),
        )
    )


def ask_transfer(case: Case, wanted: TransferDetails, *, by: Identity) -> Handover:
    """Ask another centre to take a case; audited. It stays here until they accept.

    The person's counsellor may ask, or who gives cases. Raises Refused without the person's consent to share
    with that centre and without a ground for doing so nevertheless, for a sealed or closed case, and while
    another hand-over waits; Forbidden.
    """
    _refuse_unless_carried(case, by)
    centre = get_centre(wanted.to_centre_id)
    faults: dict[str, str] = {}
    if centre.id == case.centre_id:
        faults["centre"] = _("The case is in this centre already.")
    if not wanted.reason.strip():
        faults["reason"] = _("Write why the other centre should take the case.")
    agrees = has_consent(case.person_id, ConsentPurpose.SHARE_CENTRE, centre.name)
    if not agrees and not wanted.without_consent.strip():
        faults["without_consent"] = _no_consent()
    if faults:
        raise Refused(fields=faults)
    if case.confidentiality == SEALED_LEVEL:
        raise Refused(_("A sealed case cannot be handed over. Lower its level first."))
    _refuse_while_asked(case)
    row = _asked(HandoverKind.TRANSFER, case, by, to=centre.id)
    row.rests_on_consent = agrees
    row.reason = _joined(wanted.reason, "" if agrees else wanted.without_consent)
    _note(Event.HANDOVER_ASKED, row, by, consent=agrees, to=str(centre.id))
    return row


def ask_for(case: Case, reason: str, *, by: Identity) -> Handover:
    """Ask to be given a case of one's own or another centre; audited.

    Who asks need not see the case: they learn nothing by asking. Raises Refused without a reason.
    """
    if by.user_id is None or not by.can(Permission.CASE_WORK):
        raise Forbidden
    if not reason.strip():
        raise Refused(fields={"reason": _("Write why you ask for the case.")})
    if (known := find_asked(case.id, asked_by=by.user_id)) is not None:
        return known
    is_near = by.can(Permission.CASE_WORK, case.centre_id)
    row = _asked(HandoverKind.REQUEST, case, by, to=None if is_near else _centre_of(by))
    row.to_user_id = by.user_id
    row.reason = clean(reason).strip()
    _note(Event.HANDOVER_ASKED, row, by)
    return row


def share_case(case: Case, user_id: UUID, until_on: date, *, by: Identity, reason: str = "") -> Handover:
    """Let a colleague of any centre read a case until the end of a day; audited.

    They see this case and nothing else of the person. Raises Refused for a sealed case, for a day that is
    over or more than 90 days ahead; Forbidden.
    """
    _refuse_unless_carried(case, by)
    zone = ZoneInfo(get_centre(case.centre_id).time_zone)
    today = clock.now().astimezone(zone).date()
    if not today <= until_on <= today + LONGEST_SHARE:
        raise Refused(
            fields={"until_on": _("Choose a day within the next %(days)s days.", days=LONGEST_SHARE.days)}
        )
    if case.confidentiality == SEALED_LEVEL:
        raise Refused(_("A sealed case cannot be shared. Lower its level first."))
    grant = AccessGrant(
        user_id=user_id,
        centre_id=case.centre_id,
        subject_kind="case",
        subject_id=case.id,
        is_share=True,
        granted_at=clock.now(),
        expires_at=datetime.combine(until_on + timedelta(days=1), time.min, zone),
    )
    db.session.add(grant)
    row = _asked(HandoverKind.SHARE, case, by)
    row.status, row.to_user_id, row.until_on, row.decided_at = (
        HandoverStatus.DONE, user_id, until_on, clock.now()
    )  # fmt: skip
    row.reason = clean(reason).strip() or None
    _note(Event.HANDOVER_SHARED, row, by, to=str(user_id), until=until_on.isoformat())
    return row


def end_share(row: Handover, *, by: Identity) -> None:
    """Take a share back at once; audited. Raises Forbidden, TransitionRefused."""
    _refuse_unless_carried(row.case, by)
    _move(row, "end", by, decided_at=clock.now(), decided_by_id=by.user_id)
    live = update(AccessGrant).where(
        AccessGrant.user_id == row.to_user_id,
        AccessGrant.subject_id == row.case_id,
        AccessGrant.is_share.is_(True),
        AccessGrant.expires_at > clock.now(),
    )
    db.session.execute(live.values(expires_at=clock.now()))


def accept(row: Handover, counsellor_id: UUID, *, by: Identity, without_consent: str = "") -> None:
    """Take over what is offered, or give what is asked for, to a counsellor; audited.

    A transfer, and a request from another centre, move the person, all their cases and what is in them.
    Raises Forbidden, or Refused when the case was closed or changed hands meanwhile, and for a request from
    another centre without the person's consent or a ground.
    """
    case = row.case
    if not may_answer(row, by):
        raise Forbidden
    if not _can_change_hands(row):
        raise Refused(_("The case was closed or changed hands meanwhile. It can no longer be handed over."))
    if row.rests_on_consent and not _agrees(row):
        raise Refused(_("The person has taken back the consent on which this rests. It cannot be accepted."))
    facts: dict[str, Any] = {
        "decided_at": clock.now(),
        "decided_by_id": by.user_id,
        "to_user_id": counsellor_id,
    }
    if row.kind is HandoverKind.REQUEST and row.to_centre_id is not None:
        agrees = _agrees(row)
        if not agrees and not without_consent.strip():
            raise Refused(fields={"without_consent": _no_consent()})
        facts["answer"] = None if agrees else clean(without_consent).strip()
    _move(row, "accept", by, **facts)
    if row.to_centre_id is not None:
        _take_over(case, get_centre(row.to_centre_id), counsellor_id, by)
    else:
        give_case(case, counsellor_id, by=by)


def decline(row: Handover, answer: str, *, by: Identity) -> None:
    """Say no to a transfer or a request, and why; audited. Raises Forbidden, Refused without words."""
    if not may_answer(row, by):
        raise Forbidden
    if not answer.strip():
        raise Refused(fields={"answer": _("Write why, so that they know what to do instead.")})
    facts = {"decided_at": clock.now(), "decided_by_id": by.user_id, "answer": clean(answer).strip()}
    _move(row, "decline", by, **facts)


def withdraw(row: Handover, *, by: Identity) -> None:
    """Take back what one asked for; audited. Raises Forbidden for what another asked."""
    if row.asked_by_id != by.user_id and not by.can(Permission.CASE_ASSIGN, row.centre_id):
        raise Forbidden
    _move(row, "withdraw", by, decided_at=clock.now(), decided_by_id=by.user_id)


def may_answer(row: Handover, by: Identity) -> bool:
    """Whether somebody may say yes or no: the receiving centre to a transfer, the owning one to a request."""
    if row.status is not HandoverStatus.ASKED:
        return False
    if row.kind is HandoverKind.TRANSFER:
        return by.can(Permission.CASE_ASSIGN, row.to_centre_id)
    carries = row.case.counsellor_id == by.user_id and by.can(Permission.CASE_WORK, row.centre_id)
    return (carries or by.can(Permission.CASE_ASSIGN, row.centre_id)) and row.asked_by_id != by.user_id


def give_case(case: Case, counsellor_id: UUID, *, by: Identity) -> None:
    """Set who carries a case, whoever may: audited, logged, its level kept in step. What the former
    counsellor had to do in it goes along.
    """
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
    note_assignment(case, before, by=by)
    keep_in_step(case)
    follow_cases({case.id: (before, counsellor_id)})


def _take_over(case: Case, centre: Centre, counsellor_id: UUID, by: Identity) -> None:
    before = case.centre_id
    moving = (case, *list_cases_moving_along(case))
    move_person(case.person, centre, by=by)
    for one in moving:
        one.centre_id = centre.id
        db.session.execute(delete(CaseMember).where(CaseMember.case_id == one.id))
        if one.counsellor_id is not None and one.status in OPEN_STATUSES:
            one.counsellor_id = counsellor_id
    case.counsellor_id = counsellor_id
    if case.status is CaseStatus.NEW:
        case.status = CaseStatus.OPEN
    keys = [one.id for one in moving]
    _move_rows(case.person_id, keys, centre.id, counsellor_id)
    for one in moving:
        for centre_id in (before, centre.id):
            details = {"from": str(before), "to": str(centre.id), "counsellor": str(counsellor_id)}
            record(
                Event.CASE_TRANSFERRED, by=by, centre_id=centre_id, subject=("case", one.id), details=details
            )
    db.session.flush()
    for one in moving:
        keep_in_step(one)


def _move_rows(person_id: UUID, case_ids: list[UUID], centre_id: UUID, counsellor_id: UUID) -> None:
    """What was held, is to be done and is flagged follows; open tasks go to who takes the case over."""
    for model in (Appointment, Consultation, Task, Flag):
        about = model.case_id.in_(case_ids) | ((model.person_id == person_id) & model.case_id.is_(None))
        db.session.execute(_silent(update(model).where(about).values(centre_id=centre_id)))
    is_open = Task.case_id.in_(case_ids) & (Task.status == TaskStatus.OPEN)
    db.session.execute(
        _silent(update(Task).where(is_open).values(assignee_id=counsellor_id, absence_id=None))
    )
    db.session.expire_all()


def _centre_of(identity: Identity) -> UUID:
    """Where somebody works: the centre they chose, else the first of theirs."""
    own = identity.centres(Permission.CASE_WORK)
    if identity.active_centre_id in own:
        assert identity.active_centre_id is not None
        return identity.active_centre_id
    return min(own.ids)


def _refuse_unless_carried(case: Case, by: Identity) -> None:
    carries = case.counsellor_id == by.user_id and by.can(Permission.CASE_WORK, case.centre_id)
    if not carries and not by.can(Permission.CASE_ASSIGN, case.centre_id):
        raise Forbidden
    if case.status not in OPEN_STATUSES:
        raise Refused(_("The case is not open."))


def _refuse_while_asked(case: Case) -> None:
    if find_asked(case.id, kind=HandoverKind.TRANSFER) is not None:
        raise Refused(_("This case waits for another centre's answer already. Withdraw that first."))


def _asked(kind: HandoverKind, case: Case, by: Identity, to: UUID | None = None) -> Handover:
    row = Handover(
        kind=kind,
        status=HandoverStatus.ASKED,
        case_id=case.id,
        centre_id=case.centre_id,
        to_centre_id=to,
        from_user_id=case.counsellor_id,
        asked_by_id=by.user_id,
    )
    row.case = case
    db.session.add(row)
    return row


def _can_change_hands(row: Handover) -> bool:
    """Whether what was offered can still be given. What moves along and is sealed holds all of it back:
    whoever asked may not know of it, so that nobody is told, neither when it is asked nor when it is
    answered.
    """
    case = row.case
    if case.status not in OPEN_STATUSES or case.centre_id != row.centre_id:
        return False
    moving = (case, *list_cases_moving_along(case)) if row.to_centre_id else (case,)
    return row.to_centre_id is None or all(one.confidentiality < SEALED_LEVEL for one in moving)


def _agrees(row: Handover) -> bool:
    """Whether the person agrees, now, that we share with the centre that is to have the case."""
    assert row.to_centre_id is not None
    centre = get_centre(row.to_centre_id)
    return has_consent(row.case.person_id, ConsentPurpose.SHARE_CENTRE, centre.name)


def _no_consent() -> str:
    return _(
        "The person has not agreed that we share with this centre. Record the consent, or write why it must "
        "go without."
    )


def _joined(reason: str, without_consent: str) -> str:
    parts = [clean(reason).strip(), clean(without_consent).strip()]
    return "\n\n".join(part for part in parts if part)


def _note(event: Event, row: Handover, by: Identity, **details: object) -> None:
    db.session.flush()
    record(
        event,
        by=by,
        centre_id=row.centre_id,
        subject=("case", row.case_id),
        details={"handover": str(row.id), "kind": row.kind.value, **details},
    )


def _move(row: Handover, name: str, by: Identity, **facts: Any) -> None:
    def permits(_by: Any, _permission: StrEnum, _centre_id: UUID | None) -> bool:
        return True  # asked before: it depends on the kind who may

    def write(event: Any, _by: Any, before: str, after: str) -> None:
        _note(event, row, by, **{"from": before, "to": after})

    recorder: Callable[[Any, Any, str, str], None] = write
    move(row, name, HANDOVER, by=by, centre_id=row.centre_id, permits=permits, record=recorder, **facts)


def _silent(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
