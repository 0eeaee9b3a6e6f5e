"""What is done with conversations: what comes in is filed, what goes out is queued, handed over and
followed.
"""

from __future__ import annotations

from mrc.messaging.service.composing import size_of
from mrc.messaging.service.doubts import confirm_writer
from mrc.messaging.service.inbound import assign_quarantined, receive
from mrc.messaging.service.media import open_media, try_media_again, withdraw_media
from mrc.messaging.service.notes import add_note, be_present, link_case, set_labels, snooze, void_note, wake
from mrc.messaging.service.obstacles import may_wait, obstacle_to_reply
from mrc.messaging.service.outbox import (
    Asking,
    Sheet,
    When,
    cancel_message,
    reply,
    send_by_house,
    send_template,
    take_back,
)
from mrc.messaging.service.reaching import begin, probe, reach, thread_with
from mrc.messaging.service.reports import receive_report
from mrc.messaging.service.safety import Intent
from mrc.messaging.service.threads import assign, link_person, mark_done, opt_out_by_hand, release, take

__all__ = [
    "Asking",
    "Intent",
    "Sheet",
    "When",
    "add_note",
    "assign",
    "assign_quarantined",
    "be_present",
    "begin",
    "cancel_message",
    "confirm_writer",
    "link_case",
    "link_person",
    "mark_done",
    "may_wait",
    "obstacle_to_reply",
    "open_media",
    "opt_out_by_hand",
    "probe",
    "reach",
    "receive",
    "receive_report",
    "release",
    "reply",
    "send_by_house",
    "send_template",
    "set_labels",
    "size_of",
    "snooze",
    "take",
    "take_back",
    "thread_with",
    "try_media_again",
    "void_note",
    "wake",
    "withdraw_media",
]
