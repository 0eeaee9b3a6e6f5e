"""Pages of cases and consultations."""

from __future__ import annotations

from mrc.cases.views import amendments, attempts, cases, consultations, content, paper, steps
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import person_panel
from mrc.cases.views.panels import attempt_panel, person_attempts

__all__ = [
    "amendments",
    "attempt_panel",
    "attempts",
    "blueprint",
    "cases",
    "consultations",
    "content",
    "paper",
    "person_attempts",
    "person_panel",
    "steps",
]
