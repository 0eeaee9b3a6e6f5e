"""The states of a case and of what lives in it: a table of transitions each, one setter
(`mrc.core.states.move`).
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from mrc.access.permissions import Permission
from mrc.audit.tags import Event
from mrc.core.states import Machine, Transition


class CaseStatus(StrEnum):
    """Where a case is."""

    NEW = "new"
    OPEN = "open"
    FOLLOW_UP = "follow_up"
    CLOSURE_REQUESTED = "closure_requested"
    CLOSED = "closed"
    VOID = "void"


class Priority(StrEnum):
    """How soon a case needs us (inter-agency referral form: 24 hours, 72 hours, two weeks)."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


RESPONSE_WITHIN = {
    Priority.NORMAL: timedelta(days=14),
    Priority.URGENT: timedelta(hours=72),
    Priority.EMERGENCY: timedelta(hours=24),
}
"""From opening to the first contact; real hours, not working hours (inter-agency referral form)."""


class NeedStatus(StrEnum):
    """What became of one need of a case."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    WITHDRAWN = "withdrawn"


S = CaseStatus
WORKED_ON = (S.NEW, S.OPEN, S.FOLLOW_UP)

CASE = Machine(
    "case",
    [
        Transition("start", (S.NEW,), S.OPEN, Permission.CASE_WORK, ("counsellor_id",), Event.CASE_CHANGED),
        Transition("follow_up", (S.OPEN,), S.FOLLOW_UP, Permission.CASE_WORK, (), Event.CASE_FOLLOWED_UP),
        Transition("resume", (S.FOLLOW_UP,), S.OPEN, Permission.CASE_WORK, (), Event.CASE_CHANGED),
        Transition(
            "request_closure",
            WORKED_ON,
            S.CLOSURE_REQUESTED,
            Permission.CASE_WORK,
            ("closure_reason", "closure_requested_by_id", "counsellor_id"),
            Event.CASE_CLOSURE_REQUESTED,
        ),
        Transition(
            "close",
            WORKED_ON,
            S.CLOSED,
            Permission.CASE_WORK,
            ("closure_reason", "closure_requested_by_id", "counsellor_id", "closed_at"),
            Event.CASE_CLOSED,
        ),
        Transition(
            "return_closure",
            (S.CLOSURE_REQUESTED,),
            S.OPEN,
            Permission.CASE_CLOSE_APPROVE,
            (),
            Event.CASE_CLOSURE_RETURNED,
        ),
        Transition(
            "approve_closure",
            (S.CLOSURE_REQUESTED,),
            S.CLOSED,
            Permission.CASE_CLOSE_APPROVE,
            ("closed_at",),
            Event.CASE_CLOSED,
        ),
        Transition("reopen", (S.CLOSED,), S.OPEN, Permission.CASE_CLOSE_APPROVE, (), Event.CASE_REOPENED),
        Transition("void", WORKED_ON, S.VOID, Permission.CASE_VOID, ("closure_reason",), Event.CASE_VOIDED),
    ],
)


class ConsultationKind(StrEnum):
    """Whether a consultation is the first with this person, or in this case."""

    INITIAL = "initial"
    FOLLOW_UP = "follow_up"


class AttemptOutcome(StrEnum):
    """What came of trying to reach someone. The order is that of the keys 1 to 7 on the page."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    NUMBER_OFF = "number_off"
    SOMEONE_ELSE = "someone_else"
    WRONG_NUMBER = "wrong_number"
    CALL_BACK = "call_back"
    REACHED = "reached"


IN_VAIN = (
    AttemptOutcome.NO_ANSWER,
    AttemptOutcome.BUSY,
    AttemptOutcome.NUMBER_OFF,
    AttemptOutcome.SOMEONE_ELSE,
    AttemptOutcome.WRONG_NUMBER,
)
"""Attempts in which the person themselves was not spoken to."""


class NoteKind(StrEnum):
    """What a note is about."""

    CASE_NOTE = "case_note"
    SUPERVISION = "supervision"
    PHONE = "phone"
    SAFETY = "safety"


class ClosureStatus(StrEnum):
    """What became of one request to close a case."""

    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"


