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
from mrc.messaging.queries.media import MediaRow, get_media, name_of

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
    "waiting_threads",
    "window_closes_at",
]  # fmt: skip
