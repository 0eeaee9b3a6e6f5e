"""Reading broadcasts, their readers, whom an audience means, and information sheets."""

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
from mrc.outreach.queries.sheets import (
    find_kept,
    find_offered_sheet,
    get_given_sheet,
    get_sheet,
    list_offered_sheets,
    list_sheets,
    next_sheet_number,
)

__all__ = [
    "Audience", "LineRow", "count_by_result", "find_kept", "find_offered_sheet", "get_broadcast",
    "get_given_sheet", "get_sheet", "list_broadcasts",
    "list_lines", "list_offered_sheets", "list_sayable", "list_sheets", "next_sheet_number",
]  # fmt: skip
