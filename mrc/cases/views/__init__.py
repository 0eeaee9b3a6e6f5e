"""Pages of cases and consultations."""

from __future__ import annotations

from mrc.cases.views import cases, consultations, content, paper, steps
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import person_panel

__all__ = ["blueprint", "cases", "consultations", "content", "paper", "person_panel", "steps"]
