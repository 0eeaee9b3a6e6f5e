"""The form of a broadcast."""

from __future__ import annotations

from mrc.outreach.forms.broadcasts import BroadcastForm

__all__ = ["BroadcastForm"]
