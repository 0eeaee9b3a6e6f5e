"""Information sheets."""

from __future__ import annotations

from mrc.outreach.models.sheets import InformationSheet

__all__ = ["InformationSheet"]
