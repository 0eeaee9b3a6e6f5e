"""Reading information sheets."""

from __future__ import annotations

from mrc.outreach.queries.sheets import (
    find_kept,
    get_sheet,
    list_offered_sheets,
    list_sheets,
    next_sheet_number,
)

__all__ = ["find_kept", "get_sheet", "list_offered_sheets", "list_sheets", "next_sheet_number"]
