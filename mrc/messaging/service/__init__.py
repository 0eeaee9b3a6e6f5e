"""What is done with conversations: what comes in is filed, what goes out is queued, handed over and
followed.
"""

from __future__ import annotations

from mrc.messaging.service.doubts import confirm_writer
from mrc.messaging.service.inbound import assign_quarantined, receive
from mrc.messaging.service.media import open_media, try_media_again, withdraw_media
from mrc.messaging.service.outbound import reply
from mrc.messaging.service.reports import receive_report
from mrc.messaging.service.safety import obstacle_to_reply
from mrc.messaging.service.threads import assign, link_person, mark_done, release, take

__all__ = [
    "assign", "assign_quarantined", "confirm_writer", "link_person", "mark_done", "obstacle_to_reply",
    "open_media", "receive", "receive_report", "release", "reply", "take", "try_media_again",
    "withdraw_media",
]  # fmt: skip
