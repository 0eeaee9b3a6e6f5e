"""Writing to many: a dry run first, a second person, and then slowly."""

from __future__ import annotations

from mrc.outreach.service.broadcasts import NewBroadcast, approve, cancel, count, pause, resume, write
from mrc.outreach.service.running import count_some, feed_some

__all__ = [
    "NewBroadcast", "approve", "cancel", "count", "count_some", "feed_some", "pause", "resume", "write",
]  # fmt: skip
