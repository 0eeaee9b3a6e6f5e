"""Broadcasts and their readers, and information sheets."""

from __future__ import annotations

from mrc.outreach.models.broadcasts import Broadcast, BroadcastLine
from mrc.outreach.models.sheets import InformationSheet

__all__ = ["Broadcast", "BroadcastLine", "InformationSheet"]
