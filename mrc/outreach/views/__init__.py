"""The pages of outreach, of the library and of the templates."""

from __future__ import annotations

from mrc.outreach.views import broadcasts, library, sheets, templates
from mrc.outreach.views.blueprint import blueprint

__all__ = ["blueprint", "broadcasts", "library", "sheets", "templates"]
