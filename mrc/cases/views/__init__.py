"""Pages of cases and consultations."""

from __future__ import annotations

from mrc.cases.views import (
    amendments,
    appointments,
    assessments,
    attempts,
    batches,
    cases,
    closing,
    consultations,
    content,
    files,
    handovers,
    job_offers,
    paper,
    protection,
    steps,
)
from mrc.cases.views.blueprint import blueprint
from mrc.cases.views.cases import person_panel
from mrc.cases.views.files import person_files
from mrc.cases.views.panels import attempt_panel, person_attempts

__all__ = [
    "amendments",
    "appointments",
    "assessments",
    "attempt_panel",
    "attempts",
    "batches",
    "blueprint",
    "cases",
    "closing",
    "consultations",
    "content",
    "files",
    "handovers",
    "job_offers",
    "paper",
    "person_attempts",
    "person_files",
    "person_panel",
    "protection",
    "steps",
]
