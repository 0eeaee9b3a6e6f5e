"""What is done with conversations: what comes in is filed, what goes out is queued, handed over and
followed.
"""

from __future__ import annotations

from mrc.messaging.service.inbound import assign_quarantined, receive
from mrc.messaging.service.outbound import reply
from mrc.messaging.service.reports import receive_report
from mrc.messaging.service.safety import obstacle_to_reply
from mrc.messaging.service.threads import assign, link_person, mark_done, release, take

__all__ = [
    "assign", "assign_quarantined", "link_person", "mark_done", "obstacle_to_reply", "receive",
    "receive_report", "release", "reply", "take",
]  # fmt: skip
