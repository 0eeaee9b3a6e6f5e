"""Broadcasts and their readers."""

from __future__ import annotations

from mrc.outreach.models.broadcasts import Broadcast, BroadcastLine

__all__ = ["Broadcast", "BroadcastLine"]
