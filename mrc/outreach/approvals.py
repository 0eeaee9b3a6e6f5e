"""The steps of an information sheet: two people before it is given to anybody."""

from __future__ import annotations

from enum import StrEnum

from mrc.access.permissions import Permission
from mrc.audit.tags import Event
from mrc.core.states import Machine, Transition


class SheetStatus(StrEnum):
    """Where a sheet stands. Only an approved one is given."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


S = SheetStatus
APPROVE = Permission.LIBRARY_APPROVE
SHEET = Machine(
    "information_sheet",
    [
        Transition("approve", (S.DRAFT,), S.APPROVED, APPROVE, ("approved_by_id",), Event.SHEET_MOVED),
        Transition("retire", (S.DRAFT, S.APPROVED), S.RETIRED, APPROVE, (), Event.SHEET_MOVED),
    ],
)
