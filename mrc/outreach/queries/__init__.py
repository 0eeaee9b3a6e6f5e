"""Reading broadcasts, their readers, and whom an audience means."""

from __future__ import annotations

from mrc.outreach.queries.broadcasts import (
    Audience,
    LineRow,
    count_by_result,
    get_broadcast,
    list_broadcasts,
    list_lines,
    list_sayable,
)

__all__ = [
    "Audience", "LineRow", "count_by_result", "get_broadcast", "list_broadcasts", "list_lines",
    "list_sayable",
]  # fmt: skip
