"""Reading conversations: what people see (`conversations`), and what the machinery asks (`delivery`)."""

from __future__ import annotations

from mrc.messaging.queries.conversations import (
    MessageRow,
    ThreadRow,
    count_waiting,
    find_thread,
    get_quarantined,
    get_thread,
    list_lines_for,
    list_messages,
    list_quarantined,
    list_threads,
    title_of,
    waiting_threads,
    window_closes_at,
)
from mrc.messaging.queries.delivery import was_written
from mrc.messaging.queries.media import MediaRow, get_media, name_of
from mrc.messaging.queries.templates import usable_version

__all__ = [
    "MediaRow",
    "MessageRow",
    "ThreadRow",
    "count_waiting",
    "find_thread",
    "get_media",
    "get_quarantined",
    "get_thread",
    "list_lines_for",
    "list_messages",
    "list_quarantined",
    "list_threads",
    "name_of",
    "title_of",
    "usable_version",
    "waiting_threads",
    "was_written",
    "window_closes_at",
]
