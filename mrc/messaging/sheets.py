"""The address at which the provider fetches the file of an information sheet.

A sheet is written for everybody and holds nobody's content; its address is unguessable, so that the library
is not open to whoever counts.
"""

from __future__ import annotations

from uuid import UUID

from mrc.core.sealed import blind_index
from mrc.core.settings import settings

SHEETS = "/twilio/sheets"


def sheet_url(sheet_id: UUID) -> str:
    """Where the provider finds a sheet; it never changes."""
    return f"{settings().public_url}{SHEETS}/{sheet_id}/{sheet_token(sheet_id)}"


def sheet_token(sheet_id: UUID) -> str:
    """What makes the address of a sheet unguessable."""
    return blind_index("information_sheet", str(sheet_id), "address").hex()
