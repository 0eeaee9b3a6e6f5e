"""Pages of the directory."""

from __future__ import annotations

from mrc.directory.views import card, keeping, partners
from mrc.directory.views.blueprint import blueprint

__all__ = ["blueprint", "card", "keeping", "partners"]
