"""The pages of outreach."""

from __future__ import annotations

from mrc.outreach.views import broadcasts
from mrc.outreach.views.blueprint import blueprint

__all__ = ["blueprint", "broadcasts"]
