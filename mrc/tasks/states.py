"""The states of a task, and where tasks come from."""

from __future__ import annotations

from enum import StrEnum

from mrc.access.permissions import Permission
from mrc.audit.tags import Event
from mrc.core.states import Machine, Transition


class TaskStatus(StrEnum):
    """Where a task is."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskSource(StrEnum):
    """Why a task is there."""

    MANUAL = "manual"
    RULE = "rule"
    REPETITION = "repetition"


class Repeat(StrEnum):
    """The unit in which a task comes again."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Trigger(StrEnum):
    """What a rule waits for."""

    CONSULTATION_RECORDED = "consultation_recorded"
    CASE_OPENED = "case_opened"
    CASE_ASSIGNED = "case_assigned"
    CLOSURE_RETURNED = "closure_returned"
    CASE_IDLE = "case_idle"
    ATTEMPT_IN_VAIN = "attempt_in_vain"


class OffsetUnit(StrEnum):
    """How a rule counts the time until its task is due."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"


class AssignTo(StrEnum):
    """Who gets the task that a rule makes."""

    ACTOR = "actor"
    COUNSELLOR = "counsellor"
    NOBODY = "nobody"


TASK = Machine(
    "task",
    [
        Transition(
            "complete",
            (TaskStatus.OPEN,),
            TaskStatus.DONE,
            Permission.TASK_WORK,
            ("closed_at",),
            Event.TASK_DONE,
        ),
        Transition(
            "cancel",
            (TaskStatus.OPEN,),
            TaskStatus.CANCELLED,
            Permission.TASK_WORK,
            ("closed_at", "cancel_reason"),
            Event.TASK_CANCELLED,
        ),
        Transition(
            "reopen",
            (TaskStatus.DONE, TaskStatus.CANCELLED),
            TaskStatus.OPEN,
            Permission.TASK_WORK,
            (),
            Event.TASK_REOPENED,
        ),
    ],
)
