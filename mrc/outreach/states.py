"""The states of a broadcast and of each of its lines."""

from __future__ import annotations

from enum import StrEnum

from mrc.access.permissions import Permission
from mrc.audit.tags import Event
from mrc.core.states import Machine, Transition


class BroadcastStatus(StrEnum):
    """Where a broadcast stands. Nothing leaves before a second person approved what was counted."""

    DRAFT = "draft"
    COUNTING = "counting"
    COUNTED = "counted"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    """What became of one reader of a broadcast."""

    PLANNED = "planned"
    LEFT_OUT = "left_out"
    WRITTEN = "written"


B = BroadcastStatus
WRITE, APPROVE = Permission.BROADCAST_WRITE, Permission.BROADCAST_APPROVE
MOVED = Event.BROADCAST_MOVED

OPEN = (B.DRAFT, B.COUNTING, B.COUNTED, B.RUNNING, B.PAUSED)

BROADCAST = Machine(
    "broadcast",
    [
        Transition("count", (B.DRAFT, B.COUNTED), B.COUNTING, WRITE, (), MOVED),
        Transition("counted", (B.COUNTING,), B.COUNTED, WRITE, ("counts",), MOVED),
        Transition("approve", (B.COUNTED,), B.RUNNING, APPROVE, ("approved_by_id",), MOVED),
        Transition("pause", (B.RUNNING,), B.PAUSED, WRITE, (), MOVED),
        Transition("resume", (B.PAUSED,), B.RUNNING, WRITE, (), MOVED),
        Transition("finish", (B.RUNNING,), B.DONE, WRITE, (), MOVED),
        Transition("cancel", OPEN, B.CANCELLED, WRITE, (), MOVED),
    ],
)
