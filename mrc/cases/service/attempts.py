"""Writing down each attempt to reach someone, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from mrc.access.identity import Identity
from mrc.access.permissions import Permission
from mrc.audit.service import record
from mrc.audit.tags import Event
from mrc.cases.models import Case, ContactAttempt
from mrc.cases.policy import TASKS
from mrc.cases.service.cases import change_case
from mrc.cases.states import IN_VAIN, WORKED_ON, AttemptOutcome
from mrc.centres.queries import get_centre
from mrc.core import clock
from mrc.core.db import db
from mrc.core.errors import Forbidden, Refused
from mrc.persons.models import Person, PersonAddress
from mrc.persons.service import doubt_address, trust_address
from mrc.persons.states import AddressKind
from mrc.tasks.models import Task
from mrc.tasks.queries import exists_open_call_back, find_call_back
from mrc.tasks.service import Happening, NewTask, apply_rules, create_task, end_of_day, note_attempt
from mrc.tasks.states import TaskStatus, Trigger

CHANNELS = {AddressKind.PHONE: "hotline", AddressKind.WHATSAPP: "whatsapp", AddressKind.EMAIL: "email"}
"""The channel, a code of list 'channels', by which an address of each kind is tried."""
SOON = timedelta(hours=1)


@dataclass(frozen=True)
class NewAttempt:
    """An attempt as it was just made. Without a channel it is that of the address, else the hotline."""

    outcome: AttemptOutcome
    channel: str = ""
    call_back_at: datetime | None = None
    note: str = ""


def record_attempt(
    attempt: NewAttempt,
    *,
    person: Person,
    by: Identity,
    link: PersonAddress | None = None,
    case: Case | None = None,
    task: Task | None = None,
) -> ContactAttempt:
    """Write down an attempt to reach a person; audited.

    A wrong number makes the address doubtful, reaching the person by it takes the doubt away, and a call back
    is noted where it is due. What is not named otherwise counts for the task to call them back that is due
    today; where nothing is on anybody's list, a rule may put it there. Raises Forbidden; Refused for a case,
    address or task that is not the person's, or a call back without a time.
    """
    if not by.can(Permission.CONSULTATION_RECORD, person.centre_id):
        raise Forbidden
    if any(row is not None and row.person_id != person.id for row in (link, case, task)):
        raise Refused(_("The case, the number or the task belongs to another person."))
    calls_back = attempt.outcome is AttemptOutcome.CALL_BACK
    if calls_back and (attempt.call_back_at is None or attempt.call_back_at <= clock.now()):
        raise Refused(fields={"call_back_time": _("Choose a time that is still to come.")})
    task = task or _awaited(person, case, by)
    row = ContactAttempt(
        centre_id=person.centre_id,
        person_id=person.id,
        case_id=case.id if case else None,
        link_id=link.id if link else None,
        task_ref=str(task.id) if task else None,
        channel=attempt.channel or (CHANNELS[link.address.kind] if link else CHANNELS[AddressKind.PHONE]),
        outcome=attempt.outcome,
        call_back_at=attempt.call_back_at if calls_back else None,
        at=clock.now(),
        by_id=by.user_id,
    )
    row.note = attempt.note or None
    db.session.add(row)
    record(
        Event.CONTACT_ATTEMPTED,
        by=by,
        centre_id=person.centre_id,
        subject=("person", person.id),
        details={
            "attempt": str(row.id),
            "outcome": row.outcome.value,
            "channel": row.channel,
            "case": str(case.id) if case else None,
        },
    )
    if link is not None and attempt.outcome is AttemptOutcome.WRONG_NUMBER:
        doubt_address(link, by=by)
    if link is not None and attempt.outcome is AttemptOutcome.REACHED:
        trust_address(link, by=by)
    if case is not None:
        case.last_activity_at = row.at
    if task is not None and task.status is TaskStatus.OPEN and row.outcome is not AttemptOutcome.REACHED:
        # Someone has to find the right number first: the task stays due.
        is_due_again = row.outcome is not AttemptOutcome.WRONG_NUMBER
        note_attempt(task, by=by, again_at=row.call_back_at, is_due_again=is_due_again)
    elif row.outcome in IN_VAIN and not exists_open_call_back(person.id):
        apply_rules(_happening(row, person, case), by=by)
    if calls_back:
        note_callback(row, person=person, case=case, by=by)
    return row


def note_callback(attempt: ContactAttempt, *, person: Person, case: Case | None, by: Identity) -> None:
    """See to it that a promised call is due at its time: as a task of who promised it, unless it was promised
    for a task that is due then, and a case that is worked on is looked at again then.
    """
    is_new = attempt.task_ref is None and by.can(Permission.TASK_WORK, person.centre_id)
    if attempt.call_back_at is not None and is_new:
        create_task(
            NewTask(
                "call_back",
                attempt.call_back_at,
                title=_("Call back as promised"),
                assignee_id=by.user_id,
                is_timed=True,
            ),
            centre_id=person.centre_id,
            by=by,
            person_id=person.id,
            case_id=case.id if case else None,
            level=case.confidentiality if case else person.confidentiality,
        )
    if case is None or case.status not in WORKED_ON or not by.can(Permission.CASE_WORK, case.centre_id):
        return
    if case.follow_up_at is None or attempt.call_back_at is None or attempt.call_back_at < case.follow_up_at:
        change_case(case, {"follow_up_at": attempt.call_back_at}, by=by)


def _awaited(person: Person, case: Case | None, by: Identity) -> Task | None:
    """The task that an attempt to reach a person is for, when nobody says which: never one of another case
    than the one that was named.
    """
    if not by.can(Permission.TASK_WORK, person.centre_id):
        return None
    task = find_call_back(person.id, by.user_id, end_of_day(_today(person), person.centre_id))
    if task is None or not TASKS.permits(by, task):
        return None
    return None if case is not None and task.case_id not in (None, case.id) else task


def _today(person: Person) -> date:
    return clock.today_in(get_centre(person.centre_id).time_zone)


def _happening(attempt: ContactAttempt, person: Person, case: Case | None) -> Happening:
    return Happening(
        trigger=Trigger.ATTEMPT_IN_VAIN,
        key=attempt.id,
        centre_id=attempt.centre_id,
        condition=attempt.outcome.value,
        person_id=person.id,
        case_id=case.id if case else None,
        counsellor_id=case.counsellor_id if case else None,
        level=case.confidentiality if case else person.confidentiality,
    )


def call_back_instant(days: int, at: time | None, time_zone: str) -> datetime:
    """The instant that many days from today at a time of the centre's clock.

    Without a time it is in an hour, or on a later day at the time that it is now.
    """
    now = clock.now().astimezone(ZoneInfo(time_zone))
    if at is None:
        return clock.now() + (timedelta(days=days) if days else SOON)
    return datetime.combine(now.date() + timedelta(days=days), at, ZoneInfo(time_zone))
