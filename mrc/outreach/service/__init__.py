"""What is done with information sheets. Audited; commits nothing."""

from __future__ import annotations

from mrc.outreach.service.sheets import NewSheet, add_sheet, approve_sheet, open_sheet, retire_sheet

__all__ = ["NewSheet", "add_sheet", "approve_sheet", "open_sheet", "retire_sheet"]
