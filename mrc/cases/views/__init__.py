"""Pages of cases and consultations."""

from __future__ import annotations

from mrc.cases.views import (
    assessments,
    cases,
    closing,
    consultations,
    content,
    job_offers,
    protection,
    steps,
)
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import person_panel

__all__ = [
    "assessments",
    "blueprint",
    "cases",
    "closing",
    "consultations",
    "content",
    "job_offers",
    "person_panel",
    "protection",
    "steps",
]
