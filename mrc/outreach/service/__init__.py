"""Writing to many: a dry run first, a second person, and then slowly. Keeping information sheets."""

from __future__ import annotations

from mrc.outreach.service.broadcasts import NewBroadcast, approve, cancel, count, pause, resume, write
from mrc.outreach.service.running import count_some, feed_some
from mrc.outreach.service.sheets import NewSheet, add_sheet, approve_sheet, open_sheet, retire_sheet

__all__ = [
    "NewBroadcast", "NewSheet", "add_sheet", "approve", "approve_sheet", "cancel", "count", "count_some",
    "feed_some", "open_sheet", "pause", "resume", "retire_sheet", "write",
]  # fmt: skip
