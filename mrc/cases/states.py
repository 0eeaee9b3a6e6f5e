"""The states of a case: one table of transitions, one setter (`mrc.core.states.move`)."""

from __future__ import annotations

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


class NeedStatus(StrEnum):
    """What became of one need of a case."""

    OPEN = "open"
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
            ("closure_reason", "closure_requested_by_id"),
            Event.CASE_CLOSURE_REQUESTED,
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