class Grade(StrEnum):
    """How serious something is, in the judgement of the person who wrote it down."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ConcernStatus(StrEnum):
    """Whether a protection concern still stands."""

    OPEN = "open"
    RESOLVED = "resolved"


class AssessmentStatus(StrEnum):
    """An assessment can be changed until it is finished; from then on a new one amends it."""

    DRAFT = "draft"
    FINAL = "final"


class Finding(StrEnum):
    """What a screening found. We screen and refer; we never determine that somebody was trafficked."""

    NO_INDICATION = "no_indication"
    POSSIBLE = "possible"


class OfferStatus(StrEnum):
    """Where a job-offer check is."""

    DRAFT = "draft"
    CHECKED = "checked"
    TOLD = "told"


class OfferResult(StrEnum):
    """What a job-offer check found. None of these is a promise."""

    NOTHING_WRONG_FOUND = "nothing_wrong_found"
    DOUBTS = "doubts"
    DO_NOT_TRAVEL = "do_not_travel"
    COULD_NOT_CHECK = "could_not_check"


N = NeedStatus
UNSETTLED = (N.OPEN, N.IN_PROGRESS)
SETTLED = (N.MET, N.PARTLY_MET, N.NOT_MET, N.WITHDRAWN)
SETTLING = ("outcome", "settled_at")

NEED = Machine(
    "need",
    [
        Transition("start", (N.OPEN,), N.IN_PROGRESS, Permission.CASE_WORK, (), Event.NEED_MOVED),
        Transition("meet", UNSETTLED, N.MET, Permission.CASE_WORK, SETTLING, Event.NEED_MOVED),
        Transition("meet_partly", UNSETTLED, N.PARTLY_MET, Permission.CASE_WORK, SETTLING, Event.NEED_MOVED),
        Transition("miss", UNSETTLED, N.NOT_MET, Permission.CASE_WORK, SETTLING, Event.NEED_MOVED),
        Transition("withdraw", UNSETTLED, N.WITHDRAWN, Permission.CASE_WORK, SETTLING, Event.NEED_MOVED),
        Transition("reopen", SETTLED, N.OPEN, Permission.CASE_WORK, (), Event.NEED_MOVED),
    ],
)

CLOSURE = Machine(
    "case_closure",
    [
        Transition(
            "approve",
            (ClosureStatus.PENDING,),
            ClosureStatus.APPROVED,
            Permission.CASE_CLOSE_APPROVE,
            ("decided_at",),
            Event.CLOSURE_DECIDED,
        ),
        Transition(
            "return",
            (ClosureStatus.PENDING,),
            ClosureStatus.RETURNED,
            Permission.CASE_CLOSE_APPROVE,
            ("decided_at",),
            Event.CLOSURE_DECIDED,
        ),
    ],
)

CONCERN = Machine(
    "protection_concern",
    [
        Transition(
            "resolve",
            (ConcernStatus.OPEN,),
            ConcernStatus.RESOLVED,
            Permission.CASE_WORK,
            ("resolution", "resolved_at"),
            Event.CONCERN_MOVED,
        ),
        Transition(
            "reopen",
            (ConcernStatus.RESOLVED,),
            ConcernStatus.OPEN,
            Permission.CASE_WORK,
            (),
            Event.CONCERN_MOVED,
        ),
    ],
)

ASSESSMENT = Machine(
    "assessment",
    [
        Transition(
            "finish",
            (AssessmentStatus.DRAFT,),
            AssessmentStatus.FINAL,
            Permission.CASE_WORK,
            ("finished_at",),
            Event.ASSESSMENT_FINISHED,
        ),
    ],
)

JOB_OFFER = Machine(
    "job_offer_check",
    [
        Transition(
            "finish",
            (OfferStatus.DRAFT,),
            OfferStatus.CHECKED,
            Permission.CASE_WORK,
            ("result", "checked_at"),
            Event.JOB_OFFER_MOVED,
        ),
        Transition(
            "take_back",
            (OfferStatus.CHECKED,),
            OfferStatus.DRAFT,
            Permission.CASE_WORK,
            (),
            Event.JOB_OFFER_MOVED,
        ),
        Transition(
            "tell",
            (OfferStatus.CHECKED,),
            OfferStatus.TOLD,
            Permission.CASE_WORK,
            ("told_at",),
            Event.JOB_OFFER_MOVED,
        ),
    ],
)


class HandoverKind(StrEnum):
    """How a case changes hands."""

    ASSIGN = "assign"
    """To a counsellor of its centre."""
    TRANSFER = "transfer"
    """To another centre, once that centre accepts."""
    REQUEST = "request"
    """A colleague asks to be given it."""
    SHARE = "share"
    """A colleague reads it until a day."""


class HandoverStatus(StrEnum):
    """What became of a hand-over. Waiting, refused, undone and kept belong to batches."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DONE = "done"
    ENDED = "ended"
    WAITING = "waiting"
    REFUSED = "refused"
    UNDONE = "undone"
    KEPT = "kept"


class BatchStatus(StrEnum):
    """How far a batch is."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class Obstacle(StrEnum):
    """Why a case of a batch stayed as it was."""

    NOT_FOUND = "not_found"
    NOT_OPEN = "not_open"
    HAS_IT = "has_it"
    CHANGED = "changed"


H = HandoverStatus

HANDOVER = Machine(
    "handover",
    [
        Transition("accept", (H.ASKED,), H.ACCEPTED, Permission.CASE_ASSIGN, (), Event.HANDOVER_ACCEPTED),
        Transition(
            "decline", (H.ASKED,), H.DECLINED, Permission.CASE_ASSIGN, ("answer",), Event.HANDOVER_DECLINED
        ),
        Transition("withdraw", (H.ASKED,), H.WITHDRAWN, Permission.CASE_WORK, (), Event.HANDOVER_WITHDRAWN),
        Transition("end", (H.DONE,), H.ENDED, Permission.CASE_WORK, (), Event.HANDOVER_ENDED),
    ],
)
"""Transfers, requests and shares. What is given at once is done from the start."""


class AppointmentStatus(StrEnum):
    """What became of an appointment."""

    BOOKED = "booked"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


A = AppointmentStatus
MOVED = Event.APPOINTMENT_MOVED

APPOINTMENT = Machine(
    "appointment",
    [
        Transition("keep", (A.BOOKED, A.MISSED), A.KEPT, Permission.TASK_WORK, (), MOVED),
        Transition("miss", (A.BOOKED,), A.MISSED, Permission.TASK_WORK, (), MOVED),
        Transition("cancel", (A.BOOKED,), A.CANCELLED, Permission.TASK_WORK, ("reason",), MOVED),
    ],
)
