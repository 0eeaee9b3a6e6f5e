"""The steps of a wording: what it goes through before it is sent. Taken by `mrc.core.states.move` alone.

What the provider decides is taken by the system; what people decide takes two of them.
"""

from __future__ import annotations

from enum import StrEnum

from mrc.access.permissions import Permission
from mrc.audit.tags import Event
from mrc.core.states import Machine, Transition
from mrc.messaging.states import AnswerStatus, TemplateStatus


class Trouble(StrEnum):
    """What the provider's list says otherwise than we do; somebody must look."""

    DELETED = "deleted"
    CHANGED = "changed"
    CATEGORY = "category"


T = TemplateStatus
DECIDED = (T.PENDING, T.APPROVED, T.PAUSED, T.REJECTED)
"""Where the provider has a say, and may change its mind."""
OVER = (T.REJECTED, T.DISABLED, T.RETIRED)
IN_TROUBLE = (T.REJECTED, T.PAUSED, T.DISABLED)
MOVED, MANAGE = Event.TEMPLATE_MOVED, Permission.TEMPLATE_MANAGE

TEMPLATE = Machine(
    "template",
    [
        Transition(
            "review", (T.DRAFT,), T.REVIEWED, Permission.TEMPLATE_APPROVE, ("reviewed_by_id",), MOVED
        ),
        Transition("take_back", (T.REVIEWED,), T.DRAFT, MANAGE, (), MOVED),
        Transition("submit", (T.REVIEWED,), T.PENDING, MANAGE, (), MOVED),
        Transition("accept", (T.PENDING, T.PAUSED, T.REJECTED), T.APPROVED, MANAGE, ("content_sid",), MOVED),
        Transition("reject", (T.PENDING, T.APPROVED, T.PAUSED), T.REJECTED, MANAGE, (), MOVED),
        Transition("pause", (T.PENDING, T.APPROVED), T.PAUSED, MANAGE, (), MOVED),
        Transition("disable", DECIDED, T.DISABLED, MANAGE, (), MOVED),
        Transition(
            "retire", tuple(status for status in T if status is not T.RETIRED), T.RETIRED, MANAGE, (),
            Event.TEMPLATE_RETIRED,
        ),
    ],
)  # fmt: skip
FOR_PEOPLE = ("review", "take_back", "submit", "retire")
"""The other steps are the provider's."""
BY_PROVIDER = {"approved": "accept", "rejected": "reject", "paused": "pause", "disabled": "disable"}
"""The provider's words for where a wording stands, and the step that follows it there."""
STANDS = {"accept": T.APPROVED, "reject": T.REJECTED, "pause": T.PAUSED, "disable": T.DISABLED}

A = AnswerStatus
APPROVE = Permission.LIBRARY_APPROVE
ANSWER = Machine(
    "canned_answer",
    [
        Transition(
            "approve", (A.DRAFT,), A.APPROVED, APPROVE, ("approved_by_id", "review_on"), Event.ANSWER_MOVED
        ),
        Transition("take_back", (A.APPROVED,), A.DRAFT, APPROVE, (), Event.ANSWER_MOVED),
        Transition("retire", (A.DRAFT, A.APPROVED), A.RETIRED, APPROVE, (), Event.ANSWER_MOVED),
    ],
)
